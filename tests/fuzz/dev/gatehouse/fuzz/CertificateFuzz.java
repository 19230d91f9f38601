package dev.gatehouse.fuzz;

import dev.gatehouse.tls.CredentialFiles;
import dev.gatehouse.tls.PemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// Any bytes in a certificate or key file: a certificate, or an error with the file's name.
public final class CertificateFuzz {
    private static final List<String> LABELS =
            List.of("", "CERTIFICATE", "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "X509 CRL");
    /// A class name, an object's identity, an absent value.
    private static final Pattern OF_JAVA = Pattern.compile("\\b(java|org|sun)\\.[a-z]|@[0-9a-f]{6}|\\bnull\\b");

    private static final CredentialFiles READER = new CredentialFiles();
    private static final Path FILE = file();

    private CertificateFuzz() {}

    private static Path file() {
        try {
            return Files.createTempFile("gatehouse-fuzz", ".pem");
        } catch (IOException failed) {
            throw new ExceptionInInitializerError(failed);
        }
    }

    /// One input; its first byte says what the others are: a file, or the content of a PEM block.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        var label = LABELS.get((input[0] & 0xff) % LABELS.size());
        var rest = Arrays.copyOfRange(input, 1, input.length);
        Files.write(FILE, label.isEmpty() ? rest : pem(label, rest));
        try {
            READER.load(FILE, FILE);
        } catch (PemException expected) {
            var message = String.valueOf(expected.getMessage());
            if (OF_JAVA.matcher(message).find()) {
                throw new Finding("says nothing to a person: " + message, expected);
            }
        }
        READER.retain(List.of());
    }

    private static byte[] pem(String label, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(label, Base64.getMimeEncoder().encodeToString(der), label)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
