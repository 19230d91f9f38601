package dev.gatehouse.app;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.control.Json;
import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.MixedLoad;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// `gatehouse upgrade` and SIGUSR2: a new process takes the place of the running one, or does not, and no client
/// notices.
@Timeout(240)
@EnabledOnOs(OS.LINUX)
@SuppressWarnings("NullAway.Init") // set by each test
class UpgradeIT {
    private static final int UPGRADES = 5;

    private final TestOrigin origin = TestOrigin.start();
    private final StringWriter said = new StringWriter();
    private ProxyProcess proxy;

    @TempDir
    Path directory;

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        origin.close();
    }

    private void start(String... flags) {
        proxy = ProxyProcess.start(ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)), flags);
        proxy.awaitOutput("started version=", 1);
    }

    @Test
    void nobodyNoticesFiveUpgradesUnderLoad() {
        start();
        try (var load = MixedLoad.on(proxy::plain, proxy::tls, 100)) {
            load.awaitEverybody();
            for (int i = 1; i <= UPGRADES && load.failures().isEmpty(); i++) {
                proxy.signal("USR2");
                proxy.awaitSuccessor(i);
                proxy.awaitOutput("started version=", 1 + i);
                load.awaitEverybody();
            }

            assertThat(load.finish()).as(proxy.output()).isEmpty();
            assertThat(load.ended())
                    .as("connections that were told of their end")
                    .isPositive();
        }
        assertThat(proxy.output()).doesNotContain("drain limit reached").doesNotContain(" ERROR ");
    }

    @Test
    void newProcessReadsTheFileAnewAndWritesWhereTheOldOneWrote() throws IOException {
        start();
        Files.writeString(proxy.config(), Files.readString(proxy.config()).replace("path = \"/\"", "path = \"/only\""));
        proxy.signal("USR2");
        proxy.awaitSuccessor(1);

        try (var client = RawHttp1Client.plain(proxy.plain())) {
            var only = client.exchange(get("/only"));
            var other = client.exchange(get("/other"));

            assertThat(only.status()).isEqualTo(200);
            assertThat(other.status())
                    .as(only + "\n" + other + "\n" + proxy.output())
                    .isEqualTo(404);
        }
        assertThat(proxy.output()).contains("pid=" + proxy.pid());
        await("access line")
                .until(() -> Files.readString(proxy.directory().resolve("access.log"))
                        .contains("/other"));
    }

    @Test
    void commandTellsTheNewPidAndFromThenOnCommandsReachTheNewProcess() {
        start();
        long old = proxy.pid();

        assertThat(ask("upgrade")).as(said.toString()).isZero();
        var answer = said.toString();
        proxy.awaitSuccessor(1);
        assertThat(answer).isEqualTo("upgraded: pid " + proxy.pid() + " has taken over\n");
        assertThat(proxy.pid()).isNotEqualTo(old);
        assertThat(ask("status", "--json")).as(said.toString()).isZero();
        assertThat(Json.read(said.toString()).get("pid")).isEqualTo(proxy.pid());
        assertThat(ask("stop")).as(said.toString()).isZero();
        assertThat(proxy.isAlive()).isFalse();
    }

    @Test
    void configurationThatIsNoGoodLeavesTheOldProcessServingAndIsExplained() throws IOException {
        start();
        Files.writeString(
                proxy.config(),
                "listen_prot = 1\ncontrol_socket = \"" + proxy.directory().resolve("control.sock") + "\"\n");

        assertThat(ask("upgrade")).isEqualTo(ExitCode.RUNTIME);
        assertThat(said.toString())
                .contains("exit code 1")
                .contains("unknown key")
                .contains("config.toml:1:1")
                .contains("the old process goes on");
        proxy.awaitOutput("upgrade failed reason=upgrade", 1);
        assertStillServing();
    }

    @Test
    void programThatCannotRunLeavesTheOldProcessServingAndIsExplained() throws IOException {
        start("-Dgatehouse.command=" + launcher("echo 'no such runtime' >&2; exit 7"));
        proxy.signal("USR2");
        proxy.awaitOutput("upgrade failed reason=upgrade", 1);

        assertThat(proxy.output()).contains("exit code 7").contains("no such runtime");
        assertStillServing();
    }

    @Test
    void processThatNeverServesIsEndedAndTheOldOneGoesOn() throws IOException {
        var pid = directory.resolve("pid");
        start(
                "-Dgatehouse.handover_seconds=1",
                "-Dgatehouse.command=" + launcher("echo $$ >" + pid + "; exec sleep 200"));
        proxy.signal("USR2");
        proxy.awaitOutput("upgrade failed reason=upgrade", 1);

        assertThat(proxy.output()).contains("did not serve in time");
        var silent = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        await("it is ended")
                .atMost(Duration.ofSeconds(20))
                .until(() -> silent.isEmpty() || !silent.get().isAlive());
        assertStillServing();
    }

    private int ask(String... words) {
        said.getBuffer().setLength(0);
        var arguments = Stream.concat(
                        Stream.of(words), Stream.of("--config", proxy.config().toString()))
                .toArray(String[]::new);
        var out = new PrintWriter(said, true);
        return Main.run(out, out, arguments);
    }

    private Path launcher(String script) throws IOException {
        var file = Files.writeString(directory.resolve("launcher"), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private void assertStillServing() {
        assertThat(proxy.isAlive()).isTrue();
        try (var client = RawHttp1Client.tls(
                proxy.tls(), "app.example", ProxyUnderTest.pki().trusting())) {
            assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
        }
    }
}
