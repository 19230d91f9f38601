package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/// The example is a manual: it loads, and names every key there is.
class ExampleFilesTest {
    @TempDir
    Path directory;

    @Test
    void exampleLoadsWithoutAnyProblem() throws IOException {
        var result = read(Files.readString(Path.of("config-example.toml")));

        assertThat(ProblemReport.render(result)).isEmpty();
        assertThat(Unbuilt.problems(result)).isEmpty();
    }

    @Test
    void exampleSaysWhatIsNotBuiltAndNothingElse() throws IOException {
        var said = Files.readAllLines(Path.of("config-example.toml")).stream()
                .filter(line -> line.startsWith("# Not built yet"))
                .toList();

        assertThat(said)
                .containsExactlyInAnyOrderElementsOf(Stream.of(Unbuilt.values())
                        .map(unbuilt -> "# " + unbuilt.sentence())
                        .toList());
    }

    @Test
    void readmeSaysWhatIsNotBuilt() throws IOException {
        assertThat(Files.readAllLines(Path.of("README.md"))).contains(Unbuilt.summary());
    }

    /// What the list names is refused when the example's own lines ask for it, and nothing else is.
    @Test
    void exampleWithEverythingIsRefusedForWhatIsNotBuiltAlone() throws IOException {
        var text = withEverything();
        var refused = new TreeSet<String>();
        for (var balance : LoadBalance.values()) {
            var file = text.replace("load_balance = \"none\"", "load_balance = \"" + balance.text() + "\"");
            Unbuilt.problems(read(file)).forEach(problem -> refused.add(problem.message()));
        }

        assertThat(refused)
                .containsExactlyInAnyOrderElementsOf(Stream.of(Unbuilt.values())
                        .map(unbuilt -> unbuilt.feature() + " is not built into this version yet")
                        .toList());
    }

    @Test
    void everyExampleValueIsRightByItself() throws IOException {
        var result = read(withEverything());

        // Together some exclude each other, and some are warned about.
        assertThat(result.problems())
                .extracting(Problem::code)
                .isSubsetOf(Code.CONFLICT.text(), Code.DEPRECATED_KEY.text(), Code.UNUSED.text());
    }

    @Test
    void exampleNamesEveryKeyOfTheModel() throws IOException {
        var missing = new TreeSet<String>();
        for (var table : Keys.TABLES) {
            table.keys().stream()
                    .filter(key -> key.state() != Key.State.REMOVED)
                    .forEach(key -> missing.add(table.name() + "/" + key.name()));
        }

        visit(Keys.ROOT, Toml.parse(withEverything()), missing);

        assertThat(missing)
                .containsExactlyInAnyOrder(
                        "experimental/acme",
                        "experimental/cache",
                        "experimental/h3",
                        "experimental/ignore_sni_consistency",
                        "experimental/proxy_protocol");
    }

    @Test
    void completeFileOfRpxyLoadsOnceTheUnbuiltIsRemoved() throws IOException {
        var text = Files.readString(Path.of("tests/resources/config/rpxy-complete.toml"));
        var unbuilt = List.of(
                "load_balance = \"sticky\"\n",
                "sticky_cookie_secret = \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"\n",
                "health_check = { type = \"http\", path = \"/live\", interval = 5, timeout = 2, expected_status = 204"
                        + " }\n",
                ", health_check = true",
                "acme = true, client_ca_cert_path = \"staff-ca.pem\"");
        for (var part : unbuilt) {
            assertThat(text).contains(part);
            text = text.replace(
                    part, part.startsWith("acme") ? "tls_cert_path = \"a.crt\", tls_cert_key_path = \"a.key\"" : "");
        }

        var result = read(text.substring(0, text.indexOf("[experimental.h3]")));

        assertThat(ProblemReport.render(result)).isEmpty();
        assertThat(Unbuilt.problems(result)).isEmpty();
    }

    private static String withEverything() throws IOException {
        var lines = new ArrayList<String>();
        for (var line : Files.readAllLines(Path.of("config-example.toml"))) {
            lines.add(line.matches("#[a-z\\[].*") ? line.substring(1) : line);
        }
        return String.join("\n", lines);
    }

    private static void visit(KeyTable model, TomlTable table, Set<String> missing) {
        for (var key : model.keys()) {
            var value = table.get(List.of(key.name()));
            if (value == null) {
                continue;
            }
            missing.remove(model.name() + "/" + key.name());
            switch (key.type()) {
                case KeyType.Sub(var sub) -> visit(sub, (TomlTable) value, missing);
                case KeyType.FlagOrSub(var sub) -> visit(sub, (TomlTable) value, missing);
                case KeyType.Entries(var sub) -> {
                    var array = (TomlArray) value;
                    for (int i = 0; i < array.size(); i++) {
                        visit(sub, array.getTable(i), missing);
                    }
                }
                case KeyType.Named(var sub) -> {
                    var named = (TomlTable) value;
                    named.keySet().forEach(name -> visit(sub, named.getTableOrEmpty(List.of(name)), missing));
                }
                default -> {}
            }
        }
    }

    private ConfigResult read(String text) throws IOException {
        var file = Files.writeString(directory.resolve("config.toml"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return ConfigReader.read(file, directory);
    }
}
