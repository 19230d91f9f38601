package dev.gatehouse.tls;

import dev.gatehouse.tls.ClientHello.Bad;
import dev.gatehouse.tls.ClientHello.Hello;
import dev.gatehouse.tls.ClientHello.Parse;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the body of one ClientHello message. Used once.
///
/// ```
/// legacy_version 2    random 32    session_id <0..32>    cipher_suites <2..>    compression_methods <1..>
/// extensions <0..>: type 2, data <0..>
/// ```
final class ClientHelloBody {
    private static final int EXT_SERVER_NAME = 0;
    private static final int EXT_SUPPORTED_GROUPS = 10;
    private static final int EXT_SIGNATURE_ALGORITHMS = 13;
    private static final int EXT_ALPN = 16;
    private static final int EXT_SUPPORTED_VERSIONS = 43;
    private static final int EXT_KEY_SHARE = 51;
    private static final int NAME_TYPE_HOST = 0;
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;
    private static final int[] NONE = {};

    private final ByteBuffer body;
    private @Nullable String serverName;
    private List<String> alpn = List.of();
    private int @Nullable [] versions;
    private int[] groups = NONE;
    private int[] signatureSchemes = NONE;
    private boolean oddName;
    private long seen;
    /// Of what is being read.
    private String token = Bad.MALFORMED;

    /// @param body positioned behind the four bytes of the message header, limited to the message; consumed
    ClientHelloBody(ByteBuffer body) {
        this.body = body;
    }

    Parse parse() {
        try {
            return read();
        } catch (Refused refused) {
            return new Bad(refused.alert, token, String.valueOf(refused.getMessage()));
        } catch (BufferUnderflowException _) {
            return new Bad(Alerts.DECODE_ERROR, token, "ClientHello ends too early");
        }
    }

    private Parse read() throws Refused {
        int legacyVersion = unsigned16(body);
        body.position(at(body, 32));
        ByteBuffer session = vector8(body);
        check(session.remaining() <= 32, Alerts.DECODE_ERROR, "session id too long");
        ByteBuffer suites = vector16(body);
        check(suites.remaining() >= 2 && suites.remaining() % 2 == 0, Alerts.DECODE_ERROR, "odd list of cipher suites");
        int[] offeredSuites = new int[suites.remaining() / 2];
        for (int i = 0; i < offeredSuites.length; i++) {
            offeredSuites[i] = unsigned16(suites);
        }
        ByteBuffer compressions = vector8(body);
        check(hasNull(compressions), Alerts.ILLEGAL_PARAMETER, "no null compression");
        if (body.hasRemaining()) {
            ByteBuffer extensions = vector16(body);
            check(!body.hasRemaining(), Alerts.DECODE_ERROR, "bytes behind the extensions");
            while (extensions.hasRemaining()) {
                int type = unsigned16(extensions);
                extension(type, vector16(extensions));
            }
        }
        int[] offered = versions != null ? versions : upTo(legacyVersion);
        return new Hello(new ClientHello(serverName, oddName, alpn, offered, offeredSuites, groups, signatureSchemes));
    }

    private void extension(int type, ByteBuffer data) throws Refused {
        if (type < Long.SIZE) {
            // RFC 8446 §4.2: no type twice. Higher numbers are the engine's business.
            check((seen & (1L << type)) == 0, Alerts.ILLEGAL_PARAMETER, "extension twice");
            seen |= 1L << type;
        }
        token = switch (type) {
            case EXT_SERVER_NAME -> "tls.sni";
            case EXT_ALPN -> "tls.alpn";
            case EXT_SUPPORTED_VERSIONS -> "tls.version";
            case EXT_SUPPORTED_GROUPS, EXT_KEY_SHARE -> "tls.group";
            default -> Bad.MALFORMED;
        };
        switch (type) {
            case EXT_SERVER_NAME -> serverName = serverName(data);
            case EXT_ALPN -> alpn = protocols(data);
            case EXT_SUPPORTED_VERSIONS -> versions = numbers(data, vector8(data));
            case EXT_SUPPORTED_GROUPS -> groups = numbers(data, vector16(data));
            case EXT_SIGNATURE_ALGORITHMS -> signatureSchemes = numbers(data, vector16(data));
            case EXT_KEY_SHARE -> checkShares(data);
            default -> {} // the engine's business
        }
        token = Bad.MALFORMED;
    }

    /// RFC 8446 §4.2.8: each group once, and as long as its kind of key is; the engine takes what comes first, and has
    /// other alerts.
    private static void checkShares(ByteBuffer data) throws Refused {
        ByteBuffer shares = vector16(data);
        check(!data.hasRemaining(), Alerts.DECODE_ERROR, "bytes behind the key shares");
        var known = EnumSet.noneOf(Group.class);
        while (shares.hasRemaining()) {
            int number = unsigned16(shares);
            int length = vector16(shares).remaining();
            check(length > 0, Alerts.DECODE_ERROR, "empty key share");
            var group = Group.of(number);
            if (group != null) {
                check(known.add(group), Alerts.ILLEGAL_PARAMETER, "two key shares of one group");
                check(length == group.shareBytes, Alerts.ILLEGAL_PARAMETER, "key share of the wrong length");
            }
        }
    }

