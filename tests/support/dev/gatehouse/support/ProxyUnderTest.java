package dev.gatehouse.support;

import static org.awaitility.Awaitility.await;

import dev.gatehouse.app.Gatehouse;
import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.ListenConfig;
import dev.gatehouse.config.LogConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/// The proxy in this process on free loopback ports, configured by a file as an administrator would write it.
///
/// Its access log is JSON in a directory of its own.
public final class ProxyUnderTest implements AutoCloseable {
    private static final TestPki PKI = TestPki.create();

    private final Path directory;
    private final Gatehouse gatehouse;

    private ProxyUnderTest(Path directory, Gatehouse gatehouse) {
        this.directory = directory;
        this.gatehouse = gatehouse;
    }

    /// The authority of all certificates that proxies under test serve.
    public static TestPki pki() {
        return PKI;
    }

    /// One with the app `app.example` before one origin.
    public static ProxyUnderTest inFrontOf(TestOrigin origin) {
        return with(AppUnderTest.inFrontOf(origin)).start();
    }

    /// One with these apps.
    public static Setup with(AppUnderTest... apps) {
        return new Setup(List.of(apps));
    }

    /// What is to be written into the file.
    public static final class Setup {
        private final List<AppUnderTest> apps;
        private final List<String> top = new ArrayList<>();
        private final List<String> timeouts = new ArrayList<>();
        private final List<String> tls = new ArrayList<>();
        private final List<String> log = new ArrayList<>();
        private final List<String> acme = new ArrayList<>();
        private int publicHttpsPort = 8443;

        private Setup(List<AppUnderTest> apps) {
            this.apps = apps;
        }

        /// A line of the outermost table: `max_clients = 4`.
        public Setup top(String line) {
            top.add(line);
            return this;
        }

        /// A line of `[timeouts]`.
        public Setup timeout(String key, Duration value) {
            timeouts.add(key + " = \"" + value.toMillis() + "ms\"");
            return this;
        }

        /// A line of `[tls]`.
        public Setup tls(String line) {
            tls.add(line);
            return this;
        }

        /// A line of `[log]`.
        public Setup log(String line) {
            log.add(line);
            return this;
        }

        /// Lines of `[acme]`; without any there is no such table.
        public Setup acme(String... lines) {
            acme.addAll(List.of(lines));
            return this;
        }

        /// The port that redirects name.
        public Setup publicHttpsPort(int port) {
            publicHttpsPort = port;
            return this;
        }

        /// Writes the file into a new directory.
        ///
        /// @param ports two lines: `listen_port` and `listen_port_tls`
        public Path write(String ports) {
            try {
                var directory = Files.createTempDirectory("gatehouse-it");
                var file = directory.resolve("config.toml");
                var tables = new StringBuilder();
                if (!acme.isEmpty()) {
                    tables.append("[acme]\n").append(String.join("\n", acme)).append("\n\n");
                }
                for (var app : apps) {
                    tables.append(app.toml(directory, PKI)).append('\n');
                }
                Files.writeString(file, """
                    %s
                    listen_address_v4 = "127.0.0.1"
                    public_https_port = %d
                    control_socket = "control.sock"
                    %s

                    [timeouts]
                    %s

                    [tls]
                    %s

                    [log]
                    access_file = "%s"
                    access_format = "json"
                    %s

                    %s\
                    """.formatted(
                                ports,
                                publicHttpsPort,
                                String.join("\n", top),
                                String.join("\n", timeouts),
                                String.join("\n", tls),
                                directory.resolve("access.log"),
                                String.join("\n", log),
                                tables));
                return file;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        /// Starts it.
        public ProxyUnderTest start() {
            var file = write("listen_port = 8080\nlisten_port_tls = 8443");
            var result = ConfigReader.read(file);
            var config = result.config();
            if (config == null) {
                throw new AssertionError(result.problems());
            }
            return of(config, config.listen().addresses(), config.log(), config.apps());
        }
    }

    /// One that was configured by somebody else's file, on free ports and with these things in the place of what the
    /// file says. Its directory is the file's, and goes with it.
    public static ProxyUnderTest of(
            GatehouseConfig config, List<InetAddress> addresses, LogConfig log, List<AppConfig> apps) {
        var listen = config.listen();
        var onFreePorts = new GatehouseConfig(
                config.file(),
                new ListenConfig(0, 0, addresses, listen.backlog(), listen.publicHttpsPort(), listen.publicHttpPort()),
                config.limits(),
                config.timeouts(),
                config.tls(),
                log,
                config.control(),
                config.trustedForwardedProxies(),
                config.keptForwardingHeaders(),
                config.ignoreSniConsistency(),
                config.defaultApp(),
                apps,
                config.stickyCookieSecret(),
                config.http3(),
                config.cache(),
                config.acme(),
                config.proxyProtocol());
        try {
            return new ProxyUnderTest(Objects.requireNonNull(config.file().getParent()), Gatehouse.start(onFreePorts));
        } catch (Exception failed) {
            throw new AssertionError("the proxy did not start", failed);
        }
    }

    /// Where it speaks plaintext.
    public InetSocketAddress plain() {
        return gatehouse.plainAddresses().getFirst();
    }

    /// Where it speaks TLS.
    public InetSocketAddress tls() {
        return gatehouse.tlsAddresses().getFirst();
    }

    /// The file it was configured with lies here, and its logs.
    public Path directory() {
        return directory;
    }

    /// The lines of the access log that were written so far.
    public List<AccessLine> accessLines() {
        try {
            var file = directory.resolve("access.log");
            if (!Files.exists(file)) {
                return List.of();
            }
            var text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(AccessLine::new)
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Waits for a line of the access log.
    public AccessLine awaitAccess(String what, Predicate<AccessLine> wanted) {
        return await(what)
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> accessLines().stream().filter(wanted).toList(), found -> !found.isEmpty())
                .getLast();
    }

    /// Waits for the line of the request with that target. Lines are written some time behind their requests, so
    /// counting them could find another test's.
    public AccessLine awaitAccessTo(String target) {
        return awaitAccess(
                "access line of " + target, line -> line.value("target").equals(target));
    }

    /// Waits for a line with that token, behind the first `before` ones.
    public AccessLine awaitFailure(int before, String token) {
        return await("access line with " + token)
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(
                        () -> accessLines().stream()
                                .skip(before)
                                .filter(line -> line.failure().equals(token))
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    /// Waits until the access log of a proxy that serves one test has that many lines.
    public List<AccessLine> awaitAccess(int lines) {
        return await(lines + " access lines")
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(this::accessLines, found -> found.size() >= lines);
    }

    @Override
    public void close() {
        try {
            gatehouse.close();
        } catch (Exception failed) {
            throw new AssertionError("the proxy did not stop", failed);
        }
        deleteAll(directory);
    }

    static void deleteAll(Path directory) {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
