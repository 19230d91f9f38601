package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class TlsCauseTest {
    @Test
    void anUpstreamThatSpeaksPlaintextIsNamedAsSuch() throws Exception {
        var engine = SSLContext.getDefault().createSSLEngine("upstream.example", 443);
        engine.setUseClientMode(true);
        engine.wrap(
                ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
        var response = ByteBuffer.wrap("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var room = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());

        var failure = catchThrowableOfType(SSLException.class, () -> engine.unwrap(response, room));

        assertThat(TlsCause.of(failure)).startsWith("the upstream does not speak TLS");
    }
}
