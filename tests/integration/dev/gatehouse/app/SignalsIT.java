package dev.gatehouse.app;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Signals that do not end the proxy.
@Timeout(120)
class SignalsIT {
    private static TestOrigin origin;

    private ProxyProcess proxy;

    @BeforeAll
    static void startOrigin() {
        origin = TestOrigin.start();
    }

    @AfterAll
    static void stopOrigin() throws IOException {
        origin.close();
    }

    @BeforeEach
    void start() {
        proxy = ProxyProcess.start(ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)));
        proxy.awaitOutput("started ", 1);
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private void assertServes() {
        try (var client = RawHttp1Client.plain(proxy.plain())) {
            assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
        }
    }

    @Test
    @Tag("SG-03")
    void sigquitPrintsAllThreads() {
        proxy.signal("QUIT");
        proxy.awaitOutput("Full thread dump", 1);
        proxy.awaitOutput("\"loop-0\"", 1);

        assertServes();
    }

    @Test
    @Tag("SG-03")
    void sigpipeIsIgnored() {
        proxy.signal("PIPE");

        assertServes();
    }

    @Test
    @Tag("SG-03")
    @EnabledOnOs(OS.LINUX)
    void sigusr1LetsGoOfLogFilesThatWereMovedAway() throws IOException {
        assertServes();
        var log = proxy.config().resolveSibling("access.log");
        await().until(() -> Files.exists(log) && Files.size(log) > 0);
        var aside = Files.move(log, log.resolveSibling("access.log.1"));
        assertThat(openFiles()).contains(aside.toString());
        proxy.signal("USR1");

        await("closed").atMost(Duration.ofSeconds(10)).until(() -> !openFiles().contains(aside.toString()));
        assertServes();
        await("opened anew").atMost(Duration.ofSeconds(10)).until(() -> Files.exists(log) && Files.size(log) > 0);
    }

    private List<String> openFiles() throws IOException {
        var files = new ArrayList<String>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(proxy.pid()), "fd"))) {
            for (var descriptor : descriptors) {
                try {
                    files.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException closed) {
                    // Closed meanwhile.
                }
            }
        }
        return files;
    }

    @Test
    @Tag("SG-02")
    void hundredHangupsAreFewReadings() {
        proxy.signal("HUP", 100);
        proxy.awaitOutput("configuration unchanged", 1);

        assertServes();
        assertThat(proxy.output()).doesNotContain(" ERROR ");
        assertThat(proxy.output().split("configuration unchanged", -1).length - 1)
                .isLessThan(50);
    }
}
