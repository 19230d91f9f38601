package dev.gatehouse.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import org.jspecify.annotations.Nullable;

/// Whether what is put into a directory stays what it is: nobody but this user and root can replace it.
///
/// The directory belongs to one of both, is no link, and others may not write to it; nor can others exchange those
/// above it. `/tmp` is no harm: where the sticky bit is set, nobody moves what is another's.
public final class OwnDirectory {
    private static final int STICKY = 01000;

    private final int self;

    private OwnDirectory(int self) {
        this.self = self;
    }

    /// What speaks against it.
    ///
    /// @param directory where it does not exist, the nearest one above that does is looked at
    /// @return one line; null where nothing does
    public static @Nullable String objection(Path directory) {
        try {
            return new OwnDirectory(Users.self())
                    .whole(directory.toAbsolutePath().normalize());
        } catch (UnsupportedOperationException noOwners) {
            return null;
        } catch (IOException failed) {
            return "'" + directory + "' cannot be looked at: " + failed.getMessage();
        }
    }

    private @Nullable String whole(Path wanted) throws IOException {
        var directory = wanted;
        while (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && directory.getParent() != null) {
            directory = directory.getParent();
        }
        var objection = directory.equals(wanted) ? itself(directory) : null;
        return objection == null ? way(directory) : objection;
    }

    /// What speaks against the directory that things are put into, beside what speaks against any.
    private static @Nullable String itself(Path directory) throws IOException {
        if (Files.isSymbolicLink(directory)) {
            return "'" + directory + "' is a link; name the directory itself";
        }
        var of = attributes(directory);
        boolean byGroup = of.permissions().contains(PosixFilePermission.GROUP_WRITE) && !isSticky(directory);
        // A group of the owner's own, as many systems make them, has nobody else in it.
        return byGroup && !of.group().getName().equals(of.owner().getName())
                ? "the group '" + of.group().getName() + "' may write to '" + directory + "'"
                : null;
    }

    /// What speaks against a directory or those above it.
    private @Nullable String way(Path directory) throws IOException {
        String objection = null;
        for (var at = directory; objection == null && at != null; at = at.getParent()) {
            objection = strangers(at);
            if (objection == null && Files.isSymbolicLink(at)) {
                objection = way(at.toRealPath());
            }
        }
        return objection;
    }

    private @Nullable String strangers(Path path) throws IOException {
        int owner = Users.owner(path);
        var of = attributes(path);
        if (owner != self && owner != Users.ROOT) {
            return "'" + path + "' belongs to '" + of.owner().getName() + "'";
        }
        boolean byAll = of.permissions().contains(PosixFilePermission.OTHERS_WRITE);
        return byAll && of.isDirectory() && !isSticky(path) ? "everybody may write to '" + path + "'" : null;
    }

    private static PosixFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isSticky(Path directory) throws IOException {
        return Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS) instanceof Integer mode
                && (mode & STICKY) != 0;
    }
}
