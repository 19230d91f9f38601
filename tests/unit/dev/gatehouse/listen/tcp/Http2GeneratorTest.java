package dev.gatehouse.listen.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http2GeneratorTest {
    @ParameterizedTest(name = "{0} is told as {1}")
    @CsvSource({
        "idle_timeout, idle_timeout",
        "java.lang.OutOfMemoryError: Cann, internal_error",
        "Invalid table index 99, internal_error"
    })
    void clientsAreToldWordsAndNoExceptions(String reason, String told) {
        var frame = new GoAwayFrame(1, ErrorCode.INTERNAL_ERROR.code, reason.getBytes(StandardCharsets.US_ASCII));

        assertThat(new String(Http2Generator.inOurWords(frame).getPayload(), StandardCharsets.US_ASCII))
                .isEqualTo(told);
    }
}
