package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.support.CaStub;
import dev.gatehouse.support.CaStub.Reply;
import dev.gatehouse.support.FakeClock;
import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.support.TestPki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What CAs do wrong, and what follows.
@Timeout(120)
class CaFaultsIT {
    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @TempDir
    Path directory;

    private final FakeClock clock = new FakeClock(Instant.parse("2027-03-01T12:00:00Z"));
    private final AtomicInteger changes = new AtomicInteger();
    private final List<Acme> open = new ArrayList<>();
    private CaStub ca;
    private Acme acme;

    @BeforeEach
    void start() {
        ca = CaStub.start(clock);
        acme = service();
    }

    @AfterEach
    void stop() throws IOException {
        open.forEach(Acme::close);
        ca.close();
    }

    private Acme service() {
        var made = new Acme(clock, Duration.ofSeconds(2), changes::incrementAndGet);
        open.add(made);
        return made;
    }

    private GatehouseConfig config(String directoryUrl, String more, List<String> names) throws IOException {
        var text = new StringBuilder("""
            listen_port_tls = 8443
            [acme]
            email = "ops@app.example"
            dir_url = "%s"
            registry_path = "registry"
            %s
            """.formatted(directoryUrl, more));
        for (int i = 0; i < names.size(); i++) {
            text.append("""
                [apps.app%d]
                server_name = "%s"
                tls = { acme = true }
                reverse_proxy = [{ upstream = [{ location = "127.0.0.1:1" }] }]
                """.formatted(i, names.get(i)));
        }
        var result = ConfigReader.read(Files.writeString(directory.resolve("config.toml"), text));
        assertThat(result.config()).as("%s", result.problems()).isNotNull();
        return Objects.requireNonNull(result.config());
    }

    private void keep(String... names) throws Exception {
        acme.keep(acme.prepare(config(ca.directory().toString(), "", List.of(names))));
    }

