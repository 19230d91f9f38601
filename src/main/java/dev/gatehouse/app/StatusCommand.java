package dev.gatehouse.app;

import dev.gatehouse.control.Json;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "status", description = "Says what the running proxy serves, and how it is.")
final class StatusCommand implements Callable<Integer> {
    /// From here on a certificate is worth a look.
    private static final long SOON_DAYS = 14;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private final ViewOptions view = new ViewOptions();

    @Override
    public Integer call() {
        return view.show(spec, "status", StatusCommand::print);
    }

    private static void print(PrintWriter out, Map<String, Object> answer) {
        out.printf(
                "gatehouse %s, pid %s, %s since %s (%s)%n",
                answer.get("version"), answer.get("pid"), answer.get("state"), answer.get("started"), uptime(answer));
        out.printf(
                "generation %s since %s, of %s%n",
                answer.get("generation"), answer.get("generation_since"), answer.get("config"));
        out.printf("reloads: %s, rejected: %s%n", answer.get("reloads"), answer.get("reloads_rejected"));
        out.printf("tls primitives: %s%n", answer.get("tls_primitives"));
        var clients = Json.map(answer.get("connections"));
        out.printf(
                "clients: %s HTTP/1, %s HTTP/2, %s tunnels, %s in handshakes, %s closing%n",
                clients.get("http1"),
                clients.get("http2"),
                clients.get("tunnels"),
                clients.get("handshakes"),
                clients.get("closing"));
        var memory = Json.map(answer.get("memory"));
        out.printf(
                "requests: %s under way, of %s; bytes held: %s, of %s%n",
                memory.get("requests"), memory.get("requests_limit"), memory.get("held"), memory.get("limit"));
        var refused = Json.map(answer.getOrDefault("refused", Map.of()));
        if (!refused.isEmpty()) {
            var reasons = refused.entrySet().stream().map(reason -> reason.getKey() + " " + reason.getValue());
            out.printf("refused since the start: %s%n", reasons.collect(Collectors.joining(", ")));
        }
        title(out, "listeners");
        for (var listener : Json.maps(answer.get("listeners"))) {
            out.printf("  %-5s %s%n", listener.get("protocol"), listener.get("address"));
        }
        title(out, "apps");
        for (var app : Json.maps(answer.get("apps"))) {
            out.printf("  %s: %s%n", app.get("name"), Words.list(app.get("server_names")));
            for (var route : Json.maps(app.get("routes"))) {
                out.printf(
                        "    %s -> %s (%s)%n",
                        route.get("path"), Words.list(route.get("upstreams")), route.get("load_balance"));
            }
        }
        title(out, "upstreams");
        for (var upstream : Json.maps(answer.get("upstreams"))) {
            out.printf(
                    "  %s: %s%s, %s connections, %s of them idle, %s requests%n",
                    upstream.get("address"),
                    upstream.get("protocol"),
                    Boolean.TRUE.equals(upstream.get("tls")) ? " over TLS" : "",
                    upstream.get("connections"),
                    upstream.get("idle"),
                    upstream.get("requests"));
        }
        title(out, "certificates");
        for (var certificate : Json.maps(answer.get("certificates"))) {
            long days = certificate.get("days_left") instanceof Long left ? left : 0;
            out.printf(
                    "  %s: %s, until %s, %d days left%s%n",
                    certificate.get("app"),
                    certificate.get("names"),
                    certificate.get("not_after"),
                    days,
                    days < SOON_DAYS ? " (!)" : "");
        }
    }

    private static void title(PrintWriter out, String text) {
        out.println();
        out.println(text);
    }

    private static String uptime(Map<String, Object> answer) {
        var time = Duration.ofSeconds(answer.get("uptime_s") instanceof Long seconds ? seconds : 0);
        return time.toDays() > 0
                ? "%dd %dh".formatted(time.toDays(), time.toHoursPart())
                : "%dh %dm %ds".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
