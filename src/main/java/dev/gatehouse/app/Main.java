package dev.gatehouse.app;

import dev.gatehouse.config.ShellWord;
import dev.gatehouse.config.SpellingSuggestion;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line's entry point.
public final class Main {
    private Main() {}

    /// Runs one command and exits with its code.
    public static void main(String[] arguments) {
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Utf8Paths.ensure(err);
        System.exit(run(out, err, arguments));
    }

    /// Runs one command.
    ///
    /// @return its [ExitCode]
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        var commandLine = new CommandLine(new RootCommand())
                .setOut(out)
                .setErr(err)
                .registerConverter(CheckCommand.Format.class, CheckCommand.Format::parse)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO))
                .setParameterExceptionHandler(Main::misused)
                .setExecutionExceptionHandler((exception, command, _) -> {
                    command.getErr().println("gatehouse: this is a bug, please report it:");
                    exception.printStackTrace(command.getErr());
                    return ExitCode.RUNTIME;
                });
        addHelp(commandLine);
        commandLine.getSubcommands().values().forEach(Main::addHelp);
        return commandLine.execute(arguments);
    }

    private static void addHelp(CommandLine command) {
        if (!(command.getCommand() instanceof CommandLine.HelpCommand)) {
            command.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Shows this help.")
                            .build());
        }
    }

    private static int misused(ParameterException exception, String[] arguments) {
        var command = exception.getCommandLine();
        var name = command.getCommandSpec().qualifiedName(" ");
        var err = command.getErr();
        if (exception instanceof UnmatchedArgumentException unmatched) {
            var word = unmatched.getUnmatched().getFirst();
            var known = word.startsWith("-")
                    ? command.getCommandSpec().optionsMap().keySet()
                    : command.getSubcommands().keySet();
            var kind = word.startsWith("-") ? "option" : known.isEmpty() ? "argument" : "command";
            err.println("gatehouse: unknown " + kind + " '" + word + "'");
            if (startsLikeRpxy(arguments)) {
                err.println("hint: gatehouse run "
                        + Stream.of(arguments).map(ShellWord::of).collect(Collectors.joining(" ")));
                return ExitCode.USAGE;
            }
            var near = SpellingSuggestion.nearest(word, known);
            if (near != null) {
                err.println("hint: did you mean '" + near + "'?");
                return ExitCode.USAGE;
            }
        } else {
            err.println("gatehouse: " + exception.getMessage());
        }
        err.println("hint: " + name + " --help");
        return ExitCode.USAGE;
    }

    private static boolean startsLikeRpxy(String[] arguments) {
        return arguments.length > 0
                && List.of("-c", "--config", "-l", "--log-dir").contains(arguments[0]);
    }
}
