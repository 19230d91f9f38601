package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/// The addresses that a new connection tries, each once: those of the name, beginning with another one each time, and
/// when all have failed those that it has got since. Confined to its loop.
final class AddressList implements ResolvedName.Listener {
    /// For another response while there is an expired one.
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /// A response that is no older can be believed.
    private static final Duration RECENT = Duration.ofSeconds(1);

    private final UpstreamPool pool;
    private final UpstreamCall call;
    private final Listener listener;
    private List<InetAddress> addresses = List.of();
    private int first;
    private int tried;
    private boolean waiting;
    private boolean again;
    private Failure failure = Failure.NAME_NOT_RESOLVED;
    private String detail = "";

    /// Who connects.
    interface Listener {
        /// There is an address to try.
        void found();

        void fail(Failure failure, String detail);

        long limitMillis();

        void startTimer(long millis, Runnable expired);

        void stopTimer();
    }

    AddressList(UpstreamPool pool, UpstreamCall call, Listener listener) {
        this.pool = pool;
        this.call = call;
        this.listener = listener;
    }

    /// An expired response is not worth waiting the whole limit for another one; but it is worth a moment.
    void lookUp() {
        var name = pool.name();
        call.phase(Phase.RESOLVE);
        waiting = true;
        long limit = listener.limitMillis();
        if (name.known().isEmpty()) {
            listener.startTimer(
                    limit, () -> unknown("looking up '" + pool.upstream().host() + "' takes too long"));
        } else {
            long patience = PATIENCE.toMillis();
            listener.startTimer(limit == 0 ? patience : Math.min(limit, patience), () -> resolved(name.known()));
        }
        if (again) {
            name.resolveAgain(RECENT, pool.loop()::execute, this);
        } else {
            name.resolve(pool.loop()::execute, this);
        }
    }

    /// All have failed. The name may have moved since it was looked up: the client hears of it when that is known.
    void lookUpAgain(Failure lastFailure, String lastDetail) {
        if (again || !pool.name().isOlderThan(RECENT)) {
            listener.fail(lastFailure, lastDetail);
            return;
        }
        again = true;
        failure = lastFailure;
        detail = lastDetail;
        lookUp();
    }

    @Override
    public void resolved(List<InetAddress> found) {
        if (!waiting || call.over()) {
            return;
        }
        waiting = false;
        listener.stopTimer();
        var failed = addresses;
        addresses = again
                ? found.stream().filter(address -> !failed.contains(address)).toList()
                : found;
        if (addresses.isEmpty()) {
            call.phase(Phase.CONNECT);
            listener.fail(failure, detail);
            return;
        }
        first = Math.floorMod(pool.addressTurn(), addresses.size());
        tried = 0;
        listener.found();
    }

    @Override
    public void unknown(String reason) {
        if (waiting) {
            waiting = false;
            listener.stopTimer();
            listener.fail(Failure.NAME_NOT_RESOLVED, reason);
        }
    }

    boolean hasNext() {
        return tried < addresses.size();
    }

    InetAddress next() {
        return addresses.get((first + tried++) % addresses.size());
    }

    /// The last one was not tried after all.
    void putBack() {
        tried--;
    }

    /// How many were not tried yet.
    int left() {
        return addresses.size() - tried;
    }
}
