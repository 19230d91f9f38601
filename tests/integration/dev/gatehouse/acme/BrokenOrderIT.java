package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.CaRelay;
import dev.gatehouse.support.ProxyProcess;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The process is killed in the middle of an order, at each of its steps.
@Timeout(300)
class BrokenOrderIT {
    private static AcmeStage stage;
    private static CaRelay relay;

    @BeforeAll
    static void start() {
        stage = new AcmeStage(Map.of());
        relay = CaRelay.start(stage.pebble);
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
        stage.close();
    }

    @AfterEach
    void stopProxy() {
        stage.stopProxy();
    }

    /// Killed when the CA has answered and we know nothing of it, or before the CA gets the request.
    ///
    /// Not each order goes on: the CA may have refused the nonce, or find nobody who answers its challenge.
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "after, /sign-me-up, false",
        "after, /order-plz, false",
        "after, /authZ/, true",
        "after, /chalZ/, false",
        "before, /finalize-order/, true",
        "after, /finalize-order/, true",
        "after, /my-order/, true",
        "after, /certZ/, true"
    })
    @Tag("AC-05")
    void theNextProcessGetsTheCertificate(String when, String step, boolean resumed) throws Exception {
        var name = step.replaceAll("[^a-z]", "") + "-" + when + ".example";
        var victim = new AtomicReference<ProxyProcess>();
        var started = new CountDownLatch(1);
        var killed = new CountDownLatch(1);
        Consumer<String> killer = path -> {
            if (path.startsWith(step) && killed.getCount() > 0) {
                try {
                    started.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
                victim.get().kill();
                killed.countDown();
                throw new IllegalStateException("nobody there any more");
            }
        };
        relay.before(when.equals("before") ? killer : _ -> {});
        relay.after(when.equals("after") ? killer : _ -> {});
        int before = stage.orders();
        victim.set(begin(name));
        started.countDown();
        assertThat(killed.await(60, TimeUnit.SECONDS)).as("killed at " + step).isTrue();

        var next = stage.proxy(victim.get().again());

        assertThat(stage.awaitCertificate(name)).isNotNull();
        assertThat(stage.orders() - before).as("orders").isBetween(1, resumed ? 1 : 2);
        assertThat(next.output()).doesNotContain("certificate not obtained");
        if (resumed) {
            assertThat(next.output()).contains("order resumed");
        }
    }

    private static ProxyProcess begin(String name) {
        return stage.start(stage.setup(stage.app(name))
                .acme(
                        "email = \"admin@app.example\"",
                        "dir_url = \"" + relay.directory() + "\"",
                        "ca_path = \"" + stage.pebble.caFile() + "\"",
                        "registry_path = \"registry\""));
    }

    /// The new process serves when the CA has been told to look for the challenge of the old one.
    @Test
    void theProcessAfterAnUpgradeGoesOnWithTheOrder() throws Exception {
        var name = "upgraded.example";
        var old = new CompletableFuture<ProxyProcess>();
        var upgraded = new AtomicBoolean();
        relay.before(_ -> {});
        relay.after(path -> {
            if (path.startsWith("/chalZ/") && upgraded.compareAndSet(false, true)) {
                old.join().signal("USR2");
                old.join().awaitOutput("upgrade done successor=", 1);
            }
        });
        var proxy = begin(name);
        old.complete(proxy);

        proxy.awaitSuccessor(1);

        assertThat(stage.awaitCertificate(name)).isNotNull();
        assertThat(proxy.output()).doesNotContain("certificate not obtained").doesNotContain("acme.locked");
    }
}
