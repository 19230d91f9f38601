package dev.gatehouse.config;

import dev.gatehouse.config.Problem.Severity;
import java.util.List;
import java.util.Locale;

/// Problems as an administrator reads them.
///
/// ```
/// config.toml:42:1: error[config.unknown_key] apps.shop.tls.tls_cert_pth: unknown key
///     tls_cert_pth = "shop.crt"
///     ^
///     did you mean "tls_cert_path"?
/// ```
public final class ProblemReport {
    private static final String INDENT = "    ";
    private static final int MOST = 50;

    /// How much of a long line is shown, in characters, and how much of that stands before the column.
    private static final int WIDTH = 110;

    private static final int BEFORE = 60;

    private ProblemReport() {}

    /// All problems of a reading; empty where there are none.
    public static String render(ConfigResult result) {
        return render(result.source(), result.problems());
    }

    /// Problems of one file, also those that later checks found.
    public static String render(ConfigSource source, List<Problem> problems) {
        if (problems.isEmpty()) {
            return "";
        }
        var sorted = problems.stream().sorted(Problems.BY_PLACE).toList();
        var text = new StringBuilder();
        sorted.stream().limit(MOST).forEach(problem -> append(text, source, problem));
        if (sorted.size() > MOST) {
            text.append("... and ").append(sorted.size() - MOST).append(" more\n\n");
        }
        return text.append(count(problems)).append('\n').toString();
    }

    private static String count(List<Problem> problems) {
        long errors = problems.stream()
                .filter(problem -> problem.severity() == Severity.ERROR)
                .count();
        long warnings = problems.size() - errors;
        if (warnings == 0) {
            return plural(errors, "problem");
        }
        if (errors == 0) {
            return plural(warnings, "warning");
        }
        return plural(problems.size(), "problem") + ": " + plural(errors, "error") + ", " + plural(warnings, "warning");
    }

    private static String plural(long number, String word) {
        return number + " " + word + (number == 1 ? "" : "s");
    }

    private static void append(StringBuilder text, ConfigSource source, Problem problem) {
        text.append(source.file());
        var place = problem.place();
        if (place != null) {
            text.append(':').append(place.line()).append(':').append(place.column());
        }
        text.append(": ")
                .append(problem.severity().name().toLowerCase(Locale.ROOT))
                .append('[')
                .append(problem.code())
                .append(']');
        var key = problem.key();
        if (key != null && !key.isEmpty()) {
            text.append(' ').append(key).append(':');
        }
        text.append(' ').append(problem.message()).append('\n');
        if (place != null && place.line() <= source.lines().size()) {
            appendLine(text, source.lines().get(place.line() - 1), place.column() - 1);
        }
        var hint = problem.hint();
        if (hint != null) {
            text.append(INDENT)
                    .append(hint.startsWith("did you mean") ? "" : "hint: ")
                    .append(hint)
                    .append('\n');
        }
        text.append('\n');
    }

    /// The line as far as it fits, with a caret under the column, which counts code points from 0.
    private static void appendLine(StringBuilder text, String line, int column) {
        var shown = withoutSecret(line).codePoints().toArray();
        int caret = Math.min(column, shown.length);
        int from = shown.length <= WIDTH ? 0 : Math.max(0, Math.min(caret - BEFORE, shown.length - WIDTH));
        int to = Math.min(shown.length, from + WIDTH);
        text.append(INDENT).append(from > 0 ? "…" : "");
        for (int i = from; i < to; i++) {
            text.appendCodePoint(shown[i] == '\t' || Words.isPrintable(shown[i]) ? shown[i] : '\ufffd');
        }
        text.append(to < shown.length ? "…" : "").append('\n').append(INDENT).append(from > 0 ? " " : "");
        for (int i = from; i < caret; i++) {
            text.append(shown[i] == '\t' ? '\t' : ' ');
        }
        text.append("^\n");
    }

    /// Reports end up in logs and tickets.
    private static String withoutSecret(String line) {
        int name = line.indexOf("sticky_cookie_secret");
        int equals = name < 0 ? -1 : line.indexOf('=', name);
        return equals < 0 ? line : line.substring(0, equals + 1) + " …";
    }
}
