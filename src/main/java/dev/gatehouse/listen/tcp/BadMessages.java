package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Failure;
import org.eclipse.jetty.http.HttpException;

/// Finds the failure for what Jetty's HTTP/1 parser says about a message. The parser has only statuses and sentences.
final class BadMessages {
    private BadMessages() {}

    static Failure inHead(HttpException bad) {
        var reason = bad.getReason() == null ? "" : bad.getReason();
        return switch (bad.getCode()) {
            case 408 -> Failure.HEADER_TIMEOUT;
            case 414 -> Failure.TARGET_TOO_LONG;
            case 417 -> Failure.EXPECTATION_FAILED;
            case 426 -> Failure.WRONG_PROTOCOL;
            case 431 -> Failure.FIELDS_TOO_LARGE;
            case 505 -> Failure.VERSION_NOT_SUPPORTED;
            default -> byReason(reason);
        };
    }

    static Failure inBody(HttpException bad) {
        return "Early EOF".equals(bad.getReason()) ? Failure.CLIENT_ABORTED : Failure.CHUNK_SYNTAX;
    }

    private static Failure byReason(String reason) {
        if (reason.startsWith("Transfer-Encoding and Content-Length")) {
            return Failure.CONTENT_LENGTH_AND_TRANSFER_ENCODING;
        }
        if (reason.startsWith("Multiple Content-Length")) {
            return Failure.CONTENT_LENGTH_REPEATED;
        }
        if (reason.startsWith("Invalid Content-Length")) {
            return Failure.CONTENT_LENGTH_SYNTAX;
        }
        if (reason.startsWith("Bad Transfer-Encoding")) {
            return Failure.TRANSFER_ENCODING_INVALID;
        }
        if (reason.contains("Host") || reason.contains("Authority")) {
            return Failure.INVALID_HOST;
        }
        if (reason.contains("LF") || reason.contains("EOL")) {
            return Failure.LINE_END;
        }
        if (reason.contains("Colon") || reason.contains("Folding") || reason.contains("Whitespace")) {
            return Failure.FIELD_SYNTAX;
        }
        if (reason.contains("URI")) {
            return Failure.INVALID_TARGET;
        }
        return reason.startsWith("Illegal character") ? byState(reason) : Failure.MALFORMED;
    }

    /// `Illegal character CNTL=0x0 in state=HEADER …`
    private static Failure byState(String reason) {
        if (reason.contains("METHOD") || reason.contains("START")) {
            return Failure.INVALID_METHOD;
        }
        if (reason.contains("URI") || reason.contains("SPACE")) {
            return Failure.INVALID_PATH;
        }
        if (reason.contains("VERSION")) {
            return Failure.VERSION_NOT_SUPPORTED;
        }
        return reason.contains("CNTL") || reason.contains("CR") ? Failure.CONTROL_CHARACTER : Failure.FIELD_SYNTAX;
    }
}
