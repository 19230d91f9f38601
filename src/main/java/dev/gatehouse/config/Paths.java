package dev.gatehouse.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Makes the paths in a file absolute.
///
/// They are relative to the file's directory. rpxy takes them from the working directory, so a path of one of its
/// keys that exists only there is taken from there, with a warning.
final class Paths {
    private final Path directory;
    private final Path workingDirectory;
    private final Problems problems;

    Paths(Path directory, Path workingDirectory, Problems problems) {
        this.directory = directory;
        this.workingDirectory = workingDirectory;
        this.problems = problems;
    }

    /// The path of a key of rpxy; null where the key is absent or wrong.
    @Nullable
    Path existing(Node node, String name) {
        var given = given(node, name);
        if (given == null || given.isAbsolute()) {
            return given;
        }
        var usual = directory.resolve(given).normalize();
        var other = workingDirectory.resolve(given).normalize();
        if (usual.equals(other) || Files.exists(usual) || !Files.exists(other)) {
            return usual;
        }
        problems.warning(
                Code.WORKING_DIRECTORY,
                node.path(name),
                Words.quote(given.toString()) + " exists only in the working directory, and is taken from there",
                "move it to " + directory + ", or write " + Words.quote(other.toString()));
        return other;
    }

    /// The path of a key of ours; null where the key is absent or wrong.
    @Nullable
    Path relativeToFile(Node node, String name) {
        var given = given(node, name);
        return given == null ? null : directory.resolve(given).normalize();
    }

    private static @Nullable Path given(Node node, String name) {
        return node.parse(name, Paths::parse);
    }

    private static Path parse(String text) throws BadValue {
        if (text.isBlank()) {
            throw new BadValue("the path is empty", null);
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new BadValue(Words.quote(text) + " cannot be a path", null);
        }
    }
}
