package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many clients over kept and new connections before upstreams that end theirs as they like: no GET fails for it.
@Timeout(240)
class NoRequestLostIT {
    /// For each of the four protocols.
    private static final int CLIENTS_EACH = 2;

    private static final int REQUESTS_EACH = 2_500;
    private static final int REQUESTS = 4 * CLIENTS_EACH * REQUESTS_EACH;
    private static final int MOST_OF_A_CONNECTION = 150;

    private final TestOrigin first = TestOrigin.start();
    private final TestOrigin second = TestOrigin.start();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();

    @AfterEach
    void stop() throws IOException {
        first.close();
        second.close();
    }

    @Test
    void noGetFailsBecauseAnUpstreamEndedAConnection() throws Exception {
        try (var proxy = ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                        .routeWith(
                                "/",
                                AppUnderTest.upstreams(first.address(), second.address()),
                                "load_balance = \"round_robin\""))
                .start()) {
            runClients(proxy);

            assertThat(failed).isEmpty();
            assertThat(answered).hasValue(REQUESTS);
            assertThat(first.connections() + second.connections())
                    .as("connections to the upstreams, of which many were ended by them")
                    .isGreaterThan(REQUESTS / 20);
        }
    }

    private void runClients(ProxyUnderTest proxy) throws InterruptedException, ExecutionException {
        var all = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var front : Front.values()) {
                for (int client = 0; client < CLIENTS_EACH; client++) {
                    var random = new Random(client);
                    all.add(threads.submit(() -> oneClient(proxy, front, random)));
                }
            }
            for (var each : all) {
                each.get();
            }
        }
    }

    private void oneClient(ProxyUnderTest proxy, Front front, Random random) {
        for (int left = REQUESTS_EACH; left > 0; ) {
            // One connection in three is for one request.
            int wanted = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(MOST_OF_A_CONNECTION);
            int count = Math.min(left, wanted);
            oneConnection(proxy, front, count);
            left -= count;
        }
    }

    private void oneConnection(ProxyUnderTest proxy, Front front, int requests) {
        if (front.multiplexed()) {
            atOnce(proxy, front, requests);
            return;
        }
        try (var client = front.connect(proxy)) {
            for (int i = 0; i < requests; i++) {
                var answer = client.send(Request.get("/restless"));
                if (answer.status() == 200 && answer.isComplete()) {
                    answered.incrementAndGet();
                } else {
                    failed.add(front + " request " + i + " of " + requests + ": " + answer);
                    return;
                }
            }
        }
    }

    /// Up to eight streams at a time.
    private void atOnce(ProxyUnderTest proxy, Front front, int requests) {
        try (var client = front.frames(proxy)) {
            for (int done = 0; done < requests; ) {
                var streams = new ArrayList<Integer>();
                for (; streams.size() < 8 && done < requests; done++) {
                    int stream = client.nextStream();
                    client.get(stream, "app.example", "/restless");
                    streams.add(stream);
                }
                for (int stream : streams) {
                    var answer = client.answer(stream);
                    if (answer.status() == 200 && answer.isComplete()) {
                        answered.incrementAndGet();
                    } else {
                        failed.add(front + " stream " + stream + " of " + requests + ": " + answer);
                    }
                }
            }
        }
    }
}
