package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MpscRingTest {
    @Test
    void givesBackInOrder() {
        var ring = new MpscRing<Integer>(3);
        for (int round = 0; round < 10; round++) {
            assertThat(ring.offer(round)).isTrue();
            assertThat(ring.offer(-round)).isTrue();
            assertThat(ring.poll()).isEqualTo(round);
            assertThat(ring.poll()).isEqualTo(-round);
        }

        assertThat(ring.poll()).isNull();
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.added()).isEqualTo(20);
    }

    @Test
    void refusesWhenFullAndTakesAgainAfterwards() {
        var ring = new MpscRing<String>(2);

        assertThat(ring.offer("a")).isTrue();
        assertThat(ring.offer("b")).isTrue();
        assertThat(ring.offer("c")).isFalse();
        assertThat(ring.poll()).isEqualTo("a");
        assertThat(ring.offer("d")).isTrue();
        assertThat(ring.offer("e")).isFalse();
    }

    @Test
    @Timeout(30)
    void manyProducersLoseAndRepeatNothing() throws InterruptedException {
        var ring = new MpscRing<long[]>(64);
        var producers = 4;
        var each = 10_000L;
        var ready = new CountDownLatch(producers);
        var threads = new ArrayList<Thread>();
        for (int producer = 0; producer < producers; producer++) {
            var self = producer;
            threads.add(Thread.ofPlatform().start(() -> {
                ready.countDown();
                for (long i = 0; i < each; i++) {
                    var value = new long[] {self, i};
                    while (!ring.offer(value)) {
                        LockSupport.parkNanos(1_000);
                    }
                }
            }));
        }
        ready.await();
        var next = new long[producers];
        var outOfOrder = 0;
        for (long taken = 0; taken < producers * each; ) {
            var value = ring.poll();
            if (value == null) {
                LockSupport.parkNanos(1_000);
            } else {
                taken++;
                if (next[(int) value[0]]++ != value[1]) {
                    outOfOrder++;
                }
            }
        }
        for (var thread : threads) {
            thread.join();
        }

        assertThat(outOfOrder).isZero();
        assertThat(ring.isEmpty()).isTrue();
    }
}
