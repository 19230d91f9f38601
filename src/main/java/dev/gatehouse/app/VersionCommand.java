package dev.gatehouse.app;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.eclipse.jetty.util.Jetty;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "version", description = "Shows the version.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(text());
        return ExitCode.OK;
    }

    /// `gatehouse 0.1.0 (Java 25.0.1, Jetty 12.1.14)`
    static String text() {
        return "gatehouse " + number() + " (Java " + Runtime.version() + ", Jetty " + Jetty.VERSION + ")";
    }

    /// From the jar's manifest.
    static String number() {
        return Objects.requireNonNullElse(Main.class.getPackage().getImplementationVersion(), "development");
    }
}
