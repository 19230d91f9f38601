package dev.gatehouse.app;

import dev.gatehouse.control.Json;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "certs", description = "Says which certificates the running proxy shows, and when they are renewed.")
final class CertsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private final ControlOption control = new ControlOption();

    @Option(names = "--json", description = "One JSON object on one line.")
    private boolean json;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        var answer = control.proxy().ask(spec.commandLine().getErr(), Map.of("verb", "certs"));
        if (answer == null) {
            return ExitCode.RUNTIME;
        }
        if (json) {
            out.println(Json.write(answer));
        } else {
            Json.maps(answer.get("certificates")).forEach(certificate -> print(out, certificate));
        }
        return Boolean.TRUE.equals(answer.get("ok")) ? ExitCode.OK : ExitCode.RUNTIME;
    }

    private static void print(PrintWriter out, Map<String, Object> certificate) {
        out.printf("%s: %s%n", certificate.get("app"), Words.list(certificate.get("server_names")));
        if (certificate.get("not_after") == null) {
            line(out, "none yet", Boolean.TRUE.equals(certificate.get("ordering")) ? "an order is under way" : "");
        } else {
            line(out, "names", certificate.get("names"));
            line(out, "issuer", certificate.get("issuer"));
            line(out, "key", certificate.get("key"));
            line(out, "until", certificate.get("not_after") + ", " + certificate.get("days_left") + " days left");
        }
        if ("acme".equals(certificate.get("source"))) {
            line(out, "source", certificate.get("directory") + " by " + certificate.get("challenge"));
            line(out, "renewal", certificate.get("next_renewal"));
        } else {
            line(out, "source", certificate.get("file"));
        }
        line(out, "error", certificate.get("last_error"));
        if (certificate.get("next_try") != null) {
            line(out, "next try", certificate.get("next_try") + ", failures so far: " + certificate.get("failures"));
        }
    }

    private static void line(PrintWriter out, String name, @Nullable Object value) {
        if (value != null) {
            out.printf("  %-9s %s%n", name, value);
        }
    }
}
