package dev.gatehouse.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostTableTest {
    private final HostTable<String> table = new HostTable<>(Map.of(
            "example.com", "bare",
            "www.example.com", "exact",
            "*.example.com", "wild",
            "*.a.example.com", "deep",
            "localhost", "local"));

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "example.com, bare",
        "www.example.com, exact",
        "other.example.com, wild",
        "a.example.com, wild",
        "x.a.example.com, deep",
        "x.y.a.example.com,",
        "x.b.example.com,",
        "example.org,",
        "com,",
        "localhost, local",
        "127.0.0.1,",
        "::1,",
    })
    void prefersTheExactNameAndLetsAWildcardStandForOneLabel(String host, String expected) {
        assertThat(table.find(host)).isEqualTo(expected);
    }
}
