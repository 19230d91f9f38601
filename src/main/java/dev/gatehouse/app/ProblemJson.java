package dev.gatehouse.app;

import dev.gatehouse.config.Problem;
import dev.gatehouse.control.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The report of `check --format json`: one object on one line. What is not known is null.
///
/// ```
/// {"file":"config.toml","ok":false,"problems":[{"severity":"error","code":"config.unknown_key","line":42,"column":1,
///  "key":"apps.shop.tls.tls_cert_pth","message":"unknown key","hint":"did you mean \"tls_cert_path\"?"}]}
/// ```
final class ProblemJson {
    private ProblemJson() {}

    static String render(CheckedConfig checked) {
        var report = new LinkedHashMap<String, Object>();
        report.put("file", checked.source().file().toString());
        report.put("ok", !checked.hasErrors());
        report.put("problems", list(checked.problems()));
        return Json.write(report);
    }

    /// The problems alone.
    static List<Map<String, @Nullable Object>> list(List<Problem> problems) {
        return problems.stream().map(ProblemJson::of).toList();
    }

    private static Map<String, @Nullable Object> of(Problem problem) {
        var place = problem.place();
        var facts = new LinkedHashMap<String, @Nullable Object>();
        facts.put("severity", problem.severity().name().toLowerCase(Locale.ROOT));
        facts.put("code", problem.code());
        facts.put("line", place == null ? null : place.line());
        facts.put("column", place == null ? null : place.column());
        facts.put("key", problem.key());
        facts.put("message", problem.message());
        facts.put("hint", problem.hint());
        return facts;
    }
}
