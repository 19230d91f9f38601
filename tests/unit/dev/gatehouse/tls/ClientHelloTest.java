package dev.gatehouse.tls;

import static dev.gatehouse.tls.HelloBytes.bytes;
import static dev.gatehouse.tls.HelloBytes.concat;
import static dev.gatehouse.tls.HelloBytes.vector16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.gatehouse.tls.ClientHello.Bad;
import dev.gatehouse.tls.ClientHello.Hello;
import dev.gatehouse.tls.ClientHello.NeedMore;
import dev.gatehouse.tls.ClientHello.NotTls;
import dev.gatehouse.tls.ClientHello.Parse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
    @Test
    void aHelloTellsNameProtocolsVersionsAndGroups() {
        var hello = hello(usual());

        assertThat(hello.serverName()).isEqualTo("shop.example.com");
        assertThat(hello.alpn()).containsExactly("h2", "http/1.1");
        assertThat(hello.offersVersion(ClientHello.TLS_1_3)).isTrue();
        assertThat(hello.offersVersion(ClientHello.TLS_1_2)).isTrue();
        assertThat(hello.offersVersion(0x0302)).isFalse();
        assertThat(hello.offersGroup(4588)).isTrue();
        assertThat(hello.offersGroup(23)).isFalse();
        assertThat(hello.offersSignatureScheme(0x0403)).isTrue();
        assertThat(hello.offersSignatureScheme(0x0807)).isFalse();
    }

    @Test
    void nothingIsConsumed() {
        var buffer = ByteBuffer.wrap(concat(bytes(9, 9, 9), usual().record(), bytes(9)));
        buffer.position(3).limit(buffer.capacity() - 1);

        assertThat(ClientHello.parse(buffer)).isInstanceOf(Hello.class);
        assertThat(buffer.position()).isEqualTo(3);
        assertThat(buffer.limit()).isEqualTo(buffer.capacity() - 1);
    }

    @Test
    void theFirstOfOurProtocolsThatTheClientOffersIsTaken() {
        var hello = hello(usual());

        assertThat(hello.firstAlpn(List.of("http/1.1", "h2"))).isEqualTo("http/1.1");
        assertThat(hello.firstAlpn(List.of("acme-tls/1"))).isNull();
    }

    @Test
    void aHelloWithoutExtensionsHasNoNameAndSpeaksItsLegacyVersion() {
        var hello = hello(new HelloBytes().version(0x0303).withoutExtensions());

        assertThat(hello.serverName()).isNull();
        assertThat(hello.alpn()).isEmpty();
        assertThat(hello.offersVersion(ClientHello.TLS_1_2)).isTrue();
        assertThat(hello.offersVersion(ClientHello.TLS_1_3)).isFalse();
    }

    @Test
    void anOldClientDoesNotOfferTls12() {
        assertThat(hello(new HelloBytes().version(0x0302).serverName("a.example"))
                        .offersVersion(ClientHello.TLS_1_2))
                .isFalse();
    }

    @ParameterizedTest(name = "records of {0} bytes")
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 50, 100, 16384})
    void aHelloMayBeCutIntoRecords(int size) {
        assertThat(parse(usual().records(size)))
                .isInstanceOfSatisfying(
                        Hello.class, it -> assertThat(it.hello().serverName()).isEqualTo("shop.example.com"));
    }

    @ParameterizedTest(name = "records of {0} bytes")
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 50, 16384})
    void aHelloMayArriveByteByByte(int size) {
        byte[] all = usual().records(size);
        int atLeast = 0;

        for (int have = 0; have < all.length; have++) {
            var answer = parse(Arrays.copyOf(all, have));

            assertThat(answer).as("%d of %d bytes", have, all.length).isInstanceOf(NeedMore.class);
            int wanted = ((NeedMore) answer).atLeast();
            assertThat(wanted)
                    .isGreaterThan(have)
                    .isGreaterThanOrEqualTo(atLeast)
                    .isLessThanOrEqualTo(all.length);
            atLeast = wanted;
        }
        assertThat(parse(all)).isInstanceOf(Hello.class);
    }

    @Test
    void oneRecordNeedsTwoLooksAtMost() {
        byte[] all = usual().record();

        assertThat(parse(Arrays.copyOf(all, 5))).isEqualTo(new NeedMore(all.length));
        assertThat(parse(Arrays.copyOf(all, 9))).isEqualTo(new NeedMore(all.length));
    }

    @Test
    void whatFollowsInAnotherRecordIsNotLookedAt() {
        assertThat(parse(concat(usual().record(), bytes(20, 3, 3, 0, 1, 1)))).isInstanceOf(Hello.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void aServerNameIsWrittenInLowerCaseWithoutItsLastDot(String sent, String read) {
        assertThat(hello(new HelloBytes().serverName(sent)).serverName()).isEqualTo(read);
    }

    static Stream<Arguments> aServerNameIsWrittenInLowerCaseWithoutItsLastDot() {
        String longest = ("a".repeat(49) + ".").repeat(5) + "com";
        return Stream.of(
                arguments("Shop.Example.COM", "shop.example.com"),
                arguments("example.com.", "example.com"),
                arguments("localhost", "localhost"),
                arguments("xn--bcher-kva.example", "xn--bcher-kva.example"),
                arguments("my_app.internal", "my_app.internal"),
                arguments("1.2.3.4.example", "1.2.3.4.example"),
                arguments("a--b.4u.x9", "a--b.4u.x9"),
                arguments(longest, longest));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void aServerNameThatIsNoHostNameIsIllegal(String sent) {
        assertThat(parse(new HelloBytes().serverName(sent).record()))
                .isInstanceOfSatisfying(
                        Bad.class, bad -> assertThat(bad.alertDescription()).isEqualTo(Alerts.ILLEGAL_PARAMETER));
    }

    static Stream<String> aServerNameThatIsNoHostNameIsIllegal() {
        return Stream.of(
                "192.0.2.1",
                "1",
                "2001:db8::1",
                "[::1]",
                "a\0b.example",
                "a b.example",
                "bücher.example",
                ".",
                ".example.com",
                "example..com",
                "example.com..",
                "-a.example",
                "a-.example",
                "example.com-",
                "*.example.com",
                "a/b",
                "a:443",
                "a@b",
                "a".repeat(64) + ".example",
                "a.".repeat(127) + "com",
                "a".repeat(300));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void aBrokenHelloGetsItsAlert(String what, int alert, byte[] bytes) {
        assertThat(parse(bytes))
                .isInstanceOfSatisfying(
                        Bad.class, bad -> assertThat(bad.alertDescription()).isEqualTo(alert));
    }

    static Stream<Arguments> aBrokenHelloGetsItsAlert() {
        byte[] name = concat(bytes(0), vector16("a.example".getBytes(StandardCharsets.US_ASCII)));
        byte[] longName = HelloBytes.split(concat(bytes(1, 0, 0x40, 0), new byte[100]), 200);
        return Stream.of(
                arguments("two names", 47, with(0, vector16(concat(name, name)))),
                arguments("the same extension twice", 47, usual().alpn("h2").record()),
                arguments("name of an unknown type", 50, with(0, vector16(bytes(1, 0, 1, 'a')))),
                arguments("empty name", 50, with(0, vector16(bytes(0, 0, 0)))),
                arguments("empty list of names", 50, with(0, bytes(0, 0))),
                arguments("empty server_name", 50, with(0, bytes())),
                arguments("name shorter than it says", 50, with(0, vector16(bytes(0, 0, 9, 'a')))),
                arguments("bytes behind the list of names", 50, with(0, concat(vector16(name), bytes(0)))),
                arguments("empty list of protocols", 50, with(16, bytes(0, 0))),
                arguments("empty protocol", 50, with(16, vector16(bytes(0)))),
                arguments("protocol shorter than it says", 50, with(16, vector16(bytes(3, 'h', '2')))),
                arguments("odd list of groups", 50, with(10, vector16(bytes(0, 29, 0)))),
                arguments("empty list of versions", 50, with(43, bytes(0))),
                arguments("bytes behind the versions", 50, with(43, bytes(2, 3, 4, 9))),
                arguments(
                        "bytes behind the extensions",
                        50,
                        usual().bytesBehindExtensions(0).record()),
                arguments("no null compression", 47, usual().compressions(1).record()),
                arguments("no compression", 47, usual().compressions().record()),
                arguments("empty body", 50, bytes(22, 3, 1, 0, 4, 1, 0, 0, 0)),
                arguments("message of 16 KiB", 50, longName),
                arguments("record of 16385 bytes", 50, bytes(22, 3, 1, 0x40, 1, 1, 0, 0)),
                arguments("empty record", 10, bytes(22, 3, 1, 0, 0)),
                arguments("another message first", 10, bytes(22, 3, 1, 0, 4, 2, 0, 0, 0)),
                arguments("another message in the record", 10, bytes(22, 3, 1, 0, 9, 1, 0, 0, 1, 3, 1, 0, 0, 0)),
                arguments("alert inside the hello", 10, concat(Arrays.copyOf(usual().records(9), 14), alert())),
                arguments("alert first", 10, alert()),
                arguments("application data first", 10, bytes(23, 3, 3, 0, 1, 0)),
                arguments("another version in a later record", 70, bytes(22, 3, 1, 0, 1, 1, 22, 2, 1, 0, 1)),
                arguments("SSLv2", 70, bytes(0x80, 0x2e, 1, 0, 2)));
    }

    private static byte[] alert() {
        byte[] alert = new byte[7];
        Alerts.fatal(Alerts.HANDSHAKE_FAILURE).get(alert);
        return alert;
    }

    @Test
    void aHelloThatNeverEndsIsCutAtTheCap() {
        byte[] message = concat(bytes(1, 0, 0x0f, 0), new byte[0xf00]);
        byte[] all = HelloBytes.split(message, 1);

        assertThat(all).hasSizeGreaterThan(ClientHello.MAX_BYTES);
        assertThat(parse(Arrays.copyOf(all, 30))).isInstanceOf(NeedMore.class);
        assertThat(parse(Arrays.copyOf(all, ClientHello.MAX_BYTES)))
                .isEqualTo(new Bad(Alerts.DECODE_ERROR, Bad.MALFORMED, "ClientHello too long"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "OPTIONS * HTTP/1.0\n",
                "M-SEARCH http://a/ HTTP/1.1\r\n",
            })
    void plainHttpIsRecognisedByItsRequestLine(String line) {
        byte[] all = line.getBytes(StandardCharsets.US_ASCII);
        int end = line.indexOf('\n');

        for (int have = 1; have <= end; have++) {
            assertThat(parse(Arrays.copyOf(all, have))).as("%d bytes", have).isEqualTo(new NeedMore(have + 1));
        }
        assertThat(parse(all)).isEqualTo(new NotTls(true));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /\r\n",
                "GET / HTTP/1.x\r\n",
                "HTTP/1.1\n",
                " HTTP/1.1\n",
                "get / HTTP/1.1\r\n",
                "GET\t/ HTTP/1.1\r\n",
                "GET /\0 HTTP/1.1\r\n",
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1\r\n",
                "SSH-2.0-OpenSSH_9\r\n",
                "\0\0\0\0\0",
                "\u0016\u0002",
                "\u0017\u0002",
                "\u0080.\u0002",
            })
    void anythingElseIsNotTls(String text) {
        assertThat(parse(text.getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(new NotTls(false));
    }

    @Test
    void aRequestLineThatNeverEndsIsNotWaitedFor() {
        byte[] line = ("GET /" + "a".repeat(9000)).getBytes(StandardCharsets.US_ASCII);

        assertThat(parse(line)).isEqualTo(new NotTls(false));
    }

    /// Any answer is fine, an exception or a wish for what cannot come is not.
    @Test
    void noBytesBreakTheParser() {
        long seed = 20261124;
        var random = new Random(seed);
        int hellos = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = usual().records(1 + random.nextInt(random.nextBoolean() ? 400 : 12));
            for (int i = random.nextInt(5); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            if (random.nextInt(3) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
            }
            switch (parse(bytes)) {
                case Hello(var hello) -> {
                    hellos++;
                    assertThat(hello.alpn()).as("seed %d round %d", seed, round).isNotNull();
                }
                case NeedMore(int atLeast) ->
                    assertThat(atLeast)
                            .as("seed %d round %d", seed, round)
                            .isGreaterThan(bytes.length)
                            .isLessThanOrEqualTo(ClientHello.MAX_BYTES);
                case Bad(int alert, String _, String _) ->
                    assertThat(alert).as("seed %d round %d", seed, round).isBetween(10, 70);
                case NotTls(boolean http) ->
                    assertThat(http).as("seed %d round %d", seed, round).isFalse();
            }
        }
        assertThat(hellos).isGreaterThan(3_000);
    }

    @Test
    void anAlertIsOneRecordOfSevenBytes() {
        var record = Alerts.fatal(Alerts.UNRECOGNIZED_NAME);

        assertThat(record).isEqualTo(ByteBuffer.wrap(bytes(21, 3, 3, 0, 2, 2, 112)));
        assertThat(Alerts.name(112)).isEqualTo("unrecognized_name");
    }

    private static HelloBytes usual() {
        return new HelloBytes()
                .extension(0x0a0a, bytes())
                .serverName("shop.example.com")
                .extension(23, bytes())
                .groups(0x1a1a, 4588, 29)
                .alpn("h2", "http/1.1")
                .signatureSchemes(0x0403, 0x0804)
                .versions(0x2a2a, 0x0304, 0x0303)
                .extension(51, HelloBytes.vector16(concat(bytes(0, 29), HelloBytes.vector16(new byte[32]))))
                .extension(0xff01, bytes(0));
    }

    private static byte[] with(int type, byte[] data) {
        return new HelloBytes().extension(type, data).record();
    }

    private static ClientHello hello(HelloBytes bytes) {
        var answer = parse(bytes.record());
        assertThat(answer).isInstanceOf(Hello.class);
        return ((Hello) answer).hello();
    }

    private static Parse parse(byte[] bytes) {
        return ClientHello.parse(ByteBuffer.wrap(bytes));
    }
}
