package dev.gatehouse.faults;

import static dev.gatehouse.support.Inputs.once;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Program;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sites that ask for client certificates, with openssl as the client: it shows whatever it is given.
@Timeout(120)
class MutualTlsIT {
    private static final TestPki PKI = TestPki.create();
    private static final TestPki BETWEEN = PKI.intermediate("Between");
    private static final TestPki BELOW = BETWEEN.intermediate("Below");
    private static final TestPki STRANGER = TestPki.stranger();
    private static final Path DIRECTORY = temporary();
    private static final TestPki.Identity ALICE = PKI.leaf("alice.example");
    private static final TestPki.Identity REVOKED = PKI.leaf("revoked.example");
    private static final AtomicInteger FILES = new AtomicInteger();

    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(
                    AppUnderTest.named("open", "app.example", "*.app.example").route("/", origin.address()),
                    AppUnderTest.named("mutual", "mutual.example", "*.mutual.example")
                            .clientCa(PKI.writeCaTo(DIRECTORY))
                            .route("/", origin.address()),
                    AppUnderTest.named("optional", "optional.example")
                            .clientCa(PKI.writeCaTo(DIRECTORY))
                            .tls("client_auth = \"optional\"")
                            .tls("client_identity_headers = true")
                            .route("/", origin.address()),
                    AppUnderTest.named("between", "between.example")
                            .clientCa(BETWEEN.writeCaTo(DIRECTORY))
                            .route("/", origin.address()),
                    AppUnderTest.named("bundle", "bundle.example")
                            .clientCa(together(STRANGER.writeCaTo(DIRECTORY), BELOW.writeCaTo(DIRECTORY)))
                            .route("/", origin.address()),
                    AppUnderTest.named("crl", "crl.example")
                            .clientCa(PKI.writeCaTo(DIRECTORY))
                            .tls("client_crl_path = \"" + PKI.writeCrlTo(DIRECTORY, REVOKED.leaf()) + "\"")
                            .route("/", origin.address()),
                    AppUnderTest.named("oldcrl", "oldcrl.example")
                            .clientCa(PKI.writeCaTo(DIRECTORY))
                            .tls("client_crl_path = \""
                                    + PKI.writeCrlTo(DIRECTORY, Instant.now().minus(Duration.ofHours(1)))
                                    + "\"")
                            .route("/", origin.address()),
                    AppUnderTest.named("listed", "listed.example")
                            .clientCa(PKI.writeCaTo(DIRECTORY))
                            .tls("client_allowed_subjects = [\"cn=Alice  Smith, O=example\"]")
                            .tls("client_allowed_sans = [\"dns:*.listed.example\", \"uri:spiffe://a/b\"]")
                            .route("/", origin.address()))
            .top("ignore_sni_consistency = true"));

    private static Path temporary() {
        try {
            var made = Files.createTempDirectory("gatehouse-mtls");
            made.toFile().deleteOnExit();
            return made;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static Path together(Path one, Path other) {
        try {
            return Files.writeString(one, Files.readString(other), StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /// What became of a connection with one request.
    private record Outcome(String text) {
        boolean served() {
            return text.contains("HTTP/1.1 200");
        }

        /// Number of the alert that openssl was sent; -1 for none.
        int alert() {
            var marker = "SSL alert number ";
            int at = text.indexOf(marker);
            return at < 0
                    ? -1
                    : Integer.parseInt(text.substring(at + marker.length()).split("\\D", 2)[0]);
        }
    }

    private static Outcome ask(String version, String name, TestPki.@Nullable Identity identity, String... more) {
        return ask(STAGE.proxy().tls(), version, name, identity, "GET " + once("/headers"), more);
    }

    private static Outcome ask(
            InetSocketAddress address,
            String version,
            String name,
            TestPki.@Nullable Identity identity,
            String line,
            String... more) {
        var arguments = new ArrayList<>(List.of(
                "s_client",
                "-connect",
                "127.0.0.1:" + address.getPort(),
                "-servername",
                name,
                "-" + version,
                "-ign_eof"));
        arguments.addAll(List.of(more));
        if (identity != null) {
            var files = identity.writeTo(DIRECTORY, "client" + FILES.incrementAndGet());
            arguments.addAll(List.of(
                    "-cert", files.certificate().toString(),
                    "-key", files.key().toString(),
                    "-cert_chain", files.certificate().toString()));
        }
        var request = line + " HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
        return new Outcome(Program.run(request, "openssl", arguments).output());
    }

    private static void refused(Outcome outcome, int alert, String token) {
        assertThat(outcome.text()).doesNotContain("HTTP/1.1 200");
        assertThat(outcome.alert()).as(outcome.text()).isEqualTo(alert);
        assertThat(LOG.await(token))
                .contains("handshake failed client=127.0.0.1 reason=" + token + " sni=")
                .contains("cause=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls1_2", "tls1_3"})
    void aCertificateOfATrustedAuthorityIsServed(String version) {
        assertThat(ask(version, "mutual.example", ALICE).served()).isTrue();
        assertThat(ask(version, "www.mutual.example", ALICE).served()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void clientsMayHaveKeysOfEveryKind(TestPki.Kind kind) {
        assertThat(ask("tls1_3", "mutual.example", PKI.leaf(kind, "bob.example"))
                        .served())
                .isTrue();
        assertThat(ask("tls1_2", "mutual.example", PKI.leaf(kind, "bob.example"))
                        .served())
                .isTrue();
    }

    @Test
    void clientsAreToldWhoseCertificatesAreTaken() {
        var text = ask("tls1_3", "bundle.example", null).text();

        assertThat(text.substring(text.indexOf("Acceptable client certificate CA names")))
                .contains("CN = Somebody Else's CA", "CN = Below")
                .doesNotContain("CN = Gatehouse Test CA");
    }

    @Test
    @Tag("TL-08")
    void withoutACertificateNobodyIsServed() {
        refused(ask("tls1_3", "mutual.example", null), 116, "mtls.no_cert");
    }

    @Test
    @Tag("TL-08")
    void withoutACertificateNobodyIsServedInTls12() {
        refused(ask("tls1_2", "crl.example", null), 40, "mtls.no_cert");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls1_2", "tls1_3"})
    @Tag("TL-08")
    void anExpiredCertificateIsRefused(String version) {
        refused(ask(version, "mutual.example", PKI.expired("late.example")), 45, "mtls.expired");
        assertThat(LOG.await("mtls.expired")).contains("subject=\"CN=late.example\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls1_2", "tls1_3"})
    @Tag("TL-08")
    void aCertificateOfAnotherAuthorityIsRefused(String version) {
        refused(ask(version, "mutual.example", STRANGER.leaf("mallory.example")), 48, "mtls.unknown_ca");
        assertThat(LOG.await("mtls.unknown_ca"))
                .contains("sni=mutual.example subject=\"CN=mallory.example\"")
                .contains("Somebody Else's CA");
    }

    @Test
    @Tag("TL-08")
    void aCertificateThatOnlyCarriesTheNamesOfTheAuthorityIsRefused() {
        // Another authority of the same name, with another key.
        var twin = TestPki.create().leaf("mallory.example");

        assertThat(ask("tls1_3", "mutual.example", twin).served()).isFalse();
    }

    @Test
    @Tag("TL-08")
    void aCertificateForServersIsRefused() {
        var server = PKI.only(KeyPurposeId.id_kp_serverAuth, "server.example");

        refused(ask("tls1_3", "mutual.example", server), 43, "mtls.bad_purpose");
        assertThat(ask("tls1_3", "mutual.example", PKI.only(KeyPurposeId.id_kp_clientAuth, "c.example"))
                        .served())
                .isTrue();
    }

    @Test
    @Tag("TL-08")
    void aKeyThatMayNotSignIsRefused() {
        var encrypts =
                PKI.special("CN=e", List.of(), Map.of(Extension.keyUsage, new KeyUsage(KeyUsage.keyEncipherment)));

        refused(ask("tls1_2", "mutual.example", encrypts), 43, "mtls.bad_purpose");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls1_2", "tls1_3"})
    @Tag("TL-08")
    void aRevokedCertificateIsRefused(String version) {
        refused(ask(version, "crl.example", REVOKED), 44, "mtls.revoked");
        assertThat(ask(version, "crl.example", ALICE).served()).isTrue();
    }

    @Test
    @Tag("TL-08")
    void aListThatIsOutOfDateOrMissingLetsNobodyIn() {
        refused(ask("tls1_3", "oldcrl.example", ALICE), 46, "mtls.crl");
        // The list is the root's; that of the authority between is missing.
        refused(ask("tls1_3", "crl.example", BETWEEN.leaf("deep.example")), 46, "mtls.crl");
    }

    @Test
    @Tag("TL-08")
    void authoritiesBetweenMayBeShownOrInTheBundle() {
        var deep = BELOW.leaf("deep.example");
        var shuffled = new TestPki.Identity(
                List.of(deep.chain().get(0), deep.chain().get(2), deep.chain().get(1)), deep.key());
        var bare = new TestPki.Identity(List.of(deep.leaf()), deep.key());

        assertThat(ask("tls1_3", "mutual.example", deep).served()).isTrue();
        assertThat(ask("tls1_2", "mutual.example", shuffled).served()).isTrue();
        assertThat(ask("tls1_3", "bundle.example", bare).served()).isTrue();
        assertThat(ask("tls1_3", "between.example", deep).served()).isTrue();
        // The root vouches for it, but at this site only the authority between is trusted.
        assertThat(ask("tls1_3", "between.example", ALICE).served()).isFalse();
        assertThat(ask("tls1_3", "mutual.example", bare).served()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls1_2", "tls1_3"})
    @Tag("TL-08")
    void aChainOfTenIsRefused(String version) {
        var authority = PKI;
        for (int i = 1; i < 10; i++) {
            authority = authority.intermediate("Level " + i);
        }
        var deep = authority.leaf("deep.example");
        assertThat(deep.chain()).hasSize(10);

        refused(ask(version, "mutual.example", deep), 80, "mtls.chain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls1_2", "tls1_3"})
    @Tag("TL-08")
    void aCertificateOf64KiBIsRefused(String version) {
        var huge = PKI.special(
                "CN=huge",
                List.of(),
                Map.of(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), new DEROctetString(new byte[64 * 1024])));

        // What openssl still wants to send may keep it from reading the alert.
        assertThat(ask(version, "optional.example", huge).served()).isFalse();
        assertThat(LOG.await("mtls.chain")).contains("reason=mtls.chain");
        assertThat(LOG.lines("mtls.chain")).anyMatch(line -> line.contains("certificate(11)"));
    }

    @Test
    @Tag("TL-08")
    void subjectsAndNamesThatAreNotListedAreRefused() {
        refused(ask("tls1_3", "listed.example", ALICE), 49, "mtls.not_allowed");
        assertThat(ask("tls1_3", "listed.example", PKI.special("CN=Alice Smith,O=Example", List.of(), Map.of()))
                        .served())
                .isTrue();
        assertThat(ask("tls1_3", "listed.example", PKI.leaf("x.listed.example")).served())
                .isTrue();
        assertThat(ask("tls1_3", "listed.example", PKI.leaf("listed.example")).served())
                .isFalse();
        assertThat(ask("tls1_3", "listed.example", PKI.leaf("spiffe://a/b")).served())
                .isTrue();
        assertThat(ask("tls1_2", "listed.example", PKI.leaf("spiffe://a/bb")).served())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls1_2", "tls1_3"})
    @Tag("TL-08")
    void whoOnlyLooksLikeSomebodyListedIsRefused(String version) {
        for (var subject : List.of("CN=\uff21lice Smith,O=Example", "CN=Al\u0131ce Smith,O=Example")) {
            var twin = PKI.special(subject, List.of(), Map.of());

            refused(ask(version, "listed.example", twin), 49, "mtls.not_allowed");
            assertThat(ask(version, "optional.example", twin).text())
                    .contains("HTTP/1.1 200")
                    .contains("X-Client-Cert-Subject: CN=");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spiffe://a b", "spiffe://a/\r\nX-Evil: 1", "no-scheme"})
    @Tag("TL-08")
    void aCertificateWhoseNamesCannotBeReadIsRefused(String uri) {
        var names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        var odd = PKI.special("CN=odd", List.of(), Map.of(Extension.subjectAlternativeName, names));

        refused(ask("tls1_3", "optional.example", odd), 42, "mtls.chain");
        assertThat(LOG.await("mtls.chain")).contains("subject=\"CN=odd\"");
    }

    @Test
    @Tag("TL-08")
    void whereItIsOptionalClientsWithoutAreServedAndWrongOnesRefused() {
        assertThat(ask("tls1_3", "optional.example", null).served()).isTrue();
        assertThat(ask("tls1_2", "optional.example", null).served()).isTrue();
        assertThat(ask("tls1_3", "optional.example", STRANGER.leaf("m.example")).alert())
                .isEqualTo(48);
    }

    @Test
    @Tag("TL-09")
    void aSiteWithCertificatesIsNotReachedThroughAnotherName() {
        try (var client = RawHttp1Client.tls(
                STAGE.proxy().tls(), "app.example", ProxyUnderTest.pki().trusting())) {
            var answer = client.exchange("GET / HTTP/1.1\r\nHost: mutual.example\r\n\r\n");

            assertThat(answer.status()).isEqualTo(421);
            // Elsewhere the key lets names differ.
            assertThat(client.exchange("GET /headers HTTP/1.1\r\nHost: app.example\r\n\r\n")
                            .status())
                    .isEqualTo(200);
        }
        try (var client = RawHttp1Client.tls(
                STAGE.proxy().tls(), "optional.example", ProxyUnderTest.pki().trusting())) {
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: mutual.example\r\n\r\n")
                            .status())
                    .isEqualTo(421);
        }
        // Nor is one name of it for another.
        try (var client = RawHttp1Client.tls(
                STAGE.proxy().tls(), "a.mutual.example", ProxyUnderTest.pki().trustingAs(ALICE))) {
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: b.mutual.example\r\n\r\n")
                            .status())
                    .isEqualTo(421);
        }
    }

    @Test
    @Tag("TL-09")
    void aSiteWithCertificatesIsNotServedOverPlaintext() {
        try (var client = RawHttp1Client.plain(STAGE.proxy().plain())) {
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: mutual.example\r\n\r\n")
                            .status())
                    .isEqualTo(301);
        }
    }

    @Test
    @Tag("TL-09")
    void sessionsOfOrdinarySitesAreResumedInTls12() {
        var session = DIRECTORY.resolve("open.session").toString();
        assertThat(ask("tls1_2", "app.example", null, "-sess_out", session).text())
                .contains("New, TLSv1.2");

        assertThat(ask("tls1_2", "app.example", null, "-sess_in", session).text())
                .contains("Reused, TLSv1.2")
                .contains("HTTP/1.1 200");
    }

    /// BouncyCastle takes them for no names, so its sessions would have none.
    @Test
    @Tag("TL-09")
    void namesWithUnderscoresAndTrailingDotsAreServedButNotResumed() {
        var session = DIRECTORY.resolve("odd.session").toString();
        for (var name : List.of("foo_bar.app.example", "www.app.example.")) {
            assertThat(ask("tls1_3", name, null).served()).isTrue();
            assertThat(ask("tls1_2", name, null, "-sess_out", session).text())
                    .contains("New, TLSv1.2")
                    .contains("HTTP/1.1 200");

            for (var other : List.of(name, "c_d.app.example", "www.app.example")) {
                assertThat(ask("tls1_2", other, null, "-sess_in", session).text())
                        .contains("New, TLSv1.2")
                        .contains("HTTP/1.1 200");
            }
        }
    }

    @Test
    @Tag("TL-09")
    void sessionsOfAnotherNameAreNotResumed() {
        var session = DIRECTORY.resolve("other.session").toString();
        ask("tls1_2", "app.example", null, "-sess_out", session);

        refused(ask("tls1_2", "mutual.example", null, "-sess_in", session), 40, "mtls.no_cert");
        assertThat(ask("tls1_2", "optional.example", null, "-sess_in", session).text())
                .contains("New, TLSv1.2")
                .contains("HTTP/1.1 200");
    }

    @Test
    @Tag("TL-09")
    void aSessionThatWasMadeWithACertificateDoesNotStandForIt() {
        var session = DIRECTORY.resolve("mutual.session").toString();
        assertThat(ask("tls1_2", "mutual.example", ALICE, "-sess_out", session).served())
                .isTrue();

        refused(ask("tls1_2", "mutual.example", null, "-sess_in", session), 40, "mtls.no_cert");
        assertThat(ask("tls1_2", "mutual.example", ALICE, "-sess_in", session).text())
                .contains("New, TLSv1.2")
                .contains("HTTP/1.1 200");
    }

    @Test
    @Tag("TL-09")
    void aReloadWithAnotherAuthorityCountsForTheNextHandshake() throws IOException {
        try (var origin = TestOrigin.start()) {
            var file = PKI.writeCaTo(Files.createDirectories(DIRECTORY.resolve("reload")));
            try (var proxy = ProxyProcess.start(ProxyUnderTest.with(
                    AppUnderTest.named("m", "m.example").clientCa(file).route("/", origin.address())))) {
                var session = DIRECTORY.resolve("reload.session").toString();
                var line = "GET /headers";
                assertThat(ask(proxy.tls(), "tls1_2", "m.example", ALICE, line, "-sess_out", session)
                                .served())
                        .isTrue();

                Files.writeString(file, Files.readString(STRANGER.writeCaTo(DIRECTORY)));
                proxy.signal("HUP");
                proxy.awaitOutput("configuration reloaded reason=config.reloaded generation=2", 1);

                assertThat(ask(proxy.tls(), "tls1_2", "m.example", ALICE, line, "-sess_in", session)
                                .alert())
                        .isEqualTo(48);
                assertThat(ask(proxy.tls(), "tls1_3", "m.example", ALICE, line).alert())
                        .isEqualTo(48);
                assertThat(ask(proxy.tls(), "tls1_3", "m.example", STRANGER.leaf("m.example"), line)
                                .served())
                        .isTrue();
            }
        }
    }

    @Test
    void theUpstreamIsToldWhoTheClientIs() throws Exception {
        var carol = BETWEEN.special(
                "CN=Carol Ångström,O=Example",
                List.of("carol.example", "spiffe://a/b,c", "carol@example.com", "10.0.0.7"),
                Map.of());

        var head = ask("tls1_3", "optional.example", carol).text();

        assertThat(head)
                .contains("\r\nX-Client-Cert-Verify: SUCCESS\r\n")
                .contains("\r\nClient-Cert: :"
                        + Base64.getEncoder().encodeToString(carol.leaf().getEncoded()) + ":\r\n")
                .contains("\r\nClient-Cert-Chain: :"
                        + Base64.getEncoder().encodeToString(BETWEEN.ca().getEncoded()) + ":\r\n")
                .contains("\r\nX-Client-Cert-Subject: CN=Carol \\C3\\85ngstr\\C3\\B6m,O=Example\r\n")
                .contains("\r\nX-Client-Cert-SAN: dns:carol.example, uri:spiffe://a/b%2Cc, email:carol@example.com,"
                        + " ip:10.0.0.7\r\n")
                .contains("\r\nX-Client-Cert-Serial: "
                        + carol.leaf().getSerialNumber().toString(16) + "\r\n")
                .containsPattern("\r\nX-Client-Cert-Fingerprint: [0-9a-f]{64}\r\n");
        assertThat(ask("tls1_3", "optional.example", null).text())
                .contains("\r\nX-Client-Cert-Verify: NONE\r\n")
                .doesNotContain("Client-Cert:", "X-Client-Cert-Subject");
    }

    @Test
    void whatAClientSaysAboutItsOwnIdentityIsRemoved() {
        var lies = String.join(
                "\r\n",
                "Client-Cert: :AAAA:",
                "client_cert_chain: :AAAA:",
                "X-Client-Cert-Verify: SUCCESS",
                "X-CLIENT-CERT-SUBJECT: CN=root",
                "X-Client_Cert-San: dns:root",
                "X-Own: 1",
                "");
        for (var name : List.of("optional.example", "app.example")) {
            try (var client = RawHttp1Client.tls(
                    STAGE.proxy().tls(), name, ProxyUnderTest.pki().trusting())) {
                var head = client.exchange("GET /headers HTTP/1.1\r\nHost: " + name + "\r\n" + lies + "\r\n")
                        .text();

                assertThat(head).contains("X-Own: 1").doesNotContain("AAAA", "SUCCESS", "root");
            }
        }
    }

    /// A load balancer before us may have asked the client; but where we ask, nobody else knows better.
    @Test
    void whatATrustedProxySaysIsPassedOnWhereWeDoNotAsk() throws IOException {
        try (var origin = TestOrigin.start();
                var proxy = ProxyUnderTest.with(
                                AppUnderTest.named("plain", "plain.example").route("/", origin.address()),
                                AppUnderTest.named("asks", "asks.example")
                                        .clientCa(PKI.writeCaTo(DIRECTORY))
                                        .tls("client_auth = \"optional\"")
                                        .tls("client_identity_headers = true")
                                        .route("/", origin.address()))
                        .top("trusted_forwarded_proxies = [\"127.0.0.1\"]")
                        .start()) {
            assertThat(toldOfAlice(proxy, "plain.example"))
                    .contains("\r\nClient-Cert: :AAAA:\r\n", "\r\nX-Client-Cert-Subject: CN=alice\r\n");
            assertThat(toldOfAlice(proxy, "asks.example"))
                    .contains("\r\nX-Client-Cert-Verify: NONE\r\n")
                    .doesNotContain("AAAA", "alice");
        }
    }

    private static String toldOfAlice(ProxyUnderTest proxy, String name) {
        try (var client =
                RawHttp1Client.tls(proxy.tls(), name, ProxyUnderTest.pki().trusting())) {
            return client.exchange("GET /headers HTTP/1.1\r\nHost: " + name
                            + "\r\nClient-Cert: :AAAA:\r\nX-Client-Cert-Subject: CN=alice\r\n\r\n")
                    .text();
        }
    }

    @Test
    void theAccessLogNamesTheClient() {
        var target = once("/headers");
        ask(STAGE.proxy().tls(), "tls1_3", "mutual.example", ALICE, "GET " + target);
        var known = STAGE.proxy().awaitAccessTo(target);
        assertThat(known.value("tls_client_verify")).isEqualTo("SUCCESS");
        assertThat(known.value("tls_client_subject")).isEqualTo("CN=alice.example");

        target = once("/headers");
        ask(STAGE.proxy().tls(), "tls1_3", "optional.example", null, "GET " + target);
        var unknown = STAGE.proxy().awaitAccessTo(target);
        assertThat(unknown.value("tls_client_verify")).isEqualTo("NONE");
        assertThat(unknown.value("tls_client_subject")).isEmpty();

        target = once("/headers");
        ask(STAGE.proxy().tls(), "tls1_3", "app.example", null, "GET " + target);
        assertThat(STAGE.proxy().awaitAccessTo(target).json()).doesNotContain("tls_client");
    }
}
