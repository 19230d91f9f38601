package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class SystemLinesTest {
    @Test
    void oneEventIsOneLine() {
        assertThat(line("dev.gatehouse.proxy.Attempts", "upstream down app=shop after=3 failures", null))
                .isEqualTo("2026-11-23T12:00:00.123456Z WARN upstream down app=shop after=3 failures\n");
    }

    @Test
    void libraryEventsNameTheirLogger() {
        assertThat(line("org.eclipse.jetty.server.Server", "hm", null))
                .endsWith("WARN hm logger=org.eclipse.jetty.server.Server\n");
    }

    @Test
    void nobodyCanAddALineOrMoveTheCursor() {
        assertThat(line(
                        "dev.gatehouse.X",
                        "host=\"a\r\n2026 INFO forged\" \u001b[2J \u202e \u2028 \u00fc\u20ac\u65e5",
                        null))
                .isEqualTo("2026-11-23T12:00:00.123456Z WARN host=\"a\\r\\n2026 INFO forged\" \\" + "u001B[2J \\"
                        + "u202E \\" + "u2028 \u00fc\\" + "u20AC\u65e5\n");
    }

    @Test
    void ourExceptionsComeWithTheirStackOnTheSameLine() {
        var line = line("dev.gatehouse.proxy.Road", "bug", new IllegalStateException("first\nsecond"));

        assertThat(line)
                .hasLineCount(1)
                .contains("WARN bug | java.lang.IllegalStateException: first | second | at dev.gatehouse.");
    }

    @Test
    void exceptionsOfLibrariesAreOnlyTold() {
        var thrown = new IOException("broken \"pipe\"", new IllegalArgumentException("deeper"));

        assertThat(line("org.eclipse.jetty.io.Foo", "failed", thrown))
                .endsWith(" WARN failed logger=org.eclipse.jetty.io.Foo"
                        + " cause=\"broken \\\"pipe\\\": IllegalArgumentException: deeper\"\n");
    }

    private static String line(String logger, String message, @Nullable Throwable thrown) {
        var out = new LineBuffer(16);
        new SystemLines()
                .append(new SystemEvent(1_795_435_200_123_456L, Level.WARN, logger, "main", message, thrown), out);
        return new String(out.bytes(), 0, out.length(), StandardCharsets.UTF_8);
    }
}
