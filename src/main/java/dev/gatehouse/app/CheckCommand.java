package dev.gatehouse.app;

import dev.gatehouse.config.ProblemReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "check",
        description = "Says whether the configuration and the files it names can be used; starts nothing.")
final class CheckCommand implements Callable<Integer> {
    /// How the report is written.
    enum Format {
        TEXT,
        JSON;

        static Format parse(String text) {
            return switch (text) {
                case "text" -> TEXT;
                case "json" -> JSON;
                default -> throw new TypeConversionException("expected text or json, not '" + text + "'");
            };
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "How the report is written to standard output. Default: ${DEFAULT-VALUE}")
    private Format format = Format.TEXT;

    @Override
    public Integer call() {
        var checked = CheckedConfig.read(config.file(), null);
        var out = spec.commandLine().getOut();
        if (format == Format.JSON) {
            out.println(ProblemJson.render(checked));
        } else {
            out.print(ProblemReport.render(checked.source(), checked.problems()));
            if (!checked.hasErrors() && checked.config() != null) {
                var good = checked.config();
                out.println(checked.source().file() + ": ok, "
                        + Words.count(good.apps().size(), "app") + ", " + Words.count(good.routeCount(), "route"));
            }
            out.flush();
        }
        return checked.hasErrors() ? ExitCode.CONFIGURATION : ExitCode.OK;
    }
}
