package dev.gatehouse.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// What was in files at a moment, to be compared with what is in them at another. Immutable.
///
/// @param states by path as the configuration names it
record FileStates(Map<Path, String> states) {
    /// Contents are compared of so many files; of more, only what the file system says about them.
    private static final int MOST_READ = 256;

    /// A larger one is no configuration.
    private static final long MOST_BYTES = 16 << 20;

    private static final int MOST_LINKS = 40;
    private static final String ABSENT = "absent";

    FileStates {
        states = Map.copyOf(states);
    }

    /// Looks at the files. Blocks.
    static FileStates of(Set<Path> files) {
        var states = new HashMap<Path, String>();
        for (var file : files) {
            states.put(file, state(file, files.size() <= MOST_READ));
        }
        return new FileStates(states);
    }

    private static String state(Path file, boolean read) {
        try {
            var is = Files.readAttributes(file, BasicFileAttributes.class);
            if (!is.isRegularFile()) {
                return "no file";
            }
            if (read && is.size() <= MOST_BYTES) {
                return digest(Files.readAllBytes(file));
            }
            return is.fileKey() + " " + is.size() + " " + is.lastModifiedTime().toInstant();
        } catch (IOException | SecurityException unreadable) {
            return Files.exists(file) ? "unreadable" : ABSENT;
        }
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// This, of other files: those that were not among them are looked at now.
    FileStates with(Set<Path> files) {
        var next = new HashMap<Path, String>();
        for (var file : files) {
            var known = states.get(file);
            next.put(file, known != null ? known : state(file, files.size() <= MOST_READ));
        }
        return new FileStates(next);
    }

    /// Which files are not as they were there.
    Set<Path> differing(FileStates other) {
        var differing = new TreeSet<Path>();
        states.forEach((file, state) -> {
            if (!Objects.equals(state, other.states.get(file))) {
                differing.add(file);
            }
        });
        return differing;
    }

    /// How often so many files can be looked at where nobody tells of changes.
    long lookMillis() {
        return Math.max(500, states.size());
    }

    /// The directories in which a change can change a file: its own, and those of all links on the way.
    Set<Path> directories() {
        var directories = new HashSet<Path>();
        for (var file : states.keySet()) {
            var at = file;
            for (int links = 0; at.getParent() != null && links < MOST_LINKS; links++) {
                directories.add(at.getParent());
                addLinkedAncestors(at.getParent(), directories);
                try {
                    if (!Files.isSymbolicLink(at)) {
                        break;
                    }
                    at = at.getParent().resolve(Files.readSymbolicLink(at)).normalize();
                } catch (IOException gone) {
                    break;
                }
            }
        }
        return directories;
    }

    /// Where a directory on the way is a link itself, as in `..data/tls.crt`, its change is one of the directory that
    /// holds the link.
    private static void addLinkedAncestors(Path directory, Set<Path> directories) {
        for (var at = directory; at.getParent() != null; at = at.getParent()) {
            if (Files.isSymbolicLink(at)) {
                directories.add(at.getParent());
            }
        }
    }
}
