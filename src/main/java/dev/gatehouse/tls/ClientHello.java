package dev.gatehouse.tls;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client says first on a TLS connection (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2), as far as we decide by it.
///
/// Read by us before an engine exists; the engine then gets the same bytes. Immutable.
public final class ClientHello {
    /// Bytes on the wire, record headers included, within which a ClientHello must end.
    public static final int MAX_BYTES = 16 * 1024;

    /// Version numbers as `supported_versions` carries them.
    public static final int TLS_1_2 = 0x0303;

    public static final int TLS_1_3 = 0x0304;

    private final @Nullable String serverName;
    private final boolean oddName;
    private final List<String> alpn;
    private final int[] versions;
    private final int[] suites;
    private final int[] groups;
    private final int[] signatureSchemes;

    ClientHello(
            @Nullable String serverName,
            boolean oddName,
            List<String> alpn,
            int[] versions,
            int[] suites,
            int[] groups,
            int[] signatureSchemes) {
        this.serverName = serverName;
        this.oddName = oddName;
        this.alpn = List.copyOf(alpn);
        this.versions = versions;
        this.suites = suites;
        this.groups = groups;
        this.signatureSchemes = signatureSchemes;
    }

    /// What the first bytes of a connection turned out to be.
    public sealed interface Parse {}

    /// The beginning of a ClientHello, or too little to say.
    ///
    /// @param atLeast bytes since the start of the connection without which parsing again is in vain
    public record NeedMore(int atLeast) implements Parse {}

    /// A whole ClientHello.
    public record Hello(ClientHello hello) implements Parse {}

    /// TLS, but not as the RFCs have it: answer with this alert and close.
    ///
    /// @param alertDescription see [Alerts]
    /// @param token stable word for the log
    /// @param reason one line for the log, lower case, nothing of the client's bytes in it
    public record Bad(int alertDescription, String token, String reason) implements Parse {
        /// The token of what has no word of its own.
        static final String MALFORMED = "tls.hello";
    }

    /// Not TLS at all.
    ///
    /// @param looksLikeHttp whether a whole HTTP/1 request line was read: an answer in plain HTTP makes sense
    public record NotTls(boolean looksLikeHttp) implements Parse {}

    /// Looks at everything that arrived since the start of the connection.
    ///
    /// @param bytes from position to limit; neither is changed
    public static Parse parse(ByteBuffer bytes) {
        return ClientHelloParser.parse(bytes);
    }

    /// The host name in lower case, without a trailing dot; null when the client names none (RFC 6066 §3).
    public @Nullable String serverName() {
        return serverName;
    }

    /// Whether the name has an underscore, or came with a trailing dot: no host name to whoever reads the rules
    /// closely.
    boolean hasOddName() {
        return oddName;
    }

    /// Whether the client can use one of these cipher suites (IANA numbers).
    boolean offersSuite(int[] wanted) {
        return containsAny(suites, wanted);
    }

    /// Whether the client can verify signatures of one of these schemes (IANA numbers).
    boolean offersSignatureScheme(int[] wanted) {
        return containsAny(signatureSchemes, wanted);
    }

    /// Whether the client named schemes at all: TLS 1.2 clients need not (RFC 5246 §7.4.1.4.1).
    boolean namesSignatureSchemes() {
        return signatureSchemes.length > 0;
    }

    /// The application protocols in the client's order; empty when it offers none (RFC 7301 §3.1).
    public List<String> alpn() {
        return alpn;
    }

    /// The first of our protocols that the client offers too; null when there is none.
    public @Nullable String firstAlpn(List<String> ours) {
        for (int i = 0; i < ours.size(); i++) {
            if (alpn.contains(ours.get(i))) {
                return ours.get(i);
            }
        }
        return null;
    }

    /// Whether the client can speak this version: [#TLS_1_2], [#TLS_1_3].
    public boolean offersVersion(int version) {
        return contains(versions, version);
    }

    /// Whether the client can use this key exchange group (IANA number).
    public boolean offersGroup(int group) {
        return contains(groups, group);
    }

    /// Where the client lists this group, from 0; -1 when it does not.
    int placeOfGroup(int group) {
        for (int i = 0; i < groups.length; i++) {
            if (groups[i] == group) {
                return i;
            }
        }
        return -1;
    }

    /// Whether the client named groups at all: TLS 1.2 clients need not (RFC 8422 §4).
    boolean namesGroups() {
        return groups.length > 0;
    }

    /// Whether the client can verify signatures of this scheme (IANA number).
    public boolean offersSignatureScheme(int scheme) {
        return contains(signatureSchemes, scheme);
    }

    private static boolean contains(int[] values, int wanted) {
        for (int value : values) {
            if (value == wanted) {
                return true;
            }
        }
        return false;
    }

    private static boolean containsAny(int[] values, int[] wanted) {
        for (int value : wanted) {
            if (contains(values, value)) {
                return true;
            }
        }
        return false;
    }
}
