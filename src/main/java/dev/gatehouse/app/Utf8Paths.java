package dev.gatehouse.app;

import dev.gatehouse.handover.ProcessImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/// Paths are UTF-8, as the configuration is, whatever the locale says.
///
/// Java takes the encoding of paths, arguments and variables from the locale when it starts, and nothing changes it
/// afterwards, nor does `-Dsun.jnu.encoding`. In a container or a `cron` job it is often ASCII. So the process begins
/// anew, once, in a locale that has UTF-8.
final class Utf8Paths {
    private static final String LOCALE = "LC_ALL";
    private static final List<String> CANDIDATES = List.of("C.UTF-8", "C.utf8", "en_US.UTF-8");

    private Utf8Paths() {}

    /// Does not return where the process begins anew.
    static void ensure(PrintWriter err) {
        var encoding = System.getProperty("sun.jnu.encoding", "");
        if (encoding.equals("UTF-8") || CANDIDATES.contains(System.getenv(LOCALE))) {
            return;
        }
        String cause;
        try {
            for (var locale : CANDIDATES) {
                if (ProcessImage.knowsLocale(locale)) {
                    ProcessImage.restart(LOCALE, locale);
                }
            }
            cause = "there is no locale " + String.join(" or ", CANDIDATES);
        } catch (IOException | RuntimeException | LinkageError failed) {
            cause = String.valueOf(failed.getMessage());
        }
        err.println("gatehouse: paths outside ASCII cannot be used: the locale has " + encoding + ", and " + cause);
    }
}
