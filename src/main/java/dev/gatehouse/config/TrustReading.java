package dev.gatehouse.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/// Reads who is trusted, and which fields of strangers are.
final class TrustReading {
    private final Problems problems;
    private final Node root;

    TrustReading(Problems problems, Node root) {
        this.problems = problems;
        this.root = root;
    }

    CidrSet networks(Node node, String name, Function<List<String>, CidrSet> parser) {
        boolean aliased = node.equals(root);
        var entries = node.parseAll(name, text -> {
            var entry = text.strip();
            var network = Addresses.v4OrNull(entry) != null
                    ? entry + "/32"
                    : Addresses.v6OrNull(entry) != null ? entry + "/128" : entry;
            try {
                var _ = parser.apply(List.of(network));
            } catch (IllegalArgumentException e) {
                var aliases = List.of("cloudflare", "cloudfront", "fastly");
                var near = aliased ? Words.didYouMean(entry.toLowerCase(Locale.ROOT), aliases) : null;
                throw new BadValue(
                        Words.quote(text) + " is not a network",
                        Objects.requireNonNullElse(
                                near,
                                aliased
                                        ? "\"10.0.0.0/8\", \"2001:db8::/32\", or cloudflare, cloudfront, fastly"
                                        : "\"10.0.0.0/8\", \"2001:db8::/32\""));
            }
            return network;
        });
        return entries.isEmpty() ? CidrSet.EMPTY : parser.apply(entries);
    }

    /// `keep_forwarding_headers`.
    FieldNames kept() {
        var kept = new ArrayList<String>();
        for (var item : root.items("keep_forwarding_headers")) {
            var name = item.value();
            if (ForwardingFields.WRITTEN.contain(name)) {
                problems.error(
                        Code.BAD_VALUE,
                        item.path(),
                        Words.quote(name) + " is always written by the proxy itself",
                        "remove it; what a proxy in front writes is believed by trusted_forwarded_proxies");
            } else if (!ForwardingFields.STRANGERS.contain(name)) {
                problems.warning(
                        Code.UNUSED,
                        item.path(),
                        Words.quote(name) + " is not on the list of fields that are removed",
                        "remove it");
            } else {
                kept.add(name);
            }
        }
        return FieldNames.of(kept);
    }
}
