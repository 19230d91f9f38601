package dev.gatehouse.app;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "upgrade",
        description = "Lets a new process of what is installed now take the place of the running one.")
final class UpgradeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private final ControlOption control = new ControlOption();

    @Override
    public Integer call() {
        var err = spec.commandLine().getErr();
        var answer = control.proxy().ask(err, Map.of("verb", "upgrade"));
        if (answer == null) {
            return ExitCode.RUNTIME;
        }
        if (!Boolean.TRUE.equals(answer.get("ok"))) {
            err.println("gatehouse: " + answer.get("error"));
            err.println("the old process goes on");
            return ExitCode.RUNTIME;
        }
        spec.commandLine().getOut().println("upgraded: pid " + answer.get("pid") + " has taken over");
        return ExitCode.OK;
    }
}
