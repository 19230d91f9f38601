package dev.gatehouse.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Splits a PEM file into its blocks (RFC 7468). Text before, between and behind the blocks is a comment.
final class PemBlocks {
    private static final long MAX_BYTES = 1 << 20;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    /// OpenSSL's own form: a certificate, and what it is trusted for behind it.
    static final String TRUSTED = "TRUSTED CERTIFICATE";

    private static final byte DER_SEQUENCE = 0x30;
    /// Curves are named by one, in `EC PARAMETERS`.
    private static final byte DER_OBJECT_IDENTIFIER = 6;

    private final Path file;
    private final String[] lines;
    private final List<Block> blocks = new ArrayList<>();
    private int at;

    private PemBlocks(Path file, String text) {
        this.file = file;
        this.lines = text.lines().toArray(String[]::new);
    }

    /// One block.
    static final class Block {
        private final int number;
        private final int line;
        private final String label;
        private final boolean encrypted;
        private final byte[] der;

        private Block(int number, int line, String label, boolean encrypted, byte[] der) {
            this.number = number;
            this.line = line;
            this.label = label;
            this.encrypted = encrypted;
            this.der = der;
        }

        /// What its first line says: `CERTIFICATE`.
        String label() {
            return label;
        }

        /// Whether its header says so (RFC 1421 §4.6.1.1).
        boolean encrypted() {
            return encrypted;
        }

        /// What it holds: exactly one DER element; nothing when it is encrypted.
        byte[] der() {
            return der;
        }

        /// Where it stands, for messages.
        String where() {
            return "block " + number + " (line " + line + ")";
        }
    }

    /// @throws PemException when the file cannot be read, holds no block, or one that is broken
    static List<Block> read(Path file) throws PemException {
        return of(file, bytes(file));
    }

    /// @param bytes all of the file
    /// @throws PemException when it holds no block, or one that is broken
    static List<Block> of(Path file, byte[] bytes) throws PemException {
        var blocks = new PemBlocks(file, new String(bytes, StandardCharsets.ISO_8859_1)).split();
        if (blocks.isEmpty()) {
            throw notPem(file, bytes);
        }
        return blocks;
    }

    /// All of a file.
    ///
    /// @throws PemException when it cannot be read, is empty or larger than 1 MiB
    static byte[] bytes(Path file) throws PemException {
        try {
            if (Files.isDirectory(file)) {
                throw unreadable(file, "it is a directory");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new PemException(file, "cert.too_large", "file '" + file + "' is larger than 1 MiB", null);
            }
            byte[] bytes = Files.readAllBytes(file);
            if (new String(bytes, StandardCharsets.ISO_8859_1).isBlank()) {
                throw new PemException(file, "cert.empty", "file '" + file + "' is empty", null);
            }
            return bytes;
        } catch (NoSuchFileException _) {
            throw unreadable(file, "no such file");
        } catch (IOException e) {
            throw unreadable(file, Files.exists(file) ? "permission denied" : String.valueOf(e.getMessage()));
        }
    }

    private static PemException unreadable(Path file, String why) {
        return new PemException(file, "cert.unreadable", "file '" + file + "' cannot be read: " + why, null);
    }

    private static PemException notPem(Path file, byte[] bytes) {
        if (bytes[0] == DER_SEQUENCE && derSize(bytes) == bytes.length) {
            // A PKCS#12 file is a sequence that begins with the number 3.
            int body = bytes.length - bodySize(bytes);
            boolean pkcs12 =
                    bytes.length > body + 3 && bytes[body] == 2 && bytes[body + 1] == 1 && bytes[body + 2] == 3;
            return new PemException(
                    file,
                    "cert.not_pem",
                    "file '" + file + "' is not PEM but " + (pkcs12 ? "PKCS#12" : "binary (DER)"),
                    "convert it: " + (pkcs12 ? "openssl pkcs12 -in FILE -nodes -out FILE.pem" : conversion(bytes)));
        }
        boolean wide = bytes.length > 1
                && (bytes[0] == 0 || bytes[1] == 0 || bytes[0] == (byte) 0xff || bytes[0] == (byte) 0xfe);
        return new PemException(
                file,
                "cert.not_pem",
                "file '" + file + "' holds no PEM block" + (wide ? ": it looks like UTF-16" : ""),
                "a block begins with a line like -----BEGIN CERTIFICATE-----");
    }

