package dev.gatehouse.acme;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// What must be known about the orders of one certificate after a restart.
///
/// @param settings what the orders were made with; with other settings the rest means nothing
/// @param order the order under way, as the CA names it
/// @param failures how many times in a row it failed
/// @param nextTry when to try again; null for when it is due
/// @param lastError what went wrong last, one line
record OrderState(
        String settings,
        @Nullable String order,
        int failures,
        @Nullable Instant nextTry,
        @Nullable String lastError) {
    static OrderState fresh(String settings) {
        return new OrderState(settings, null, 0, null, null);
    }

    OrderState ordered(String url) {
        return new OrderState(settings, url, failures, nextTry, lastError);
    }

    OrderState failed(boolean keepOrder, Instant next, String error) {
        return new OrderState(settings, keepOrder ? order : null, failures + 1, next, error);
    }

    String text() {
        var properties = new Properties();
        properties.setProperty("settings", settings);
        properties.setProperty("failures", Integer.toString(failures));
        if (order != null) {
            properties.setProperty("order", order);
        }
        if (nextTry != null) {
            properties.setProperty("next_try", nextTry.toString());
        }
        if (lastError != null) {
            properties.setProperty("last_error", lastError);
        }
        var out = new StringWriter();
        try {
            properties.store(out, null);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return out.toString();
    }

    /// The state of a text; a fresh one where it cannot be read or belongs to other settings.
    static OrderState of(String text, String settings) {
        var properties = new Properties();
        try {
            properties.load(new StringReader(text));
            var next = properties.getProperty("next_try");
            return settings.equals(properties.getProperty("settings"))
                    ? new OrderState(
                            settings,
                            properties.getProperty("order"),
                            Integer.parseInt(properties.getProperty("failures", "0")),
                            next == null ? null : Instant.parse(next),
                            properties.getProperty("last_error"))
                    : fresh(settings);
        } catch (IOException | IllegalArgumentException | DateTimeException _) {
            return fresh(settings);
        }
    }
}
