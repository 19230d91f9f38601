package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Program;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What testssl.sh says about TLS without any key: protocols, ciphers, forward secrecy, preferences, vulnerabilities.
@Timeout(300)
class TestSslIT {
    private static final Pattern FINDING =
            Pattern.compile("\"id\"\\s*:\\s*\"([^\"]*)\"[^}]*?\"severity\"\\s*:\\s*\"([A-Z]+)\"");

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"ECDSA", "RSA"})
    void nothingIsFoundAboveLow(TestPki.Kind kind) throws IOException {
        try (var origin = TestOrigin.start();
                var proxy = ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)
                                .identity(ProxyUnderTest.pki().leaf(kind, "app.example")))
                        .start()) {
            var report = directory.resolve("report.json");
            // The vulnerabilities take most of the time, and do not depend on the key.
            var checks = kind == TestPki.Kind.ECDSA ? "-U" : "-P";
            var said = Program.run(
                    "",
                    "testssl",
                    "--quiet",
                    "--color",
                    "0",
                    "--warnings",
                    "off",
                    "--nodns",
                    "none",
                    "--sneaky",
                    "--ip",
                    "127.0.0.1",
                    "--jsonfile",
                    report.toString(),
                    "-p",
                    "-s",
                    "-f",
                    checks,
                    "https://app.example:" + proxy.tls().getPort());

            var found = FINDING.matcher(Files.readString(report))
                    .results()
                    .map((MatchResult match) -> match.group(1) + " " + match.group(2))
                    .toList();
            assertThat(found).as(said.output()).contains("TLS1_2 OK", "TLS1_3 OK", "SSLv3 OK");
            assertThat(found).noneMatch(finding -> finding.matches(".* (MEDIUM|HIGH|CRITICAL|FATAL)"));
        }
    }
}
