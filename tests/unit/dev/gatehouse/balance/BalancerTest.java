package dev.gatehouse.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.LoadBalance;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {
    private static final long NOW = 1_000_000_000L;
    private static final long PAUSE = Balancer.PAUSE.toNanos();

    @Test
    void withoutBalancingTheFirstUpstreamGetsAll() {
        var balancer = new Balancer(LoadBalance.NONE, 3, 1);

        assertThat(balancer.first(NOW)).isZero();
        assertThat(balancer.first(NOW)).isZero();
    }

    @Test
    void roundRobinTakesTurnsAndBeginsWhereItIsTold() {
        var balancer = new Balancer(LoadBalance.ROUND_ROBIN, 3, 2);

        assertThat(new int[] {balancer.first(NOW), balancer.first(NOW), balancer.first(NOW), balancer.first(NOW)})
                .containsExactly(2, 0, 1, 2);
    }

    @Test
    void roundRobinSurvivesTheEndOfItsCounter() {
        var balancer = new Balancer(LoadBalance.ROUND_ROBIN, 3, Integer.MAX_VALUE);

        for (int i = 0; i < 5; i++) {
            assertThat(balancer.first(NOW)).isBetween(0, 2);
        }
    }

    @Test
    void randomReachesEveryUpstream() {
        var balancer = new Balancer(LoadBalance.RANDOM, 3, 0);
        var chosen = new HashSet<Integer>();

        for (int i = 0; i < 1000; i++) {
            chosen.add(balancer.first(NOW));
        }

        assertThat(chosen).containsExactlyInAnyOrder(0, 1, 2);
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "ROUND_ROBIN", "RANDOM"})
    void upstreamThatCannotBeReachedIsPassedOverForAWhile(LoadBalance how) {
        var balancer = new Balancer(how, 2, 0);
        balancer.unreachable(0, NOW);

        for (int i = 0; i < 20; i++) {
            assertThat(balancer.first(NOW + PAUSE - 1)).isEqualTo(1);
        }
    }

    @Test
    void upstreamIsTriedAgainWhenItsPauseIsOver() {
        var balancer = new Balancer(LoadBalance.NONE, 2, 0);
        balancer.unreachable(0, NOW);

        assertThat(balancer.first(NOW + PAUSE)).isZero();
    }

    @Test
    void upstreamThatAnsweredIsNoLongerPassedOver() {
        var balancer = new Balancer(LoadBalance.NONE, 2, 0);
        balancer.unreachable(0, NOW);
        balancer.reached(0);

        assertThat(balancer.first(NOW + 1)).isZero();
    }

    @Test
    void upstreamsAreUsedAllTheSameWhenNoneCanBeReached() {
        var balancer = new Balancer(LoadBalance.NONE, 2, 0);
        balancer.unreachable(0, NOW);
        balancer.unreachable(1, NOW);

        assertThat(balancer.first(NOW + 1)).isZero();
        assertThat(balancer.next(0, NOW + 1)).isEqualTo(1);
    }

    @Test
    void nextIsTheOneBehindAndAroundTheEnd() {
        var balancer = new Balancer(LoadBalance.NONE, 3, 0);

        assertThat(balancer.next(0, NOW)).isEqualTo(1);
        assertThat(balancer.next(2, NOW)).isZero();
    }

    @Test
    void nextPassesOverThoseThatCannotBeReached() {
        var balancer = new Balancer(LoadBalance.NONE, 3, 0);
        balancer.unreachable(1, NOW);

        assertThat(balancer.next(0, NOW)).isEqualTo(2);
    }

    @Test
    void onlyUpstreamIsAlsoTheNext() {
        var balancer = new Balancer(LoadBalance.ROUND_ROBIN, 1, 0);
        balancer.unreachable(0, NOW);

        assertThat(balancer.first(NOW)).isZero();
        assertThat(balancer.next(0, NOW)).isZero();
    }
}
