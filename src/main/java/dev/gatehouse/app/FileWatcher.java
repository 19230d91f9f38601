package dev.gatehouse.app;

import dev.gatehouse.observe.Facts;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks for a reload when a file has changed that the configuration consists of, on a thread of its own.
///
/// The kernel tells of changes in the files' directories; where it cannot be trusted to (network and other foreign
/// file systems, too many watches), and now and then in any case, the files are looked at. What counts is their
/// content: a file that is written again as it was is no change.
final class FileWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatcher.class);

    /// How long nothing may change before a change counts: editors save in several steps.
    private static final long SETTLED_MILLIS = 200;

    /// Behind that, files that change all the time are taken in the next moment in which they are left alone.
    private static final long IMPATIENT_AFTER_MILLIS = 2_000;

    private static final long IMPATIENT_MILLIS = 20;

    /// Between two looks where the kernel tells of changes; it may have lost some.
    private static final long LOOK_MILLIS = 30_000;

    /// Looks in a short time that a change of another file led to, and that found nothing.
    private static final int MOST_IN_VAIN = 20;

    private static final long VAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Supplier<Set<Path>> files;
    private final Supplier<FileStates> read;
    private final Runnable change;
    private final Thread thread = Thread.ofPlatform().daemon().name("watch").unstarted(this::run);
    private final DirectoryWatch directories;
    private FileStates seen;
    private int inVain;
    private long vainSince;

    /// @param files those that matter, asked for before each look
    /// @param seen what was in the files before they were read at the start
    /// @param read what the last reading found, whoever asked for it
    /// @param change done when they have changed, before the next look
    FileWatcher(
            DirectoryWatch directories,
            FileStates seen,
            Supplier<Set<Path>> files,
            Supplier<FileStates> read,
            Runnable change) {
        this.directories = directories;
        this.files = files;
        this.read = read;
        this.change = change;
        this.seen = seen;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            boolean woken = false;
            while (true) {
                // First, so that what changes between the look and the wait ends the wait.
                directories.watch(seen.directories());
                var now = FileStates.of(files.get());
                if (!now.equals(seen)) {
                    seen = settled(now);
                    if (!seen.equals(read.get())) {
                        change.run();
                    }
                    // A reload may name other files, and takes its time.
                    seen = seen.with(files.get());
                    woken = false;
                } else {
                    if (woken && isBusy()) {
                        directories.rest();
                    }
                    woken = directories.await(directories.isReliable() ? LOOK_MILLIS : seen.lookMillis());
                }
            }
        } catch (InterruptedException _) {
            // closed
        } catch (RuntimeException bug) {
            LOG.error("watching files failed; reloads need SIGHUP from now on", bug);
        } finally {
            directories.close();
        }
    }

    /// Whether files that do not matter change so often that watching costs more than looking now and then.
    private boolean isBusy() {
        long now = System.nanoTime();
        if (inVain == 0 || now - vainSince > VAIN_NANOS) {
            inVain = 0;
            vainSince = now;
        }
        inVain++;
        if (inVain < MOST_IN_VAIN) {
            return false;
        }
        inVain = 0;
        return true;
    }

    /// Waits until nobody writes any more.
    private FileStates settled(FileStates first) throws InterruptedException {
        long began = System.nanoTime();
        var last = first;
        LOG.debug("files change reason=config.settling files={}", Facts.quoted(first.differing(seen)));
        while (true) {
            boolean patient = System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(IMPATIENT_AFTER_MILLIS);
            Thread.sleep(patient ? SETTLED_MILLIS : IMPATIENT_MILLIS);
            var now = FileStates.of(files.get());
            if (now.equals(last)) {
                return now;
            }
            last = now;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
