package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.LogConfig.AccessFormat;
import dev.gatehouse.http.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OperatingManualTest {
    @Test
    void everyKeyOfTheAccessLogIsExplainedAndNoOther() throws IOException {
        var access = AccessLinesTest.full();
        access.failure = Failure.CONNECT_FAILED;
        access.phase = "connect";
        access.cause = "Connection refused";
        var out = new LineBuffer(16);
        new AccessLines(AccessFormat.JSON, false).append(access, out);
        var line = new String(out.bytes(), 0, out.length(), StandardCharsets.US_ASCII);

        var manual = Files.readString(Path.of("docs/operating.md"));
        var section = manual.substring(manual.indexOf("### Formats"), manual.indexOf("### Rotation"));

        assertThat(words(section, "(?m)^\\| `(\\w+)` \\|")).containsExactlyElementsOf(words(line, "[{,]\"(\\w+)\":"));
    }

    private static List<String> words(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