    private static String conversion(byte[] der) {
        var command = isDer(der, true) ? "crl" : isDer(der, false) ? "x509" : "pkey";
        return "openssl " + command + " -inform der -in FILE -out FILE.pem";
    }

    /// Whether it is a whole revocation list, or a whole certificate, in DER.
    static boolean isDer(byte[] bytes, boolean list) {
        if (bytes[0] != DER_SEQUENCE || derSize(bytes) != bytes.length) {
            return false;
        }
        try {
            var factory = CertificateFactory.getInstance("X.509");
            var in = new ByteArrayInputStream(bytes);
            return (list ? factory.generateCRL(in) : factory.generateCertificate(in)) != null;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private List<Block> split() throws PemException {
        while (at < lines.length) {
            String line = line();
            at++;
            int begin = line.indexOf(BEGIN);
            // Nothing but a byte order mark may stand before it.
            if (begin >= 0 && begin <= 3 && line.endsWith(DASHES)) {
                block(line.substring(begin + BEGIN.length(), line.length() - DASHES.length()));
            }
        }
        return blocks;
    }

    private void block(String label) throws PemException {
        int number = blocks.size() + 1;
        int first = at;
        boolean encrypted = false;
        var base64 = new StringBuilder();
        for (; at < lines.length; at++) {
            String line = line();
            if (line.startsWith(END)) {
                at++;
                if (line.contains(DASHES + BEGIN)) {
                    throw broken(
                            number,
                            first,
                            "ends in line " + at + ", and the next block begins in the same line",
                            "put a line break between the dashes of -----END ...----- and -----BEGIN ...-----");
                }
                if (!line.equals(END + label + DASHES)) {
                    throw broken(number, first, "ends with '" + line + "'", null);
                }
                byte[] der = encrypted ? new byte[0] : der(number, first, label, base64.toString());
                blocks.add(new Block(number, first, label, encrypted, der));
                return;
            }
            if (line.startsWith(BEGIN)) {
                break;
            }
            if (line.indexOf(':') > 0) {
                if (!base64.isEmpty()) {
                    throw broken(number, first, "holds text in line " + (at + 1), null);
                }
                encrypted |= line.startsWith("Proc-Type:") && line.contains("ENCRYPTED");
            } else {
                base64.append(line);
            }
        }
        throw broken(number, first, "has no last line", "it was probably cut when it was copied");
    }

    private byte[] der(int number, int first, String label, String base64) throws PemException {
        byte[] der;
        try {
            der = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            throw broken(number, first, "is not base64", null);
        }
        int size = derSize(der);
        if (size < 0 || (der[0] != DER_SEQUENCE && der[0] != DER_OBJECT_IDENTIFIER)) {
            throw broken(number, first, der.length == 0 ? "is empty" : "is not DER", null);
        }
        if (size > der.length) {
            throw broken(number, first, "is cut short", "copy it again, with all its lines");
        }
        if (size < der.length && !label.equals(TRUSTED)) {
            throw broken(number, first, "has " + (der.length - size) + " bytes too many at its end", null);
        }
        return der;
    }

    private PemException broken(int number, int line, String what, @Nullable String hint) {
        return new PemException(
                file,
                "cert.broken_block",
                "file '" + file + "': block " + number + " (line " + line + ") " + what,
                hint);
    }

    private String line() {
        return lines[at].strip();
    }

    /// The size of the DER element at the start; -1 when there is none.
    private static int derSize(byte[] der) {
        if (der.length < 2) {
            return -1;
        }
        int length = der[1] & 0xff;
        if (length < 0x80) {
            return 2 + length;
        }
        int count = length & 0x7f;
        if (count == 0 || count > 3 || der.length < 2 + count) {
            return -1;
        }
        int size = 0;
        for (int i = 0; i < count; i++) {
            size = (size << 8) | (der[2 + i] & 0xff);
        }
        return 2 + count + size;
    }

    private static int bodySize(byte[] der) {
        int length = der[1] & 0xff;
        return der.length - 2 - (length < 0x80 ? 0 : length & 0x7f);
    }
}
