package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `gatehouse demo` as a user meets it: a process of its own, stopped by a signal.
@Timeout(120)
class DemoIT {
    private static final Pattern FIRST_THING = Pattern.compile("curl --cacert (\\S+) (https://localhost:\\d+/)");
    private static final Pattern SECOND_THING = Pattern.compile("(http://localhost:\\d+/big)");

    @TempDir
    Path directory;

    @Test
    void servesWhatItProposesAndLeavesNothingBehind() throws Exception {
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.gatehouse.app.Main",
                        "demo")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(out).contains("Ctrl-C") || !process.isAlive());
            var text = Files.readString(out);
            assertThat(text).as(Files.readString(err)).contains("Ctrl-C");
            var first = FIRST_THING.matcher(text);
            var second = SECOND_THING.matcher(text);
            assertThat(first.find()).isTrue();
            assertThat(second.find()).isTrue();

            try (var client = clientTrusting(Path.of(first.group(1)))) {
                var hello = client.send(
                        HttpRequest.newBuilder(URI.create(first.group(2))).build(), BodyHandlers.ofString());
                assertThat(hello.statusCode()).isEqualTo(200);
                assertThat(hello.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(hello.body())
                        .contains("Hello from the demo's backend")
                        .contains("x-forwarded-for: 127.0.0.1");

                var big = client.send(
                        HttpRequest.newBuilder(URI.create(second.group(1))).build(),
                        BodyHandlers.ofFile(directory.resolve("big")));
                assertThat(big.uri().getScheme()).isEqualTo("https");
                assertThat(directory.resolve("big")).hasSize(100L << 20);
            }

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> Files.readString(out).contains("\"GET / HTTP/2.0\" 200"));
            process.destroy(); // SIGTERM
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(err)).isZero();
            assertThat(Path.of(first.group(1)).getParent()).doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }

    private static HttpClient clientTrusting(Path certificate) throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry(
                    "demo", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .sslContext(context)
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .build();
    }
}
