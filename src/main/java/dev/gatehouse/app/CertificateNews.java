package dev.gatehouse.app;

import dev.gatehouse.observe.Facts;
import dev.gatehouse.tls.Credentials;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Tells in the log which certificates could not be replaced and which are about to end, each once for each of its
/// stages, and says when to look again. One thread.
final class CertificateNews {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateNews.class);

    /// Two files are not replaced in one moment.
    private static final int RETRIES = 5;

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration REMINDER = Duration.ofHours(1);
    private static final Duration LOOK = Duration.ofHours(24);

    /// Days before the end at which it is told.
    private static final long[] STAGES = {0, 1, 3, 7, 14, 30};

    /// Of a lifetime; more is no news for certificates that live a few days.
    private static final int LAST_PART = 3;

    private final InstantSource clock;
    private final Map<Credentials, Long> told = new HashMap<>();
    private Set<Sites.Stale> known = Set.of();
    private int retries = RETRIES;
    private Instant reminded = Instant.MIN;

    CertificateNews(InstantSource clock) {
        this.clock = clock;
    }

    /// Somebody asked for a reading: files change again.
    void asked() {
        retries = RETRIES;
    }

    /// How long nothing needs to be looked at again.
    Duration untilNext() {
        if (known.isEmpty()) {
            return LOOK;
        }
        if (retries > 0) {
            retries--;
            return RETRY;
        }
        return REMINDER;
    }

    /// Tells what is new.
    void tell(Sites sites, List<Sites.Stale> stale) {
        var now = clock.instant();
        var current = new HashSet<>(stale);
        boolean remind = !current.isEmpty() && !now.isBefore(reminded.plus(REMINDER));
        if (remind || !current.equals(known)) {
            current.forEach(CertificateNews::tellStale);
            reminded = now;
        }
        if (current.isEmpty() && !known.isEmpty()) {
            LOG.info("all certificates are as in their files");
        }
        known = current;
        told.keySet().retainAll(sites.inUse().keySet());
        // By name, so that lines come in an order.
        new TreeMap<>(byApp(sites)).forEach((app, credentials) -> tellEnd(app, credentials, now));
    }

    private static Map<String, Credentials> byApp(Sites sites) {
        var byApp = new HashMap<String, Credentials>();
        sites.inUse().forEach((credentials, app) -> byApp.put(app, credentials));
        return byApp;
    }

    private static void tellStale(Sites.Stale one) {
        boolean gone = !Files.isReadable(one.pair().certificate())
                || !Files.isReadable(one.pair().key());
        LOG.warn(
                "certificate not replaced reason={} app={} certificate={} cause={}",
                gone ? "cert.gone" : "cert.pending",
                one.app(),
                Facts.quoted(one.pair().certificate()),
                Facts.quoted(one.problem().message()));
    }

    private void tellEnd(String app, Credentials credentials, Instant now) {
        var leaf = credentials.leaf();
        var until = leaf.getNotAfter().toInstant();
        var lifetime = Duration.between(leaf.getNotBefore().toInstant(), until);
        var left = Duration.between(now, until);
        if (left.compareTo(lifetime.dividedBy(LAST_PART)) > 0) {
            return;
        }
        var stage = stage(left);
        if (stage == null || stage.equals(told.put(credentials, stage))) {
            return;
        }
        LOG.atLevel(left.isNegative() ? Level.ERROR : Level.WARN)
                .log(
                        "certificate {} reason=cert.expiring app={} not_after={} days_left={}",
                        left.isNegative() ? "has expired" : "expires",
                        app,
                        until,
                        left.toDays());
    }

    /// The smallest stage that is not over; after the end each day is one of its own.
    private static @Nullable Long stage(Duration left) {
        if (left.isNegative()) {
            return left.toDays() - 1;
        }
        for (long days : STAGES) {
            if (left.compareTo(Duration.ofDays(days)) <= 0) {
                return days;
            }
        }
        return null;
    }
}
