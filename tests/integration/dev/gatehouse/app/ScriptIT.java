package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `./gatehouse` in a checkout whose path has blanks, with a Maven that only tells that it was called.
@Timeout(120)
class ScriptIT {
    private static final Path JAR = Path.of(System.getProperty("gatehouse.jar", "target/gatehouse.jar"));
    private static final Path LIBRARIES = Path.of(System.getProperty("gatehouse.lib", "target/lib"));

    @TempDir
    Path directory;

    private Path root;
    private Path elsewhere;
    private Path tools;

    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void makeCheckout() throws IOException {
        assumeTrue(Files.exists(JAR), "needs the built jar");
        root = directory.resolve("a check out");
        elsewhere = Files.createDirectories(directory.resolve("else where"));
        tools = Files.createDirectories(directory.resolve("tools"));
        for (var file : List.of("gatehouse", "pom.xml", "packaging/jvm.options", ".mvn/jdk25")) {
            Files.createDirectories(root.resolve(file).getParent());
            Files.copy(Path.of(file), root.resolve(file));
        }
        Files.createDirectories(root.resolve("src/main/java"));
        Files.createDirectories(root.resolve("target"));
        Files.createSymbolicLink(root.resolve("target/lib"), LIBRARIES.toAbsolutePath());
        Files.copy(JAR, root.resolve("target/gatehouse.jar"));
        built(Instant.now().plusSeconds(60));
        var maven = Files.writeString(tools.resolve("mvn"), "#!/bin/sh\necho '[ERROR] called: mvn' \"$@\"\nexit 1\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void runsFromAnywhereThroughALink() throws Exception {
        var link = Files.createSymbolicLink(elsewhere.resolve("gate house"), Path.of("../a check out/gatehouse"));

        var outcome = run(link.toString(), "version");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).startsWith("gatehouse ");
        assertThat(outcome.code()).isZero();
    }

    @Test
    void argumentsAndExitCodesPassThrough() throws Exception {
        var outcome = run(root.resolve("gatehouse").toString(), "check", "-c", "no such file.toml");

        assertThat(outcome.out()).contains("no such file.toml: error[config.unreadable]");
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void newerSourcesAreBuiltAndAFailedBuildIsShown() throws Exception {
        Files.writeString(root.resolve("src/main/java/New.java"), "class New {}\n");
        built(Instant.now().minusSeconds(60));

        var outcome = run(root.resolve("gatehouse").toString(), "version");

        assertThat(outcome.err())
                .contains("gatehouse: building (")
                .contains("[ERROR] called: mvn")
                .contains("package")
                .contains("gatehouse: the build failed");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(3);
    }

    private void built(Instant when) throws IOException {
        Files.setLastModifiedTime(root.resolve("target/gatehouse.jar"), FileTime.from(when));
    }

    private Outcome run(String... command) throws IOException, InterruptedException {
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var builder = new ProcessBuilder(command)
                .directory(elsewhere.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().merge("PATH", tools.toString(), (path, first) -> first + ":" + path);
        builder.environment().put("JDK_25", System.getProperty("java.home"));
        var process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
