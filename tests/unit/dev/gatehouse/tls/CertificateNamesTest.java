package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateNamesTest {
    private final CertificateNames names =
            new CertificateNames(SelfSigned.forLocalhost(List.of("shop.example.com", "*.example.net"))
                    .leaf());

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
