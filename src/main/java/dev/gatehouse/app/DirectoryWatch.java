package dev.gatehouse.app;

import dev.gatehouse.observe.Facts;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Lets the kernel tell when something changes in directories. One thread at a time.
final class DirectoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

    /// File systems whose changes happen in this kernel; on others (NFS, SMB, FUSE, overlays) others may write.
    private static final Set<String> LOCAL =
            Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "ramfs", "zfs", "f2fs", "bcachefs");

    private static final WatchEvent.Kind<?>[] KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE
    };

    /// How long busy directories are left alone.
    private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// Between two looks whether the directories are where they were.
    private static final long LOOK_MILLIS = 500;

    private final @Nullable WatchService service;
    private final Map<Path, Watched> watched = new HashMap<>();
    private Set<Path> wanted = Set.of();
    private boolean reliable;
    private boolean resting;
    private long restsUntil;
    private boolean told;

    /// A watched directory, and which one had its name then: the kernel stays with that when it is renamed.
    private record Watched(WatchKey key, @Nullable Object identity) {
        boolean isOf(Path directory) {
            return key.isValid() && Objects.equals(identity, identityOf(directory));
        }
    }

    /// @param service null where the kernel cannot be asked
    DirectoryWatch(@Nullable WatchService service) {
        this.service = service;
    }

    /// What this system has.
    static DirectoryWatch ofSystem() {
        try {
            return new DirectoryWatch(FileSystems.getDefault().newWatchService());
        } catch (IOException | UnsupportedOperationException none) {
            var made = new DirectoryWatch(null);
            made.tellOnce(Level.WARN, "the system has no watches: " + none.getMessage());
            return made;
        }
    }

    /// Watches these from now on, and no others.
    void watch(Set<Path> directories) {
        if (resting && System.nanoTime() - restsUntil < 0) {
            return;
        }
        resting = false;
        if (directories.equals(wanted) && reliable && !hasMoved()) {
            return;
        }
        wanted = Set.copyOf(directories);
        watched.entrySet().removeIf(entry -> {
            boolean goes =
                    !directories.contains(entry.getKey()) || !entry.getValue().isOf(entry.getKey());
            if (goes) {
                entry.getValue().key().cancel();
            }
            return goes;
        });
        boolean all = service != null;
        for (var directory : directories) {
            all &= watched.containsKey(directory) || register(directory);
        }
        reliable = all;
    }

    /// Watches nothing for a while: others write there all the time.
    void rest() {
        resting = true;
        restsUntil = System.nanoTime() + REST_NANOS;
        reliable = false;
        tellOnce(Level.INFO, "other files change all the time in " + watched.keySet());
        watched.values().forEach(directory -> directory.key().cancel());
        watched.clear();
    }

    private boolean register(Path directory) {
        if (service == null) {
            return false;
        }
        try {
            var identity = identityOf(directory);
            watched.put(directory, new Watched(directory.register(service, KINDS), identity));
            var type = Files.getFileStore(directory).type();
            if (!LOCAL.contains(type)) {
                tellOnce(Level.WARN, "others may write to " + directory + " (" + type + ")");
                return false;
            }
            return true;
        } catch (IOException | SecurityException refused) {
            if (Files.isDirectory(directory)) {
                tellOnce(Level.WARN, "no watch of " + directory + ": " + refused.getMessage());
            }
            return false;
        }
    }

    private void tellOnce(Level level, String why) {
        if (!told) {
            told = true;
            LOG.atLevel(level).log("files are looked at twice a second reason=watch.poll cause={}", Facts.quoted(why));
        }
    }

    /// Whether the kernel tells of every change.
    boolean isReliable() {
        return reliable;
    }

    /// Waits until something changes or the time is over.
    ///
    /// @return whether something has changed, as far as the kernel tells
    boolean await(long millis) throws InterruptedException {
        if (service == null) {
            Thread.sleep(millis);
            return false;
        }
        try {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            boolean changed = false;
            for (long left = millis; !changed && left > 0; left = millisUntil(end)) {
                var key = service.poll(Math.min(left, lookMillis()), TimeUnit.MILLISECONDS);
                changed = key != null || hasMoved();
                for (var more = key; more != null; more = service.poll()) {
                    more.pollEvents();
                    more.reset();
                }
            }
            return changed;
        } catch (ClosedWatchServiceException closed) {
            throw new InterruptedException();
        }
    }

    private static long millisUntil(long end) {
        return TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }

    /// Whether the name of a directory, or of one above it, means another one now. Costs a system call for each.
    private boolean hasMoved() {
        return watched.entrySet().stream().anyMatch(entry -> !entry.getValue().isOf(entry.getKey()));
    }

    /// How often so many directories can be asked for.
    private long lookMillis() {
        return Math.max(LOOK_MILLIS, watched.size());
    }

    /// Device and inode of what the name means now; null where there is nothing.
    private static @Nullable Object identityOf(Path directory) {
        try {
            return Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        } catch (IOException | SecurityException gone) {
            return null;
        }
    }

    @Override
    public void close() {
        if (service != null) {
            try {
                service.close();
            } catch (IOException gone) {
                // Closed is what it should be.
            }
        }
    }
}
