package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.LogConfig.AccessFormat;
import dev.gatehouse.http.ClientIdentity;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.TlsInfo;
import dev.gatehouse.support.TestPki;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AccessLinesTest {
    private static final ClientIdentity CLIENT =
            new ClientIdentity(TestPki.create().leaf("alice").chain(), List.of());

    /// 2026-11-23T12:00:00.123456Z
    private static final long NOON = 1_795_435_200_123_456L;

    @Test
    void combinedBeginsAsNcsaAndGoesOnInPairs() {
        assertThat(line(AccessFormat.COMBINED, full()))
                .isEqualTo("192.0.2.1 - - [23/Nov/2026:12:00:00 +0000] \"GET /maps?q=1 HTTP/2.0\" 200 13"
                        + " \"https://shop.example/?from=mail\" \"curl/8.5.0\" client_port=40122 scheme=\"https\""
                        + " host=\"shop.example\" bytes_received=7 duration_ms=12.345 first_byte_ms=11.002"
                        + " forwarded_for=\"192.0.2.1\" app=\"shop\" route=\"/maps\" upstream=\"10.0.0.7:8080\""
                        + " attempts=1 request_id=\"0193af\" tls_version=\"TLSv1.3\""
                        + " tls_cipher=\"TLS_AES_128_GCM_SHA256\" tls_group=\"X25519MLKEM768\""
                        + " tls_client_verify=\"SUCCESS\" tls_client_subject=\"CN=alice\" sni=\"shop.example\""
                        + " connection=17 request=3\n");
    }

    @Test
    void jsonHasTheSameFactsUnderTheSameKeys() {
        assertThat(line(AccessFormat.JSON, full())).isEqualTo("""
            {"time":"2026-11-23T12:00:00.123456Z","client":"192.0.2.1","client_port":40122,"method":"GET",\
            "scheme":"https","host":"shop.example","target":"/maps?q=1","protocol":"HTTP/2.0","status":200,\
            "bytes_sent":13,"referer":"https://shop.example/?from=mail","user_agent":"curl/8.5.0",\
            "bytes_received":7,"duration_ms":12.345,"first_byte_ms":11.002,"forwarded_for":"192.0.2.1",\
            "app":"shop","route":"/maps","upstream":"10.0.0.7:8080","attempts":1,"request_id":"0193af",\
            "tls_version":"TLSv1.3","tls_cipher":"TLS_AES_128_GCM_SHA256","tls_group":"X25519MLKEM768",\
            "tls_client_verify":"SUCCESS","tls_client_subject":"CN=alice",\
            "sni":"shop.example","connection":17,"request":3}
            """);
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        var early = new AccessRecord();
        early.startMicros = NOON;
        early.status = 400;
        early.failure = Failure.MALFORMED;
        early.phase = "head";

        assertThat(line(AccessFormat.COMBINED, early))
                .isEqualTo("- - - [23/Nov/2026:12:00:00 +0000] \"- - -\" 400 0 \"-\" \"-\" bytes_received=0"
                        + " duration_ms=0.000 attempts=0 failure=\"h1.syntax\" side=\"downstream\" phase=\"head\"\n");
        assertThat(line(AccessFormat.JSON, early)).isEqualTo("""
            {"time":"2026-11-23T12:00:00.123456Z","status":400,"bytes_sent":0,"bytes_received":0,\
            "duration_ms":0.000,"attempts":0,"failure":"h1.syntax","side":"downstream","phase":"head"}
            """);
    }

    @ParameterizedTest
    @EnumSource
    void strangersCannotForgeALineOrAKey(AccessFormat format) {
        var evil = "a\" status=200 \\\",\"status\":200,\"x\r\n"
                + "192.0.2.9 - - [forged]\t\u0000\u001b[2J\u007f\u0085\u00e9\u2028\u20ac";
        var access = full();
        access.method = evil;
        access.host = evil;
        access.target = evil;
        access.referer = evil;
        access.userAgent = evil;
        access.forwardedFor = evil;
        access.requestId = evil;
        access.sni = evil;
        access.cause = evil;

        var line = line(format, access);

        assertThat(line).hasLineCount(1).matches("[ -~]+\n");
        // Every quote inside a value has a backslash: taking those pairs out leaves our own quotes, an even number.
        var unescaped = line.replace("\\\\", "").replace("\\\"", "");
        assertThat(unescaped.chars().filter(c -> c == '"').count() % 2).isZero();
        assertThat(unescaped).doesNotContain("\"x\"", "\"status\":200,\"x");
    }

    @Test
    void bytesAboveAsciiAreToldApart() {
        var access = new AccessRecord();
        access.userAgent = "\u00e9\n\"\\\u20ac";

        assertThat(line(AccessFormat.COMBINED, access)).contains("\"\\xE9\\x0A\\\"\\\\\\" + "u20AC\"");
        assertThat(line(AccessFormat.JSON, access)).contains("\"\\" + "u00E9\\" + "u000A\\\"\\\\\\" + "u20AC\"");
    }

    @Test
    void queriesOfTargetAndRefererAreRedactedOnRequest() {
        var out = new LineBuffer(16);
        new AccessLines(AccessFormat.COMBINED, true).append(full(), out);

        assertThat(text(out))
                .contains("\"GET /maps?q=<redacted> HTTP/2.0\"")
                .contains("\"https://shop.example/?from=<redacted>\"");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "2001:db8:0:0:0:0:0:1, 2001:db8::1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:7:ABCD, 1:2:3:4:5:6:7:abcd"
    })
    void ipv6HasOneText(String given, String expected) throws UnknownHostException {
        var access = new AccessRecord();
        access.client = new InetSocketAddress(InetAddress.getByName(given), 443);

        assertThat(line(AccessFormat.COMBINED, access)).startsWith(expected + " - - ");
    }

    @Test
    void theClockMayGoBack() {
        var lines = new AccessLines(AccessFormat.JSON, false);
        var out = new LineBuffer(16);
        var access = new AccessRecord();
        access.startMicros = NOON;
        lines.append(access, out);
        access.startMicros = NOON - 1_000_000;
        lines.append(access, out);

        assertThat(text(out).lines().map(line -> line.substring(9, 36)))
                .containsExactly("2026-11-23T12:00:00.123456Z", "2026-11-23T11:59:59.123456Z");
    }

    static AccessRecord full() {
        var access = new AccessRecord();
        access.startMicros = NOON;
        access.durationMicros = 12_345;
        access.firstByteMicros = 11_002;
        access.client = new InetSocketAddress("192.0.2.1", 40122);
        access.method = "GET";
        access.scheme = "https";
        access.host = "shop.example";
        access.target = "/maps?q=1";
        access.protocol = Protocol.HTTP_2;
        access.status = 200;
        access.bytesSent = 13;
        access.bytesReceived = 7;
        access.referer = "https://shop.example/?from=mail";
        access.userAgent = "curl/8.5.0";
        access.forwardedFor = "192.0.2.1";
        access.app = "shop";
        access.route = "/maps";
        access.upstream = "10.0.0.7:8080";
        access.attempts = 1;
        access.requestId = "0193af";
        access.tls = new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", "X25519MLKEM768", CLIENT);
        access.sni = "shop.example";
        access.connection = 17;
        access.request = 3;
        return access;
    }

    private static String line(AccessFormat format, AccessRecord access) {
        var out = new LineBuffer(16);
        new AccessLines(format, false).append(access, out);
        return text(out);
    }

    private static String text(LineBuffer out) {
        return new String(out.bytes(), 0, out.length(), StandardCharsets.US_ASCII);
    }
}
