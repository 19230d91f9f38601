package dev.gatehouse.app;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "stop",
        description = "Lets the running proxy serve who is there, and waits until its process has ended.")
final class StopCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private final ControlOption control = new ControlOption();

    @Option(names = "--now", description = "Cuts off who is there; also when the proxy is stopping already.")
    private boolean now;

    @Override
    public Integer call() {
        var err = spec.commandLine().getErr();
        var answer = control.proxy().ask(err, Map.of("verb", "stop", "now", now));
        if (answer == null) {
            return ExitCode.RUNTIME;
        }
        if (!(answer.get("pid") instanceof Long pid)) {
            err.println("gatehouse: " + answer.get("error"));
            return ExitCode.RUNTIME;
        }
        ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        spec.commandLine().getOut().println("stopped, it was pid " + pid);
        return ExitCode.OK;
    }
}
