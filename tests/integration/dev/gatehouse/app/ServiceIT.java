package dev.gatehouse.app;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.NotifyReceiver;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The proxy as a service: what the service manager hears, and what becomes of a proxy that is broken.
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class ServiceIT {
    private static final String SABOTEUR = "dev.gatehouse.app.Saboteur";
    private static final String MAIN = "dev.gatehouse.app.Main";
    private static TestOrigin origin;

    @TempDir
    Path directory;

    @BeforeAll
    static void startOrigin() {
        origin = TestOrigin.start();
    }

    @AfterAll
    static void stopOrigin() throws IOException {
        origin.close();
    }

    private static ProxyUnderTest.Setup setup() {
        return ProxyUnderTest.with(AppUnderTest.inFrontOf(origin));
    }

    private String socket(String kind) {
        return kind.equals("abstract") ? "@gatehouse-test-" + directory.getFileName() : directory + "/notify";
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void startReloadAndEndAreTold(String kind) throws IOException {
        try (var manager = NotifyReceiver.start(socket(kind));
                var proxy = ProxyProcess.start(setup(), MAIN, Map.of("NOTIFY_SOCKET", manager.name()))) {
            assertThat(manager.await("READY=1", 1)).isEqualTo("READY=1 | STATUS=generation 1 serves 1 app");
            long before = System.nanoTime() / 1_000;
            Files.writeString(proxy.config(), Files.readString(proxy.config()).replace("app.example", "other.example"));
            proxy.signal("HUP");

            assertThat(manager.await("READY=1", 2)).isEqualTo("READY=1 | STATUS=generation 2 serves 1 app");
            var reloading = manager.await("RELOADING=1 | MONOTONIC_USEC=", 1);
            // The clock is the same in all processes.
            assertThat(Long.parseLong(reloading.replaceAll("^.*USEC=(\\d+) .*$", "$1")))
                    .isBetween(before, System.nanoTime() / 1_000);
            Files.writeString(proxy.config(), "broken");
            proxy.signal("HUP");
            proxy.awaitOutput("the running configuration stays", 1);
            await().untilAsserted(() -> assertThat(manager.lines().getLast())
                    .isEqualTo("READY=1 | STATUS=generation 2 serves 1 app; the newest configuration was rejected"));
            proxy.signal("TERM");

            assertThat(manager.await("STOPPING=1", 1))
                    .matches("STOPPING=1 \\| EXTEND_TIMEOUT_USEC=\\d{8,} \\| STATUS=.*");
            assertThat(proxy.awaitExit()).isZero();
            assertThat(manager.count("WATCHDOG")).isZero();
        }
    }

    @Test
    void watchdogIsFedAsLongAsAllWorks() {
        try (var manager = NotifyReceiver.start(socket("path"));
                var proxy = ProxyProcess.start(
                        setup(), MAIN, Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "2000000"))) {
            manager.await("WATCHDOG=1", 5);

            assertThat(proxy.output()).doesNotContain("no sign of life");
        }
    }

    @Test
    void processThatTakesOverIsTheServiceAndFeedsTheWatchdog() {
        try (var manager = NotifyReceiver.start(socket("path"));
                var proxy = ProxyProcess.start(
                        setup(), MAIN, Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "2000000"))) {
            manager.await("READY=1", 1);
            proxy.awaitOutput("started ", 1);
            proxy.signal("USR2");
            proxy.awaitSuccessor(1);

            assertThat(manager.await("MAINPID=", 1)).isEqualTo("MAINPID=" + proxy.pid());
            manager.await("READY=1", 2);
            manager.await("WATCHDOG=1", (int) manager.count("WATCHDOG=1") + 3);
            assertThat(manager.count("STOPPING=1")).isZero();
        }
    }

    @Test
    void watchdogOfAnotherProcessIsNotFed() {
        try (var manager = NotifyReceiver.start(socket("path"));
                var proxy = ProxyProcess.start(
                        setup(),
                        MAIN,
                        Map.of(
                                "NOTIFY_SOCKET", manager.name(),
                                "WATCHDOG_USEC", "200000",
                                "WATCHDOG_PID", "1"))) {
            manager.await("READY=1", 1);
            proxy.signal("TERM");
            manager.await("STOPPING=1", 1);

            assertThat(proxy.awaitExit()).isZero();
            assertThat(manager.count("WATCHDOG")).isZero();
        }
    }

    @Test
    @Tag("RS-09")
    void hungLoopEndsTheFeedingAndItsStackIsLoggedFirst() {
        try (var manager = NotifyReceiver.start(socket("path"));
                var proxy = ProxyProcess.start(
                        setup(), SABOTEUR, Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "2000000"))) {
            manager.await("WATCHDOG=1", 2);
            proxy.signal("WINCH");

            proxy.awaitOutput("no sign of life reason=watchdog from=", 1);
            proxy.awaitOutput("HungLoop.hang", 1);
            assertThat(proxy.output().lines().filter(line -> line.contains("no sign of life")))
                    .singleElement()
                    .asString()
                    .contains("loop 0")
                    .doesNotContain("loop 1");
            assertThat(proxy.output().lines().filter(line -> line.contains("HungLoop.hang")))
                    .singleElement()
                    .asString()
                    .contains("thread reason=watchdog name=\"loop-0\" state=WAITING stack=");
            long fed = manager.count("WATCHDOG=1");
            await("silence")
                    .during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> manager.count("WATCHDOG=1") == fed);
        }
    }

    @Test
    void withoutAServiceManagerNothingIsTold() {
        try (var proxy = ProxyProcess.start(setup(), MAIN, Map.of("NOTIFY_SOCKET", directory + "/nobody"))) {
            proxy.awaitOutput("the service manager was not told", 1);
            try (var client = RawHttp1Client.plain(proxy.plain())) {
                assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
            }
        }
    }

    @Test
    @Tag("RS-05")
    void processWithoutMemoryEnds() {
        try (var proxy = ProxyProcess.start(setup(), SABOTEUR, Map.of(), "-Xmx64m")) {
            proxy.signal("URG");

            assertThat(proxy.awaitExit()).isEqualTo(3);
            assertThat(proxy.output()).contains("OutOfMemoryError");
        }
    }

    @Test
    @Tag("SG-05")
    void secondStartSaysWhoHoldsThePort() {
        try (var proxy = ProxyProcess.start(setup())) {
            var second = proxy.startAgain();

            assertThat(second.code()).isEqualTo(3);
            assertThat(second.output())
                    .contains("gatehouse: cannot listen on 127.0.0.1:"
                            + proxy.plain().getPort())
                    .contains("port " + proxy.plain().getPort() + " is used by pid " + proxy.pid())
                    .doesNotContain("Exception");
            try (var client = RawHttp1Client.plain(proxy.plain())) {
                assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
            }
        }
    }
}
