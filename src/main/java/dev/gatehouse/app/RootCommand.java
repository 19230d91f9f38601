package dev.gatehouse.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `gatehouse` without a subcommand: only help and version.
@Command(
        name = "gatehouse",
        description = "A TLS-terminating reverse proxy for many domains, configured by one TOML file.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            ReloadCommand.class,
            StatusCommand.class,
            CertsCommand.class,
            ExplainCommand.class,
            StopCommand.class,
            UpgradeCommand.class,
            DemoCommand.class,
            VersionCommand.class,
            HelpCommand.class
        },
        footerHeading = "%nExit codes: ",
        footer = "0 ok, 1 configuration, 2 usage, 3 runtime.")
final class RootCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Option(
            names = {"-V", "--version"},
            description = "Shows the version.")
    private boolean version;

    @Override
    public Integer call() {
        if (version) {
            spec.commandLine().getOut().println(VersionCommand.text());
            return ExitCode.OK;
        }
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
