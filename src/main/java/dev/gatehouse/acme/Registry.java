package dev.gatehouse.acme;

import dev.gatehouse.acme.OrderFailure.Kind;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.tls.CertificateNames;
import dev.gatehouse.tls.Credentials;
import dev.gatehouse.tls.PemException;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where accounts, certificates and orders are kept.
///
/// ```
/// lock                                  held by the process that may write
/// CA/account.pem, account.url           CA is host and hash of the directory's URL
/// CA/NAME/certificate.pem               key and chain in one file, so that they change together
/// CA/NAME/order.pem, order.state        key and facts of an order; NAME is the certificate's first name
/// NAME/cached_cert_HASH                 rpxy's, only read
/// ```
final class Registry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    private static final String CERTIFICATE = "certificate.pem";
    private static final String ORDER_KEY = "order.pem";
    private static final String ORDER_STATE = "order.state";
    private static final String ACCOUNT_KEY = "account.pem";
    private static final String ACCOUNT_URL = "account.url";

    private final Path root;
    private final Path own;
    private @Nullable FileChannel lockFile;
    private @Nullable FileLock lock;

    Registry(Path root, URI directory) {
        this.root = root;
        this.own = root.resolve(directory.getHost() + "-" + hash(directory.toString()));
    }

    /// A certificate on disk.
    ///
    /// @param obtained when the file was written
    /// @param own whether it is in the place of its first name, from the CA that is configured
    record Stored(Path file, Credentials credentials, Instant obtained, boolean own) {
        private long covered(List<String> names) {
            var its = new CertificateNames(credentials.leaf());
            return names.stream().filter(its::cover).count();
        }

        /// Whether it can be shown for all of these.
        boolean coversAll(List<String> names) {
            return covered(names) == names.size();
        }

        private Instant until() {
            return credentials.leaf().getNotAfter().toInstant();
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Makes sure that no other process writes here.
    ///
    /// @return false when another one has the lock
    synchronized boolean lock() throws IOException {
        if (lock != null) {
            return true;
        }
        AtomicFile.directory(root);
        var channel = FileChannel.open(
                root.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            // somebody else in this process
        }
        if (lock == null) {
            channel.close();
            return false;
        }
        lockFile = channel;
        return true;
    }

    @Override
    public synchronized void close() {
        var channel = lockFile;
        lockFile = null;
        lock = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.warn("registry lock stays reason=acme.store cause={}", Facts.cause(e));
            }
        }
    }

    Path directory() {
        return own;
    }

    private Path of(String name) {
        return own.resolve(name.startsWith("*.") ? "_" + name.substring(1) : name);
    }

    /// What can be shown for these names: the certificate that was made for them, or else whichever covers most of
    /// them. One that covers only some is better than none.
    @Nullable
    Stored find(List<String> names) {
        var usual = load(of(names.getFirst()).resolve(CERTIFICATE), true);
        if (usual != null && usual.coversAll(names)) {
            return usual;
        }
        return all().stream()
                .filter(stored -> stored.covered(names) > 0)
                .max(Comparator.comparingLong((Stored stored) -> stored.covered(names))
                        .thenComparing(Stored::until))
                .orElse(null);
    }

    private List<Stored> all() {
        var found = new ArrayList<Stored>();
        for (var pattern : List.of("glob:*/*/" + CERTIFICATE, "glob:*/cached_cert_*")) {
            var matcher = FileSystems.getDefault().getPathMatcher(pattern);
            try (var files = Files.walk(root, 3)) {
                files.filter(file -> matcher.matches(root.relativize(file)))
                        .sorted()
                        .forEach(file -> {
                            var stored = load(file, false);
                            if (stored != null) {
                                found.add(stored);
                            }
                        });
            } catch (NoSuchFileException _) {
                return found;
            } catch (IOException e) {
                LOG.warn("registry cannot be read reason=acme.store cause={}", Facts.cause(e));
            }
        }
        return found;
    }

    private static @Nullable Stored load(Path file, boolean own) {
        try {
            var written = Files.getLastModifiedTime(file).toInstant();
            return new Stored(file, Credentials.load(file, file), written, own);
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException | PemException e) {
            LOG.warn(
                    "certificate cannot be used reason=acme.store file={} cause={}",
                    Facts.quoted(file),
                    Facts.cause(e));
            return null;
        }
    }

    /// Puts a certificate in the place of the one before; the order is over then.
    Stored save(List<String> names, Credentials credentials, Instant now) throws OrderFailure {
        var directory = of(names.getFirst());
        var file = directory.resolve(CERTIFICATE);
        try {
            AtomicFile.write(file, credentials.pem());
            AtomicFile.delete(directory.resolve(ORDER_STATE));
            AtomicFile.delete(directory.resolve(ORDER_KEY));
        } catch (IOException e) {
            throw failed(file, e);
        }
        return new Stored(file, credentials, now, true);
    }

    /// The state of the orders for these names.
    OrderState state(List<String> names, String settings) {
        try {
            return OrderState.of(Files.readString(of(names.getFirst()).resolve(ORDER_STATE)), settings);
        } catch (NoSuchFileException _) {
            return OrderState.fresh(settings);
        } catch (IOException e) {
            LOG.warn("state of an order is lost reason=acme.store name={} cause={}", names.getFirst(), Facts.cause(e));
            return OrderState.fresh(settings);
        }
    }

    void save(List<String> names, OrderState state) throws OrderFailure {
        write(of(names.getFirst()).resolve(ORDER_STATE), state.text());
    }

    /// The key of the order under way; null when there is none.
    @Nullable
    KeyPair orderKey(List<String> names) {
        return key(of(names.getFirst()).resolve(ORDER_KEY));
    }

    void saveOrderKey(List<String> names, KeyPair key) throws OrderFailure {
        write(of(names.getFirst()).resolve(ORDER_KEY), Keys.text(key));
    }

    /// Forgets the key of an order that leads nowhere, so that no key is used twice.
    void dropOrderKey(List<String> names) throws OrderFailure {
        var file = of(names.getFirst()).resolve(ORDER_KEY);
        try {
            AtomicFile.delete(file);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /// The account's key; null when there is none.
    @Nullable
    KeyPair accountKey() {
        return key(own.resolve(ACCOUNT_KEY));
    }

    void saveAccountKey(KeyPair key) throws OrderFailure {
        write(own.resolve(ACCOUNT_KEY), Keys.text(key));
    }

    /// Where the CA has the account, and with which contact; null when that is not known.
    @Nullable
    String account() {
        try {
            return Files.readString(own.resolve(ACCOUNT_URL));
        } catch (IOException _) {
            return null;
        }
    }

    void saveAccount(String text) throws OrderFailure {
        write(own.resolve(ACCOUNT_URL), text);
    }

    private static void write(Path file, String text) throws OrderFailure {
        try {
            AtomicFile.write(file, text);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static @Nullable KeyPair key(Path file) {
        try {
            return Keys.read(Files.readString(file));
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("key cannot be read reason=acme.store file={} cause={}", Facts.quoted(file), Facts.cause(e));
            return null;
        }
    }

    private static OrderFailure failed(Path file, IOException e) {
        return new OrderFailure(
                Kind.STORE,
                "'" + file + "' cannot be written: " + (e.getMessage() == null ? e : e.getMessage()),
                "the registry must be writable and have room",
                null,
                e);
    }
}
