package dev.gatehouse.acme;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A site that has no certificate yet, beside one that has.
@Timeout(120)
class NoCertificateIT {
    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    private static final SSLContext TRUSTING = ProxyUnderTest.pki().trusting();

    private static TestOrigin origin;
    private static ProxyUnderTest proxy;

    @BeforeAll
    static void start() {
        origin = TestOrigin.start();
        proxy = ProxyUnderTest.with(
                        AppUnderTest.inFrontOf(origin),
                        AppUnderTest.named("waiting", "waiting.example")
                                .automatic()
                                .route("/", origin.address()))
                .acme("email = \"admin@app.example\"", "dir_url = \"https://127.0.0.1:1/dir\"")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        origin.close();
    }

    @Test
    void handshakeForItIsRefusedByAnAlertWithItsOwnReason() {
        assertThatThrownBy(() -> RawHttp1Client.tls(proxy.tls(), "waiting.example", TRUSTING)
                        .close())
                .rootCause()
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("internal_error");
        assertThat(LOG.await("tls.no_certificate")).contains("sni=waiting.example");
    }

    @Test
    void theOthersAreServed() throws IOException {
        try (var client = RawHttp1Client.tls(proxy.tls(), "app.example", TRUSTING)) {
            assertThat(client.exchange(get("/")).status()).isEqualTo(200);
        }
    }
}
