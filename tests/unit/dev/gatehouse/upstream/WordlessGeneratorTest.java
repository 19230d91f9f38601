package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.junit.jupiter.api.Test;

class WordlessGeneratorTest {
    @Test
    void upstreamsAreToldTheCodeAndNoExceptions() {
        var reason = "java.lang.OutOfMemoryError: Cannot".getBytes(StandardCharsets.US_ASCII);

        var told = WordlessGenerator.wordless(new GoAwayFrame(3, ErrorCode.INTERNAL_ERROR.code, reason));

        assertThat(told.getPayload()).isEmpty();
        assertThat(told.getLastStreamId()).isEqualTo(3);
        assertThat(told.getError()).isEqualTo(ErrorCode.INTERNAL_ERROR.code);
    }
}