    /// Lets everything happen that is due.
    private void look() {
        await("quiet")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    acme.round();
                    return acme.plan().certificates().stream().allMatch(managed -> managed.busy() == null)
                            && acme.plan().certificates().stream()
                                    .noneMatch(managed -> managed.isDue(
                                            clock.instant(),
                                            Objects.requireNonNull(acme.plan().shop())
                                                    .ca()
                                                    .now()));
                });
    }

    private Managed managed(int number) {
        return acme.plan().certificates().get(number);
    }

    private X509Certificate leaf() {
        return Objects.requireNonNull(acme.plan().find("app0")).leaf();
    }

    private Duration pause(int number) {
        return Duration.between(
                clock.instant(), Objects.requireNonNull(managed(number).state().nextTry()));
    }

    @Test
    @Tag("AC-01")
    void nineOfTenNoncesRefusedAreAskedForAgain() throws Exception {
        ca.refuseNonces(9);
        keep("a.example");

        look();

        assertThat(leaf()).isNotNull();
        assertThat(changes).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"down", "dns", "tls", "500", "html", "stall", "reset", "wrong json"})
    @Tag("AC-02")
    void whereTheCaIsNoneItIsAskedAgainSoonAndThenSeldom(String fault) throws Exception {
        var url = ca.directory().toString();
        switch (fault) {
            case "down" -> ca.close();
            case "dns" -> url = "http://ca.invalid/directory";
            case "tls" -> url = url.replace("http:", "https:");
            case "500" -> ca.wrong("directory", new Reply(500, "text/plain", "", "no"));
            case "html" -> ca.wrong("directory", new Reply(200, "text/html", "", "<html>"));
            case "stall" -> ca.wrong("directory", CaStub.STALL);
            case "reset" -> ca.wrong("directory", CaStub.RESET);
            default -> ca.wrong("directory", new Reply(200, "application/json", "", "[1"));
        }
        acme.keep(acme.prepare(config(url, "", List.of("a.example"))));
        look();
        assertThat(pause(0)).isBetween(Duration.ofSeconds(36), Duration.ofSeconds(60));
        assertThat(LOG.await("acme.unavailable")).contains("app=app0");

        for (int i = 0; i < 10; i++) {
            clock.pass(pause(0));
            look();
        }
        assertThat(pause(0)).isBetween(Duration.ofMinutes(216), Duration.ofHours(6));
        assertThat(managed(0).state().failures()).isEqualTo(11);
    }

    @Test
    @Tag("AC-02")
    void theOldCertificateStaysWhileTheCaIsAway() throws Exception {
        keep("a.example");
        look();
        var old = leaf();
        ca.wrong("directory", CaStub.RESET);
        clock.pass(Duration.ofDays(65));

        look();

        assertThat(managed(0).state().failures()).isEqualTo(1);
        assertThat(leaf()).isEqualTo(old);
    }

    @Test
    @Tag("AC-03")
    void retryAfterIsObeyedToTheSecondAndByRestartsAndOthersGoOn() throws Exception {
        keep("a.example");
        ca.wrong("order", Reply.problem(429, "rateLimited", "too many", "Retry-After: 7200\r\n"));
        look();
        assertThat(pause(0)).isEqualTo(Duration.ofHours(2));
        assertThat(LOG.await("acme.ratelimited")).contains("rateLimited: too many");
        ca.right("order");

        acme.close();
        acme = service();
        keep("a.example", "b.example");
        look();
        assertThat(acme.plan().find("app0")).isNull();
        assertThat(acme.plan().find("app1")).isNotNull();

        clock.pass(Duration.ofSeconds(7199));
        look();
        assertThat(acme.plan().find("app0")).isNull();
        clock.pass(Duration.ofSeconds(1));
        look();
        assertThat(acme.plan().find("app0")).isNotNull();
    }

    @Test
    @Tag("AC-03")
    void retryAfterAsADateCountsByTheCasClock() throws Exception {
        ca.skew(Duration.ofDays(1));
        ca.wrong("directory", new Reply(503, "text/plain", "Retry-After: Tue, 02 Mar 2027 13:00:00 GMT\r\n", "later"));
        keep("a.example");

        look();

        assertThat(pause(0)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    @Tag("AC-04")
    void aNameThatTheCaDoesNotBelieveIsTriedAgainAfterAnHour() throws Exception {
        ca.refuseName("a.example");
        keep("a.example");

        look();

        assertThat(pause(0)).isGreaterThanOrEqualTo(Duration.ofHours(1));
        assertThat(managed(0).state().lastError()).contains("CAA record forbids issuance");
        assertThat(LOG.await("acme.invalid"))
                .contains("CAA record forbids issuance")
                .contains("hint=\"the CA must reach port 443");
    }

    @Test
    @Tag("AC-05")
    void whereTheDiskFailsTheOldCertificateStaysAndTheOrderGoesOn() throws Exception {
        keep("a.example");
        look();
        var old = leaf();
        var file = Objects.requireNonNull(managed(0).stored()).file();
        var content = Files.readString(file);
        // Nothing can be written beside it: the name of the new file is taken by a directory with something in it.
        var blocker = Files.createDirectories(file.resolveSibling(".certificate.pem.tmp/x"));
        clock.pass(Duration.ofDays(65));
        look();
        assertThat(LOG.await("acme.store")).contains("app=app0");
        assertThat(leaf()).isEqualTo(old);
        assertThat(Files.readString(file)).isEqualTo(content);
        Files.delete(blocker);
        Files.delete(blocker.getParent());

        clock.pass(pause(0));
        look();

        assertThat(leaf()).isNotEqualTo(old);
        assertThat(ca.ordered())
                .as("the order that could not be stored is resumed")
                .hasSize(2);
    }

    @Test
    @Tag("AC-05")
    void halfAFileIsNotServedAndOrderedAnew() throws Exception {
        keep("a.example");
        look();
        var file = Objects.requireNonNull(managed(0).stored()).file();
        Files.writeString(file, Files.readString(file).substring(0, 300));
        acme.close();
        acme = service();
        keep("a.example");
        assertThat(acme.plan().find("app0")).isNull();

        look();

        assertThat(leaf()).isNotNull();
    }

    @Test
    @Tag("AC-06")
    void anAccountWhoseKeyIsLostIsMadeAnew() throws Exception {
        keep("a.example");
        look();
        try (var files = Files.walk(directory.resolve("registry"))) {
            for (var file : files.filter(file -> file.endsWith("account.pem")).toList()) {
                Files.delete(file);
            }
        }
        keep("a.example", "b.example");

        look();

        assertThat(acme.plan().find("app1")).isNotNull();
        assertThat(ca.accounts()).isEqualTo(2);
    }

    @Test
    @Tag("AC-06")
    void anAccountThatTheCaForgotIsAskedForAgain() throws Exception {
        keep("a.example");
        look();
        ca.wrong("order", Reply.problem(400, "accountDoesNotExist", "who?", ""));
        keep("a.example", "b.example");
        look();
        ca.right("order");
        clock.pass(pause(1));
        look();

        assertThat(acme.plan().find("app1")).isNotNull();
        assertThat(ca.accounts()).isEqualTo(2);
    }

    @Test
    @Tag("AC-06")
    void anAccountOfNoUseIsSaidClearly() throws Exception {
        ca.wrong("order", Reply.problem(403, "unauthorized", "account was deactivated", ""));
        keep("a.example");

        look();

        assertThat(LOG.await("acme.account"))
                .contains("account was deactivated")
                .contains("remove account.pem from the registry");
        ca.wrong(
                "order",
                Reply.problem(
                        403,
                        "userActionRequired",
                        "terms changed",
                        "Link: <https://ca.example/terms>;rel=\"terms-of-service\"\r\n"));
        clock.pass(pause(0));
        look();
        assertThat(managed(0).state().lastError()).contains("terms changed");
        assertThat(LOG.await("acme.account")).contains("the terms of service changed: https://ca.example/terms");
    }

    @Test
    void aProfileThatTheCaHasIsOrderedAndAnotherSaidClearly() throws Exception {
        acme.keep(acme.prepare(config(ca.directory().toString(), "profile = \"shortlived\"", List.of("a.example"))));
        look();
        assertThat(ca.ordered().getLast()).contains("\"profile\":\"shortlived\"");

        acme.keep(acme.prepare(config(ca.directory().toString(), "profile = \"golden\"", List.of("b.example"))));
        look();
        assertThat(LOG.await("acme.refused")).contains("no profile 'golden'").contains("shortlived");
    }

    private static Reply window(String start, String end) {
        return new Reply(
                200,
                "application/json",
                "Retry-After: 3600\r\n",
                "{\"suggestedWindow\": {\"start\": \"" + start + "\", \"end\": \"" + end + "\"}}");
    }

    @Test
    @Tag("AC-07")
    void whenTheCaSaysNowItIsRenewedAndSaysWhatItReplaces() throws Exception {
        keep("a.example");
        look();
        look();
        ca.wrong("ari", window("2027-03-01T00:00:00Z", "2027-03-01T01:00:00Z"));
        clock.pass(Duration.ofHours(7));

        look();
        look();

        assertThat(ca.ordered()).hasSize(2);
        assertThat(ca.ordered().getLast()).contains("\"replaces\":");
        look();
        assertThat(ca.ordered())
                .as("not at once again, though the CA still says so")
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"404", "absurd", "far"})
    @Tag("AC-07")
    void adviceThatMakesNoSenseIsReplacedByTwoThirdsOfTheLifetime(String advice) throws Exception {
        switch (advice) {
            case "absurd" -> ca.wrong("ari", window("2027-04-01T00:00:00Z", "2027-03-31T00:00:00Z"));
            case "far" -> ca.wrong("ari", window("2037-04-01T00:00:00Z", "2037-04-02T00:00:00Z"));
            default -> ca.wrong("ari", Reply.problem(404, "malformed", "unknown", ""));
        }
        ca.issuer(ca.lasting(Duration.ofDays(6)));
        keep("a.example");
        look();
        look();

        clock.pass(Duration.ofHours(85));
        look();
        look();
        assertThat(ca.ordered()).hasSize(1);

        clock.pass(Duration.ofHours(advice.equals("far") ? 47 : 17));
        look();
        assertThat(ca.ordered()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "names", "expired", "future", "alone", "order", "malformed"})
    @Tag("AC-08")
    void aBadCertificateIsRejectedAndTheOldOneKept(String fault) throws Exception {
        keep("a.example");
        look();
        var old = leaf();
        var pki = ca.pki();
        var other = TestPki.create();
        clock.pass(Duration.ofDays(65));
        var now = clock.instant();
        var life = Duration.ofDays(90);
        ca.issuer((key, names) -> switch (fault) {
            case "key" -> List.of(pki.leaf("a.example").leaf(), pki.ca());
            case "names" -> List.of(pki.sign(key, now, life, List.of("b.example")), pki.ca());
            case "expired" -> List.of(pki.sign(key, now.minus(life), Duration.ofDays(89), names), pki.ca());
            case "future" -> List.of(pki.sign(key, now.plus(Duration.ofDays(1)), life, names), pki.ca());
            case "alone" -> List.of(pki.sign(key, now, life, names));
            default -> List.of(pki.sign(key, now, life, names), other.ca());
        });
        if (fault.equals("malformed")) {
            ca.wrong(
                    "cert",
                    new Reply(200, "application/pem-certificate-chain", "", "-----BEGIN CERTIFICATE-----\nAAAA\n"));
        }

        look();

        assertThat(LOG.await("acme.badcert")).contains("app=app0");
        assertThat(leaf()).isEqualTo(old);
        assertThat(pause(0)).isGreaterThanOrEqualTo(Duration.ofHours(1));
        ca.right("cert");
        ca.issuer(ca.lasting(life));
        clock.pass(pause(0));
        look();
        assertThat(leaf()).isNotEqualTo(old);
    }

    @Test
    @Tag("AC-09")
    void oneOfTwoWithTheSameRegistryOrdersAndTheOtherServesItToo() throws Exception {
        keep("a.example");
        acme.round();
        var second = service();
        second.keep(second.prepare(config(ca.directory().toString(), "", List.of("a.example"))));

        rounds(second, 11);

        assertThat(LOG.await("acme.locked")).contains("registry=");
        look();
        rounds(second, 60);
        assertThat(second.plan().find("app0")).isEqualTo(acme.plan().find("app0"));
        assertThat(ca.ordered()).hasSize(1);
    }

    /// What happens in so many seconds.
    private static void rounds(Acme waiting, int number) {
        for (int i = 0; i < number; i++) {
            waiting.round();
        }
    }

    @Test
    @Tag("AC-10")
    void noMoreOrdersAreUnderWayThanAllowed() throws Exception {
        var names = new ArrayList<String>();
        for (int i = 0; i < 100; i++) {
            names.add("host" + i + ".example");
        }
        acme.keep(acme.prepare(config(ca.directory().toString(), "max_orders = 3", names)));

        look();

        assertThat(ca.ordered()).hasSize(100);
        assertThat(ca.mostOpen()).isBetween(1, 3);
        assertThat(acme.plan().certificates()).allMatch(managed -> managed.stored() != null);
    }

    @Test
    @Tag("AC-10")
    void whatIsDueMayChangeWhileItIsLookedThrough() throws Exception {
        var names = new ArrayList<String>();
        for (int i = 0; i < 500; i++) {
            names.add("host" + i + ".example");
        }
        acme.keep(acme.prepare(config(ca.directory().toString(), "", names)));
        var random = new Random(1);
        Runnable shift = () -> acme.plan().certificates().forEach(managed -> {
            var later = clock.instant().plusSeconds(3_600 + random.nextInt(3_600));
            managed.state(managed.state().failed(false, later, "later"));
        });
        shift.run();
        var done = new AtomicBoolean();
        var shifting = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                shift.run();
            }
        });
        try {
            for (int i = 0; i < 1_000; i++) {
                assertThat(acme.round()).isAfter(clock.instant());
            }
        } finally {
            done.set(true);
            shifting.join();
        }

        assertThat(ca.ordered()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-70, -1, 1, 70})
    @Tag("AC-11")
    void aClockThatIsWrongByDaysIsToldAndCausesNoStorm(int ahead) throws Exception {
        keep("a.example");
        ca.skew(Duration.ofDays(ahead));

        for (int i = 0; i < 20; i++) {
            look();
            clock.pass(Duration.ofMinutes(30));
        }

        assertThat(LOG.await("clock.skew")).contains("behind_s=");
        assertThat(ca.ordered()).hasSize(1);
        assertThat(leaf()).isNotNull();
    }
}
