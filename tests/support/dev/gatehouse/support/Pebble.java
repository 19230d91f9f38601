package dev.gatehouse.support;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A real ACME server: Debian's `pebble`, beside a DNS server for which every name is this machine.
public final class Pebble implements AutoCloseable {
    private static final TestPki PKI = TestPki.create();

    private final Path home;
    private final int port;
    private final int management;
    private final int dnsManagement;
    private final List<Process> processes = new ArrayList<>();

    private Pebble(Path home, int port, int management, int dnsManagement) {
        this.home = home;
        this.port = port;
        this.management = management;
        this.dnsManagement = dnsManagement;
    }

    /// Starts one that rejects every other nonce, and looks for challenges at these addresses.
    ///
    /// @param externalAccounts names and keys; when there are some, every account needs one
    public static Pebble start(InetSocketAddress plain, InetSocketAddress tls, Map<String, String> externalAccounts) {
        try {
            var pebble = new Pebble(
                    Files.createTempDirectory("pebble"),
                    ProxyProcess.freeAddress().getPort(),
                    ProxyProcess.freeAddress().getPort(),
                    ProxyProcess.freeAddress().getPort());
            pebble.run(plain.getPort(), tls.getPort(), externalAccounts);
            return pebble;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void run(int plainPort, int tlsPort, Map<String, String> externalAccounts) throws IOException {
        int dns = ProxyProcess.freeAddress().getPort();
        var server = PKI.leaf("localhost", "127.0.0.1").writeTo(home, "server");
        var keys = new ArrayList<String>();
        externalAccounts.forEach((name, key) -> keys.add("\"" + name + "\": \"" + key + "\""));
        var config = Files.writeString(home.resolve("pebble.json"), """
            {"pebble": {
              "listenAddress": "127.0.0.1:%d",
              "managementListenAddress": "127.0.0.1:%d",
              "certificate": "%s",
              "privateKey": "%s",
              "httpPort": %d,
              "tlsPort": %d,
              "externalAccountBindingRequired": %s,
              "externalAccountMACKeys": {%s}
            }}
            """.formatted(
                        port,
                        management,
                        server.certificate(),
                        server.key(),
                        plainPort,
                        tlsPort,
                        !externalAccounts.isEmpty(),
                        String.join(", ", keys)));
        run(
                "dns",
                Tools.find("pebble-challtestsrv").toString(),
                "-dns01",
                "127.0.0.1:" + dns,
                "-management",
                "127.0.0.1:" + dnsManagement,
                "-defaultIPv6",
                "",
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "");
        run("pebble", Tools.find("pebble").toString(), "-config", config.toString(), "-dnsserver", "127.0.0.1:" + dns);
        await("pebble")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> get(directory()).contains("newNonce"));
    }

    private void run(String name, String... command) throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(name + ".log").toFile());
        builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
        builder.environment().put("PEBBLE_WFE_NONCEREJECT", "50");
        builder.environment().put("PEBBLE_AUTHZREUSE", "0");
        processes.add(builder.start());
    }

    /// Its directory.
    public URI directory() {
        return URI.create("https://localhost:" + port + "/dir");
    }

    /// The address of the directory.
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// Who vouches for the directory's server; also for other servers of `localhost`.
    public static TestPki pki() {
        return PKI;
    }

    /// PEM file of the CA of the directory's server.
    public Path caFile() {
        return PKI.writeCaTo(home);
    }

    /// Lines of `[acme]` that name it.
    public String[] acme() {
        return new String[] {
            "email = \"admin@app.example\"",
            "dir_url = \"" + directory() + "\"",
            "ca_path = \"" + caFile() + "\"",
            "registry_path = \"registry\""
        };
    }

    /// The root of the certificates that it makes, which is another one each time it starts.
    public X509Certificate root() {
        try {
            var pem = get(URI.create("https://localhost:" + management + "/roots/0"));
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException | IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    /// Where TXT records are set and cleared: `POST /set-txt`, `POST /clear-txt`.
    public URI dnsManagement() {
        return URI.create("http://127.0.0.1:" + dnsManagement);
    }

    /// What it said so far.
    public String log() {
        try {
            return Files.readString(home.resolve("pebble.log"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        try (var client = HttpClient.newBuilder().sslContext(PKI.trusting()).build()) {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        ProxyUnderTest.deleteAll(home);
    }
}
