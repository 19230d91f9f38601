package dev.gatehouse.config;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The model of keys as a Markdown page: `docs/configuration.md`.
public final class ConfigManual {
    private static final String START = """
        # Configuration

        <!-- Made from the model of keys (dev.gatehouse.config.Keys):
             mvn -o test -Dtest=GeneratedFilesTest -Dgatehouse.update=true -->

        Gatehouse reads one TOML file. `gatehouse check --config FILE` says everything that is wrong with it at once.
        `config-example.toml` shows every key in place, and `docs/config.schema.json` lets an editor help while you type.

        ```toml
        listen_port = 80
        listen_port_tls = 443

        [apps.shop]
        server_name = "shop.example.com"
        tls = { tls_cert_path = "shop.crt", tls_cert_key_path = "shop.key" }

        [[apps.shop.reverse_proxy]]
        upstream = [{ location = "127.0.0.1:3000" }]
        ```

        How values are written:

        - **Sizes** are bytes, or a string of digits with `k`, `m` or `g` (powers of 1024): `"64m"`. `0` and `"unlimited"` are no limit.
        - **Lengths of time** are strings with a unit, `ms`, `s`, `m` or `h`: `"500ms"`, `"20s"`. Where a limit may be turned off, `"off"`,
          `"0"` and `0` do it. Older keys of rpxy hold bare numbers; their unit is named below.
        - **Paths** of files are relative to the directory of the configuration file. rpxy takes them from the working directory: a path of
          one of its keys that exists only there is taken from there, with a warning.
        - **One or a list**: where a key holds one string or a list of them, both may be written.
        - **Unknown keys are errors**, with the nearest known key.

        Keys marked ◆ are Gatehouse's own; all others are read as rpxy 0.13 reads them. What stands under `[experimental]` may also stand at the
        top level.
        """;

    private static final String FORWARDING = """

        ## Forwarding fields of strangers

        Many servers and frameworks believe what these fields say about the client's address, scheme, host, path, user or certificate. They are
        removed from requests unless the peer is one of `trusted_forwarded_proxies`, or `keep_forwarding_headers` names them. Case does not
        count, and whatever is no letter or digit counts as `-`. X-Forwarded-For, -Host, -Port, -Proto, -SSL, X-Real-IP, X-Original-URI,
        X-Request-Id and Forwarded are always written anew.

        """;

    private static final String DIFFERENCES = """

        ## Where we differ from rpxy

        An rpxy file runs unchanged, unless it uses what is not built yet, or depended on one of these:

        | rpxy | Gatehouse |
        |---|---|
        | ignores unknown keys, upstream options, `load_balance` values and `default_app` names | errors |
        | `path = "/foo/"` covers only itself | read as `/foo`, which covers all below it; `check` warns |
        | `path` and `replace_path` without a leading `/` load, and never work | errors |
        | two equal paths in an app, or one name in two apps: one of them wins | errors that name both places |
        | an empty `reverse_proxy` list answers everything with 404 | error |
        | the path of a `location` is ignored | error |
        | `https_redirection` is on where no TLS port exists | off there |
        | `max_cache_entry = 0` crashes | error |
        | one `server_name` | one or a list, and a leading wildcard label |
        | networks need a prefix length | a bare address is a network of one |
        | passes forwarding fields of strangers that it does not write itself | removed; see above |
        """;

    private static final String CODES = """

        ## Codes

        Stable words for scripts. Those without "warning" are errors: the file is refused.

        | code | meaning |
        |---|---|
        """;

    private ConfigManual() {}

    /// The page's text.
    public static String markdown() {
        var text = new StringBuilder(START);
        if (!Unbuilt.summary().isEmpty()) {
            text.append("\n## Not built yet\n\n").append(Unbuilt.summary()).append('\n');
        }
        for (var table : Keys.TABLES) {
            append(text, table);
        }
        text.append(FORWARDING)
                .append(ForwardingFields.STRANGERS.texts().stream()
                        .sorted()
                        .map(ConfigManual::code)
                        .collect(Collectors.joining(", ")))
                .append(".\n");
        text.append("\n## Words of `upstream_options`\n\n| word | effect |\n|---|---|\n");
        Keys.OPTIONS.forEach((option, help) -> row(text, code(option.text()), help));
        text.append("\n## Words of `load_balance`\n\n| word | choice |\n|---|---|\n");
        Keys.BALANCES.forEach((balance, help) -> row(text, code(balance.text()), help + remark(Unbuilt.of(balance))));
        text.append(DIFFERENCES);
        text.append(LimitsOnClients.markdown());
        text.append(CODES);
        for (var code : Code.values()) {
            row(text, code(code.text()), code.meaning());
        }
        return text.toString();
    }

    private static void append(StringBuilder text, KeyTable table) {
        text.append("\n## ")
                .append(table.name().isEmpty() ? "Top level" : code(table.header()))
                .append("\n\n")
                .append(table.help())
                .append(remark(Unbuilt.of(table)))
                .append("\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
        for (var key : table.keys()) {
            var name = code(key.name()) + (key.since() == Key.Since.GATEHOUSE ? " ◆" : "");
            row(text, name, value(key), fallback(key), meaning(key));
        }
    }

    private static String value(Key key) {
        return key.type().words() + (key.unit() == null ? "" : "; " + key.unit());
    }

    private static String fallback(Key key) {
        return switch (key.state()) {
            case REQUIRED -> "**required**";
            case REMOVED -> "";
            default -> {
                var text = key.fallbackText() == null ? "none" : key.fallbackText();
                yield key.fallback() == null || text.indexOf('`') >= 0 ? text : code(text);
            }
        };
    }

    private static String meaning(Key key) {
        var text = new StringBuilder(key.help()).append(remark(Unbuilt.of(key.name())));
        if (key.otherName() != null) {
            text.append(" Also called ").append(code(key.otherName())).append('.');
        }
        if (key.stateHint() != null) {
            text.append(key.state() == Key.State.REMOVED ? " **Removed:** " : " **Deprecated:** ")
                    .append(key.stateHint())
                    .append('.');
        }
        if (key.risk() != null) {
            text.append(" **Risk:** ").append(key.risk());
        }
        return text.toString();
    }

    private static String remark(@Nullable Unbuilt unbuilt) {
        return unbuilt == null ? "" : " **" + unbuilt.sentence() + "**";
    }

    private static String code(String text) {
        return '`' + text + '`';
    }

    private static void row(StringBuilder text, String... cells) {
        for (var cell : cells) {
            text.append("| ").append(cell.replace("|", "\\|")).append(' ');
        }
        text.append("|\n");
    }
}
