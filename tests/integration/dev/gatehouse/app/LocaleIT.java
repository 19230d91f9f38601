package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Paths outside ASCII where the locale has no UTF-8.
@Timeout(60)
class LocaleIT {
    @TempDir
    Path directory;

    @BeforeEach
    void needsUtf8ItselfToSeeThePaths() {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "this test runs in another locale");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POSIX", "C", "C.UTF-8", "xx_XX.ISO-8859-1"})
    void argumentsAndPathsAreUtf8(String locale) throws Exception {
        var config = Files.writeString(directory.resolve("größe.toml"), """
            listen_port = 8080
            listen_address_v4 = "127.0.0.1"
            [apps.shop]
            server_name = "shop.example.com"
            reverse_proxy = [{ upstream = [{ location = "127.0.0.1:3000" }] }]
            """);
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "check",
                "-c",
                config.toString());
        builder.redirectErrorStream(true).environment().put("LC_ALL", locale);
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

        assertThat(said).isEqualTo(config + ": ok, 1 app, 1 route\n");
    }

    /// It keeps its pid and hears signals, though it began anew.
    @Test
    void proxyRunsAsInAnyOther() throws IOException {
        var setup = ProxyUnderTest.with(
                        AppUnderTest.named("shop", "app.example").route("/", "127.0.0.1:1"))
                .log("file = \"größe.log\"");
        try (var proxy = ProxyProcess.start(setup, Main.class.getName(), Map.of("LC_ALL", "POSIX"));
                var client = RawHttp1Client.plain(proxy.plain())) {
            var log = proxy.directory().resolve("größe.log");
            assertThat(client.exchange(Heads.get("/")).status()).isEqualTo(502);
            await().until(() -> Files.readString(log).contains(" pid=" + proxy.pid() + " "));
            proxy.signal("HUP");
            await().until(() -> Files.readString(log).contains("configuration unchanged"));
            proxy.signal("TERM");

            assertThat(proxy.awaitExit()).isZero();
            assertThat(log).content().contains("stopped drained=true");
        }
    }
}
