package dev.gatehouse.tls;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Keeps BouncyCastle from reporting every connection through `java.util.logging`.
public final class TlsLogging {
    /// Loggers that nobody holds are collected, and their level with them.
    private static final Logger BOUNCYCASTLE = Logger.getLogger("org.bouncycastle");

    private TlsLogging() {}

    /// Lets nothing below SEVERE through: what a handshake failed of is in its exception. Set before a message is
    /// even composed; call it once, before the first connection.
    public static void quiet() {
        BOUNCYCASTLE.setLevel(Level.SEVERE);
    }
}
