package dev.gatehouse.control;

import java.util.Map;

/// What was asked for was not done.
public final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Map<String, Object> facts;

    /// @param message one line, lower case
    public Refused(String message) {
        this(message, Map.of());
    }

    /// @param facts what the answer holds besides; values as [Json] has them
    public Refused(String message, Map<String, Object> facts) {
        super(message);
        this.facts = Map.copyOf(facts);
    }

    /// What the answer holds besides the message.
    public Map<String, Object> facts() {
        return facts;
    }
}
