package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.Problem;
import dev.gatehouse.tls.CredentialFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightIT {
    private static final String APPS = """

        [apps.shop]
        server_name = "shop.example.com"
        [[apps.shop.reverse_proxy]]
        upstream = [{ location = "127.0.0.1:3000" }]
        """;

    @TempDir
    Path directory;

    @Test
    void aPlainConfigurationIsSilent() throws IOException {
        assertThat(check("listen_port = 8080\nlisten_address_v4 = \"127.0.0.1\"" + APPS))
                .isEmpty();
    }

    @Test
    void anAddressThatThisHostLacksIsAnError() throws IOException {
        var problem = check("listen_port = 8080\nlisten_address_v4 = [\"127.0.0.1\", \"192.0.2.1\"]" + APPS);

        assertThat(problem).singleElement().satisfies(found -> {
            assertThat(found.severity()).isEqualTo(Problem.Severity.ERROR);
            assertThat(found.code()).isEqualTo("listen.address");
            assertThat(found.key()).isEqualTo("listen_address_v4");
            assertThat(found.place()).isEqualTo(new Problem.Place(2, 1));
            assertThat(found.message()).startsWith("this host cannot listen on 192.0.2.1 (");
            assertThat(found.hint()).contains("127.0.0.1");
        });
    }

    @Test
    void everyFileThatIsNamedIsOpened() throws IOException {
        var problems = check("""
            listen_port_tls = 8443
            listen_address_v4 = "127.0.0.1"
            [apps.shop]
            server_name = "shop.example.com"
            tls = { tls_cert_path = "no.crt", tls_cert_key_path = "no.key", client_ca_cert_path = "no.pem" }
            [[apps.shop.reverse_proxy]]
            upstream = [{ location = "localhost:1" }, { location = "localhost:2", tls = true, ca_path = "ca.pem" }]
            """);

        assertThat(problems)
                .extracting(Problem::key)
                .containsExactly(
                        "apps.shop.tls.tls_cert_path",
                        "apps.shop.tls.tls_cert_key_path",
                        "apps.shop.tls.client_ca_cert_path",
                        "apps.shop.reverse_proxy[0].upstream[1].ca_path");
        assertThat(problems).allMatch(problem -> problem.message().endsWith("cannot be read: no such file"));
        assertThat(problems)
                .extracting(Problem::place)
                .allSatisfy(place -> assertThat(place).isNotNull());
    }

    @Test
    void whatAFileWithErrorsNamesIsLookedAtWhereItsKeysAreRight() throws IOException {
        Files.createFile(directory.resolve("file"));
        var problems = check("""
            listen_port_tls = 8443
            listen_adress_v4 = "127.0.0.1"
            listen_address_v4 = "192.0.2.1"
            [log]
            file = "file/gatehouse.log"
            access_file = 7
            [apps.Shop]
            server_name = "shop.example.com"
            tls = { tls_cert_path = "no.crt", tls_cert_key_pth = "no.key", client_ca_cert_path = "no.pem" }
            [[apps.Shop.reverse_proxy]]
            upstream = [{ location = "localhost:2", tls = true, ca_path = "ca.pem" }]
            [apps.other]
            server_name = "other.example.com"
            [[apps.other.reverse_proxy]]
            upstream = [{ location = "localhost:2/path" }, { location = "localhost:2", tls = true, ca_path = "ca.pem" }]
            [experimental.acme]
            email = "nobody"
            registry_path = "file/registry"
            """);

        assertThat(problems)
                .extracting(Problem::key)
                .containsExactlyInAnyOrder(
                        "listen_address_v4",
                        "log.file",
                        "apps.shop.tls.tls_cert_path",
                        "apps.shop.tls.client_ca_cert_path",
                        "apps.shop.reverse_proxy[0].upstream[0].ca_path",
                        "acme.registry_path");
    }

    @Test
    void filesOfNonsenseAreLookedAtWithoutAnException() throws IOException {
        var lines = Files.readAllLines(Path.of("tests/resources/config/rpxy-complete.toml"));
        var random = new Random(12);
        for (int i = 0; i < 300; i++) {
            var broken = new ArrayList<>(lines);
            for (int j = 0; j < 3; j++) {
                int at = random.nextInt(broken.size());
                var line = broken.get(at);
                switch (random.nextInt(3)) {
                    case 0 -> broken.set(at, line.replace("_", ""));
                    case 1 -> broken.set(at, line.replaceFirst("= .*", "= 70000"));
                    default -> broken.remove(at);
                }
            }
            assertThat(check(String.join("\n", broken))).doesNotContainNull();
        }
    }

    @Test
    void logsThatCannotBeWrittenAreErrors() throws IOException {
        Files.createFile(directory.resolve("file"));
        var problems = check("listen_port = 8080\nlisten_address_v4 = \"127.0.0.1\"" + APPS
                + "[log]\nfile = \"file/gatehouse.log\"\naccess_file = \"new/dir/access.log\"\n");

        assertThat(problems).extracting(Problem::key).containsExactly("log.file");
        assertThat(directory.resolve("new")).doesNotExist();
    }

    @Test
    void directoriesInWhichOthersCanExchangeFilesAreWarnedOf() throws IOException {
        var open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        var problems = check("listen_port = 8080\nlisten_port_tls = 8443\nlisten_address_v4 = \"127.0.0.1\"" + APPS
                + "[acme]\nemail = \"a@example.com\"\nregistry_path = \"open/registry\"\n"
                + "[log]\nfile = \"open/gatehouse.log\"\naccess_file = \"/dev/null\"\n");

        assertThat(problems)
                .extracting(Problem::severity, Problem::code, Problem::key)
                .containsExactly(
                        tuple(Problem.Severity.WARNING, "acme.store", "acme.registry_path"),
                        tuple(Problem.Severity.WARNING, "log.file", "log.file"));
        assertThat(problems).allMatch(problem -> problem.message().endsWith("everybody may write to '" + open + "'"));
    }

    @Test
    void hookThatIsNotThereIsNotToBeMadeExecutable() throws IOException {
        Files.createFile(directory.resolve("my hook"));
        var head = "listen_port = 8080\nlisten_address_v4 = \"127.0.0.1\"" + APPS
                + "[acme]\nemail = \"a@example.com\"\nregistry_path = \"registry\"\nchallenge = \"dns-01\"\n";

        assertThat(check(head + "dns_hook = \"none\"\n")).singleElement().satisfies(found -> {
            assertThat(found.code()).isEqualTo("acme.hook");
            assertThat(found.message()).isEqualTo("there is no file '" + directory.resolve("none") + "'");
            assertThat(found.hint()).isNull();
        });
        assertThat(check(head + "dns_hook = \"my hook\"\n"))
                .singleElement()
                .satisfies(
                        found -> assertThat(found.hint()).isEqualTo("chmod +x '" + directory.resolve("my hook") + "'"));
    }

    private List<Problem> check(String text) throws IOException {
        return Preflight.check(
                ConfigReader.read(Files.writeString(directory.resolve("config.toml"), text)),
                new CredentialFiles(),
                Set.of());
    }
}
