package dev.gatehouse.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BufferPoolTest {
    private static final int MIB = 1 << 20;

    private final Budget budget = new Budget(MIB, 1);
    private final BufferPool pool = new BufferPool(budget, 1);

    @ParameterizedTest(name = "{0} bytes, direct {1}: {2}")
    @CsvSource({
        "0, true, 4096",
        "1, true, 4096",
        "4096, true, 4096",
        "4097, true, 8192",
        "131072, true, 131072",
        "131073, true, 131073",
        "5000, false, 8192"
    })
    void eachBufferIsChargedAsLongAsItIsInUse(int size, boolean direct, int capacity) {
        var buffer = pool.acquire(size, direct);

        assertThat(buffer.isDirect()).isEqualTo(direct);
        assertThat(buffer.capacity()).isEqualTo(capacity);
        assertThat(budget.held()).isEqualTo(capacity);
        buffer.retain();
        assertThat(buffer.release()).isFalse();
        assertThat(budget.held()).isEqualTo(capacity);
        assertThat(buffer.release()).isTrue();
        assertThat(budget.held()).isZero();
    }

    @Test
    void aBufferIsUsedAgainAndEmptyThen() {
        var first = pool.acquire(10, true);
        first.append(ByteBuffer.wrap(new byte[10]));
        first.release();

        var second = pool.acquire(4_000, true);

        assertThat(second).isSameAs(first);
        assertThat(second.hasRemaining()).isFalse();
        assertThat(second.isRetained()).isFalse();
        second.release();
    }

    @Test
    void whatWasGivenBackCannotBeGivenBackAgain() {
        var buffer = pool.acquire(1, true);
        buffer.release();

        assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
        assertThat(budget.held()).isZero();
    }

    @Test
    void aSliceKeepsItsBufferInUse() {
        var buffer = pool.acquire(1, true);
        buffer.append(ByteBuffer.wrap(new byte[] {1, 2}));
        RetainableByteBuffer slice = buffer.slice(1);
        buffer.release();

        assertThat(budget.held()).isEqualTo(4096);
        slice.release();
        assertThat(budget.held()).isZero();
    }
}
