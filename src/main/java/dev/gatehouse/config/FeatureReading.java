package dev.gatehouse.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads the tables whose presence turns a feature on. Each is absent where its node is.
///
/// @param file the configuration, absolute
record FeatureReading(Path file, Problems problems, Paths paths, Node root, TrustReading trust) {
    @Nullable
    Http3Config http3(@Nullable Node node) {
        if (node == null) {
            return null;
        }
        if (!root.has("listen_port_tls")) {
            problems.warning(Code.UNUSED, node.path(), "HTTP/3 needs listen_port_tls", "set listen_port_tls");
        }
        return new Http3Config(
                node.number("alt_svc_max_age"),
                node.integerOrNull("request_max_body_size"),
                node.integer("max_concurrent_connections"),
                node.integer("max_concurrent_bidistream"),
                node.integer("max_concurrent_unistream"),
                Duration.ofSeconds(node.number("max_idle_timeout")));
    }

    @Nullable
    CacheConfig cache(@Nullable Node node) {
        if (node == null) {
            return null;
        }
        long each = node.number("max_cache_each_size");
        long memory = node.number("max_cache_each_size_on_memory");
        if (memory > each) {
            if (node.has("max_cache_each_size_on_memory")) {
                problems.warning(
                        Code.UNUSED,
                        node.path("max_cache_each_size_on_memory"),
                        memory + " is more than max_cache_each_size, and is read as " + each,
                        "at most " + each);
            }
            memory = each;
        }
        return new CacheConfig(
                Objects.requireNonNullElse(paths.existing(node, "cache_dir"), file),
                node.integer("max_cache_entry"),
                each,
                memory,
                node.number("max_cache_total_size"));
    }

    @Nullable
    ProxyProtocolConfig proxyProtocol(@Nullable Node node) {
        if (node == null) {
            return null;
        }
        long millis = node.number("timeout");
        return new ProxyProtocolConfig(
                trust.networks(node, "trusted_proxies", CidrSet::parseNetworks),
                millis == 0 ? Duration.ofSeconds(5) : Duration.ofMillis(millis));
    }
}
