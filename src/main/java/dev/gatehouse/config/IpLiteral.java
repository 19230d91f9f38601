package dev.gatehouse.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// IP addresses as text. Strict where [InetAddress] is lenient: four decimal octets without leading zeros, no zone, no
/// brackets, and never a look at DNS.
public final class IpLiteral {
    private static final int GROUPS = 8;

    private IpLiteral() {}

    /// The address that the text is, an IPv4-mapped one (`::ffff:192.0.2.1`) as IPv4; null where it is none.
    public static @Nullable InetAddress parse(String text) {
        var four = parseIpv4(text);
        if (four != null) {
            return four;
        }
        byte[] bytes = new byte[2 * GROUPS];
        return parse6(text, 0, text.length(), bytes) ? address(bytes) : null;
    }

    /// The IPv4 address that the text is; null where it is none.
    static @Nullable Inet4Address parseIpv4(String text) {
        byte[] bytes = new byte[4];
        return parse4(text, 0, text.length(), bytes, 0) ? (Inet4Address) address(bytes) : null;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Whether the characters `from` to `to` (exclusive) are an IPv6 address.
    public static boolean isIpv6(String text, int from, int to) {
        return parse6(text, from, to, new byte[2 * GROUPS]);
    }

    /// The address in its one recommended form (RFC 5952 §4), without zone and brackets: `2001:db8::1`.
    public static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? address.getHostAddress() : text6(bytes);
    }

    /// The same with its port: `192.0.2.1:80`, `[2001:db8::1]:80`.
    public static String text(InetSocketAddress address) {
        var host = text(address.getAddress());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    private static String text6(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        // The first of the longest runs of at least two zero groups becomes "::".
        int gap = -1;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gap = i;
                gapLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        var text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == gap) {
                text.append("::");
                i += gapLength - 1;
                continue;
            }
            if (i > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    private static boolean parse4(String text, int from, int to, byte[] out, int at) {
        int i = from;
        for (int octet = 0; octet < 4; octet++) {
            if (octet > 0 && (i == to || text.charAt(i++) != '.')) {
                return false;
            }
            int start = i;
            int value = 0;
            while (i < to && i - start < 3 && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
                value = 10 * value + text.charAt(i++) - '0';
            }
            if (i == start || value > 255 || (i - start > 1 && text.charAt(start) == '0')) {
                return false;
            }
            out[at + octet] = (byte) value;
        }
        return i == to;
    }

    private static boolean parse6(String text, int from, int to, byte[] out) {
        int groups = 0;
        int gap = -1;
        int i = from;
        if (to - from >= 2 && text.charAt(from) == ':' && text.charAt(from + 1) == ':') {
            gap = 0;
            i += 2;
        } else if (from == to) {
            return false;
        }
        while (i < to) {
            int start = i;
            int value = 0;
            int digit;
            while (i < to && i - start <= 4 && (digit = hexDigit(text.charAt(i))) >= 0) {
                value = (value << 4) | digit;
                i++;
            }
            if (i < to && text.charAt(i) == '.') {
                if (groups > GROUPS - 2 || !parse4(text, start, to, out, 2 * groups)) {
                    return false;
                }
                groups += 2;
                break;
            }
            if (i == start || i - start > 4 || groups == GROUPS) {
                return false;
            }
            out[2 * groups] = (byte) (value >> 8);
            out[2 * groups + 1] = (byte) value;
            groups++;
            if (i == to) {
                break;
            }
            if (text.charAt(i++) != ':' || i == to) {
                return false;
            }
            if (text.charAt(i) == ':') {
                if (gap >= 0) {
                    return false;
                }
                gap = groups;
                i++;
            }
        }
        if (gap < 0) {
            return groups == GROUPS;
        }
        if (groups == GROUPS) {
            return false;
        }
        int tail = 2 * (groups - gap);
        System.arraycopy(out, 2 * gap, out, 2 * GROUPS - tail, tail);
        Arrays.fill(out, 2 * gap, 2 * GROUPS - tail, (byte) 0);
        return true;
    }

    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
