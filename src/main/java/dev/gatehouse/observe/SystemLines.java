package dev.gatehouse.observe;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/// Writes events of the system log as lines: `2026-11-23T12:00:00.123456Z INFO upstream down app=shop`. One thread.
final class SystemLines {
    private final TimeText time = TimeText.iso();

    /// Adds one line, its end included. An event of a library names its logger. An exception that we log is printed
    /// with its stack, lines joined by ` | `; one that a library logs is only told, unless details were asked for.
    void append(SystemEvent event, LineBuffer out) {
        time.append(out, event.epochMicros());
        out.raw(' ').raw(event.level().name()).raw(' ').readable(event.message());
        var ours = SystemLoggers.isOurs(event.logger());
        if (!ours) {
            out.raw(" logger=").readable(event.logger());
        }
        if (SystemLoggers.detailed()) {
            out.raw(" thread=").readable(Facts.quoted(event.thread()));
        }
        thrown(event.thrown(), ours || SystemLoggers.detailed(), out);
        out.raw('\n');
    }

    private static void thrown(@Nullable Throwable thrown, boolean withStack, LineBuffer out) {
        if (thrown == null) {
            return;
        }
        if (!withStack) {
            out.raw(" cause=").readable(Facts.cause(thrown));
            return;
        }
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        text.toString()
                .strip()
                .lines()
                .map(String::strip)
                .forEach(line -> out.raw(" | ").readable(line));
    }
}
