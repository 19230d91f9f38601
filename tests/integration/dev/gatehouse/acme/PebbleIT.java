package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.CaRelay;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestPki;
import dev.gatehouse.support.Tools;
import dev.gatehouse.tls.CertificateNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Certificates from a real ACME server that rejects every other nonce.
@Timeout(300)
class PebbleIT {
    private static AcmeStage stage;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        stage = new AcmeStage(Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        stage.close();
    }

    @AfterEach
    void stopProxy() {
        stage.stopProxy();
    }

    @Test
    @Tag("AC-01")
    void namesOfAnAppGetOneCertificateByAHandshake() throws Exception {
        var proxy = stage.start(stage.app("one.example", "two.example"));

        var certificate = stage.awaitCertificate("one.example");

        assertThat(new CertificateNames(certificate).dns()).containsExactlyInAnyOrder("one.example", "two.example");
        assertThat(certificate.getPublicKey())
                .isInstanceOfSatisfying(
                        ECPublicKey.class,
                        key -> assertThat(key.getParams().getOrder().bitLength())
                                .isEqualTo(256));
        assertThat(stage.certificate("two.example")).isEqualTo(certificate);
        try (var client = RawHttp1Client.tls(stage.tls, "two.example", TestPki.trusting(stage.pebble.root()))) {
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: two.example\r\n\r\n")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(proxy.output()).contains("certificate obtained app=auto names=one.example,two.example");
        onlyTheOwnerMayLookIntoTheRegistry(proxy);
        assertThat(certs(proxy))
                .contains("auto: one.example, two.example\n")
                .contains("  issuer    CN=Pebble Intermediate CA")
                .contains("  key       ECDSA P-256\n")
                .contains("  source    " + stage.pebble.directory() + " by tls-alpn-01\n")
                .contains("  renewal   20");
    }

    /// What `gatehouse certs` says.
    private static String certs(ProxyProcess proxy) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.gatehouse.app.Main",
                        "certs",
                        "-c",
                        proxy.config().toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static void onlyTheOwnerMayLookIntoTheRegistry(ProxyProcess proxy) throws IOException {
        try (var files = Files.walk(proxy.directory().resolve("registry"))) {
            var all = files.toList();
            assertThat(all)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
            assertThat(all)
                    .extracting(file -> String.valueOf(file.getFileName()))
                    .contains("lock", "account.pem", "account.url", "certificate.pem")
                    .doesNotContain("order.pem", "order.state");
        }
    }

    @Test
    void aRestartServesWhatWasThereAndOrdersNothing() throws Exception {
        var proxy = stage.start(stage.app("kept.example"));
        var certificate = stage.awaitCertificate("kept.example");
        int orders = stage.orders();
        proxy.kill();

        stage.proxy(proxy.again());

        assertThat(stage.certificate("kept.example")).isEqualTo(certificate);
        assertThat(stage.orders()).isEqualTo(orders);
    }

    @Test
    void theProcessAfterAnUpgradeOrders() throws Exception {
        var proxy = stage.start(stage.app("before.example"));
        stage.awaitCertificate("before.example");
        proxy.signal("USR2");
        proxy.awaitSuccessor(1);

        Files.writeString(
                proxy.config(),
                Files.readString(proxy.config())
                        .replace("\"before.example\"", "\"before.example\", \"after.example\""));

        await("certificate of both names")
                .atMost(Duration.ofSeconds(50))
                .untilAsserted(() -> assertThat(new CertificateNames(stage.awaitCertificate("after.example")).dns())
                        .as(proxy.output())
                        .containsExactlyInAnyOrder("before.example", "after.example"));
        assertThat(proxy.output()).doesNotContain("acme.locked").doesNotContain("certificate not obtained");
    }

    @Test
    void aRequestOverPlaintextIsAnsweredBeforeRedirectsAndRoutes() throws Exception {
        var proxy =
                stage.start(stage.app("plain.example").redirecting(), "challenge = \"http-01\"", "key_type = \"p384\"");

        var certificate = stage.awaitCertificate("plain.example");

        assertThat(certificate.getPublicKey())
                .isInstanceOfSatisfying(
                        ECPublicKey.class,
                        key -> assertThat(key.getParams().getOrder().bitLength())
                                .isEqualTo(384));
        assertThat(proxy.output()).contains("challenge answered type=http-01");
        try (var client = RawHttp1Client.plain(stage.plain)) {
            assertThat(client.exchange("GET /.well-known/acme-challenge/other HTTP/1.1\r\nHost: plain.example\r\n\r\n")
                            .status())
                    .as("a token that nobody waits for goes the normal road")
                    .isEqualTo(301);
        }
    }

    @Test
    void aWildcardComesByAHookThatSetsARecord() throws Exception {
        var hook = hook("""
            case $1 in
              present) curl -sf -X POST -d "{\\"host\\":\\"$2.\\", \\"value\\":\\"$3\\"}" %1$s/set-txt ;;
              cleanup) curl -sf -X POST -d "{\\"host\\":\\"$2.\\"}" %1$s/clear-txt ;;
            esac
            """.formatted(stage.pebble.dnsManagement()));

        stage.start(
                stage.app("*.wild.example", "wild.example"),
                "challenge = \"dns-01\"",
                "key_type = \"rsa2048\"",
                "dns_hook = \"" + hook + "\"");

        var certificate = stage.awaitCertificate("any.wild.example");
        assertThat(new CertificateNames(certificate).dns()).containsExactlyInAnyOrder("*.wild.example", "wild.example");
        assertThat(certificate.getPublicKey())
                .isInstanceOfSatisfying(
                        RSAPublicKey.class,
                        key -> assertThat(key.getModulus().bitLength()).isEqualTo(2048));
        await("cleanup")
                .atMost(Duration.ofSeconds(20))
                .until(() -> lines("calls").stream()
                                .filter(line -> line.startsWith("cleanup _acme-challenge.wild.example "))
                                .count()
                        == 2);
        assertThat(lines("calls"))
                .filteredOn(line -> line.startsWith("present "))
                .hasSize(2);
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name));
    }

    private Path hook(String commands) throws IOException {
        Tools.find("curl");
        var hook = Files.writeString(
                directory.resolve("hook"),
                "#!/bin/sh\necho \"$1 $2 $3\" >> " + directory.resolve("calls") + "\n" + commands);
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
        return hook;
    }

    @Test
    @Tag("AC-04")
    void aRefusedNameIsToldInOneLineWithAHintAndTriedAgainAfterAnHour() throws Exception {
        // The record is never set.
        var hook = hook("exit 0\n");
        var began = Instant.now();

        var proxy = stage.start(stage.app("refused.example"), "challenge = \"dns-01\"", "dns_hook = \"" + hook + "\"");

        proxy.awaitOutput("reason=acme.invalid", 1);
        var line = proxy.output()
                .lines()
                .filter(text -> text.contains("reason=acme.invalid"))
                .findFirst()
                .orElseThrow();
        assertThat(line)
                .contains("app=auto")
                .contains("the authorization of refused.example is invalid: No TXT record")
                .contains("hint=\"the CA must see the TXT record");
        var next = Instant.parse(line.replaceAll(".* next_try=", ""));
        assertThat(next).isAfterOrEqualTo(began.plus(Duration.ofHours(1)));
        assertThat(certs(proxy))
                .contains("  none yet")
                .contains("  error     the authorization of refused.example is invalid")
                .contains(", failures so far: 1\n");
    }

    @Test
    void aCertificateThatIsDueIsRenewedWhileTheOldOneIsServed() throws Exception {
        var proxy = stage.start(stage.app("renewed.example"));
        var first = stage.awaitCertificate("renewed.example");
        proxy.kill();
        var file = certificateFile(proxy);
        var old = TestPki.create()
                .leaf(
                        TestPki.Kind.ECDSA,
                        Instant.now().minus(Duration.ofDays(80)),
                        Duration.ofDays(90),
                        "renewed.example");
        var pem = old.writeTo(directory, "old");
        Files.writeString(file, Files.readString(pem.key()) + Files.readString(pem.certificate()));
        int orders = stage.orders();

        stage.proxy(proxy.again());

        assertThat(stage.awaitCertificate("renewed.example")).isNotEqualTo(first);
        assertThat(stage.orders()).isEqualTo(orders + 1);
    }

    private static Path certificateFile(ProxyProcess proxy) throws IOException {
        try (var files = Files.walk(proxy.directory().resolve("registry"))) {
            return files.filter(file -> file.endsWith("certificate.pem"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void anAccountOfTheCaIsNamedWhereItWantsOne() throws Exception {
        var key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
        try (var strict = new AcmeStage(Map.of("kid-1", key))) {
            strict.start(strict.app("bound.example"), "eab_key_id = \"kid-1\"", "eab_hmac_key = \"" + key + "\"");

            assertThat(strict.awaitCertificate("bound.example")).isNotNull();
        }
    }

    @Test
    @Tag("AC-06")
    void anAccountThatIsMissingOrWrongIsSaidClearly() throws Exception {
        var key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
        try (var strict = new AcmeStage(Map.of("kid-1", key))) {
            var none = strict.start(strict.app("unbound.example"));
            none.awaitOutput("reason=acme.account", 1);
            assertThat(none.output()).contains("hint=\"set eab_key_id and eab_hmac_key in [acme]");
            strict.stopProxy();

            var wrong = strict.start(
                    strict.app("unbound.example"),
                    "eab_key_id = \"kid-1\"",
                    "eab_hmac_key = \"b10lLJs8l1GPIzsLP0s6pMt8O0XVGnfTaCeROxQM0BIt2XrJMDHJZBM5NuQmQJQH\"");
            wrong.awaitOutput("reason=acme.account", 1);
            assertThat(wrong.output()).contains("hint=\"are eab_key_id and eab_hmac_key right?");
        }
    }

    @Test
    @Tag("TL-06")
    void aHandshakeForAChallengeThatNobodyWaitsForGetsAnAlert() throws Exception {
        var proxy = stage.start(AppUnderTest.named("other", "other.example").route("/", stage.origin.address()));

        assertThat(openssl("other.example")).contains("alert number 112");
        proxy.awaitOutput("reason=acme.alpn sni=other.example", 1);
    }

    /// What openssl says of a handshake as a CA makes it, and of a request behind it.
    private static String openssl(String name) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Tools.find("openssl").toString(),
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + stage.tls.getPort(),
                        "-servername",
                        name,
                        "-alpn",
                        "acme-tls/1",
                        "-ign_eof")
                .redirectErrorStream(true)
                .start();
        try (var in = process.getOutputStream()) {
            in.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException closed) {
            // it ended before it read
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    @Test
    @Tag("TL-06")
    void aHandshakeForAPendingChallengeShowsItsCertificateAndNoHttp() throws Exception {
        var looked = new AtomicReference<>("");
        try (var relay = CaRelay.start(stage.pebble)) {
            relay.before(path -> {
                if (path.startsWith("/chalZ/")) {
                    try {
                        looked.compareAndSet("", openssl("pending.example"));
                    } catch (IOException | InterruptedException failed) {
                        looked.set(failed.toString());
                    }
                }
            });
            stage.start(stage.setup(stage.app("pending.example"))
                    .acme(
                            "email = \"admin@app.example\"",
                            "dir_url = \"" + relay.directory() + "\"",
                            "ca_path = \"" + stage.pebble.caFile() + "\"",
                            "registry_path = \"registry\""));

            stage.awaitCertificate("pending.example");
        }
        assertThat(looked.get())
                .contains("ALPN protocol: acme-tls/1")
                .contains("acme.invalid")
                .doesNotContain("HTTP/1.1 ");
    }
}
