package dev.gatehouse.header;

import dev.gatehouse.config.CidrSet;
import dev.gatehouse.header.ForwardedField.Hop;
import dev.gatehouse.route.Authority;
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

/// What trusted proxies say about a request: where it came from, by which scheme and port, and for which host. Read
/// from the right, where the peer itself wrote, up to the first address that is no trusted proxy: what stands left of
/// it is that client's own word, and is not looked at, however it is written. Nobody else's fields may be given to it.
///
/// @param chain every node with an address, the peer last; the peer alone where the claims say nothing usable
/// @param scheme `http` or `https`; empty where something else is claimed; null where nothing is
/// @param port 1–65535; null where no such port is claimed
/// @param host host and port as written; null where no valid ones are claimed
/// @param unusable null where everything that was looked at can be used
record ForwardingClaims(
        List<Hop> chain,
        @Nullable String scheme,
        @Nullable String port,
        @Nullable String host,
        @Nullable Unusable unusable) {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardingClaims.class);
    private static final long WARNING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final AtomicLong NEXT_WARNING_NANOS = new AtomicLong(System.nanoTime());

    /// A claim that cannot be used.
    ///
    /// @param value what stands there
    record Unusable(String field, String value, String reason) {}

    /// A way through one field.
    ///
    /// @param hops as far as they are believed, in the order of the field
    /// @param first what is said about the request where the first of them got it; null where there is no element
    /// @param broken the element at which the way ended because it has no address
    private record Path(
            List<Hop> hops,
            ForwardedField.@Nullable Element first,
            @Nullable String broken) {
        boolean isAbsent() {
            return hops.isEmpty() && first == null && broken == null;
        }
    }

    ForwardingClaims {
        chain = List.copyOf(chain);
    }

    /// Reads the claims of a request.
    ///
    /// @param peer the hop that we see ourselves: a trusted proxy
    static ForwardingClaims read(HttpFields fields, Hop peer, CidrSet trusted) {
        var listed = forwardedFor(fields, trusted);
        var forwarded = forwarded(fields, trusted);
        // Each proxy of a chain may have added an item to the others, too; they count from the right as well.
        int depth = listed.isAbsent() && forwarded.isAbsent()
                ? Integer.MAX_VALUE
                : Math.max(1, listed.isAbsent() ? forwarded.hops.size() : listed.hops.size());
        var first = forwarded.first;

        var proto = item(fields, HttpHeader.X_FORWARDED_PROTO, depth);
        var listedScheme = scheme(proto);
        var scheme = proto != null ? listedScheme : forwarded.broken != null && first == null ? "" : proto(first);

        var host = item(fields, HttpHeader.X_FORWARDED_HOST, depth);
        host = host != null ? host : first == null ? null : first.host();
        var port = item(fields, HttpHeader.X_FORWARDED_PORT, depth);

        var path = withScheme(listed, listedScheme);
        Unusable unusable = null;
        if (listed.isAbsent()) {
            path = forwarded;
        } else if (!forwarded.isAbsent()) {
            if (agree(forwarded.hops, path.hops)) {
                path = forwarded;
            } else {
                unusable = new Unusable(
                        "Forwarded",
                        String.valueOf(fields.get(HttpHeader.FORWARDED)),
                        "X-Forwarded-For says otherwise");
            }
        }
        if (path.broken != null) {
            unusable = new Unusable(listed.isAbsent() ? "Forwarded" : "X-Forwarded-For", path.broken, "no address");
        }
        var chain = new ArrayList<Hop>(path.hops);
        chain.add(peer);
        return new ForwardingClaims(
                chain, scheme, port(port), host != null && Authority.parse(host) != null ? host : null, unusable);
    }

    private static @Nullable String proto(ForwardedField.@Nullable Element first) {
        return first == null ? null : scheme(first.proto());
    }

    private static @Nullable String scheme(@Nullable String claim) {
        if (claim == null || claim.equals("https") || claim.equals("http")) {
            return claim;
        }
        return claim.equalsIgnoreCase("https") ? "https" : claim.equalsIgnoreCase("http") ? "http" : "";
    }

    private static @Nullable String port(@Nullable String claim) {
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

    private static Path forwardedFor(HttpFields fields, CidrSet trusted) {
        var items = items(fields, HttpHeader.X_FORWARDED_FOR);
        var hops = new ArrayList<Hop>();
        String broken = null;
        boolean proxies = true;
        for (int i = items.size() - 1; i >= 0 && proxies; i--) {
            var node = ForwardedNode.parse(items.get(i));
            var address = node == null ? null : node.address();
            if (node == null || address == null) {
                broken = items.get(i);
                break;
            }
            hops.addFirst(new Hop(new ForwardedNode(address, node.name(), null), null, null, null));
            proxies = trusted.contains(address);
        }
        return new Path(hops, null, broken);
    }

    private static Path forwarded(HttpFields fields, CidrSet trusted) {
        var hops = new ArrayList<Hop>();
        ForwardedField.Element first = null;
        String broken = null;
        boolean proxies = true;
        for (var each = ForwardedField.lastFirst(fields).iterator(); each.hasNext() && proxies; ) {
            var element = each.next();
            first = element.readable() ? element : null;
            var hop = element.hop();
            var address = hop == null ? null : hop.node().address();
            if (hop == null || address == null) {
                broken = element.text();
                break;
            }
            hops.addFirst(hop);
            proxies = trusted.contains(address);
        }
        return new Path(hops, first, broken);
    }

    /// X-Forwarded-Proto is about the last.
    private static Path withScheme(Path listed, @Nullable String scheme) {
        if (scheme == null || scheme.isEmpty() || listed.hops.isEmpty()) {
            return listed;
        }
        var hops = new ArrayList<>(listed.hops);
        hops.add(new Hop(hops.removeLast().node(), scheme, null, null));
        return new Path(hops, null, listed.broken);
    }

    private static boolean agree(List<Hop> forwarded, List<Hop> listed) {
        if (forwarded.size() != listed.size() || listed.isEmpty()) {
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

    /// The item that as many proxies wrote, seen from the right; the first where there are fewer.
    private static @Nullable String item(HttpFields fields, HttpHeader header, int depth) {
        if (!fields.contains(header)) {
            return null;
        }
        var items = items(fields, header);
        return items.isEmpty() ? null : items.get(Math.max(0, items.size() - depth));
    }

    /// The items of all fields of that name, without the blank ones.
    private static List<String> items(HttpFields fields, HttpHeader header) {
        var items = new ArrayList<String>();
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            if (field.getHeader() != header || field.getValue() == null) {
                continue;
            }
            var value = field.getValue();
            for (int start = 0; start <= value.length(); ) {
                int comma = value.indexOf(',', start);
                int end = comma < 0 ? value.length() : comma;
                var item = value.substring(start, end).strip();
                if (!item.isEmpty()) {
                    items.add(item);
                }
                start = end + 1;
            }
        }
        return items;
    }

    /// Tells the log what cannot be used, once a minute: a proxy that does it once does it with every request.
    void warn(String requestId) {
        var what = unusable;
        if (what == null) {
            return;
        }
        long now = System.nanoTime();
        long next = NEXT_WARNING_NANOS.get();
        if (now - next >= 0 && NEXT_WARNING_NANOS.compareAndSet(next, now + WARNING_INTERVAL_NANOS)) {
            LOG.warn(
                    "forwarding fields of a trusted proxy not usable request_id={} client={} field={} value={}"
                            + " reason=\"{}\"",
                    requestId,
                    chain.getLast().node().name(),
                    what.field(),
                    quoted(what.value()),
                    what.reason());
        }
    }

    private static String quoted(String value) {
        var text = value.length() > 200 ? value.substring(0, 200) : value;
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
