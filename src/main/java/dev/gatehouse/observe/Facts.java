package dev.gatehouse.observe;

import java.io.IOException;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/// Values of `key=value` pairs in system log lines.
public final class Facts {
    private Facts() {}

    /// The text in quotes; quotes and backslashes inside get a backslash. Control characters are the log's business.
    public static String quoted(@Nullable Object value) {
        return '"' + String.valueOf(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /// An expected failure in one quoted line: its message, with its kind where the message alone says too little, and
    /// what caused it.
    public static String cause(Throwable failure) {
        return quoted(words(failure));
    }

    private static String words(Throwable failure) {
        var text = own(failure);
        var deeper = failure.getCause();
        for (int depth = 0; deeper != null && depth < 4; depth++) {
            var message = deeper.getMessage();
            if (message != null && !text.contains(message)) {
                text = text + ": " + own(deeper);
            }
            deeper = deeper.getCause();
        }
        return text;
    }

    private static String own(Throwable failure) {
        var kind = failure.getClass();
        var message = failure.getMessage();
        if (message == null) {
            return kind.getSimpleName();
        }
        var plain = kind == IOException.class || failure instanceof SocketException;
        return plain ? message : kind.getSimpleName() + ": " + message;
    }
}
