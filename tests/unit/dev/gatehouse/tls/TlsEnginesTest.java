package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.http.TlsInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsEnginesTest {
    private static TlsEngines engines;
    private static Site site;

    @BeforeAll
    static void makeEngines() {
        TlsLogging.quiet();
        engines = TlsEngines.create();
        site = TestKeys.P256.site(TestClients.NAME);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void everyKindOfKeyServesTls13And12(TestKeys kind) throws Exception {
        var its = kind.site(TestClients.NAME);
        for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
            var bc = bc(version, "x25519", "secp256r1", "secp384r1", "secp521r1");
            for (var client : new SSLEngine[] {TestClients.sun(version), bc}) {
                var pair = Pair.handshake(client, fresh(), its);

                assertThat(TlsEngines.completed(pair.server).version()).isEqualTo(version);
                assertThat(pair.client.getSession().getPeerCertificates()[0])
                        .isEqualTo(Objects.requireNonNull(its.credentials()).leaf());
                assertThatBothDirectionsWork(pair);
            }
        }
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256",
        "TLSv1.3, TLS_AES_256_GCM_SHA384",
        "TLSv1.3, TLS_CHACHA20_POLY1305_SHA256",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    })
    void everySuiteCarriesData(String version, String suite) throws Exception {
        var pair = Pair.handshake(TestClients.withSuites(TestClients.sun(version), suite), engines, site);

        assertThat(TlsEngines.completed(pair.server).cipher()).isEqualTo(suite);
        assertThatBothDirectionsWork(pair);
    }

    @Test
    void theServerChoosesTheSuite() throws Exception {
        var client = TestClients.withSuites(
                TestClients.sun("TLSv1.3"), "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256");

        var pair = Pair.handshake(client, engines, site);

        assertThat(TlsEngines.completed(pair.server).cipher()).isEqualTo("TLS_AES_128_GCM_SHA256");
    }

    @ParameterizedTest(name = "{0}: offered {1}, shares {2} -> {3}")
    @CsvSource({
        "TLSv1.3, X25519MLKEM768, X25519MLKEM768, X25519MLKEM768",
        "TLSv1.3, SecP256r1MLKEM768, SecP256r1MLKEM768, SecP256r1MLKEM768",
        "TLSv1.3, x25519, x25519, x25519",
        "TLSv1.3, secp256r1, secp256r1, secp256r1",
        "TLSv1.3, secp384r1, secp384r1, secp384r1",
        "TLSv1.3, secp384r1 secp256r1 x25519, secp384r1, x25519",
        "TLSv1.3, x25519 SecP256r1MLKEM768 X25519MLKEM768, x25519, X25519MLKEM768",
        "TLSv1.3, x25519 X25519MLKEM768, x25519 X25519MLKEM768, X25519MLKEM768",
        "TLSv1.3, secp256r1 x25519, secp256r1, x25519",
        "TLSv1.3, ffdhe2048 secp521r1 secp384r1, secp521r1, secp384r1",
        "TLSv1.2, x25519, x25519, x25519",
        "TLSv1.2, secp256r1, secp256r1, secp256r1",
        "TLSv1.2, secp384r1 x25519, x25519, secp384r1",
        "TLSv1.2, ffdhe2048 secp521r1 secp256r1 x25519, x25519, secp256r1",
    })
    void theGroupThatIsToldIsTheOneOnTheWire(String version, String offered, String shares, String expected)
            throws Exception {
        // An RSA certificate, because this client offers no ECDSA signature without an ECDSA group.
        var its = TestKeys.RSA.site(TestClients.NAME);

        var pair = Pair.handshake(TestClients.bc(version, shares.split(" "), offered.split(" ")), fresh(), its, "h2");

        assertThat(TlsEngines.completed(pair.server).group()).isEqualTo(expected);
        assertThat(ServerFlight.group(pair.fromServer())).isEqualTo(expected);
        assertThatBothDirectionsWork(pair);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"TLSv1.3, x25519", "TLSv1.3, secp256r1", "TLSv1.2, x25519", "TLSv1.2, secp256r1"})
    void theGroupIsToldForTheClientOfTheJdkToo(String version, String group) throws Exception {
        var pair = Pair.handshake(TestClients.sun(version, group), fresh(), TestKeys.RSA.site(TestClients.NAME));

        assertThat(TlsEngines.completed(pair.server).group()).isEqualTo(group);
        assertThat(ServerFlight.group(pair.fromServer())).isEqualTo(group);
    }

    @Test
    void whatWasAgreedOnIsTold() throws Exception {
        var pair = Pair.handshake(TestClients.sun("TLSv1.3", "x25519", "secp256r1"), engines, site);

        assertThat(TlsEngines.completed(pair.server))
                .isEqualTo(new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", "x25519", null));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void theChosenProtocolIsAgreedOn(String version) throws Exception {
        var client = TestClients.withAlpn(TestClients.sun(version), "http/1.1", "h2");

        var pair = Pair.handshake(client, engines, site, "h2", "http/1.1");

        assertThat(pair.client.getApplicationProtocol()).isEqualTo("h2");
        assertThat(pair.server.getApplicationProtocol()).isEqualTo("h2");
    }

    @Test
    void withoutAChoiceNoProtocolIsAgreedOn() throws Exception {
        var pair = Pair.handshake(TestClients.withAlpn(TestClients.sun("TLSv1.3"), "h2"), engines, site);

        assertThat(pair.client.getApplicationProtocol()).isEmpty();
    }

    @Test
    void aTls12SessionIsResumedUnderItsName() throws Exception {
        var engines = fresh();
        var first = Pair.handshake(TestClients.sun("TLSv1.2"), engines, site);
        var second = Pair.handshake(TestClients.sun("TLSv1.2"), engines, site);

        assertThat(TlsEngines.completed(first.server).group()).isNotEqualTo("-");
        assertThat(second.server.getSession().getId())
                .isEqualTo(first.server.getSession().getId());
        assertThat(TlsEngines.completed(second.server).group()).isEqualTo("-");
        assertThatBothDirectionsWork(second);
    }

    @Test
    void anOldVersionIsRefused() throws Exception {
        var hello =
                new HelloBytes().version(0x0302).serverName(TestClients.NAME).groups(29, 23);

        assertThat(alertTo(hello)).isEqualTo(Alerts.PROTOCOL_VERSION);
    }

    @Test
    void versionsOfTheFutureAloneAreRefused() throws Exception {
        var hello = new HelloBytes()
                .serverName(TestClients.NAME)
                .versions(0x0305)
                .groups(29)
                .signatureSchemes(0x0403);

        assertThat(alertTo(hello)).isEqualTo(Alerts.PROTOCOL_VERSION);
    }

    @Test
    void unknownGroupsAloneAreRefused() throws Exception {
        var hello = new HelloBytes()
                .serverName(TestClients.NAME)
                .versions(0x0304)
                .groups(0x1a1a, 30)
                .signatureSchemes(0x0403)
                .extension(51, HelloBytes.vector16(new byte[0]));

        assertThat(alertTo(hello)).isEqualTo(Alerts.HANDSHAKE_FAILURE);
    }

    @ParameterizedTest(name = "{0}: a share of {1} bytes, group {2}")
    @CsvSource({"all zero, 32, 29", "too short, 31, 29", "too long, 33, 29", "not on the curve, 65, 23"})
    void aKeyShareThatCannotBeIsIllegal(String what, int size, int group) throws Exception {
        byte[] share = new byte[size];
        share[0] = (byte) (group == 23 ? 4 : 0);
        var hello = new HelloBytes()
                .serverName(TestClients.NAME)
                .versions(0x0304)
                .groups(group, 23)
                .signatureSchemes(0x0403)
                .extension(
                        51, HelloBytes.vector16(HelloBytes.concat(HelloBytes.u16(group), HelloBytes.vector16(share))));

        assertThat(alertTo(hello)).isEqualTo(Alerts.ILLEGAL_PARAMETER);
    }

    @ParameterizedTest(name = "group {0}")
    @CsvSource({"4588, 0, 1216", "4587, 65, 1249"})
    void anMlKemKeyOutOfRangeIsIllegal(int group, int from, int size) throws Exception {
        byte[] share = new byte[size];
        for (int i = from; i < from + 1152; i++) {
            share[i] = (byte) 0xff; // coefficients of 4095, where 3329 is the modulus (FIPS 203 §7.2)
        }
        if (group == 4588) {
            share[1184] = 9; // X25519's base point
        } else {
            var pair = TestKeys.P256.pair();
            byte[] point = pair.getPublic().getEncoded();
            System.arraycopy(point, point.length - 65, share, 0, 65);
        }
        var hello = new HelloBytes()
                .serverName(TestClients.NAME)
                .versions(0x0304)
                .groups(group)
                .signatureSchemes(0x0403)
                .extension(
                        51, HelloBytes.vector16(HelloBytes.concat(HelloBytes.u16(group), HelloBytes.vector16(share))));

        assertThat(alertTo(hello)).isEqualTo(Alerts.ILLEGAL_PARAMETER);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "TLSv1.2, foo_bar.wild.example.com",
        "TLSv1.3, foo_bar.wild.example.com",
        "TLSv1.2, shop.example.com.",
        "TLSv1.3, shop.example.com.",
        "TLSv1.3, xn--nxasmq6b.example"
    })
    void namesThatBouncyCastleTakesForNoneAreServed(String version, String name) throws Exception {
        assertThatBothDirectionsWork(Pair.handshake(TestClients.naming(version, name), fresh(), site));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        1.3 with a suite and a scheme   | P256    | 0x1301        | 0x0403        | 0x0304 | -
        1.3 with suites of 1.2 only     | P256    | 0xc02b        | 0x0403        | 0x0304 | tls.suite
        1.2 with suites of 1.3 only     | P256    | 0x1301        | 0x0403        | 0x0303 | tls.suite
        1.2 with suites for RSA only    | P256    | 0xc02f        | 0x0403        | 0x0303 | tls.suite
        1.2 with CBC only               | RSA     | 0xc013 0x002f | 0x0401        | 0x0303 | tls.suite
        1.2 with RSA                    | RSA     | 0xc02f        | 0x0401        | 0x0303 | -
        1.3 with PKCS#1 only            | RSA     | 0x1301        | 0x0401        | 0x0304 | tls.signature
        1.3 with another curve's hash   | P256    | 0x1301        | 0x0503        | 0x0304 | tls.signature
        1.2 with another hash           | P256    | 0xc02b        | 0x0503        | 0x0303 | -
        1.3 without Ed25519             | ED25519 | 0x1301        | 0x0403 0x0804 | 0x0304 | tls.signature
        """)
    void whatIsNotInCommonIsNamed(
            String what, TestKeys kind, String suites, String schemes, String version, String token) {
        var hello = hello(new HelloBytes()
                .suites(numbers(suites))
                .versions(numbers(version))
                .groups(29, 23)
                .signatureSchemes(numbers(schemes)));

        var refusal = kind.site(TestClients.NAME).refusal(hello);

        assertThat(refusal == null ? "-" : refusal.token()).isEqualTo(token);
        assertThat(refusal == null ? Alerts.HANDSHAKE_FAILURE : refusal.alert()).isEqualTo(Alerts.HANDSHAKE_FAILURE);
    }

    private static ClientHello hello(HelloBytes bytes) {
        return ((ClientHello.Hello) ClientHello.parse(ByteBuffer.wrap(bytes.record()))).hello();
    }

    private static int[] numbers(String text) {
        return Stream.of(text.split(" ")).mapToInt(Integer::decode).toArray();
    }

    @Test
    void aSecondHandshakeOnAConnectionIsRefused() throws Exception {
        var pair = Pair.handshake(TestClients.sun("TLSv1.2"), fresh(), site);
        pair.client.beginHandshake();

        assertThatThrownBy(pair::run).isInstanceOf(SSLException.class).hasMessageContaining("no_renegotiation");
    }

    @Test
    void suitesOfTheOtherKindOfKeyAloneAreRefused() throws Exception {
        var client = TestClients.withSuites(TestClients.sun("TLSv1.2"), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

        assertThatThrownBy(() -> Pair.handshake(client, engines, site)).isInstanceOf(SSLException.class);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_RSA_WITH_AES_128_GCM_SHA256",
            })
    void suitesWithoutForwardSecrecyOrAeadAreRefused(String suite) {
        var client = TestClients.withSuites(bc("TLSv1.2", "x25519", "secp256r1"), suite);
        var its = suite.contains("ECDSA") ? site : TestKeys.RSA.site(TestClients.NAME);

        assertThatThrownBy(() -> Pair.handshake(client, engines, its)).isInstanceOf(SSLException.class);
    }

    @Test
    void theEngineHasNothingToRunElsewhere() throws Exception {
        var pair = Pair.handshake(TestClients.sun("TLSv1.3"), engines, site);

        assertThat(pair.server.getDelegatedTask()).isNull();
        assertThat(pair.server.getSession().getPacketBufferSize()).isLessThanOrEqualTo(TlsEngines.MAX_RECORD);
        assertThat(pair.server.getSession().getApplicationBufferSize()).isEqualTo(TlsEngines.MAX_PLAINTEXT);
    }

    private static void assertThatBothDirectionsWork(Pair pair) throws SSLException {
        byte[] much = new byte[100_000];
        Arrays.fill(much, (byte) 7);
        byte[] little = "hello".getBytes(StandardCharsets.US_ASCII);

        assertThat(pair.send(little, true)).isEqualTo(little);
        assertThat(pair.send(little, false)).isEqualTo(little);
        assertThat(pair.send(much, true)).isEqualTo(much);
        assertThat(pair.send(much, false)).isEqualTo(much);
        assertThat(pair.send(little, true)).isEqualTo(little);
    }

    /// Engines that have no session to resume.
    private static TlsEngines fresh() {
        return TlsEngines.create();
    }

    private static SSLEngine bc(String version, String... groups) {
        return TestClients.bc(version, groups, groups);
    }

    /// The alert that we, or a server engine, answer to a ClientHello made by hand.
    private static int alertTo(HelloBytes bytes) throws SSLException {
        var wire = ByteBuffer.wrap(bytes.record());
        var parse = ClientHello.parse(wire);
        if (parse instanceof ClientHello.Bad bad) {
            return bad.alertDescription();
        }
        var engine = engines.newEngine(site, ((ClientHello.Hello) parse).hello(), null);
        engine.beginHandshake();
        engine.unwrap(wire, ByteBuffer.allocate(TlsEngines.MAX_RECORD));
        var out = ByteBuffer.allocate(TlsEngines.MAX_RECORD);
        for (int i = 0; i < 5 && out.position() == 0; i++) {
            try {
                engine.wrap(ByteBuffer.allocate(0), out);
            } catch (SSLException _) {
                // tells the reason first; the alert comes with the next call
            }
        }
        assertThat(out.position()).isEqualTo(7);
        assertThat(out.get(0)).isEqualTo((byte) 21);
        return out.get(6) & 0xff;
    }
}
