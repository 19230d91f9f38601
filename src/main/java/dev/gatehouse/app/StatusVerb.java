package dev.gatehouse.app;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.control.Verb;
import dev.gatehouse.upstream.Upstreams;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the proxy is and does at the moment.
final class StatusVerb implements Verb {
    private final Gatehouse proxy;
    private final Reloader reloader;

    StatusVerb(Gatehouse proxy, Reloader reloader) {
        this.proxy = proxy;
        this.reloader = reloader;
    }

    @Override
    public Map<String, Object> answer(Map<String, Object> request) {
        var now = Instant.now();
        var generation = proxy.generation();
        var history = reloader.history();
        var answer = new LinkedHashMap<String, Object>();
        answer.put("version", VersionCommand.number());
        answer.put("pid", ProcessHandle.current().pid());
        answer.put("state", proxy.isDraining() ? "draining" : "running");
        answer.put("started", second(proxy.started()));
        answer.put("uptime_s", Duration.between(proxy.started(), now).toSeconds());
        answer.put("config", generation.config().file().toString());
        answer.put("generation", generation.number());
        answer.put("generation_since", second(generation.since()));
        answer.put("reloads", history.reloaded());
        answer.put("reloads_rejected", history.rejected());
        answer.put("tls_primitives", proxy.primitives());
        answer.put("listeners", listeners());
        answer.put(
                "apps", generation.config().apps().stream().map(StatusVerb::app).toList());
        answer.put("upstreams", upstreams());
        answer.put("certificates", certificates(generation, now));
        answer.put("connections", connections());
        answer.put("memory", memory());
        answer.put("refused", proxy.refused());
        return answer;
    }

    private static String second(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private List<Map<String, Object>> listeners() {
        var listeners = new ArrayList<Map<String, Object>>();
        proxy.plainAddresses().forEach(address -> listeners.add(listener("http", address)));
        proxy.tlsAddresses().forEach(address -> listeners.add(listener("https", address)));
        return listeners;
    }

    private static Map<String, Object> listener(String protocol, InetSocketAddress address) {
        return Map.of("protocol", protocol, "address", Words.address(address));
    }

    private static Map<String, Object> app(AppConfig app) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("name", app.name());
        facts.put("server_names", app.serverNames());
        facts.put("tls", app.tls() != null);
        facts.put("routes", app.routes().stream().map(StatusVerb::route).toList());
        return facts;
    }

    private static Map<String, Object> route(RouteConfig route) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("path", route.path());
        facts.put("load_balance", route.loadBalance().text());
        facts.put(
                "upstreams",
                route.upstreams().stream().map(UpstreamConfig::address).toList());
        return facts;
    }

    private List<Map<String, Object>> upstreams() {
        var loads = new ArrayList<>(proxy.upstreams());
        loads.sort(Comparator.comparing(load -> load.upstream().address()));
        return loads.stream().map(StatusVerb::upstream).toList();
    }

    private static Map<String, Object> upstream(Upstreams.Load load) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("address", load.upstream().address());
        facts.put("tls", load.upstream().tls());
        facts.put("protocol", load.http2() ? "HTTP/2" : "HTTP/1.1");
        facts.put("connections", load.connections());
        facts.put("idle", load.idle());
        facts.put("requests", load.requests());
        return facts;
    }

    private static List<Map<String, Object>> certificates(Generation generation, Instant now) {
        var certificates = new ArrayList<Map<String, Object>>();
        for (var app : generation.config().apps()) {
            var facts = CertificateFacts.of(generation.sites().store().find(app.serverName()), now);
            if (facts != null) {
                var withApp = new LinkedHashMap<String, Object>();
                withApp.put("app", app.name());
                withApp.putAll(facts);
                certificates.add(withApp);
            }
        }
        return certificates;
    }

    private Map<String, Object> memory() {
        var budget = proxy.buffers().budget();
        var facts = new LinkedHashMap<String, Object>();
        facts.put("held", budget.held());
        facts.put("limit", budget.limit());
        facts.put("exhausted", proxy.buffers().exhausted());
        facts.put("requests", proxy.requests().underWay());
        facts.put("requests_limit", proxy.requests().limit());
        return facts;
    }

    private Map<String, Object> connections() {
        var clients = proxy.clients();
        var facts = new LinkedHashMap<String, Object>();
        facts.put("http1", clients.http1());
        facts.put("http2", clients.http2());
        facts.put("tunnels", clients.tunnels());
        facts.put("handshakes", clients.handshakes());
        facts.put("closing", clients.closing());
        return facts;
    }
}
