package dev.gatehouse.header;

import dev.gatehouse.config.CidrSet;
import dev.gatehouse.header.ForwardedField.Hop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a trusted proxy says about the request that it passed on to us: where it came from, by which scheme and port.
/// Nobody else's fields may be given to this class.
final class ForwardingClaims {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardingClaims.class);
    private static final long WARNING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final AtomicLong NEXT_WARNING_NANOS = new AtomicLong(System.nanoTime());

    private ForwardingClaims() {}

    /// The scheme that the first proxy saw: the first item of X-Forwarded-Proto, else `proto` of the first element of
    /// Forwarded.
    ///
    /// @return `http` or `https`; empty where something else is claimed; null where nothing is
    static @Nullable String scheme(HttpFields fields) {
        var claim = firstItem(fields.get(HttpHeader.X_FORWARDED_PROTO));
        return scheme(claim != null ? claim : ForwardedField.firstProto(fields));
    }

    private static @Nullable String scheme(@Nullable String claim) {
        if (claim == null || claim.equals("https") || claim.equals("http")) {
            return claim;
        }
        return claim.equalsIgnoreCase("https") ? "https" : claim.equalsIgnoreCase("http") ? "http" : "";
    }

    /// The first item of X-Forwarded-Port.
    ///
    /// @return null where it is no port in 1–65535
    static @Nullable String port(HttpFields fields) {
        var claim = firstItem(fields.get(HttpHeader.X_FORWARDED_PORT));
        if (claim == null || claim.length() > 5) {
            return null;
        }
        int number = 0;
        for (int i = 0; i < claim.length(); i++) {
            char c = claim.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            number = 10 * number + c - '0';
        }
        return number == 0 || number > 65_535 ? null : Integer.toString(number);
    }

    /// The request's way to us, as far as it can be believed: what trusted proxies say up to the first address, seen
    /// from here, that is none of theirs; the whole of it where all are.
    ///
    /// @param peer the hop that we see ourselves
    /// @return every node with an address, `peer` last; `peer` alone where the claims say nothing usable
    static List<Hop> chain(HttpFields fields, Hop peer, CidrSet trusted) {
        var claimed = claimed(fields, peer);
        int from = claimed.size();
        boolean own = true;
        while (own && from > 0) {
            var address = claimed.get(--from).node().address();
            own = address != null && trusted.contains(address);
        }
        var chain = new ArrayList<Hop>(claimed.size() - from + 1);
        for (var hop : claimed.subList(from, claimed.size())) {
            if (hop.node().address() == null) {
                warn(peer, "the chain has a hop without an address");
                return List.of(peer);
            }
            chain.add(hop);
        }
        chain.add(peer);
        return chain;
    }

    private static List<Hop> claimed(HttpFields fields, Hop peer) {
        var listed = forwardedFor(fields);
        if (listed == null) {
            warn(peer, "X-Forwarded-For is broken");
            return List.of();
        }
        var forwarded = ForwardedField.parse(fields);
        if (forwarded == null) {
            warn(peer, "Forwarded is broken");
            return listed;
        }
        if (forwarded.isEmpty() || listed.isEmpty()) {
            return forwarded.isEmpty() ? listed : forwarded;
        }
        if (agree(forwarded, listed)) {
            return forwarded;
        }
        warn(peer, "X-Forwarded-For and Forwarded disagree");
        return listed;
    }

    /// The addresses of all X-Forwarded-For fields; the last has the scheme of X-Forwarded-Proto.
    private static @Nullable List<Hop> forwardedFor(HttpFields fields) {
        var nodes = new ArrayList<ForwardedNode>();
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            if (field.getHeader() != HttpHeader.X_FORWARDED_FOR) {
                continue;
            }
            var value = field.getValue();
            for (int start = 0; start <= value.length(); ) {
                int comma = value.indexOf(',', start);
                int end = comma < 0 ? value.length() : comma;
                var item = value.substring(start, end).strip();
                if (!item.isEmpty()) {
                    var node = ForwardedNode.parse(item);
                    if (node == null || node.address() == null) {
                        return null;
                    }
                    nodes.add(node.port() == null ? node : new ForwardedNode(node.address(), node.name(), null));
                }
                start = end + 1;
            }
        }
        var scheme = scheme(firstItem(fields.get(HttpHeader.X_FORWARDED_PROTO)));
        var hops = new ArrayList<Hop>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            boolean last = i == nodes.size() - 1;
            hops.add(new Hop(nodes.get(i), last && !"".equals(scheme) ? scheme : null, null, null));
        }
        return hops;
    }

    private static boolean agree(List<Hop> forwarded, List<Hop> listed) {
        if (forwarded.size() != listed.size()) {
            return false;
        }
        for (int i = 0; i < listed.size(); i++) {
            if (!Objects.equals(
                    forwarded.get(i).node().address(), listed.get(i).node().address())) {
                return false;
            }
        }
        var proto = forwarded.getLast().proto();
        var other = listed.getLast().proto();
        return proto == null || other == null || proto.equalsIgnoreCase(other);
    }

    private static @Nullable String firstItem(@Nullable String list) {
        if (list == null) {
            return null;
        }
        int comma = list.indexOf(',');
        var item = (comma < 0 ? list : list.substring(0, comma)).strip();
        return item.isEmpty() ? null : item;
    }

    /// Once a minute: a proxy that does it once does it with every request.
    private static void warn(Hop peer, String reason) {
        long now = System.nanoTime();
        long next = NEXT_WARNING_NANOS.get();
        if (now - next >= 0 && NEXT_WARNING_NANOS.compareAndSet(next, now + WARNING_INTERVAL_NANOS)) {
            LOG.warn(
                    "forwarding fields of a trusted proxy not usable peer={} reason=\"{}\"",
                    peer.node().name(),
                    reason);
        }
    }
}
