package dev.gatehouse.support;

/// Writes HTTP/1 heads as tests read best.
public final class Heads {
    private Heads() {}

    /// Lines with CRLF behind each, then the empty line.
    public static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    /// `GET target HTTP/1.1` for `app.example`, then field lines.
    public static String get(String target, String... fieldLines) {
        return request("GET", target, fieldLines);
    }

    /// `POST target HTTP/1.1` for `app.example`, then field lines.
    public static String post(String target, String... fieldLines) {
        return request("POST", target, fieldLines);
    }

    /// A request for `app.example`, then field lines.
    public static String request(String method, String target, String... fieldLines) {
        var all = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: app.example\r\n");
        for (var line : fieldLines) {
            all.append(line).append("\r\n");
        }
        return all.append("\r\n").toString();
    }
}
