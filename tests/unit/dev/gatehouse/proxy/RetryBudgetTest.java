package dev.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    @Test
    void aHundredRepetitionsAreSavedUpAtTheBegin() {
        assertThat(taken(new RetryBudget(), 1000)).isEqualTo(100);
    }

    @Test
    void everyFifthRequestPaysForARepetition() {
        var budget = new RetryBudget();
        taken(budget, 1000);

        requests(budget, 51);

        assertThat(taken(budget, 1000)).isEqualTo(10);
    }

    @Test
    void quietTimesSaveUpNoMoreThanThat() {
        var budget = new RetryBudget();

        requests(budget, 100_000);

        assertThat(taken(budget, 1000)).isEqualTo(100);
    }

    private static void requests(RetryBudget budget, int count) {
        for (int i = 0; i < count; i++) {
            budget.request();
        }
    }

    private static int taken(RetryBudget budget, int wanted) {
        int taken = 0;
        for (int i = 0; i < wanted; i++) {
            if (budget.take()) {
                taken++;
            }
        }
        return taken;
    }
}
