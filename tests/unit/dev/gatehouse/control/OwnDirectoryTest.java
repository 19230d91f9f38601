package dev.gatehouse.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnDirectoryTest {
    private static final int STRANGER = 4242;

    @TempDir
    Path place;

    private Path above;
    private Path directory;

    @BeforeEach
    void make() throws IOException {
        above = Files.createDirectory(place.resolve("above"));
        directory = Files.createDirectory(above.resolve("own"));
        mode(directory, "rwx------");
        mode(above, "rwxr-xr-x");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static void give(Path path, String what, int id) throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root gives files away");
        Files.setAttribute(path, "unix:" + what, id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx------", "rwxr-xr-x", "rwxr-x---"})
    void whereNobodyElseMayWriteNothingSpeaksAgainstIt(String mode) throws IOException {
        mode(directory, mode);

        assertThat(OwnDirectory.objection(directory)).isNull();
        assertThat(OwnDirectory.objection(directory.resolve("not/yet/there"))).isNull();
    }

    @Test
    void everybodyMayWrite() throws IOException {
        mode(directory, "rwxrwxrwx");

        assertThat(OwnDirectory.objection(directory)).isEqualTo("everybody may write to '" + directory + "'");
        assertThat(OwnDirectory.objection(directory.resolve("not/yet/there")))
                .isEqualTo("everybody may write to '" + directory + "'");
    }

    @Test
    void everybodyMayWriteAbove() throws IOException {
        mode(above, "rwxrwxrwx");

        assertThat(OwnDirectory.objection(directory)).isEqualTo("everybody may write to '" + above + "'");

        // As /tmp: what is there cannot be moved by others.
        Files.setAttribute(above, "unix:mode", 01777);
        assertThat(OwnDirectory.objection(directory)).isNull();
    }

    @Test
    void groupMayWriteUnlessItIsTheOwnersOwn() throws IOException {
        mode(directory, "rwxrwx---");
        assertThat(OwnDirectory.objection(directory)).isNull();

        give(directory, "gid", STRANGER);

        assertThat(OwnDirectory.objection(directory))
                .isEqualTo("the group '" + STRANGER + "' may write to '" + directory + "'");
    }

    @Test
    void directoryOfAStranger() throws IOException {
        give(directory, "uid", STRANGER);

        assertThat(OwnDirectory.objection(directory)).isEqualTo("'" + directory + "' belongs to '" + STRANGER + "'");
    }

    @Test
    void directoryBelowAStranger() throws IOException {
        give(above, "uid", STRANGER);

        assertThat(OwnDirectory.objection(directory)).isEqualTo("'" + above + "' belongs to '" + STRANGER + "'");
    }

    @Test
    void linkIsNoDirectory() throws IOException {
        var link = Files.createSymbolicLink(place.resolve("link"), directory);

        assertThat(OwnDirectory.objection(link)).isEqualTo("'" + link + "' is a link; name the directory itself");
        // Above, it is: as /var/run is.
        Files.createDirectory(directory.resolve("inside"));
        assertThat(OwnDirectory.objection(link.resolve("inside"))).isNull();
        mode(directory, "rwxrwxrwx");
        assertThat(OwnDirectory.objection(link.resolve("inside")))
                .isEqualTo("everybody may write to '" + directory + "'");
    }
}
