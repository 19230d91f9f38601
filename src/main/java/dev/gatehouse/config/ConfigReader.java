package dev.gatehouse.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/// Reads a configuration file and says everything that is wrong with it at once. Any thread.
///
/// Nothing that a file holds makes it throw. Of the files that the configuration names it looks at most whether they
/// exist.
public final class ConfigReader {
    private static final List<String> SECRETS =
            List.of("sticky_cookie_secret", "acme.eab_hmac_key", "experimental.acme.eab_hmac_key");
    private static final Pattern DEFINED_TWICE =
            Pattern.compile("(?s)(.+) previously defined at line (\\d+), column (\\d+)");

    private ConfigReader() {}

    /// Reads a file.
    ///
    /// @param file as reports should name it
    public static ConfigResult read(Path file) {
        return read(file, Path.of("").toAbsolutePath());
    }

    /// The same with another working directory, absolute.
    static ConfigResult read(Path file, Path workingDirectory) {
        var problems = new Problems(file);
        var text = FileText.read(file, problems);
        if (text == null) {
            return problems.result(null, List.of());
        }
        var lines = List.of(text.split("\r?\n", -1));
        var toml = parse(text, problems);
        if (toml == null) {
            return problems.result(null, lines);
        }
        boolean halfRead = problems.hasErrors();
        var absolute = file.toAbsolutePath().normalize();
        var config = new RootReading(absolute, workingDirectory, toml, problems).read();
        if (halfRead) {
            problems.forgetMissing();
        }
        checkPermissions(absolute, secret(toml), problems);
        return problems.result(config, lines);
    }

    /// What `control_socket` says, also in a file that is wrong elsewhere: who mends one wants to find the proxy that
    /// runs with an older one.
    ///
    /// @return null where nothing is said, or nothing can be read
    public static @Nullable ControlConfig controlSocket(Path file) {
        var text = FileText.read(file, new Problems(file));
        if (text == null) {
            return null;
        }
        try {
            var written = Toml.parse(text).getString("control_socket");
            if (written == null) {
                return null;
            }
            var absolute = file.toAbsolutePath().normalize();
            return written.equals("off")
                    ? new ControlConfig(false, null)
                    : new ControlConfig(true, absolute.resolveSibling(written).normalize());
        } catch (RuntimeException | StackOverflowError wrong) {
            return null;
        }
    }

    /// Null where what was read does not deserve a closer look.
    private static @Nullable TomlParseResult parse(String text, Problems problems) {
        TomlParseResult result;
        try {
            result = Toml.parse(text);
        } catch (RuntimeException | StackOverflowError e) {
            problems.error(Code.SYNTAX, (Problem.Place) null, "the TOML parser gave up on this file", null);
            return null;
        }
        boolean broken = false;
        for (var error : result.errors()) {
            broken |= !report(error, problems);
        }
        return broken ? null : result;
    }

    /// Whether the rest of the file keeps its meaning.
    private static boolean report(TomlParseError error, Problems problems) {
        var message = String.valueOf(error.getMessage());
        var place = Node.place(error.position());
        Matcher twice = DEFINED_TWICE.matcher(message);
        if (twice.matches()) {
            problems.error(
                    Code.DUPLICATE_KEY,
                    place,
                    twice.group(1) + " is already defined at "
                            + problems.at(Integer.parseInt(twice.group(2)), Integer.parseInt(twice.group(3))),
                    "remove or rename one of them");
            return true;
        }
        problems.error(
                Code.SYNTAX,
                place,
                message.isEmpty()
                        ? "this is not TOML"
                        : Character.toLowerCase(message.charAt(0)) + message.substring(1),
                null);
        return false;
    }

    /// The first key of the file that is nobody else's business.
    private static @Nullable String secret(TomlTable toml) {
        return SECRETS.stream()
                .filter(path -> toml.contains(List.of(path.split("\\."))))
                .findFirst()
                .orElse(null);
    }

    private static void checkPermissions(Path file, @Nullable String secret, Problems problems) {
        try {
            var permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                problems.warning(
                        Code.PERMISSIONS, "", "everybody may write this file", "chmod o-w " + ShellWord.of(file));
            }
            if (secret != null && permissions.contains(PosixFilePermission.OTHERS_READ)) {
                problems.warning(
                        Code.PERMISSIONS,
                        secret,
                        "everybody may read this file and the secret in it",
                        "chmod o-r " + ShellWord.of(file));
            }
        } catch (IOException | UnsupportedOperationException e) {
            // Not a file system with such permissions.
        }
    }
}
