package dev.gatehouse.acme;

import dev.gatehouse.acme.AcmePlan.Shop;
import dev.gatehouse.acme.OrderFailure.Kind;
import dev.gatehouse.acme.RenewalPlan.Window;
import dev.gatehouse.config.AcmeConfig;
import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.http.FixedResponse;
import dev.gatehouse.http.RequestHead;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.tls.ChallengeSource;
import dev.gatehouse.tls.PemException;
import dev.gatehouse.tls.PemFiles;
import dev.gatehouse.tls.Site;
import dev.gatehouse.tls.UpstreamTrust;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the automatic certificates of the configuration that is served: looks what is due, orders it, and says when
/// something came. One thread looks; each order has a thread of its own.
public final class Acme implements ChallengeSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Acme.class);

    /// Longest sleep: the machine's clock may jump, and machines sleep.
    private static final Duration LOOK = Duration.ofMinutes(1);

    /// How soon a lock is tried again that another process has: the one before us gives it away when it drains, maybe
    /// in the middle of an order.
    private static final Duration TRY_LOCK = Duration.ofSeconds(1);

    /// After so many tries it is another process for good.
    private static final int TRIES = 10;

    /// After so many tries what another process ordered is read, which takes longer.
    private static final int READING = 60;

    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration ADVICE_USUALLY = Duration.ofHours(6);
    private static final Duration ADVICE_SOONEST = Duration.ofMinutes(1);
    private static final Duration ADVICE_LATEST = Duration.ofDays(1);

    private final Clock clock;
    private final Duration answer;
    private final Runnable changed;
    private final PendingChallenges pending = new PendingChallenges();
    private final AtomicInteger orders = new AtomicInteger();
    private volatile AcmePlan plan = AcmePlan.NONE;
    private volatile boolean running;
    /// How often in a row the lock was not to be had.
    private int lockTries;
    private boolean unusable;
    private @Nullable Thread looking;

    /// @param changed called on a thread that may block, when a certificate came
    public Acme(Clock clock, Runnable changed) {
        this(clock, ANSWER, changed);
    }

    /// @param answer how long the CA may take for each answer, to its last byte
    Acme(Clock clock, Duration answer, Runnable changed) {
        this.clock = clock;
        this.answer = answer;
        this.changed = changed;
    }

    // ---- configurations

    /// Reads what a configuration needs from the disk. Blocks, and changes nothing.
    ///
    /// @throws PemException when `ca_path` cannot be used
    public AcmePlan prepare(GatehouseConfig config) throws PemException {
        var acme = config.acme();
        var apps = config.apps().stream()
                .filter(app -> app.tls() != null && app.tls().acme() != null)
                .toList();
        if (acme == null || apps.isEmpty()) {
            return AcmePlan.NONE;
        }
        var before = plan;
        var shop = before.shop();
        if (shop == null || !shop.config().equals(acme) || !shop.listen().equals(config.listen())) {
            shop = open(config, acme);
        }
        var known = new HashMap<String, Managed>();
        if (shop.equals(before.shop())) {
            before.certificates().forEach(managed -> known.put(settings(acme, managed), managed));
        }
        var certificates = new ArrayList<Managed>();
        for (AppConfig app : apps) {
            certificates.add(managed(shop, app, known));
        }
        return new AcmePlan(shop, certificates);
    }

    private Shop open(GatehouseConfig config, AcmeConfig acme) throws PemException {
        var registry = new Registry(acme.registryPath(), acme.directory());
        List<X509Certificate> anchors = acme.caPath() == null ? List.of() : PemFiles.certificates(acme.caPath());
        var trust = UpstreamTrust.of(acme.caPath(), false);
        return new Shop(
                acme,
                config.listen(),
                new Ca(acme, trust.context(), clock, answer),
                registry,
                new Account(acme, registry),
                anchors);
    }

    private static Managed managed(Shop shop, AppConfig app, Map<String, Managed> known) {
        var tls = app.tls();
        var challenge = tls == null ? null : tls.acme();
        if (challenge == null) {
            throw new IllegalArgumentException(app.name());
        }
        var fresh = new Managed(app.name(), app.serverNames(), challenge, null, OrderState.fresh(""));
        var settings = settings(shop.config(), fresh);
        var same = known.get(settings);
        return same != null
                ? same
                : new Managed(
                        app.name(),
                        app.serverNames(),
                        challenge,
                        shop.registry().find(app.serverNames()),
                        shop.registry().state(app.serverNames(), settings));
    }

    /// What an order is made with. When it changes, failures and orders under way mean nothing any more.
    private static String settings(AcmeConfig config, Managed managed) {
        return String.join(
                " ",
                managed.app(),
                String.join(",", managed.names()),
                managed.challenge().text(),
                config.keyType().text(),
                String.valueOf(config.profile()),
                config.email(),
                Integer.toHexString(String.valueOf(config.externalAccount()).hashCode()),
                String.valueOf(config.dnsHook()));
    }

    /// From now on the certificates of this plan are kept, and no others.
    public void keep(AcmePlan next) {
        var before = plan;
        plan = next;
        var kept = new HashSet<>(next.certificates());
        for (var managed : before.certificates()) {
            var thread = managed.busy();
            if (!kept.contains(managed) && thread != null) {
                thread.interrupt();
            }
        }
        var shop = before.shop();
        if (shop != null && !shop.equals(next.shop())) {
            shop.registry().close();
            shop.ca().close();
        }
        wake();
    }

    /// What is kept.
    public AcmePlan plan() {
        return plan;
    }

    /// Begins to order. Before the listeners answer, no CA could be convinced.
    public void start() {
        running = true;
        looking = Thread.ofPlatform().daemon().name("acme").start(this::look);
    }

    @Override
    public void close() {
        running = false;
        keep(AcmePlan.NONE);
    }

    // ---- what listeners ask

    @Override
    public @Nullable Site challenge(@Nullable String serverName) {
        return pending.challenge(serverName);
    }

    /// The response to a CA's request for a pending challenge; null where it is none. On a loop.
    public @Nullable FixedResponse response(RequestHead request) {
        return pending.response(request);
    }

    // ---- looking what is due

    private void wake() {
        LockSupport.unpark(looking);
    }

    private void look() {
        while (running) {
            var pause = LOOK;
            try {
                var next = Duration.between(clock.instant(), round());
                pause = next.compareTo(LOOK) < 0 ? next : LOOK;
            } catch (RuntimeException bug) {
                LOG.error("automatic certificates failed", bug);
            }
            if (pause.isPositive()) {
                LockSupport.parkNanos(this, pause.toNanos());
            }
        }
    }

    /// Starts what is due.
    ///
    /// @return when to look again, by our clock
    Instant round() {
        var now = clock.instant();
        var its = plan;
        var shop = its.shop();
        if (shop == null) {
            return now.plus(LOOK);
        }
        if (!mayWrite(shop)) {
            if (lockTries++ % READING == 0) {
                reread(its, shop);
            }
            return now.plus(TRY_LOCK);
        }
        var next = now.plus(LOOK);
        for (var managed : byDue(its)) {
            if (managed.busy() != null) {
                continue;
            }
            if (managed.isDue(now, shop.ca().now())) {
                if (!begin(shop, managed, () -> order(shop, managed))) {
                    return next; // the end of an order wakes us
                }
            } else if (managed.isRight() && !now.isBefore(managed.nextAdvice())) {
                if (!begin(shop, managed, () -> askAdvice(shop, managed))) {
                    return next;
                }
            } else {
                next = earlier(next, managed.next());
                if (managed.isRight()) {
                    next = earlier(next, managed.nextAdvice());
                }
            }
        }
        return next;
    }

    /// Orders that end meanwhile change what is due when, so that is asked once.
    private static List<Managed> byDue(AcmePlan its) {
        record Due(Instant next, Managed managed) {}
        return its.certificates().stream()
                .map(managed -> new Due(managed.next(), managed))
                .sorted(Comparator.comparing(Due::next))
                .map(Due::managed)
                .toList();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /// @return false when there are as many as there may be
    private boolean begin(Shop shop, Managed managed, Runnable what) {
        if (orders.get() >= shop.config().maxOrders()) {
            return false;
        }
        orders.incrementAndGet();
        var thread = Thread.ofVirtual().name("acme-" + managed.app()).unstarted(() -> {
            try {
                what.run();
            } catch (RuntimeException bug) {
                LOG.error("automatic certificate failed app={}", managed.app(), bug);
                failed(shop, managed, new OrderFailure(Kind.UNAVAILABLE, bug.toString(), null, null, bug));
            } finally {
                managed.busy(null);
                orders.decrementAndGet();
                wake();
            }
        });
        managed.busy(thread);
        thread.start();
        return true;
    }

    private boolean mayWrite(Shop shop) {
        try {
            boolean locked = shop.registry().lock();
            unusable = false;
            if (locked) {
                lockTries = 0;
            } else if (lockTries == TRIES) {
                LOG.warn(
                        "registry belongs to another process reason=acme.locked registry={} hint={}",
                        Facts.quoted(shop.config().registryPath()),
                        Facts.quoted("that one orders; its certificates are used here too"));
            }
            return locked;
        } catch (IOException e) {
            if (!unusable) {
                LOG.error(
                        "registry cannot be used reason=acme.store registry={} cause={}",
                        Facts.quoted(shop.config().registryPath()),
                        Facts.cause(e));
            }
            unusable = true;
            return false;
        }
    }

    /// Takes what another process ordered.
    private void reread(AcmePlan its, Shop shop) {
        boolean found = false;
        for (var managed : its.certificates()) {
            var before = managed.stored();
            var now = shop.registry().find(managed.names());
            if (now != null && (before == null || !now.credentials().equals(before.credentials()))) {
                managed.found(now);
                found = true;
            }
        }
        if (found) {
            changed.run();
        }
    }

    // ---- one certificate

    private void order(Shop shop, Managed managed) {
        try {
            order(shop, managed, true);
        } catch (InterruptedException _) {
            // the configuration does not want it any more, or the process ends
        } catch (OrderFailure failure) {
            failed(shop, managed, failure);
        } catch (AcmeException | AcmeProtocolException | AcmeLazyLoadingException failure) {
            failed(shop, managed, CaFailures.of(failure));
        }
    }

    private void order(Shop shop, Managed managed, boolean again)
            throws AcmeException, OrderFailure, InterruptedException {
        var session = shop.ca().session();
        session.getMetadata();
        if (!managed.isDue(clock.instant(), shop.ca().now())) {
            return; // by the CA's clock, which is only known now
        }
        if (managed.state().order() == null) {
            new Reachability(shop.listen()).look(managed.names(), managed.challenge());
        }
        var before = managed.stored();
        var run = new OrderRun(
                shop.config(),
                managed.names(),
                managed.challenge(),
                shop.registry(),
                shop.ca(),
                pending,
                before != null && managed.isRight() ? before.credentials().leaf() : null,
                shop.anchors(),
                managed.state());
        boolean obtained = false;
        try {
            var credentials = run.run(shop.account().login(session));
            managed.obtained(shop.registry().save(managed.names(), credentials, clock.instant()));
            obtained = true;
            told(managed, credentials.leaf());
        } catch (AcmeException | AcmeLazyLoadingException failure) {
            if (again && CaFailures.isUnknownAccount(failure)) {
                LOG.warn(
                        "account is unknown to the CA reason=acme.account directory={}",
                        shop.config().directory());
                shop.account().forget();
                managed.state(OrderState.fresh(managed.state().settings()));
                order(shop, managed, false);
                return;
            }
            throw failure;
        } finally {
            if (!obtained) {
                managed.state(run.state());
            }
        }
        changed.run();
    }

    private static void told(Managed managed, X509Certificate leaf) {
        LOG.info(
                "certificate obtained app={} names={} issuer={} valid_until={} next_renewal={}",
                managed.app(),
                String.join(",", managed.names()),
                Facts.quoted(leaf.getIssuerX500Principal()),
                leaf.getNotAfter().toInstant(),
                managed.renewal());
    }

    private void failed(Shop shop, Managed managed, OrderFailure failure) {
        if (Thread.currentThread().isInterrupted()) {
            return; // nobody wants it any more
        }
        var state = managed.state();
        var pause =
                failure.pause(state.failures() + 1, ThreadLocalRandom.current().nextDouble());
        var next = clock.instant().plus(pause);
        var message = String.valueOf(failure.getMessage());
        managed.state(state.failed(failure.kind().orderGoesOn(), next, message));
        LOG.warn(
                "certificate not obtained app={} names={} reason={} cause={} hint={} failures={} next_try={}",
                managed.app(),
                String.join(",", managed.names()),
                failure.kind().token(),
                Facts.quoted(message),
                Facts.quoted(failure.hint() == null ? "-" : failure.hint()),
                state.failures() + 1,
                next);
        try {
            shop.registry().save(managed.names(), managed.state());
        } catch (OrderFailure disk) {
            LOG.warn("state of an order is lost reason=acme.store cause={}", Facts.quoted(disk.getMessage()));
        }
    }

    // ---- when to renew

    private void askAdvice(Shop shop, Managed managed) {
        var stored = managed.stored();
        if (stored == null) {
            return;
        }
        Window window = null;
        var again = ADVICE_USUALLY;
        try {
            var advice = Advice.ask(shop, stored.credentials().leaf());
            window = advice.window();
            again = bounded(advice.askAgain());
            if (advice.oddity() != null) {
                LOG.warn(
                        "renewal advice ignored reason=acme.ari app={} cause={}",
                        managed.app(),
                        Facts.quoted(advice.oddity()));
            }
        } catch (AcmeException | AcmeProtocolException failure) {
            LOG.info(
                    "no renewal advice reason=acme.ari app={} cause={}",
                    managed.app(),
                    Facts.quoted(failure.getMessage()));
        }
        managed.advised(window, clock.instant().plus(again));
    }

    private static Duration bounded(@Nullable Duration asked) {
        if (asked == null) {
            return ADVICE_USUALLY;
        }
        var least = asked.compareTo(ADVICE_SOONEST) < 0 ? ADVICE_SOONEST : asked;
        return least.compareTo(ADVICE_LATEST) > 0 ? ADVICE_LATEST : least;
    }
}
