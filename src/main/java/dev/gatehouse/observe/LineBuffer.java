package dev.gatehouse.observe;

/// Log lines as bytes, in pure ASCII where strangers' words are concerned. One thread.
final class LineBuffer {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};

    private byte[] bytes;
    private int length;

    LineBuffer(int size) {
        bytes = new byte[size];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    /// Forgets what was added behind that length.
    void cutTo(int shorter) {
        length = shorter;
    }

    LineBuffer raw(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /// Our own words only: ASCII without anything that needs escaping.
    LineBuffer raw(String ascii) {
        room(ascii.length());
        var at = bytes;
        var end = length;
        for (int i = 0; i < ascii.length(); i++) {
            at[end++] = (byte) ascii.charAt(i);
        }
        length = end;
        return this;
    }

    LineBuffer raw(byte[] ascii) {
        room(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    LineBuffer number(long value) {
        if (value < 0) {
            return raw(Long.toString(value));
        }
        room(20);
        var digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        var rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /// Exactly that many digits, from the right; `value` is not negative.
    LineBuffer padded(long value, int digits) {
        room(digits);
        var rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /// Microseconds as milliseconds with three decimals: `1.234`.
    LineBuffer millis(long micros) {
        var positive = Math.max(0, micros);
        return number(positive / 1_000).raw('.').padded(positive % 1_000, 3);
    }

    /// Inside quotes of a `combined` line: a quote and a backslash get a backslash; control and other characters up to
    /// 0xFF become `\xHH`, those above the six characters of a Java escape.
    LineBuffer escaped(String text) {
        room(text.length() * 6);
        for (int i = plain(text); i < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= 0x20 && c < 0x7F) {
                if (c == '"' || c == '\\') {
                    bytes[length++] = '\\';
                }
                bytes[length++] = (byte) c;
            } else if (c <= 0xFF) {
                bytes[length++] = '\\';
                bytes[length++] = 'x';
                hex(c, 4);
            } else {
                unicode(c);
            }
        }
        return this;
    }

    /// Inside a JSON string (RFC 8259 §7), everything outside printable ASCII as the six characters of an escape.
    LineBuffer json(String text) {
        room(text.length() * 6);
        for (int i = plain(text); i < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= 0x20 && c < 0x7F) {
                if (c == '"' || c == '\\') {
                    bytes[length++] = '\\';
                }
                bytes[length++] = (byte) c;
            } else {
                unicode(c);
            }
        }
        return this;
    }

    /// For people: letters of all languages stay (UTF-8); whatever could end the line, move the cursor, change the
    /// direction or stay unseen is escaped as `\n`, `\t`, `\r` or the six characters of a Java escape.
    LineBuffer readable(String text) {
        room(text.length() * 6);
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= 0x20 && c < 0x7F) {
                bytes[length++] = (byte) c;
            } else if (c == '\n') {
                bytes[length++] = '\\';
                bytes[length++] = 'n';
            } else if (c == '\t') {
                bytes[length++] = '\\';
                bytes[length++] = 't';
            } else if (c == '\r') {
                bytes[length++] = '\\';
                bytes[length++] = 'r';
            } else if (!Character.isLetterOrDigit(c) && Character.getType(c) != Character.DASH_PUNCTUATION) {
                unicode(c);
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xC0 | (c >> 6));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            } else {
                bytes[length++] = (byte) (0xE0 | (c >> 12));
                bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            }
        }
        return this;
    }

    /// Adds the beginning that needs no escaping, mostly all of it.
    ///
    /// @return how many characters that was
    private int plain(String text) {
        var at = bytes;
        var end = length;
        var i = 0;
        for (; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\') {
                break;
            }
            at[end++] = (byte) c;
        }
        length = end;
        return i;
    }

    private void unicode(char c) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        hex(c, 12);
    }

    private void hex(char c, int highestShift) {
        for (int shift = highestShift; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(c >> shift) & 0xF];
        }
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            var larger = new byte[Math.max(bytes.length * 2, length + more)];
            System.arraycopy(bytes, 0, larger, 0, length);
            bytes = larger;
        }
    }
}
