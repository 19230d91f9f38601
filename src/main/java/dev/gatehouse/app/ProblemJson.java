package dev.gatehouse.app;

import dev.gatehouse.config.Problem;
import java.util.Locale;
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
        var json = new StringBuilder("{\"file\":");
        text(json, checked.source().file().toString());
        json.append(",\"ok\":").append(!checked.hasErrors()).append(",\"problems\":[");
        var separator = "";
        for (var problem : checked.problems()) {
            json.append(separator);
            append(json, problem);
            separator = ",";
        }
        return json.append("]}").toString();
    }

    private static void append(StringBuilder json, Problem problem) {
        var place = problem.place();
        json.append("{\"severity\":");
        text(json, problem.severity().name().toLowerCase(Locale.ROOT));
        json.append(",\"code\":");
        text(json, problem.code());
        json.append(",\"line\":").append(place == null ? "null" : place.line());
        json.append(",\"column\":").append(place == null ? "null" : place.column());
        json.append(",\"key\":");
        text(json, problem.key());
        json.append(",\"message\":");
        text(json, problem.message());
        json.append(",\"hint\":");
        text(json, problem.hint());
        json.append('}');
    }

    /// RFC 8259 §7; everything outside printable ASCII is escaped.
    private static void text(StringBuilder json, @Nullable String text) {
        if (text == null) {
            json.append("null");
            return;
        }
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c >= 0x20 && c < 0x7F) {
                json.append(c);
            } else {
                json.append('\\').append("u%04x".formatted((int) c));
            }
        }
        json.append('"');
    }
}
