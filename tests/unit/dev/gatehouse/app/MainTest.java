package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void versionIsOneLine() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).startsWith("gatehouse ").contains("(Java 25").hasLineCount(1);
        assertThat(run("--version")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help", "run --help", "check -h", "demo --help", "help run"})
    void helpIsNoMistake(String arguments) {
        assertThat(run(arguments.split(" ", -1))).isZero();
        assertThat(out.toString()).contains("gatehouse");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "rnu, unknown command 'rnu', did you mean 'run'?",
        "chekc, unknown command 'chekc', did you mean 'check'?",
        "serve, unknown command 'serve', gatehouse --help",
        "check --fromat json, unknown option '--fromat', did you mean '--format'?",
        "check --format xml, 'expected text or json, not ''xml''', gatehouse check --help",
        "run config.toml, unknown argument 'config.toml', gatehouse run --help",
        "--config config.toml, unknown option '--config', gatehouse run --config config.toml",
        "run --config, Missing required parameter, gatehouse run --help"
    })
    void misuseIsExplained(String arguments, String message, String hint) {
        assertThat(run(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).startsWith("gatehouse: ").contains(message).contains("hint: " + hint);
        assertThat(err.toString()).hasLineCount(2).doesNotContain("Exception");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void nothingIsNotACommand() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("a command is missing").contains("hint: gatehouse --help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "check"})
    void aMissingConfigurationIsNamed(String command) {
        var missing = directory.resolve("missing.toml").toString();

        assertThat(run(command, "-c", missing)).isEqualTo(1);
        assertThat(out + err.toString())
                .contains(missing + ": error[config.unreadable]")
                .doesNotContain("Exception");
    }

    @Test
    void allProblemsComeAtOnce() throws Exception {
        var file = Files.writeString(directory.resolve("config.toml"), """
            listen_prot = 80
            [apps.shop]
            server_name = "shop.example.com"
            [[apps.shop.reverse_proxy]]
            path = "shop"
            upstream = [{ location = "127.0.0.1:3000" }]
            """);

        assertThat(run("check", "--config", file.toString())).isEqualTo(1);
        assertThat(out.toString())
                .contains("config.toml:1:1: error[config.unknown_key]")
                .contains("listen_port")
                .contains("config.toml:5:")
                .contains("problems");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void jsonIsForMachines() throws Exception {
        var file = Files.writeString(directory.resolve("a \"b\".toml"), "listen_port = \"8O\"\n");

        assertThat(run("check", "--format", "json", "-c", file.toString())).isEqualTo(1);
        assertThat(out.toString())
                .hasLineCount(1)
                .startsWith("{\"file\":\"")
                .contains("a \\\"b\\\".toml\",\"ok\":false,\"problems\":[{\"severity\":\"error\",")
                .contains("\"line\":1,\"column\":")
                .contains("\"key\":\"listen_port\"")
                .endsWith("}]}\n");
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
