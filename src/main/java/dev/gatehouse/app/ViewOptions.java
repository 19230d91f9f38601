package dev.gatehouse.app;

import dev.gatehouse.control.Json;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.BiConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// How a command shows what the running proxy says: as text, or as JSON.
final class ViewOptions {
    @Mixin
    private final ControlOption control = new ControlOption();

    @Option(names = "--json", description = "One JSON object on one line.")
    private boolean json;

    /// Asks, and prints the answer.
    ///
    /// @param text prints it for people
    /// @return an [ExitCode]
    int show(CommandSpec spec, String verb, BiConsumer<PrintWriter, Map<String, Object>> text) {
        var out = spec.commandLine().getOut();
        var answer = control.proxy().ask(spec.commandLine().getErr(), Map.of("verb", verb));
        if (answer == null) {
            return ExitCode.RUNTIME;
        }
        if (json) {
            out.println(Json.write(answer));
        } else {
            text.accept(out, answer);
        }
        return Boolean.TRUE.equals(answer.get("ok")) ? ExitCode.OK : ExitCode.RUNTIME;
    }
}
