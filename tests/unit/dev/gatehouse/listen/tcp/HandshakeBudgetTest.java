package dev.gatehouse.listen.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.CidrSet;
import dev.gatehouse.config.TlsConfig;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeBudgetTest {
    private static final long SECOND = 1_000_000_000;
    private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress FRIEND = InetAddress.ofLiteral("10.0.0.1");

    private final long start = System.nanoTime() + SECOND;

    private static HandshakeBudget budget(int all, int each) {
        var budget = new HandshakeBudget();
        budget.set(new TlsConfig(TlsConfig.Primitives.AUTO, all, each), CidrSet.parse(List.of("10.0.0.0/8")));
        return budget;
    }

    private static int taken(HandshakeBudget budget, InetAddress client, long now, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            if (budget.take(client, now) == null) {
                taken++;
            }
        }
        return taken;
    }

    @Test
    void twoSecondsMayComeAtOnceAndThenTheRateHolds() {
        var budget = budget(0, 100);

        assertThat(taken(budget, ONE, start, 1_000)).isEqualTo(200);
        assertThat(taken(budget, ONE, start + SECOND, 1_000)).isEqualTo(100);
        assertThat(taken(budget, ONE, start + 60 * SECOND, 1_000)).isEqualTo(200);
        assertThat(budget.take(ONE, start + 60 * SECOND)).isEqualTo("handshakes_per_second_per_ip");
    }

    @Test
    void theBudgetOfAllIsSharedAndNotSpentByWhoHasNoneLeft() {
        var budget = budget(150, 100);

        assertThat(taken(budget, ONE, start, 1_000)).isEqualTo(200);
        assertThat(taken(budget, FRIEND, start, 1_000)).isEqualTo(100);
        assertThat(budget.take(FRIEND, start)).isEqualTo("handshakes_per_second");
    }

    @Test
    void trustedProxiesHaveNoLimitOfTheirOwn() {
        assertThat(taken(budget(0, 1), FRIEND, start, 1_000)).isEqualTo(1_000);
    }

    @Test
    void zeroIsNoLimit() {
        assertThat(taken(budget(0, 0), ONE, start, 100_000)).isEqualTo(100_000);
    }
}
