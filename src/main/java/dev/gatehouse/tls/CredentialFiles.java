package dev.gatehouse.tls;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Reads certificates with their keys from files, and remembers them: what is in the files as it was is not parsed and
/// proved again. Any thread, blocks.
public final class CredentialFiles {
    /// By certificate file and key file.
    private final Map<List<Path>, Known> known = new ConcurrentHashMap<>();

    /// @param digests of both files
    private record Known(String digests, Credentials credentials) {}

    /// What [Credentials#load] gives; the same object as before where neither file has changed.
    ///
    /// @throws PemException with the file and block that is wrong
    public Credentials load(Path certificateFile, Path keyFile) throws PemException {
        byte[] certificates = PemBlocks.bytes(certificateFile);
        byte[] key = PemBlocks.bytes(keyFile);
        var digests = digest(certificates) + " " + digest(key);
        var files = List.of(certificateFile, keyFile);
        var before = known.get(files);
        if (before != null && before.digests.equals(digests)) {
            return before.credentials;
        }
        var credentials = Credentials.of(certificateFile, certificates, keyFile, key);
        known.put(files, new Known(digests, credentials));
        return credentials;
    }

    /// Forgets all but these.
    public void retain(Collection<Credentials> inUse) {
        var kept = Set.copyOf(inUse);
        known.values().removeIf(each -> !kept.contains(each.credentials));
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
