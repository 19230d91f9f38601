package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.gatehouse.config.Problem.Place;
import dev.gatehouse.config.Problem.Severity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    private static final String MINIMAL = """
        listen_port = 8080
        [apps.One]
        server_name = "Localhost"
        [[apps.One.reverse_proxy]]
        upstream = [{ location = "127.0.0.1:3000" }]
        """;

    @TempDir
    Path directory;

    @Test
    void defaultsAreThoseOfTheModel() throws IOException {
        var config = config(MINIMAL);

        assertThat(config.file()).isEqualTo(directory.resolve("config.toml"));
        assertThat(config.listen())
                .isEqualTo(new ListenConfig(8080, null, List.of(InetAddress.ofLiteral("0.0.0.0")), 65535, null, null));
        assertThat(config.limits())
                .isEqualTo(new LimitsConfig(null, 0, 0, 0, 0, 64, 256L << 20, 8 << 10, 32 << 10, 100));
        assertThat(config.timeouts()).isEqualTo(TimeoutsConfig.DEFAULTS);
        assertThat(config.log())
                .isEqualTo(
                        new LogConfig(LogConfig.Level.INFO, null, true, null, LogConfig.AccessFormat.COMBINED, false));
        assertThat(config.trustedForwardedProxies().contains(InetAddress.ofLiteral("127.0.0.1")))
                .isFalse();
        assertThat(config.ignoreSniConsistency()).isFalse();
        assertThat(config.defaultApp()).isNull();
        assertThat(config.http3()).isNull();
        assertThat(config.cache()).isNull();
        assertThat(config.acme()).isNull();
        assertThat(config.proxyProtocol()).isNull();
        var app = config.apps().getFirst();
        assertThat(app.name()).isEqualTo("one");
        assertThat(app.serverNames()).containsExactly("localhost");
        assertThat(app.tls()).isNull();
        assertThat(app.httpsRedirection()).isFalse();
        var route = app.routes().getFirst();
        assertThat(route)
                .isEqualTo(new RouteConfig(
                        0,
                        "/",
                        null,
                        List.of(new UpstreamConfig("127.0.0.1", 3000, true, false, null, false)),
                        Set.of(),
                        LoadBalance.NONE,
                        null,
                        TimeoutsConfig.DEFAULTS,
                        null,
                        Upgrades.ANY,
                        true));
    }

    @Test
    void completeFileOfRpxyBecomesRecords() throws IOException {
        var result = read(Files.readString(Path.of("tests/resources/config/rpxy-complete.toml")));
        var config = Objects.requireNonNull(result.config(), () -> ProblemReport.render(result));

        assertThat(config.listen().port()).isEqualTo(8080);
        assertThat(config.listen().tlsPort()).isEqualTo(8443);
        assertThat(config.listen().publicHttpsPort()).isEqualTo(443);
        assertThat(config.listen().backlog()).isEqualTo(2048);
        assertThat(config.listen().addresses())
                .containsExactly(
                        InetAddress.ofLiteral("192.0.2.10"),
                        InetAddress.ofLiteral("192.0.2.11"),
                        InetAddress.ofLiteral("2001:db8::10"));
        assertThat(config.limits().maxConcurrentStreams()).isEqualTo(128);
        assertThat(config.limits().requestMaxBodyBytes()).isEqualTo(64L << 20);
        assertThat(config.log().redactQuery()).isTrue();
        assertThat(config.defaultApp()).isEqualTo("shop");
        assertThat(config.stickyCookieSecret()).hasSize(43);
        assertThat(config.routeCount()).isEqualTo(3);
        var shop = config.app("shop").orElseThrow();
        assertThat(shop.httpsRedirection()).isTrue();
        assertThat(shop.tls())
                .isEqualTo(new AppTlsConfig(
                        directory.resolve("shop.crt"),
                        directory.resolve("shop.key"),
                        null,
                        TlsPolicy.DEFAULTS,
                        null,
                        null));
        assertThat(shop.routes().get(0).healthCheck())
                .isEqualTo(
                        new HealthCheckConfig(true, Duration.ofSeconds(5), Duration.ofSeconds(2), 3, 2, "/live", 204));
        var api = shop.routes().get(1);
        assertThat(api.ordinal()).isEqualTo(1);
        assertThat(api.path()).isEqualTo("/api/v1");
        assertThat(api.replacePath()).isEqualTo("/v1");
        assertThat(api.options())
                .containsExactlyInAnyOrder(UpstreamOption.SET_UPSTREAM_HOST, UpstreamOption.FORCE_HTTP11_UPSTREAM);
        assertThat(api.upstreams())
                .containsExactly(new UpstreamConfig("api.internal.example", 443, false, true, null, false));
        var admin = config.app("admin").orElseThrow();
        assertThat(admin.tls())
                .isEqualTo(new AppTlsConfig(
                        null,
                        null,
                        new ClientAuthConfig(
                                directory.resolve("staff-ca.pem"), true, null, List.of(), List.of(), false, false),
                        TlsPolicy.DEFAULTS,
                        null,
                        AcmeChallenge.TLS_ALPN_01));
        assertThat(admin.routes().getFirst().upstreams())
                .containsExactly(new UpstreamConfig("::1", 9100, true, false, null, false));
        assertThat(admin.routes().getFirst().healthCheck())
                .isEqualTo(
                        new HealthCheckConfig(false, Duration.ofSeconds(10), Duration.ofSeconds(5), 3, 2, null, 200));
        assertThat(config.http3()).isEqualTo(new Http3Config(3600, null, 10000, 100, 100, Duration.ofSeconds(10)));
        assertThat(config.cache())
                .isEqualTo(new CacheConfig(directory.resolve("cache"), 1000, 1 << 20, 65535, 1L << 30));
        assertThat(Objects.requireNonNull(config.acme()).registryPath()).isEqualTo(directory.resolve("acme"));
        assertThat(Objects.requireNonNull(config.proxyProtocol()).timeout()).isEqualTo(Duration.ofMillis(50));
    }

    @Test
    void routeTimeoutsStandOnTopOfThoseOfTheFile() throws IOException {
        var config = config("""
            experimental = { connection_handling_timeout = 90 }
            timeouts = { client_stall = "1s", client_min_rate = 500, upstream_idle = "2s", stream_idle = "9s" }
            """ + MINIMAL + """
            timeouts = { upstream_idle = "3s", tunnel_idle = "off", client_min_rate = 0 }
            """);

        var timeouts = config.apps().getFirst().routes().getFirst().timeouts();
        assertThat(timeouts.clientStall()).isEqualTo(Duration.ofSeconds(1));
        assertThat(timeouts.clientMinRate()).isZero();
        assertThat(config.timeouts().clientMinRate()).isEqualTo(500);
        assertThat(timeouts.openEndedIdle()).isEqualTo(Duration.ofSeconds(9));
        assertThat(timeouts.upstreamIdle()).isEqualTo(Duration.ofSeconds(3));
        assertThat(timeouts.tunnelIdle()).isZero();
        assertThat(timeouts.upstreamConnect()).isEqualTo(TimeoutsConfig.DEFAULTS.upstreamConnect());
        assertThat(timeouts.connectionHandling()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.timeouts().upstreamIdle()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void streamsThatAreSilentByNatureHaveALimitOnlyWhereTheFileSaysSo() throws IOException {
        var unsaid = config(MINIMAL).timeouts();
        var said = config("timeouts = { stream_idle = \"7m\" }\n" + MINIMAL).timeouts();

        assertThat(unsaid.streamIdle()).isEqualTo(Duration.ofMinutes(5));
        assertThat(unsaid.openEndedIdle()).isZero();
        assertThat(said.streamIdle()).isEqualTo(Duration.ofMinutes(7));
        assertThat(said.openEndedIdle()).isEqualTo(Duration.ofMinutes(7));
    }

    @Test
    void redirectionIsOnWhereItCanWork() throws IOException {
        var tls = "tls = { tls_cert_path = \"a\", tls_cert_key_path = \"b\" }\n";
        var withTls = MINIMAL.replace("[[apps", tls + "[[apps");

        assertThat(config("listen_port_tls = 8443\n" + withTls)
                        .apps()
                        .getFirst()
                        .httpsRedirection())
                .isTrue();
        assertThat(config(withTls).apps().getFirst().httpsRedirection()).isFalse();
        assertThat(config("listen_port_tls = 8443\n" + withTls.replace("\"b\" }", "\"b\", https_redirection = false }"))
                        .apps()
                        .getFirst()
                        .httpsRedirection())
                .isFalse();
    }

    @Test
    void relativePathThatExistsOnlyInTheWorkingDirectoryIsTakenFromThere() throws IOException {
        var work = Files.createDirectory(directory.resolve("work"));
        Files.createFile(work.resolve("a.crt"));
        Files.createFile(work.resolve("a.key"));
        Files.createFile(directory.resolve("a.key"));
        var file = Files.writeString(
                directory.resolve("config.toml"),
                "listen_port_tls = 8443\n"
                        + MINIMAL.replace(
                                "[[apps",
                                "tls = { tls_cert_path = \"a.crt\", tls_cert_key_path = \"a.key\" }\n[[apps"));

        var result = ConfigReader.read(file, work);

        var tls = Objects.requireNonNull(
                Objects.requireNonNull(result.config()).apps().getFirst().tls());
        assertThat(tls.certPath()).isEqualTo(work.resolve("a.crt"));
        assertThat(tls.keyPath()).isEqualTo(directory.resolve("a.key"));
        assertThat(result.problems())
                .extracting(Problem::severity, Problem::code, Problem::key)
                .containsExactly(tuple(Severity.WARNING, "config.working_directory", "apps.One.tls.tls_cert_path"));
    }

    @Test
    void sourceKnowsWhereEveryKeyStands() throws IOException {
        var source = read(Files.readString(Path.of("tests/resources/config/rpxy-complete.toml")))
                .source();

        assertThat(source.place("listen_port")).isEqualTo(new Place(1, 1));
        assertThat(source.place("apps.shop.tls.tls_cert_key_path")).isEqualTo(new Place(18, 37));
        assertThat(source.place("apps.shop.reverse_proxy[0].upstream[1].location"))
                .isEqualTo(new Place(21, 47));
        assertThat(source.place("apps.shop.reverse_proxy[1].upstream_options[1]"))
                .isEqualTo(new Place(30, 42));
        assertThat(source.place("experimental.acme.email")).isEqualTo(new Place(55, 1));
        assertThat(source.place("acme.email")).isEqualTo(new Place(55, 1));
        assertThat(source.place("proxy_protocol.timeout")).isEqualTo(new Place(60, 1));
        assertThat(source.place("acme.dir_url")).as("not written: its table").isEqualTo(new Place(54, 1));
        assertThat(source.place("timeouts.client_idle"))
                .as("nothing of it written")
                .isNull();
    }

    @Test
    void placesOfAnAppAreFoundByItsLowerCaseName() throws IOException {
        assertThat(read(MINIMAL).source().place("apps.one.server_name")).isEqualTo(new Place(3, 1));
    }

    @Test
    void secretThatNothingUsesIsWarnedOf() throws IOException {
        var secret = "sticky_cookie_secret = \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"\n";

        assertThat(read(secret + MINIMAL).problems()).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Severity.WARNING);
            assertThat(problem.code()).isEqualTo("config.unused");
            assertThat(problem.key()).isEqualTo("sticky_cookie_secret");
        });
    }

    @Test
    void unbuiltFeaturesAreNamedAtTheirPlaces() throws IOException {
        var result = read(Files.readString(Path.of("tests/resources/config/rpxy-complete.toml")));

        assertThat(Unbuilt.problems(result))
                .allSatisfy(problem -> {
                    assertThat(problem.severity()).isEqualTo(Severity.ERROR);
                    assertThat(problem.code()).isEqualTo("config.not_built");
                    assertThat(problem.place()).isNotNull();
                })
                .extracting(Problem::key)
                .containsExactlyInAnyOrder(
                        "experimental.h3",
                        "experimental.cache",
                        "experimental.tcp_recv_proxy_protocol",
                        "apps.shop.reverse_proxy[0].load_balance",
                        "apps.shop.reverse_proxy[0].health_check",
                        "apps.admin.reverse_proxy[0].health_check");
    }

    @Test
    void carriageReturnsAndByteOrderMarkDoNotMatter() throws IOException {
        assertThat(config(MINIMAL.replace("\n", "\r\n"))).isEqualTo(config("\ufeff" + MINIMAL));
        assertThat(read((MINIMAL + "x = 1\n").replace("\n", "\r\n")).source().lines())
                .endsWith("x = 1", "");
        assertThat(read("\ufefflisten_prt = 1\r\n").problems())
                .extracting(Problem::place)
                .contains(new Place(1, 1));
    }

    @Test
    void missingFileIsSaid() {
        assertThat(report(ConfigReader.read(directory.resolve("absent.toml"))))
                .contains("absent.toml: error[config.unreadable] there is no such file");
    }

    @Test
    void directoryIsSaid() {
        assertThat(report(ConfigReader.read(directory))).contains("error[config.unreadable] this is a directory");
    }

    @Test
    void deviceIsNotRead() {
        assertThat(report(ConfigReader.read(Path.of("/dev/zero"))))
                .contains("error[config.unreadable] this is not a regular file");
    }

    /// A file that not even root may read.
    @Test
    void unreadableFileIsSaid() {
        assertThat(report(ConfigReader.read(Path.of("/proc/sys/vm/compact_memory"))))
                .contains("error[config.unreadable] this user may not read it");
    }

    @Test
    void hugeFileIsRefused() throws IOException {
        assertThat(report(read("#".repeat(FileText.MOST + 1)))).contains("error[config.too_large]");
        assertThat(read(MINIMAL + "#".repeat(FileText.MOST - MINIMAL.length())).problems())
                .as("exactly 16 MiB")
                .isEmpty();
    }

    @Test
    void byteThatIsNotUtf8IsShownWhereItStands() throws IOException {
        assertThat(report(read("listen_port = 1\nx = \"é".getBytes(StandardCharsets.UTF_8), 0xe9, '"')))
                .contains("config.toml:2:7: error[config.encoding] byte 0xe9 is not UTF-8");
        assertThat(report(read("a = 1\n".getBytes(StandardCharsets.UTF_8), 0xc3)))
                .as("cut off in the middle of a character")
                .contains("config.toml:2:1: error[config.encoding] byte 0xc3 is not UTF-8");
    }

    @Test
    void nulByteIsShownWhereItStands() throws IOException {
        assertThat(report(read("a = 1\nb\0 = 2\0"))).contains("config.toml:2:2: error[config.encoding] a NUL byte");
    }

    @Test
    void utf16IsNamed() throws IOException {
        assertThat(report(read(MINIMAL.getBytes(StandardCharsets.UTF_16)))).contains("the file is UTF-16");
        assertThat(report(read(("\ufeff" + MINIMAL).getBytes(StandardCharsets.UTF_16LE))))
                .contains("the file is UTF-16");
    }

    @Test
    void fileThatEverybodyMayWriteIsWarnedAbout() throws IOException {
        var file = Files.writeString(directory.resolve("config.toml"), MINIMAL);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

        var result = ConfigReader.read(file, directory);

        assertThat(result.config()).isNotNull();
        assertThat(report(result)).contains("warning[config.perm] everybody may write this file");
    }

    @Test
    void readableSecretIsWarnedAboutAndNeverShown() throws IOException {
        var secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        var file = Files.writeString(
                directory.resolve("config.toml"), "sticky_cookie_secret = \"" + secret + "\"\n" + MINIMAL);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(report(ConfigReader.read(file, directory)))
                .contains("warning[config.perm] sticky_cookie_secret: everybody may read this file")
                .doesNotContain(secret);
    }

    private GatehouseConfig config(String text) throws IOException {
        var result = read(text);
        return Objects.requireNonNull(result.config(), () -> ProblemReport.render(result));
    }

    private ConfigResult read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private ConfigResult read(byte[] start, int... more) throws IOException {
        var file = directory.resolve("config.toml");
        Files.deleteIfExists(file);
        try (var out = Files.newOutputStream(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            out.write(start);
            for (int b : more) {
                out.write(b);
            }
        }
        return ConfigReader.read(file, directory);
    }

    private static String report(ConfigResult result) {
        return ProblemReport.render(result);
    }
}
