package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.memory.Budget;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.io.content.ChunksContentSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatableBodyTest {
    private final Budget budget = new Budget(1 << 20, 1);

    private static int readAll(Content.Source body) {
        int bytes = 0;
        for (var chunk = body.read(); chunk != null; chunk = body.read()) {
            bytes += chunk.remaining();
            chunk.release();
            if (chunk.isLast()) {
                return bytes;
            }
        }
        return bytes;
    }

    private RepeatableBody of(int... pieces) {
        var buffers = new ByteBuffer[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            buffers[i] = ByteBuffer.allocate(pieces[i]);
        }
        return new RepeatableBody(new ByteBufferContentSource(buffers), budget);
    }

    private static boolean mayRepeat(RepeatableBody body) {
        return body.isWhole();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 513, 10_000, RepeatableBody.MAX_KEPT})
    void whatWasReadIsReadAgain(int size) {
        var body = of(size);
        assertThat(readAll(body)).isEqualTo(size);

        assertThat(mayRepeat(body)).isTrue();
        assertThat(readAll(body.repeat())).isEqualTo(size);
        assertThat(readAll(body.repeat())).isEqualTo(size);
        RepeatableBody.forget(body);
        assertThat(budget.held()).isZero();
    }

    @Test
    void partOfIsReadAgainAndThenTheRest() {
        var body = of(100, 200, 300);
        body.read();
        assertThat(readAll(body.repeat())).isEqualTo(600);
    }

    @Test
    void trailersAreReadAgain() {
        var fields = HttpFields.build().add("x-sum", "1").asImmutable();
        var chunks = new ChunksContentSource(
                List.of(Content.Chunk.from(ByteBuffer.allocate(5), false), new Trailers(fields)));
        var body = new RepeatableBody(chunks, budget);
        readAll(body);

        body.repeat();
        assertThat(Objects.requireNonNull(body.read()).isLast()).isFalse();
        assertThat(body.read()).isInstanceOf(Trailers.class);
    }

    @Test
    void longOnesAreNotKept() {
        var body = of(40_000, 40_000);
        readAll(body);

        assertThat(mayRepeat(body)).isFalse();
        assertThat(budget.held()).isZero();
    }

    @Test
    void nothingIsKeptWhileMemoryIsShort() {
        budget.hold(1 << 20);
        var body = of(10);
        assertThat(readAll(body)).isEqualTo(10);

        assertThat(mayRepeat(body)).isFalse();
        assertThat(budget.held()).isEqualTo(1 << 20);
    }
}
