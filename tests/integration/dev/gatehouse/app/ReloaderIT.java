package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.app.ReloadOutcome.Kind;
import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.support.ProxyProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who asks for a reload learns what came of it.
@Timeout(60)
class ReloaderIT {
    @TempDir
    Path directory;

    private Path file;
    private Gatehouse proxy;
    private Reloader reloader;

    @BeforeEach
    void start() throws Exception {
        file = directory.resolve("config.toml");
        write("shop.example", ProxyProcess.freeAddress().getPort());
        proxy = Gatehouse.start(Objects.requireNonNull(ConfigReader.read(file).config()));
        reloader = new Reloader(file, null);
        reloader.start(proxy);
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private void write(String serverName, int port) throws IOException {
        Files.writeString(file, """
            listen_port = %d
            listen_address_v4 = "127.0.0.1"
            log = { access = "off" }
            [apps.shop]
            server_name = "%s"
            [[apps.shop.reverse_proxy]]
            upstream = [{ location = "127.0.0.1:9" }]
            """.formatted(port, serverName));
    }

    private int port() {
        return proxy.plainAddresses().getFirst().getPort();
    }

    private ReloadOutcome ask() throws Exception {
        return reloader.ask().get(30, TimeUnit.SECONDS);
    }

    @Test
    void outcomesAreToldAndCounted() throws Exception {
        assertThat(ask()).isEqualTo(new ReloadOutcome(Kind.UNCHANGED, 1, List.of()));
        write("other.example", port());
        assertThat(ask()).isEqualTo(new ReloadOutcome(Kind.RELOADED, 2, List.of()));
        Files.writeString(file, "listen_prt = 80");
        var rejected = ask();
        assertThat(rejected.kind()).isEqualTo(Kind.REJECTED);
        assertThat(rejected.generation()).isEqualTo(2);
        assertThat(rejected.problems()).anyMatch(problem -> problem.code().equals("config.unknown_key"));

        var history = reloader.history();
        assertThat(history.reloaded()).isEqualTo(1);
        assertThat(history.rejected()).isEqualTo(1);
        assertThat(history.last()).isEqualTo(rejected);
        assertThat(history.lastAt()).isNotNull();
    }

    @Test
    @Tag("CF-06")
    void addressThatIsTakenIsAProblemLikeOthers() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write("other.example", taken.getLocalPort());

            var outcome = ask();

            assertThat(outcome.kind()).isEqualTo(Kind.REJECTED);
            assertThat(outcome.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("config.bind");
                assertThat(problem.message()).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
            });
        }
    }
}
