package dev.gatehouse.support;

import java.util.List;
import java.util.stream.Collectors;

/// A response as a client got it, whatever the version.
///
/// @param status 101–999; 0 when the connection or stream ended before any head
/// @param head raw bytes of the final head, one a character; empty on HTTP/2
/// @param interims 1xx answers before the final one (a 101 is final)
/// @param ending how the message ended; CLOSED is fine only for a close-delimited body
/// @param resetCode error code of RST_STREAM or GOAWAY; -1 without
public record Answer(
        int status,
        String head,
        Fields fields,
        Seen body,
        Fields trailers,
        List<Interim> interims,
        Ending ending,
        long resetCode) {
    /// A 1xx answer.
    public record Interim(int status, Fields fields) {}

    /// The body as text (its first [Seen#KEPT] bytes).
    public String text() {
        return body.text();
    }

    /// Whether all of it came.
    public boolean isComplete() {
        return ending == Ending.COMPLETE || (ending == Ending.CLOSED && status != 0);
    }

    @Override
    public String toString() {
        var shown = text();
        return status + " " + ending + (resetCode >= 0 ? " code " + resetCode : "") + " "
                + fields.all().stream()
                        .map(field -> field.name() + "=" + field.value())
                        .collect(Collectors.joining("; ", "[", "] "))
                + body + ": " + shown.substring(0, Math.min(200, shown.length()));
    }
}
