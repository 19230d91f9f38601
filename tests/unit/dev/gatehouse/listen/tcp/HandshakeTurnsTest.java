package dev.gatehouse.listen.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.loop.Loop;
import dev.gatehouse.loop.TestLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Handshakes take turns: in time, in order, and fairly.
@Tag("TL-11")
class HandshakeTurnsTest {
    private static final long HANDSHAKE = HandshakeTurns.LEAST_NANOS;

    private final List<String> served = new ArrayList<>();
    private long now = 1;
    private int small;

    private final HandshakeTurns.Crowd crowd = new HandshakeTurns.Crowd(4, () -> small++);

    private HandshakeTurns turns(Loop loop) {
        return new HandshakeTurns(loop, crowd, () -> now);
    }

    /// A client whose handshake takes its time behind the callback that begins it, as that of a real one does.
    private boolean comes(Loop loop, HandshakeTurns turns, String address, String name) {
        return turns.take(
                InetAddress.ofLiteral(address),
                () -> loop.execute(() -> {
                    served.add(name);
                    now += HANDSHAKE;
                }));
    }

    @Test
    void whoComesWhenThereIsTimeHasTheTurnAtOnce() {
        TestLoop.run(loop -> {
            var turns = turns(loop);

            assertThat(comes(loop, turns, "192.0.2.1", "a")).isTrue();
            TestLoop.round(loop);
            assertThat(comes(loop, turns, "192.0.2.1", "b")).isTrue();
        });
    }

    @Test
    void addressesTakeTurnsAndEachKeepsItsOrder() {
        TestLoop.run(loop -> {
            var turns = turns(loop);
            comes(loop, turns, "192.0.2.1", "first");
            TestLoop.round(loop);
            served.clear();
            comes(loop, turns, "192.0.2.1", "now");
            loop.execute(() -> {
                for (var name : List.of("a1", "a2", "a3")) {
                    assertThat(comes(loop, turns, "192.0.2.1", name)).isFalse();
                }
                comes(loop, turns, "2001:db8::1", "b1");
                comes(loop, turns, "2001:db8::2", "b2");
                comes(loop, turns, "198.51.100.7", "c1");
            });
            for (int i = 0; i < 10; i++) {
                TestLoop.round(loop);
            }

            assertThat(served).containsExactly("now", "a1", "b1", "c1", "a2", "b2", "a3");
        });
    }

    @Test
    void othersHaveTwiceTheTimeOfHandshakes() {
        TestLoop.run(loop -> {
            var turns = turns(loop);
            comes(loop, turns, "192.0.2.1", "first");
            loop.execute(() -> {
                for (int i = 0; i < 100; i++) {
                    comes(loop, turns, "192.0.2.1", "x");
                }
            });
            TestLoop.round(loop);
            served.clear();
            now += 6 * HANDSHAKE;
            TestLoop.round(loop);
            assertThat(served).hasSize(3);

            served.clear();
            TestLoop.round(loop);
            assertThat(served).as("where others need nothing").hasSize(1);
        });
    }

    @Test
    void newcomersAreNotAcceptedWhileManyWaitAndAreWhenHalfOfThemAreServed() {
        TestLoop.run(loop -> {
            var turns = turns(loop);
            comes(loop, turns, "192.0.2.1", "first");
            loop.execute(() -> {
                for (int i = 0; i < 4; i++) {
                    assertThat(crowd.isLarge()).isFalse();
                    comes(loop, turns, "192.0.2.1", "x");
                }
                assertThat(crowd.isLarge()).isTrue();
            });
            TestLoop.round(loop);
            served.clear();
            while (small == 0) {
                TestLoop.round(loop);
            }

            assertThat(served).hasSizeBetween(1, 2);
            assertThat(crowd.isLarge()).isFalse();
        });
    }

    @ParameterizedTest(name = "{0} under way, {1} of them over, the others {2} ms old: {3}")
    @CsvSource({
        "255, 0, 0, true",
        "256, 0, 0, false",
        "256, 1, 0, true",
        "256, 0, 999, false",
        "256, 0, 1000, true",
        "600, 344, 0, false",
        "600, 345, 999, true",
        "600, 0, 1001, true",
    })
    void newcomersHaveTheirTurnUnlessTooManyYoungOnesAreUnderWay(int begun, int over, int millis, boolean atOnce) {
        TestLoop.run(loop -> {
            var turns = turns(loop);
            var underWay = new ArrayList<HandshakeTurns.UnderWay>();
            for (int i = 0; i < begun; i++) {
                underWay.add(turns.begun());
            }
            // Not the oldest: those are not the only ones that are found to be over.
            underWay.reversed().subList(0, over).forEach(HandshakeTurns.UnderWay::over);
            now += TimeUnit.MILLISECONDS.toNanos(millis);

            assertThat(comes(loop, turns, "192.0.2.1", "a")).isEqualTo(atOnce);
        });
    }

    @Test
    void whoWaitsHasTheTurnWhenOneIsOverOrOldAndNotBefore() {
        TestLoop.run(loop -> {
            var turns = turns(loop);
            var first = turns.begun();
            for (int i = 1; i < HandshakeTurns.MOST_UNDER_WAY; i++) {
                turns.begun();
            }
            for (var name : List.of("a", "b", "c")) {
                turns.take(InetAddress.ofLiteral("192.0.2.1"), () -> {
                    turns.begun();
                    served.add(name);
                });
            }
            TestLoop.round(loop);
            assertThat(served).isEmpty();

            first.over();
            first.over();
            TestLoop.round(loop);
            TestLoop.round(loop);
            assertThat(served).containsExactly("a");

            turns.oldestAged();
            TestLoop.round(loop);
            assertThat(served).as("a timer that is early").containsExactly("a");

            now += HandshakeTurns.YOUNG_NANOS;
            turns.oldestAged();
            TestLoop.round(loop);
            assertThat(served).containsExactly("a", "b", "c");
        });
    }
}
