package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateNamesTest {
    @TempDir
    static Path directory;

    private static CertificateNames names;

    @BeforeAll
    static void makeCertificate() throws Exception {
        var file = directory.resolve("c.crt");
        new JdkCertificates()
                .writeSelfSigned(List.of("shop.example.com", "*.example.net"), file, directory.resolve("c.key"));
        try (var in = Files.newInputStream(file)) {
            names = new CertificateNames(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "localhost, true",
        "127.0.0.1, true",
        "shop.example.com, true",
        "www.shop.example.com, false",
        "example.com, false",
        "*.example.com, false",
        "a.example.net, true",
        "*.example.net, true",
        "a.b.example.net, false",
        "example.net, false",
        "*.b.example.net, false"
    })
    void oneAsteriskStandsForOneLabel(String serverName, boolean covered) {
        assertThat(names.cover(serverName)).isEqualTo(covered);
    }
}
