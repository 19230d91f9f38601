package dev.gatehouse.observe;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/// One logger. Asking for its level costs a field read, because libraries ask on the road of every request.
final class SystemLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    private int lowest;

    SystemLogger(String name) {
        this.name = name;
        levelChanged();
    }

    /// Other threads notice a little later.
    void levelChanged() {
        lowest = SystemLoggers.levelOf(getName()).toInt();
    }

    @Override
    public boolean isTraceEnabled() {
        return lowest <= Level.TRACE.toInt();
    }

    @Override
    public boolean isDebugEnabled() {
        return lowest <= Level.DEBUG.toInt();
    }

    @Override
    public boolean isInfoEnabled() {
        return lowest <= Level.INFO.toInt();
    }

    @Override
    public boolean isWarnEnabled() {
        return lowest <= Level.WARN.toInt();
    }

    @Override
    public boolean isErrorEnabled() {
        return lowest <= Level.ERROR.toInt();
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        var message = arguments == null
                ? String.valueOf(pattern)
                : MessageFormatter.basicArrayFormat(String.valueOf(pattern), arguments);
        SystemLog.add(new SystemEvent(
                AccessRecord.nowMicros(),
                level,
                getName(),
                Thread.currentThread().getName(),
                message,
                thrown));
    }
}
