package dev.gatehouse.control;

import java.util.Map;

/// One thing that a running proxy can be asked for.
public interface Verb {
    /// Does it and says what came of it. On a thread of the request's own, which may block.
    ///
    /// @param request as it came
    /// @return values as [Json] has them; `ok` is put before them
    /// @throws Refused when it cannot be done
    Map<String, Object> answer(Map<String, Object> request) throws Refused;

    /// Whether it is done at once, however many others are under way; it must not take long then.
    default boolean isUrgent() {
        return false;
    }
}
