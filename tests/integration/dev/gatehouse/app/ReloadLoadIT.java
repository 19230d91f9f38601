package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.MixedLoad;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Everything that a reload can change changes under load, again and again, and nobody who uses the proxy notices.
@Timeout(240)
class ReloadLoadIT {
    private static final int RELOADS = 50;

    private final TestOrigin first = TestOrigin.start();
    private final TestOrigin second = TestOrigin.start();
    private final AtomicReference<InetSocketAddress> plain = new AtomicReference<>();
    private ProxyProcess proxy;
    private ServerSocket taken;
    private String text;
    private int generation = 1;

    @BeforeEach
    void start() throws IOException {
        proxy = ProxyProcess.start(
                ProxyUnderTest.with(AppUnderTest.inFrontOf(first)).top("tcp_listen_backlog = 1024"));
        ProxyUnderTest.pki().leaf("other.example").writeTo(proxy.directory(), "other");
        plain.set(proxy.plain());
        text = Files.readString(proxy.config());
        taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        taken.close();
        first.close();
        second.close();
    }

    @Test
    @Tag("CF-06")
    @Tag("CF-10")
    void nobodyNoticesFiftyReloadsOfEverything() throws IOException {
        try (var load = MixedLoad.on(plain::get, proxy::tls, Integer.MAX_VALUE)) {
            load.awaitEverybody();
            for (int i = 0; i < RELOADS && load.failures().isEmpty(); i++) {
                change(i);
                load.awaitEverybody();
            }

            assertThat(load.finish()).isEmpty();
            assertThat(load.ended()).as("connections that the proxy ended").isZero();
        }
        assertThat(proxy.output()).contains("generation=" + (1 + RELOADS * 7 / 10));
        assertThat(first.requests()).isNotEmpty();
        assertThat(second.requests()).isNotEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void heapThreadsAndFilesAreTheSameAfterManyReloads() throws IOException {
        changeUnderLoad(40);
        var before = proxy.holdings();
        changeUnderLoad(200);
        var after = proxy.holdings();

        assertThat(after.threads()).as(before + " -> " + after).isLessThanOrEqualTo(before.threads() + 5);
        assertThat(after.files()).as(before + " -> " + after).isLessThanOrEqualTo(before.files() + 40);
        assertThat(after.heapKiB()).as(before + " -> " + after).isLessThan(before.heapKiB() + 3_000);
    }

    private void changeUnderLoad(int times) throws IOException {
        try (var load = MixedLoad.on(plain::get, proxy::tls, Integer.MAX_VALUE)) {
            for (int i = 0; i < times; i++) {
                change(i);
            }
            assertThat(load.finish()).isEmpty();
        }
    }

    private void change(int number) throws IOException {
        switch (number % 10) {
            case 0 -> upstream(second, first);
            case 1 -> certificate();
            case 2 -> plainPort();
            case 3 -> broken(text.replace("path =", "paht ="), "config.unknown_key");
            case 4 -> route();
            case 5 -> upstream(first, second);
            case 6 -> broken(port(taken.getLocalPort()), "cannot listen on");
            case 7 -> backlog();
            case 8 -> app();
            case 9 -> broken("", "config.");
            default -> throw new IllegalStateException();
        }
    }

    private void upstream(TestOrigin to, TestOrigin from) throws IOException {
        good(text.replace(from.address(), to.address()));
    }

    /// One more, or one less.
    private void route() throws IOException {
        var more = "[[apps.app.reverse_proxy]]\npath = \"/more\"\nupstream = [{ location = \"127.0.0.1:9\" }]\n\n";
        int at = text.indexOf("[[apps.app.reverse_proxy]]");
        good(text.contains("/more") ? text.replace(more, "") : text.substring(0, at) + more + text.substring(at));
    }

    /// Comes and goes, with its certificate and its place in the routes.
    private void app() throws IOException {
        int at = text.indexOf("[apps.other]");
        good(at >= 0 ? text.substring(0, at) : text + """

            [apps.other]
            server_name = "other.example"
            tls = { tls_cert_path = "other.crt", tls_cert_key_path = "other.key" }
            [[apps.other.reverse_proxy]]
            upstream = [{ location = "%s" }]
            """.formatted(first.address()));
    }

    private void backlog() throws IOException {
        int last = generation;
        good(text.replaceFirst("tcp_listen_backlog = \\d+", "tcp_listen_backlog = " + (1024 + last)));
    }

    private void plainPort() throws IOException {
        int port = ProxyProcess.freeAddress().getPort();
        good(port(port));
        plain.set(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private String port(int port) {
        return text.replaceFirst("listen_port = \\d+", "listen_port = " + port);
    }

    /// A new pair in the old files; a new connection gets it.
    private void certificate() throws IOException {
        var made = ProxyUnderTest.pki().leaf("app.example");
        made.writeTo(proxy.directory(), "app");
        good(text);
        assertThat(servedSerial()).isEqualTo(made.leaf().getSerialNumber());
    }

    private BigInteger servedSerial() throws IOException {
        try (var client = RawHttp1Client.tls(
                proxy.tls(), "app.example", ProxyUnderTest.pki().trusting())) {
            var served = (X509Certificate) client.tls().getSession().getPeerCertificates()[0];
            return served.getSerialNumber();
        }
    }

    private void good(String changed) throws IOException {
        text = changed;
        write(changed);
        generation++;
        proxy.awaitOutput(" generation=" + generation + " config=", 1);
    }

    private void broken(String changed, String why) throws IOException {
        int before = count("configuration rejected");
        write(changed);
        await("refused").atMost(Duration.ofSeconds(20)).until(() -> count("configuration rejected") > before);
        assertThat(proxy.output().lines().filter(line -> line.contains("configuration rejected")))
                .last()
                .asString()
                .contains(why);
    }

    private int count(String what) {
        return proxy.output().split(what, -1).length - 1;
    }

    /// Whole or not at all, as an editor does it.
    private void write(String content) throws IOException {
        var next = proxy.config().resolveSibling("config.next");
        Files.writeString(next, content);
        Files.move(next, proxy.config(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        proxy.signal("HUP");
    }
}
