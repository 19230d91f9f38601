package dev.gatehouse.observe;

import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// One line of the system log.
///
/// @param epochMicros when it was said
/// @param logger name of the class that said it
/// @param thread name of the thread that said it
/// @param message lower case, facts as pairs
/// @param thrown printed with its stack, on the same line
record SystemEvent(
        long epochMicros,
        Level level,
        String logger,
        String thread,
        String message,
        @Nullable Throwable thrown) {}
