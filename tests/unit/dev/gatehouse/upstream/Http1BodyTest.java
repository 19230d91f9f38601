package dev.gatehouse.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Failure;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Content;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Http1BodyTest {
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);
    private static final ClientConnection CLIENT = new ClientConnection(NOWHERE, NOWHERE, false, null);

    private final RequestWriter writer = new RequestWriter();

    private static Stream<Arguments> bodies() {
        return Stream.of(
                arguments(3, List.of(piece("abc", true)), "HEAD abc"),
                arguments(5, List.of(piece("abc", false), piece("de", true)), "HEAD abcde"),
                arguments(-1, List.of(piece("abc", true)), "HEAD 3\r\nabc\r\n0\r\n\r\n"),
                arguments(
                        -1,
                        List.of(piece("abc", false), piece("0123456789abcdefg", false), piece("", true)),
                        "HEAD 3\r\nabc\r\n11\r\n0123456789abcdefg\r\n0\r\n\r\n"),
                arguments(-1, List.of(piece("", true)), "HEAD 0\r\n\r\n"),
                arguments(
                        -1,
                        List.of(
                                piece("abc", false),
                                new Trailers(HttpFields.build().add("X-Sum", "1"))),
                        "HEAD 3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"));
    }

    private static Content.Chunk piece(String text, boolean last) {
        return Content.Chunk.from(ByteBuffer.wrap(text.getBytes(ISO_8859_1)), last);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void bodyIsFramedAsItsLengthIsKnown(int length, List<Content.Chunk> pieces, String sent) {
        assertThat(send(length, pieces)).isEqualTo(sent);
    }

    @Test
    void bodiesOfOneConnectionShareItsBuffers() {
        send(-1, List.of(piece("abc", true)));
        long before = directBuffers();

        for (int i = 0; i < 100; i++) {
            send(3, List.of(piece("abc", true)));
            send(-1, List.of(piece("abc", true)));
        }

        assertThat(directBuffers()).isEqualTo(before);
    }

    private static long directBuffers() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getCount)
                .sum();
    }

    private String send(int length, List<Content.Chunk> pieces) {
        var left = new ArrayDeque<>(pieces);
        var listener = (UpstreamListener) Proxy.newProxyInstance(
                UpstreamListener.class.getClassLoader(), new Class<?>[] {UpstreamListener.class}, (_, _, _) -> null);
        var call = new UpstreamCall(
                "POST",
                "/",
                HttpFields.EMPTY,
                new Pieces(left),
                length,
                false,
                false,
                TimeoutsConfig.DEFAULTS,
                CLIENT,
                listener);
        var endPoint = new ByteArrayEndPoint();
        var owner = new Owner();

        new Http1Body(owner, call, endPoint, writer, ByteBuffer.wrap("HEAD ".getBytes(ISO_8859_1))).start(false);

        assertThat(owner.sent).isTrue();
        return endPoint.getOutputString(ISO_8859_1);
    }

    private record Pieces(Queue<Content.Chunk> left) implements Content.Source {
        @Override
        public Content.Chunk read() {
            return left.remove();
        }

        @Override
        public void demand(Runnable callback) {
            throw new IllegalStateException("everything is there");
        }

        @Override
        public void fail(Throwable cause) {
            throw new IllegalStateException(cause);
        }
    }

    private static final class Owner implements BodyPump.Owner {
        private boolean sent;

        @Override
        public void bodyWriting() {}

        @Override
        public void bodyWritten() {}

        @Override
        public void bodySent() {
            sent = true;
        }

        @Override
        public void bodyFailed(Failure failure, String detail) {
            throw new IllegalStateException(failure + " " + detail);
        }

        @Override
        public void writeFailed(Throwable cause) {
            throw new IllegalStateException(cause);
        }
    }
}
