package dev.gatehouse.app;

import dev.gatehouse.control.Json;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "certs", description = "Says which certificates the running proxy shows, and when they are renewed.")
final class CertsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private final ViewOptions view = new ViewOptions();

    @Override
    public Integer call() {
        return view.show(
                spec,
                "certs",
                (out, answer) -> Json.maps(answer.get("certificates")).forEach(each -> print(out, each)));
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
