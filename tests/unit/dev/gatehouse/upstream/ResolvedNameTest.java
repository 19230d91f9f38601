package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResolvedNameTest {
    private static final InetAddress A = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress B = InetAddress.ofLiteral("192.0.2.2");

    private final AtomicInteger lookups = new AtomicInteger();
    private final List<String> moved = new CopyOnWriteArrayList<>();
    private volatile List<InetAddress> response = List.of(A);

    private ResolvedName name(Duration ttl) {
        return new Resolver(this::lookUp, ttl, moved::add).name("name.example");
    }

    private List<InetAddress> lookUp(String host) throws UnknownHostException {
        lookups.incrementAndGet();
        if (response.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return response;
    }

    private static final class Heard implements ResolvedName.Listener {
        private final CompletableFuture<Object> said = new CompletableFuture<>();

        @Override
        public void resolved(List<InetAddress> addresses) {
            said.complete(new ArrayList<>(addresses));
        }

        @Override
        public void unknown(String reason) {
            said.complete(reason);
        }

        Object get() throws Exception {
            return said.get(10, TimeUnit.SECONDS);
        }
    }

    private static Object resolve(ResolvedName name) throws Exception {
        var heard = new Heard();
        name.resolve(Runnable::run, heard);
        return heard.get();
    }

    private static Object resolveAgain(ResolvedName name, Duration age) throws Exception {
        var heard = new Heard();
        name.resolveAgain(age, Runnable::run, heard);
        return heard.get();
    }

    @Test
    void responseIsUsedForItsTime() throws Exception {
        var name = name(Duration.ofHours(1));

        assertThat(resolve(name)).isEqualTo(List.of(A));
        response = List.of(B);
        assertThat(resolve(name)).isEqualTo(List.of(A));
        assertThat(resolveAgain(name, Duration.ofHours(1))).isEqualTo(List.of(A));
        name.refresh();
        assertThat(lookups).hasValue(1);
    }

    @Test
    void expiredResponseIsNotUsedWhileAnotherCanBeHad() throws Exception {
        var name = name(Duration.ZERO);

        assertThat(resolve(name)).isEqualTo(List.of(A));
        response = List.of(B);
        assertThat(resolve(name)).isEqualTo(List.of(B));
        assertThat(name.has(A)).isFalse();
        assertThat(name.version()).isEqualTo(1);
        assertThat(moved).containsExactly("name.example");
    }

    @Test
    void expiredResponseIsUsedWhereThereIsNoOther() throws Exception {
        var name = name(Duration.ZERO);

        resolve(name);
        response = List.of();
        assertThat(resolve(name)).isEqualTo(List.of(A));
        assertThat(moved).isEmpty();
    }

    @Test
    void doubtAsksAgainBeforeTheTime() throws Exception {
        var name = name(Duration.ofHours(1));

        resolve(name);
        response = List.of(B);
        assertThat(resolveAgain(name, Duration.ZERO)).isEqualTo(List.of(B));
        assertThat(resolve(name)).isEqualTo(List.of(B));
        assertThat(lookups).hasValue(2);
    }

    @Test
    void addressesInAnotherOrderAreTheSame() throws Exception {
        response = List.of(A, B);
        var name = name(Duration.ZERO);

        resolve(name);
        response = List.of(B, A);
        assertThat(resolve(name)).isEqualTo(List.of(B, A));
        assertThat(moved).isEmpty();
        assertThat(name.version()).isZero();
    }

    @Test
    void failureIsBelievedForAMoment() throws Exception {
        response = List.of();
        var name = name(Duration.ofHours(1));

        assertThat(resolve(name)).isEqualTo("name 'name.example' does not resolve");
        assertThat(resolve(name)).isEqualTo("name 'name.example' does not resolve");
        assertThat(lookups).hasValue(1);
    }

    @Test
    void literalIsNeverLookedUp() throws Exception {
        var name = new Resolver(this::lookUp, Duration.ZERO, moved::add).name("192.0.2.1");

        assertThat(resolve(name)).isEqualTo(List.of(A));
        assertThat(resolveAgain(name, Duration.ZERO)).isEqualTo(List.of(A));
        assertThat(name.isOlderThan(Duration.ZERO)).isFalse();
        name.refresh();
        assertThat(lookups).hasValue(0);
    }
}
