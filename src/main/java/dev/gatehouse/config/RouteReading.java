package dev.gatehouse.config;

import dev.gatehouse.config.Node.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes routes of `[[apps.NAME.reverse_proxy]]`.
final class RouteReading {
    private final Problems problems;
    private final Paths paths;
    private final TimeoutsConfig timeouts;
    private int ordinal;

    /// @param timeouts those of the file
    RouteReading(Problems problems, Paths paths, TimeoutsConfig timeouts) {
        this.problems = problems;
        this.paths = paths;
        this.timeouts = timeouts;
    }

    /// @param path as [#path] gives it
    RouteConfig route(Node node, String path) {
        var health = healthCheck(node);
        var balance = balance(node);
        if (balance == LoadBalance.PRIMARY_BACKUP && health == null && !node.refused("health_check")) {
            problems.error(
                    Code.CONFLICT,
                    node.path("load_balance"),
                    "\"primary_backup\" needs a health check",
                    "add health_check = true");
        }
        return new RouteConfig(
                ordinal++,
                path,
                node.parse("replace_path", PathText::parse),
                upstreams(node),
                options(node),
                balance,
                health,
                new TimeoutsReading(problems).route(node.sub("timeouts"), timeouts),
                encodedSlash(node),
                upgrades(node),
                node.flag("via"));
    }

    private static Upgrades upgrades(Node node) {
        return node.has("upgrades") && !node.refused("upgrades")
                ? new Upgrades(Set.copyOf(node.parseAll("upgrades", Upgrades::parse)))
                : Upgrades.ANY;
    }

    private static @Nullable EncodedSlash encodedSlash(Node node) {
        var text = node.textOrNull("encoded_slash");
        return text == null ? null : EncodedSlash.of(text);
    }

    /// Null where the file has a wrong one.
    @Nullable
    String path(Node node) {
        var parsed = node.refused("path") ? null : node.parse("path", PathText::parse);
        if (parsed == null) {
            return null;
        }
        var trimmed = PathText.withoutTrailingSlash(parsed);
        var path = PathText.withoutTrailingSlash(CanonicalPath.of(parsed));
        if (trimmed.contains("//") || trimmed.indexOf(';') >= 0) {
            problems.warning(
                    Code.CHANGED,
                    node.path("path"),
                    Words.quote(parsed) + " is read as " + Words.quote(path)
                            + ": empty segments and what follows ';' do not count in paths",
                    "path = " + Words.quote(path));
        } else if (!trimmed.equals(parsed)) {
            problems.warning(
                    Code.CHANGED,
                    node.path("path"),
                    Words.quote(parsed) + " is read as " + Words.quote(path) + ", which covers all below it;"
                            + " in rpxy it covers only itself",
                    "leave the last slash away");
        }
        return path;
    }

    private List<UpstreamConfig> upstreams(Node node) {
        var upstreams = new ArrayList<UpstreamConfig>();
        for (var entry : node.entries("upstream")) {
            var upstream = upstream(entry);
            if (upstream != null) {
                upstreams.add(upstream);
            }
        }
        return upstreams;
    }

    private @Nullable UpstreamConfig upstream(Node node) {
        boolean tls = node.flag("tls");
        boolean skip = node.flag("insecure_skip_verify");
        var ca = paths.relativeToFile(node, "ca_path");
        needsTls(node, "ca_path", node.has("ca_path") && !tls);
        needsTls(node, "insecure_skip_verify", skip && !tls);
        if (skip && node.has("ca_path")) {
            problems.error(
                    Code.CONFLICT,
                    node.path("insecure_skip_verify"),
                    "no certificate is verified, so ca_path at " + problems.at(node.path("ca_path")) + " has no use",
                    "remove insecure_skip_verify");
        } else if (skip && tls) {
            problems.warning(
                    Code.RISKY,
                    node.path("insecure_skip_verify"),
                    "ANY CERTIFICATE IS ACCEPTED: whoever sits between here and the upstream can read and change"
                            + " everything",
                    "name the CA that signed its certificate: ca_path = \"ca.pem\"");
        }
        var location = node.parse("location", Location::parse);
        if (location == null) {
            return null;
        }
        if (tls && location.host().endsWith(".")) {
            problems.error(
                    Code.BAD_VALUE,
                    node.path("location"),
                    Words.quote(location.host()) + ": with TLS a name has no dot at its end",
                    null);
        }
        var port = location.port();
        return new UpstreamConfig(location.host(), port != null ? port : tls ? 443 : 80, port != null, tls, ca, skip);
    }

