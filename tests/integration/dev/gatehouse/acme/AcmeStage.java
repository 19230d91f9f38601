package dev.gatehouse.acme;

import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Pebble;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// A proxy of its own process, a real CA that looks for challenges at its addresses, and an origin.
final class AcmeStage implements AutoCloseable {
    final InetSocketAddress plain = ProxyProcess.freeAddress();
    final InetSocketAddress tls = ProxyProcess.freeAddress();
    final Pebble pebble;
    final TestOrigin origin = TestOrigin.start();
    private @Nullable ProxyProcess proxy;

    /// @param externalAccounts see [Pebble#start]
    AcmeStage(Map<String, String> externalAccounts) {
        pebble = Pebble.start(plain, tls, externalAccounts);
    }

    /// The app `auto` with an automatic certificate.
    AppUnderTest app(String... names) {
        return AppUnderTest.named("auto", names).automatic().route("/", origin.address());
    }

    /// What is written into the file, the app `app.example` with files of its own beside the given one.
    ProxyUnderTest.Setup setup(AppUnderTest app) {
        return ProxyUnderTest.with(AppUnderTest.inFrontOf(origin), app);
    }

    ProxyProcess start(ProxyUnderTest.Setup setup) {
        return proxy(ProxyProcess.start(setup, plain, tls));
    }

    /// Starts it with pebble as the CA.
    ProxyProcess start(AppUnderTest app, String... acme) {
        return start(setup(app).acme(pebble.acme()).acme(acme));
    }

    ProxyProcess proxy(ProxyProcess started) {
        proxy = started;
        return started;
    }

    /// Waits for a handshake with a certificate of pebble's, and gives that.
    X509Certificate awaitCertificate(String name) {
        try {
            return await("certificate of " + name)
                    .atMost(Duration.ofSeconds(50))
                    .pollInterval(Duration.ofMillis(200))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> certificate(name), found -> found != null);
        } catch (ConditionTimeoutException late) {
            var started = proxy;
            throw new AssertionError((started == null ? "" : started.output()) + "\n" + pebble.log(), late);
        }
    }

    /// The certificate that is shown; null for none, or one that is not pebble's.
    @Nullable
    X509Certificate certificate(String name) throws IOException {
        var factory = TestPki.trusting(pebble.root()).getSocketFactory();
        try (var socket = (SSLSocket)
                factory.createSocket(new Socket(tls.getAddress(), tls.getPort()), name, tls.getPort(), true)) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (SSLException refused) {
            return null;
        }
    }

    /// How many orders pebble got so far.
    int orders() {
        return pebble.log().split("Added order", -1).length - 1;
    }

    void stopProxy() {
        var started = proxy;
        proxy = null;
        if (started != null) {
            started.close();
        }
    }

    @Override
    public void close() throws IOException {
        stopProxy();
        pebble.close();
        origin.close();
    }
}
