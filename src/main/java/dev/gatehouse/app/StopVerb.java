package dev.gatehouse.app;

import dev.gatehouse.control.Verb;
import java.util.Map;

/// `stop`: begins a drain, or ends at once.
record StopVerb(Shutdown shutdown) implements Verb {
    @Override
    public Map<String, Object> answer(Map<String, Object> request) {
        if (Boolean.TRUE.equals(request.get("now"))) {
            shutdown.endNow("gatehouse stop --now");
        } else {
            shutdown.begin("gatehouse stop");
        }
        return Map.of("pid", ProcessHandle.current().pid());
    }

    @Override
    public boolean isUrgent() {
        return true;
    }
}