    private void needsTls(Node node, String name, boolean wrong) {
        if (wrong && !node.refused("tls")) {
            problems.error(Code.CONFLICT, node.path(name), "only possible with tls = true", "add tls = true");
        }
    }

    private Set<UpstreamOption> options(Node node) {
        var options = EnumSet.noneOf(UpstreamOption.class);
        for (Item item : node.items("upstream_options")) {
            var option = Arrays.stream(UpstreamOption.values())
                    .filter(value -> value.text().equals(item.value()))
                    .findFirst()
                    .orElseThrow();
            options.add(option);
            if (isSecondOf(
                    option, UpstreamOption.FORCE_HTTP11_UPSTREAM, UpstreamOption.FORCE_HTTP2_UPSTREAM, options)) {
                problems.error(
                        Code.CONFLICT,
                        item.path(),
                        "force_http11_upstream and force_http2_upstream exclude each other",
                        "remove one of them");
            }
            if (isSecondOf(option, UpstreamOption.KEEP_ORIGINAL_HOST, UpstreamOption.SET_UPSTREAM_HOST, options)) {
                problems.warning(
                        Code.UNUSED,
                        item.path(),
                        "keep_original_host wins over set_upstream_host",
                        "remove one of them");
            }
        }
        return options;
    }

    private static boolean isSecondOf(
            UpstreamOption option, UpstreamOption one, UpstreamOption other, Set<UpstreamOption> options) {
        return (option == one && options.contains(other)) || (option == other && options.contains(one));
    }

    private LoadBalance balance(Node node) {
        var text = node.text("load_balance");
        var balance = Arrays.stream(LoadBalance.values())
                .filter(value -> value.text().equals(text))
                .findFirst()
                .orElseThrow();
        problems.notBuilt(node.path("load_balance"), Unbuilt.of(balance));
        return balance;
    }

    private @Nullable HealthCheckConfig healthCheck(Node route) {
        var node = route.sub("health_check");
        if (node == null) {
            return null;
        }
        problems.notBuilt(node.path(), Unbuilt.of("health_check"));
        boolean http = node.text("type").equals("http");
        long interval = node.number("interval");
        long timeout = node.number("timeout");
        if (timeout >= interval) {
            problems.error(
                    Code.CONFLICT,
                    node.path("timeout"),
                    "the timeout (" + timeout + " s) must be less than the interval (" + interval + " s)",
                    null);
        }
        var path = node.parse("path", RouteReading::probePath);
        if (http && !node.has("path")) {
            problems.error(
                    Code.MISSING_KEY, node.path() + ".path", "missing; type = \"http\" needs it", "path = \"/\"");
        }
        for (var name : List.of("path", "expected_status")) {
            if (!http && node.has(name)) {
                problems.warning(Code.UNUSED, node.path(name), "a TCP check does not use it", "add type = \"http\"");
            }
        }
        return new HealthCheckConfig(
                http,
                Duration.ofSeconds(interval),
                Duration.ofSeconds(timeout),
                node.integer("unhealthy_threshold"),
                node.integer("healthy_threshold"),
                http ? Objects.requireNonNullElse(path, "/") : null,
                node.integer("expected_status"));
    }

    /// A path and perhaps a query.
    private static String probePath(String text) throws BadValue {
        int query = text.indexOf('?');
        PathText.parse(query < 0 ? text : text.substring(0, query));
        if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#')) {
            throw new BadValue(Words.quote(text) + " cannot be asked for", null);
        }
        return text;
    }
}
