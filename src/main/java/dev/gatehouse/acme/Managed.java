package dev.gatehouse.acme;

import dev.gatehouse.acme.Registry.Stored;
import dev.gatehouse.acme.RenewalPlan.Window;
import dev.gatehouse.config.AcmeChallenge;
import dev.gatehouse.tls.CertificateNames;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One certificate that we keep: what is wanted, what there is, and what comes next. Written by the threads of [Acme],
/// one at a time; read by any.
final class Managed {
    private final String app;
    private final List<String> names;
    private final AcmeChallenge challenge;
    private volatile @Nullable Stored stored;
    private volatile OrderState state;
    private volatile @Nullable Window window;
    private volatile Instant nextAdvice = Instant.EPOCH;
    private volatile @Nullable Thread busy;

    Managed(String app, List<String> names, AcmeChallenge challenge, @Nullable Stored stored, OrderState state) {
        this.app = app;
        this.names = List.copyOf(names);
        this.challenge = challenge;
        this.stored = stored;
        this.state = state;
    }

    String app() {
        return app;
    }

    List<String> names() {
        return names;
    }

    AcmeChallenge challenge() {
        return challenge;
    }

    @Nullable
    Stored stored() {
        return stored;
    }

    OrderState state() {
        return state;
    }

    void state(OrderState newest) {
        state = newest;
    }

    /// A certificate came, and the history of failures is over.
    void obtained(Stored newest) {
        stored = newest;
        state = OrderState.fresh(state.settings());
        window = null;
        nextAdvice = Instant.EPOCH;
    }

    /// Somebody else put it there.
    void found(Stored newest) {
        stored = newest;
        window = null;
    }

    /// What the CA says about renewing, and when to ask again.
    void advised(@Nullable Window newest, Instant askAgain) {
        window = newest;
        nextAdvice = askAgain;
    }

    Instant nextAdvice() {
        return nextAdvice;
    }

    @Nullable
    Thread busy() {
        return busy;
    }

    void busy(@Nullable Thread thread) {
        busy = thread;
    }

    /// Whether what there is is what is wanted.
    boolean isRight() {
        var its = stored;
        return its != null
                && its.own()
                && its.coversAll(names)
                && Set.copyOf(new CertificateNames(its.credentials().leaf()).dns())
                        .equals(Set.copyOf(names));
    }

    /// When the certificate should be replaced, failures aside.
    Instant renewal() {
        var its = stored;
        if (its == null || !isRight()) {
            return Instant.EPOCH;
        }
        var leaf = its.credentials().leaf();
        double share = new Random(leaf.getSerialNumber().hashCode() * 31L + app.hashCode()).nextDouble();
        return RenewalPlan.at(
                leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant(), its.obtained(), window, share);
    }

    /// Whether the next order is due.
    ///
    /// @param ours the time by our clock, which failures are counted by
    /// @param theirs the time by the CA's, which certificates are made by
    boolean isDue(Instant ours, Instant theirs) {
        var pause = state.nextTry();
        return !theirs.isBefore(renewal()) && (pause == null || !ours.isBefore(pause));
    }

    /// When it should be looked at again, by our clock.
    Instant next() {
        var pause = state.nextTry();
        var renewal = renewal();
        return pause == null || renewal.isAfter(pause) ? renewal : pause;
    }
}
