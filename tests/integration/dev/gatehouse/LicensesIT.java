package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LicensesIT {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([\\w-]+) \\| ([\\w.-]+) \\| ([^|]+) \\| http");

    @Test
    void everyJarWeShipIsListedWithItsVersionAndNoOther() throws IOException {
        var listed = ROW.matcher(Files.readString(Path.of("THIRD-PARTY-LICENSES.md")))
                .results()
                .map(row -> row.group(1) + "-" + row.group(2) + ".jar")
                .toList();
        try (var jars = Files.list(Path.of(System.getProperty("gatehouse.lib", "target/lib")))) {
            assertThat(listed)
                    .containsExactlyInAnyOrderElementsOf(
                            jars.map(jar -> jar.getFileName().toString()).toList());
        }
    }
}