    /// RFC 6066 §3: a list with at most one name of a type; host names are the only type there is.
    private String serverName(ByteBuffer data) throws Refused {
        ByteBuffer names = vector16(data);
        check(!data.hasRemaining(), Alerts.DECODE_ERROR, "bytes behind the server name");
        String name = null;
        do {
            int type = names.get() & 0xff;
            ByteBuffer bytes = vector16(names);
            check(type == NAME_TYPE_HOST, Alerts.DECODE_ERROR, "server name of an unknown type");
            check(name == null, Alerts.ILLEGAL_PARAMETER, "two server names");
            name = hostName(bytes);
        } while (names.hasRemaining());
        return name;
    }

    private String hostName(ByteBuffer bytes) throws Refused {
        int size = bytes.remaining();
        check(size > 0, Alerts.DECODE_ERROR, "empty server name");
        if (bytes.get(size - 1) == '.') {
            size--;
            oddName = true;
        }
        check(size > 0 && size <= MAX_NAME, Alerts.ILLEGAL_PARAMETER, "server name too long or only a dot");
        byte[] name = new byte[size];
        int label = 0;
        boolean digitsOnly = true;
        for (int i = 0; i < size; i++) {
            byte b = bytes.get(i);
            if (b == '.') {
                check(label > 0 && name[i - 1] != '-', Alerts.ILLEGAL_PARAMETER, "server name with a bad label");
                label = 0;
                digitsOnly = true;
            } else {
                boolean digit = b >= '0' && b <= '9';
                boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_';
                oddName |= b == '_';
                check(
                        digit || letter || (b == '-' && label > 0),
                        Alerts.ILLEGAL_PARAMETER,
                        "server name with a bad byte");
                label++;
                check(label <= MAX_LABEL, Alerts.ILLEGAL_PARAMETER, "server name with a bad label");
                digitsOnly &= digit;
            }
            name[i] = b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
        }
        check(label > 0 && name[size - 1] != '-', Alerts.ILLEGAL_PARAMETER, "server name with a bad label");
        // No top level domain is a number, so this is an IPv4 address, which RFC 6066 §3 forbids here.
        check(!digitsOnly, Alerts.ILLEGAL_PARAMETER, "server name is an address");
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    private static List<String> protocols(ByteBuffer data) throws Refused {
        ByteBuffer list = vector16(data);
        check(!data.hasRemaining() && list.hasRemaining(), Alerts.DECODE_ERROR, "bad list of application protocols");
        var protocols = new ArrayList<String>(3);
        while (list.hasRemaining()) {
            ByteBuffer name = vector8(list);
            check(name.hasRemaining(), Alerts.DECODE_ERROR, "empty application protocol");
            protocols.add(protocol(name));
        }
        return protocols;
    }

    private static String protocol(ByteBuffer name) {
        if (name.remaining() == 2 && name.get(0) == 'h' && name.get(1) == '2') {
            return "h2";
        }
        byte[] bytes = new byte[name.remaining()];
        name.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static int[] numbers(ByteBuffer data, ByteBuffer list) throws Refused {
        int size = list.remaining();
        check(!data.hasRemaining() && size >= 2 && size % 2 == 0, Alerts.DECODE_ERROR, "bad list in an extension");
        int[] numbers = new int[size / 2];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = unsigned16(list);
        }
        return numbers;
    }

    /// What a client without `supported_versions` can speak; such a client does not know TLS 1.3.
    private static int[] upTo(int legacyVersion) {
        return legacyVersion >= ClientHello.TLS_1_2 ? new int[] {ClientHello.TLS_1_2} : new int[] {legacyVersion};
    }

    private static boolean hasNull(ByteBuffer compressions) {
        while (compressions.hasRemaining()) {
            if (compressions.get() == 0) {
                return true;
            }
        }
        return false;
    }

    private static ByteBuffer vector8(ByteBuffer from) {
        return vector(from, from.get() & 0xff);
    }

    private static ByteBuffer vector16(ByteBuffer from) {
        return vector(from, unsigned16(from));
    }

    private static ByteBuffer vector(ByteBuffer from, int size) {
        int end = at(from, size);
        ByteBuffer vector = from.slice(from.position(), size);
        from.position(end);
        return vector;
    }

    private static int at(ByteBuffer from, int distance) {
        if (from.remaining() < distance) {
            throw new BufferUnderflowException();
        }
        return from.position() + distance;
    }

    private static int unsigned16(ByteBuffer from) {
        return from.getShort() & 0xffff;
    }

    private static void check(boolean fine, int alert, String reason) throws Refused {
        if (!fine) {
            throw new Refused(alert, reason);
        }
    }

    /// Ends the parse from any depth.
    private static final class Refused extends Exception {
        private final int alert;

        private Refused(int alert, String reason) {
            super(reason, null, false, false);
            this.alert = alert;
        }
    }
}
