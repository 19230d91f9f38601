package dev.gatehouse.app;

import dev.gatehouse.config.ProblemReport;
import dev.gatehouse.control.Json;
import dev.gatehouse.control.Refused;
import dev.gatehouse.route.Router;
import dev.gatehouse.tls.CertificateSource;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "explain",
        description = "Says what would become of a request, and why: by the running proxy, or by a file.")
final class ExplainCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Option(
            names = {"-s", "--socket"},
            paramLabel = "SOCKET",
            description =
                    "The proxy's control socket. Default: what control_socket in " + ConfigOption.USUAL + " says.")
    private @Nullable Path socket;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Asks no proxy: goes by this configuration.")
    private @Nullable Path file;

    @Option(
            names = {"-X", "--method"},
            paramLabel = "METHOD",
            defaultValue = "GET",
            description = "The method of the request. Default: ${DEFAULT-VALUE}")
    private String method = "GET";

    @Option(names = "--json", description = "One JSON object on one line.")
    private boolean json;

    @Parameters(paramLabel = "URL", description = "https://shop.example.com/cart?id=1")
    @SuppressWarnings("NullAway.Init") // picocli
    private String url;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        var request = Map.<String, Object>of("verb", "explain", "url", url, "method", method);
        if (file != null) {
            return byFile(out, err, file, request);
        }
        var answer = new RunningProxy(socket, Path.of(ConfigOption.USUAL)).ask(err, request);
        return answer == null ? ExitCode.RUNTIME : print(out, err, answer);
    }

    private int byFile(PrintWriter out, PrintWriter err, Path config, Map<String, Object> request) {
        var checked = CheckedConfig.read(config, null);
        var good = checked.config();
        if (good == null) {
            err.print(ProblemReport.render(checked.source(), checked.problems()));
            err.flush();
            return ExitCode.CONFIGURATION;
        }
        try {
            var sites = Sites.load(good, checked.files(), CertificateSource.NONE, null)
                    .store();
            var answer = new LinkedHashMap<String, Object>();
            answer.put("ok", true);
            answer.putAll(Explanation.of(good, Router.of(good), sites).of(request));
            return print(out, err, answer);
        } catch (StartException unusable) {
            err.println("gatehouse: " + unusable.getMessage());
            return ExitCode.CONFIGURATION;
        } catch (Refused refused) {
            err.println("gatehouse: " + refused.getMessage());
            return ExitCode.USAGE;
        }
    }

    private int print(PrintWriter out, PrintWriter err, Map<String, Object> answer) {
        if (!Boolean.TRUE.equals(answer.get("ok"))) {
            err.println("gatehouse: " + answer.get("error"));
            return ExitCode.USAGE;
        }
        if (json) {
            out.println(Json.write(answer));
        } else {
            print(out, answer);
        }
        return ExitCode.OK;
    }

    private static void print(PrintWriter out, Map<String, Object> answer) {
        var status = answer.get("status") == null ? "" : " with " + answer.get("status");
        switch (String.valueOf(answer.get("decision"))) {
            case "forward" -> out.println(answer.get("method") + " " + answer.get("url") + " is forwarded");
            case "redirect" ->
                out.println(answer.get("url") + " is redirected" + status + " to " + answer.get("location"));
            default -> out.println(answer.get("url") + " is refused" + status + ", " + answer.get("failure"));
        }
        line(out, "because", answer.get("because"));
        line(out, "note", answer.get("note"));
        if (answer.get("certificate") != null) {
            var its = Json.map(answer.get("certificate"));
            line(
                    out,
                    "certificate",
                    its.get("names") + ", until " + its.get("not_after") + ", " + its.get("days_left") + " days left");
            line(out, "  file", its.get("file"));
        }
        line(out, "certificate", answer.get("certificate_note"));
        line(out, "app", answer.get("app"));
        line(out, "  because", answer.get("app_because"));
        line(out, "path", answer.get("path"));
        line(out, "  received", answer.get("path_received"));
        line(out, "route", answer.get("route"));
        line(out, "  because", answer.get("route_because"));
        if (answer.get("upstreams") != null) {
            line(
                    out,
                    "upstreams",
                    Json.maps(answer.get("upstreams")).stream()
                            .map(one -> one.get("address") + (Boolean.TRUE.equals(one.get("tls")) ? " over TLS" : ""))
                            .collect(Collectors.joining(", ")));
            line(out, "balancing", answer.get("load_balance"));
            line(out, "options", Words.list(answer.get("options")));
            line(out, "asks for", answer.get("method") + " " + answer.get("target"));
            if (answer.get("header") instanceof List<?> fields) {
                fields.forEach(field -> line(out, "", field));
            }
        }
    }

    private static void line(PrintWriter out, String name, @Nullable Object value) {
        if (value != null) {
            out.printf("  %-12s %s%n", name, value);
        }
    }
}
