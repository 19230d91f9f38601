package dev.gatehouse.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetTest {
    private static final long LIMIT = 1_000;

    private final Budget budget = new Budget(LIMIT, 1);

    @ParameterizedTest(name = "{0} of 1000 held: short {1}, full {2}")
    @CsvSource({"0, false, false", "750, false, false", "751, true, false", "1000, true, false", "1001, true, true"})
    void isShortAboveThreeQuartersAndFullAboveAll(long held, boolean isShort, boolean isFull) {
        budget.hold(held);

        assertThat(budget.isShort()).isEqualTo(isShort);
        assertThat(budget.isFull()).isEqualTo(isFull);
    }

    @Test
    void whatCanBeDoneWithoutIsHeldOnlyWhileThereIsRoom() {
        assertThat(budget.tryHold(700)).isTrue();
        assertThat(budget.tryHold(51)).isFalse();
        assertThat(budget.tryHold(50)).isTrue();
        budget.release(750);

        assertThat(budget.held()).isZero();
    }

    @Test
    void whoFreesMemoryIsCalledWithEachChargeAboveTheLimit() {
        var called = new AtomicInteger();
        budget.whenFull(called::incrementAndGet);

        budget.hold(LIMIT);
        assertThat(called).hasValue(0);

        budget.hold(1);
        budget.hold(1);
        budget.release(1);
        assertThat(called).hasValue(2);
    }

    @Test
    void theProcessMayHoldHalfOfItsDirectMemory() {
        assertThat(Budget.ofProcess(1).limit())
                .isEqualTo(DirectMemory.limit() / 2)
                .isPositive();
    }
}
