package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Handler;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// An exchange among all that are under way. Confined to its loop.
abstract class CountedExchange implements Exchange {
    private final RequestsUnderWay underWay;
    private @Nullable InetAddress address;
    private boolean counted;
    private boolean waiting;

    CountedExchange(RequestsUnderWay underWay) {
        this.underWay = underWay;
    }

    /// Ends it at once for the sake of others, whatever was sent of the response: memory is held for it, and nothing
    /// goes on.
    abstract void giveWay();

    /// How many others of its connection are under way, about.
    abstract int siblings();

    /// Gives the request to the road, or refuses it where there are too many.
    final void begin(Handler handler) {
        var refused = underWay.enter(this);
        if (refused == null) {
            counted = true;
            handler.handle(this);
        } else {
            handler.refuse(this, refused, "under_way=" + underWay.count());
        }
    }

    /// The client's address, where its requests are counted; set once.
    final void address(InetAddress its) {
        address = its;
    }

    /// See [#address(InetAddress)].
    final @Nullable InetAddress address() {
        return address;
    }

    final RequestsUnderWay underWay() {
        return underWay;
    }

    /// Memory is held for it from now on, or still, until its client or its upstream goes on.
    final void holdsMemory() {
        if (counted) {
            waiting = true;
            underWay.waits(this);
        }
    }

    final void goesOn() {
        if (waiting) {
            waiting = false;
            underWay.goesOn(this);
        }
    }

    /// It is over.
    final void leave() {
        goesOn();
        if (counted) {
            counted = false;
            underWay.leave(this);
        }
    }
}
