package dev.gatehouse.faults;

import static dev.gatehouse.support.Inputs.once;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Program;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Handshakes that are wrong, slow, or too many; with openssl, gnutls-cli, curl or bare bytes as the client.
@Timeout(120)
class TlsHandshakeIT {
    private static final int PROTOCOL_VERSION = 70;
    private static final int HANDSHAKE_FAILURE = 40;
    private static final int ILLEGAL_PARAMETER = 47;
    private static final int DECODE_ERROR = 50;
    private static final int NO_APPLICATION_PROTOCOL = 120;

    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(
                    AppUnderTest.inFrontOf(origin),
                    AppUnderTest.named("rsa", "rsa.example")
                            .identity(ProxyUnderTest.pki().leaf(TestPki.Kind.RSA, "rsa.example"))
                            .route("/", origin.address()))
            .timeout("tls_handshake", Duration.ofSeconds(3)));

    private static String openssl(String name, String... more) {
        var arguments = new ArrayList<>(List.of(
                "s_client", "-connect", "127.0.0.1:" + STAGE.proxy().tls().getPort(), "-ign_eof"));
        if (name.isEmpty()) {
            arguments.add("-noservername");
        } else {
            arguments.addAll(List.of("-servername", name));
        }
        arguments.addAll(List.of(more));
        var request = "GET " + once("/headers") + " HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
        return Program.run(request, "openssl", arguments).output();
    }

    // ---- bare bytes

    private static byte[] u16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] vector16(byte[]... parts) {
        byte[] body = join(parts);
        return join(u16(body.length), body);
    }

    private static byte[] extension(int type, byte[]... data) {
        return join(u16(type), vector16(data));
    }

    private static byte[] name(String name) {
        return extension(0, vector16(new byte[] {0}, vector16(name.getBytes(ISO_8859_1))));
    }

    /// Versions 1.3, signatures of every common kind.
    private static byte[] usual() {
        return join(
                extension(43, new byte[] {2, 3, 4}), extension(13, vector16(u16(0x0403), u16(0x0804), u16(0x0401))));
    }

    private static byte[] share(int group, int length) {
        byte[] bytes = new byte[length];
        new Random(group).nextBytes(bytes);
        return join(u16(group), vector16(bytes));
    }

    /// A ClientHello without its record.
    private static byte[] hello(byte[]... extensions) {
        byte[] body = join(
                u16(0x0303),
                new byte[32],
                new byte[] {0},
                vector16(u16(0x1301), u16(0x1302), u16(0xc02b), u16(0xc02f)),
                new byte[] {1, 0},
                vector16(extensions));
        return join(new byte[] {1, 0}, u16(body.length), body);
    }

    private static byte[] record(byte[] message) {
        return join(new byte[] {22, 3, 1}, vector16(message));
    }

    /// Sends bytes and reads until the proxy closes.
    private static byte[] exchange(byte[]... pieces) throws IOException {
        var address = STAGE.proxy().tls();
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(30_000);
            for (byte[] piece : pieces) {
                socket.getOutputStream().write(piece);
                socket.getOutputStream().flush();
            }
            return socket.getInputStream().readAllBytes();
        }
    }

    private static int alert(byte[] answer) {
        assertThat(answer).as("an alert record").hasSize(7).startsWith(21, 3);
        return answer[6];
    }

    /// Whether the answer begins with a ServerHello, be it a HelloRetryRequest.
    private static boolean isServerHello(byte[] answer) {
        return answer.length > 6 && answer[0] == 22 && answer[5] == 2;
    }

    /// What a ServerHello that is none has as its random (RFC 8446 §4.1.3).
    private static boolean isRetryRequest(byte[] answer) {
        return isServerHello(answer) && HexFormat.of().formatHex(answer, 11, 15).equals("cf21ad74");
    }

    @ParameterizedTest
    @CsvSource({"'', 112", "unknown.example, 112"})
    @Tag("TL-01")
    void namesThatNobodyHasAreRefused(String name, int alert) {
        assertThat(openssl(name)).contains("SSL alert number " + alert).doesNotContain("BEGIN CERTIFICATE");
        assertThat(LOG.await("tls.sni")).contains("handshake failed client=127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "a\0b.example", "-a.example", "a..b"})
    @Tag("TL-01")
    void namesThatAreNoneAreIllegal(String name) throws IOException {
        assertThat(alert(exchange(record(hello(usual(), name(name)))))).isEqualTo(ILLEGAL_PARAMETER);
        assertThat(LOG.await("tls.sni")).contains("cause=\"server name ");
    }

    @Test
    @Tag("TL-01")
    void namesThatAreTooLongOrTwoAreIllegal() throws IOException {
        assertThat(alert(exchange(record(hello(usual(), name("a".repeat(300) + ".example"))))))
                .isEqualTo(ILLEGAL_PARAMETER);
        byte[] one = join(new byte[] {0}, vector16("app.example".getBytes(ISO_8859_1)));
        assertThat(alert(exchange(record(hello(usual(), extension(0, vector16(one, one)))))))
                .isEqualTo(ILLEGAL_PARAMETER);
        assertThat(alert(exchange(record(hello(usual(), extension(0, vector16()))))))
                .isEqualTo(DECODE_ERROR);
    }

    @Test
    @Tag("TL-02")
    void versionsBefore12AreRefused() throws IOException {
        var gnutls = gnutls("NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT");
        assertThat(gnutls).containsIgnoringCase("protocol version").doesNotContain("HTTP/1.1 200");
        assertThat(LOG.await("tls.version")).contains("sni=app.example");

        // Without supported_versions, and TLS 1.1 in the old place.
        byte[] old = hello(name("app.example"));
        old[5] = 2;
        assertThat(alert(exchange(record(old)))).isEqualTo(PROTOCOL_VERSION);
    }

    @Test
    @Tag("TL-02")
    void aHelloOfSsl2IsRefused() throws IOException {
        byte[] ssl2 = HexFormat.of()
                .parseHex("802e0100020015000000100100800300800700c0050080060040040080020080")
                .clone();

        assertThat(alert(exchange(join(ssl2, new byte[17])))).isEqualTo(PROTOCOL_VERSION);
        LOG.await("tls.version");
        assertThat(LOG.lines("tls.version")).anyMatch(line -> line.contains("cause=\"SSLv2 hello\""));
    }

    @Test
    @Tag("TL-02")
    void suitesWithoutForwardSecrecyOrAuthenticationAreRefused() {
        assertThat(openssl("app.example", "-tls1_2", "-cipher", "AES128-SHA:AES256-SHA:@SECLEVEL=0"))
                .contains("SSL alert number " + HANDSHAKE_FAILURE);
        assertThat(openssl("rsa.example", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA:AES128-GCM-SHA256"))
                .contains("SSL alert number " + HANDSHAKE_FAILURE);
    }

    private static String gnutls(String priority) {
        return Program.run(
                        "GET " + once("/headers") + " HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n",
                        "gnutls-cli",
                        "127.0.0.1",
                        "-p",
                        "" + STAGE.proxy().tls().getPort(),
                        "--insecure",
                        "--sni-hostname=app.example",
                        "--verify-hostname=app.example",
                        "--priority=" + priority)
                .output();
    }

    @Test
    @Tag("TL-03")
    void gnutlsIsServedWithEachGroup() {
        for (var group : List.of("X25519", "SECP256R1", "SECP384R1")) {
            assertThat(gnutls("NORMAL:-GROUP-ALL:+GROUP-" + group))
                    .contains("HTTP/1.1 200")
                    .contains("-" + group + ")");
        }
    }

    @Test
    @Tag("TL-03")
    void curlIsServed() {
        var port = STAGE.proxy().tls().getPort();
        var answer = Program.run(
                "",
                "curl",
                "-sS",
                "-k",
                "--connect-to",
                "app.example:443:127.0.0.1:" + port,
                "--curves",
                "P-384",
                "https://app.example/headers");

        assertThat(answer.output()).contains("GET /headers HTTP/1.1");
    }

    @Test
    @Tag("TL-03")
    void groupsThatNobodyKnowsAreRefused() throws IOException {
        byte[] groups = extension(10, vector16(u16(0x4242), u16(0x001e)));

        assertThat(alert(exchange(record(hello(usual(), name("app.example"), groups, extension(51, vector16()))))))
                .isEqualTo(HANDSHAKE_FAILURE);
        assertThat(LOG.await("tls.group")).contains("sni=app.example");
    }

    @Test
    @Tag("TL-03")
    void aShareOfAnotherGroupIsAskedForOnceMoreAndNotTwice() throws IOException {
        byte[] groups = extension(10, vector16(u16(29), u16(23)));
        byte[] first = hello(usual(), name("app.example"), groups, extension(51, vector16(share(23, 65))));

        var address = STAGE.proxy().tls();
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(record(first));
            var in = socket.getInputStream();
            byte[] head = in.readNBytes(5);
            byte[] body = in.readNBytes(((head[3] & 0xff) << 8) | (head[4] & 0xff));
            assertThat(isRetryRequest(join(head, body))).isTrue();

            // The same once more: the share that was asked for is still missing.
            socket.getOutputStream().write(record(first));
            byte[] rest = in.readAllBytes();
            // A dummy ChangeCipherSpec may come before it (RFC 8446 §D.4).
            assertThat(rest[rest.length - 1]).isEqualTo((byte) ILLEGAL_PARAMETER);
        }
    }

    @Test
    @Tag("TL-03")
    void theHybridIsAskedForWhereTheClientHasItAndSentAnotherShare() throws IOException {
        byte[] groups = extension(10, vector16(u16(29), u16(4588), u16(23)));
        byte[] answer = exchangeFirst(record(
                hello(usual(), name("app.example"), groups, extension(51, vector16(share(29, 32))))));

        assertThat(isRetryRequest(answer)).isTrue();
        // Its key_share holds nothing but the group (RFC 8446 §4.2.8).
        assertThat(HexFormat.of().formatHex(answer)).contains("0033000211ec");
    }

    @ParameterizedTest(name = "group {0}, {1} bytes")
    @CsvSource({"29, 31", "29, 33", "23, 64", "4588, 1215", "4588, 32"})
    @Tag("TL-03")
    void sharesOfTheWrongLengthAreIllegal(int group, int length) throws IOException {
        byte[] groups = extension(10, vector16(u16(group)));

        assertThat(alert(exchange(record(
                        hello(usual(), name("rsa.example"), groups, extension(51, vector16(share(group, length))))))))
                .isEqualTo(ILLEGAL_PARAMETER);
    }

    @Test
    @Tag("TL-03")
    void twoSharesOfOneGroupAreIllegal() throws IOException {
        byte[] groups = extension(10, vector16(u16(29)));
        byte[] twice = extension(51, vector16(share(29, 32), share(29, 32)));

        assertThat(alert(exchange(record(hello(usual(), name("rsa.example"), groups, twice)))))
                .isEqualTo(ILLEGAL_PARAMETER);
        LOG.await("tls.group");
        assertThat(LOG.lines("tls.group")).anyMatch(line -> line.contains("two key shares of one group"));
    }

    @Test
    @Tag("TL-04")
    void aHelloInOneByteRecordsOrManySegmentsIsAcceptedWithinItsLimit() throws IOException {
        byte[] whole = hello(
                usual(),
                name("rsa.example"),
                extension(10, vector16(u16(29))),
                extension(51, vector16(share(23, 65))),
                extension(21, new byte[300]));
        var tiny = new ByteArrayOutputStream();
        for (byte b : whole) {
            tiny.writeBytes(record(new byte[] {b}));
        }
        var pieces = new ArrayList<byte[]>();
        byte[] one = record(whole);
        for (int i = 0; i < one.length; i += 100) {
            pieces.add(java.util.Arrays.copyOfRange(one, i, Math.min(one.length, i + 100)));
        }

        assertThat(isRetryRequest(exchangeFirst(tiny.toByteArray()))).isTrue();
        assertThat(isRetryRequest(exchangeFirst(pieces.toArray(byte[][]::new)))).isTrue();
    }

    /// Sends bytes and reads the first record.
    private static byte[] exchangeFirst(byte[]... pieces) throws IOException {
        var address = STAGE.proxy().tls();
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            for (byte[] piece : pieces) {
                socket.getOutputStream().write(piece);
                socket.getOutputStream().flush();
            }
            byte[] head = socket.getInputStream().readNBytes(5);
            return head.length < 5
                    ? head
                    : join(head, socket.getInputStream().readNBytes(((head[3] & 0xff) << 8) | (head[4] & 0xff)));
        }
    }

    @Test
    @Tag("TL-04")
    void aHelloThatIsTooLargeOrTooSlowIsNot() throws IOException {
        byte[] huge = hello(usual(), name("rsa.example"), extension(21, new byte[60_000]));
        var records = new ByteArrayOutputStream();
        for (int i = 0; i < huge.length; i += 8_000) {
            records.writeBytes(record(java.util.Arrays.copyOfRange(huge, i, Math.min(huge.length, i + 8_000))));
        }
        try {
            assertThat(isServerHello(exchange(records.toByteArray()))).isFalse();
        } catch (IOException reset) {
            // It was closed with bytes unread.
        }
        assertThat(LOG.await("tls.hello")).contains("cause=");

        assertThat(exchange(java.util.Arrays.copyOf(record(hello(usual(), name("rsa.example"))), 40)))
                .isEmpty();
        assertThat(LOG.await("tls.slow_hello")).contains("cause=\"time limit\"");
    }

    @Test
    @Tag("TL-04")
    void whoStopsInTheMiddleOfTheHandshakeIsClosed() throws IOException {
        byte[] answer = exchange(record(hello(
                usual(),
                name("rsa.example"),
                extension(10, vector16(u16(29))),
                extension(51, vector16(share(29, 32))))));

        assertThat(isServerHello(answer)).isTrue();
        assertThat(LOG.await("tls.timeout")).contains("sni=rsa.example cause=\"time limit\"");
    }

    /// RFC 8446 §D.4 has one of them; each costs next to nothing, but there is no end to them.
    @Test
    @Tag("TL-07")
    void changeCipherSpecsWithoutEndAreCutOff() throws IOException {
        var flood = new ByteArrayOutputStream();
        flood.writeBytes(record(hello(
                usual(),
                name("rsa.example"),
                extension(10, vector16(u16(29))),
                extension(51, vector16(share(29, 32))))));
        for (int i = 0; i < 10_000; i++) {
            flood.writeBytes(new byte[] {20, 3, 3, 0, 1, 1});
        }

        try {
            assertThat(isServerHello(exchange(flood.toByteArray()))).isTrue();
        } catch (IOException reset) {
            // It was closed with bytes unread.
        }
        assertThat(LOG.await("tls.flood")).contains("sni=rsa.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"h3", "spdy/1"})
    @Tag("TL-05")
    void protocolsThatAreNotSpokenAreRefused(String protocol) {
        assertThat(openssl("app.example", "-alpn", protocol))
                .contains("SSL alert number " + NO_APPLICATION_PROTOCOL)
                .doesNotContain("BEGIN CERTIFICATE");
    }

    @Test
    @Tag("TL-06")
    void aChallengeThatIsNotPendingIsRefused() {
        assertThat(openssl("app.example", "-alpn", "acme-tls/1"))
                .contains("SSL alert number 112")
                .doesNotContain("BEGIN CERTIFICATE");
        assertThat(LOG.await("acme.alpn")).contains("sni=app.example");
    }

    @Test
    @Tag("TL-05")
    void withoutAProtocolItIsHttp1() {
        assertThat(openssl("app.example")).contains("No ALPN negotiated").contains("HTTP/1.1 200");
        assertThat(openssl("app.example", "-alpn", "spdy/1,http/1.1")).contains("ALPN protocol: http/1.1");
    }

    @Test
    @Tag("TL-07")
    void renegotiationIsRefused() {
        var port = STAGE.proxy().tls().getPort();
        // "R" at the begin of a line asks openssl to renegotiate.
        var said = Program.run(
                        "R\n",
                        "openssl",
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + port,
                        "-servername",
                        "app.example",
                        "-tls1_2")
                .output();

        assertThat(said).contains("RENEGOTIATING").containsPattern("no renegotiation|SSL alert number 100");
    }

    @Test
    @Tag("TL-11")
    void handshakesOverTheBudgetAreShedBeforeAnyCryptography() throws IOException {
        try (var origin = TestOrigin.start();
                var proxy = ProxyUnderTest.with(AppUnderTest.inFrontOf(origin))
                        .tls("handshakes_per_second_per_ip = 2")
                        .start()) {
            byte[] bytes = record(hello(
                    usual(),
                    name("app.example"),
                    extension(10, vector16(u16(29))),
                    extension(51, vector16(share(23, 65)))));
            int served = 0;
            int shed = 0;
            for (int i = 0; i < 40; i++) {
                if (isAnswered(proxy, bytes)) {
                    served++;
                } else {
                    shed++;
                }
            }

            assertThat(served).isGreaterThanOrEqualTo(4);
            assertThat(shed).isPositive();
            assertThat(LOG.await("tls.shed")).contains("limit=handshakes_per_second_per_ip");
            // What is established, and plaintext, is not concerned.
            try (var client = RawHttp1Client.plain(proxy.plain())) {
                assertThat(client.exchange("GET /headers HTTP/1.1\r\nHost: app.example\r\n\r\n")
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    /// As many as a machine gets from one source in two seconds that means it.
    @Test
    @Tag("TL-11")
    void whoIsThereIsServedWhileThousandsAreShed() throws Exception {
        try (var origin = TestOrigin.start();
                var proxy = ProxyUnderTest.with(AppUnderTest.inFrontOf(origin))
                        .tls("handshakes_per_second_per_ip = 20")
                        .start();
                var client = RawHttp1Client.tls(
                        proxy.tls(), "app.example", ProxyUnderTest.pki().trusting())) {
            byte[] bytes = record(hello(
                    usual(),
                    name("app.example"),
                    extension(10, vector16(u16(29))),
                    extension(51, vector16(share(29, 32)))));
            var shed = new AtomicInteger();
            var attackers = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                attackers.add(Thread.ofVirtual().start(() -> {
                    for (int j = 0; j < 1_000; j++) {
                        if (!isAnswered(proxy, bytes)) {
                            shed.incrementAndGet();
                        }
                    }
                }));
            }
            int asked = 0;
            while (asked < 100 || attackers.stream().anyMatch(Thread::isAlive)) {
                assertThat(client.exchange("GET /headers HTTP/1.1\r\nHost: app.example\r\n\r\n")
                                .status())
                        .isEqualTo(200);
                asked++;
            }
            for (var attacker : attackers) {
                attacker.join();
            }

            assertThat(shed.get()).isGreaterThan(2_000);
        }
    }

    /// Whether bytes get a handshake record.
    private static boolean isAnswered(ProxyUnderTest proxy, byte[] bytes) {
        try (var socket = new Socket(proxy.tls().getAddress(), proxy.tls().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(bytes);
            return socket.getInputStream().read() == 22;
        } catch (IOException reset) {
            return false;
        }
    }

    @Test
    @Tag("TL-12")
    void whoConnectsAndWaitsIsClosedAndWhoLeavesIsNotTold() throws IOException {
        var address = STAGE.proxy().tls();
        new Socket(address.getAddress(), address.getPort()).close();

        assertThat(exchange()).isEmpty();
    }
}
