package dev.gatehouse.tls;

import java.nio.ByteBuffer;

/// Alert descriptions (RFC 8446 §6, RFC 6066 §3, RFC 7301 §3.2) and the record that carries one before an engine
/// exists.
public final class Alerts {
    public static final int UNEXPECTED_MESSAGE = 10;
    public static final int HANDSHAKE_FAILURE = 40;
    public static final int BAD_CERTIFICATE = 42;
    public static final int UNSUPPORTED_CERTIFICATE = 43;
    public static final int CERTIFICATE_REVOKED = 44;
    public static final int CERTIFICATE_EXPIRED = 45;
    public static final int CERTIFICATE_UNKNOWN = 46;
    public static final int ILLEGAL_PARAMETER = 47;
    public static final int UNKNOWN_CA = 48;
    public static final int ACCESS_DENIED = 49;
    public static final int DECODE_ERROR = 50;
    public static final int PROTOCOL_VERSION = 70;
    public static final int INTERNAL_ERROR = 80;
    public static final int UNRECOGNIZED_NAME = 112;
    public static final int CERTIFICATE_REQUIRED = 116;
    public static final int NO_APPLICATION_PROTOCOL = 120;

    private static final byte CONTENT_ALERT = 21;
    private static final byte LEVEL_FATAL = 2;

    private Alerts() {}

    /// A plaintext record with one fatal alert: 7 bytes, ready to be written, the caller's own.
    ///
    /// ```
    /// byte 0 content type    1–2 version, always 3.3    3–4 length    5 level    6 description
    /// ```
    ///
    /// @param description 0 to 255
    public static ByteBuffer fatal(int description) {
        return ByteBuffer.wrap(new byte[] {CONTENT_ALERT, 3, 3, 0, 2, LEVEL_FATAL, (byte) description});
    }

    /// The name that RFC 8446 §6 gives a description; `alert_N` for one that is not ours.
    public static String name(int description) {
        return switch (description) {
            case UNEXPECTED_MESSAGE -> "unexpected_message";
            case HANDSHAKE_FAILURE -> "handshake_failure";
            case ILLEGAL_PARAMETER -> "illegal_parameter";
            case DECODE_ERROR -> "decode_error";
            case PROTOCOL_VERSION -> "protocol_version";
            case INTERNAL_ERROR -> "internal_error";
            case UNRECOGNIZED_NAME -> "unrecognized_name";
            case NO_APPLICATION_PROTOCOL -> "no_application_protocol";
            default -> "alert_" + description;
        };
    }
}
