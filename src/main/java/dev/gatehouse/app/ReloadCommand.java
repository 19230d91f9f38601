package dev.gatehouse.app;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "reload",
        description = "Lets the running proxy read its configuration again, and says what came of it.")
final class ReloadCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private final ControlOption control = new ControlOption();

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        var answer = control.proxy().ask(err, Map.of("verb", "reload"));
        if (answer == null) {
            return ExitCode.RUNTIME;
        }
        if (answer.get("report") instanceof String report) {
            out.print(report);
            out.flush();
        }
        if (Boolean.TRUE.equals(answer.get("ok"))) {
            boolean changed = Boolean.TRUE.equals(answer.get("changed"));
            out.println((changed ? "reloaded: " : "unchanged: ") + "generation " + answer.get("generation"));
            return ExitCode.OK;
        }
        err.println("gatehouse: " + answer.get("error"));
        return answer.containsKey("report") ? ExitCode.CONFIGURATION : ExitCode.RUNTIME;
    }
}
