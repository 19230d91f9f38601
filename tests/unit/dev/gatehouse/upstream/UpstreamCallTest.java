package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamCallTest {
    @ParameterizedTest
    @CsvSource({
        "GET, true",
        "HEAD, true",
        "PUT, true",
        "DELETE, true",
        "PROPFIND, true",
        "REPORT, true",
        "SEARCH, true",
        "POST, false",
        "PATCH, false",
        "LOCK, false",
        "propfind, false"
    })
    void knowsWhatMayBeDoneTwice(String method, boolean idempotent) {
        assertThat(UpstreamCall.isIdempotent(method)).isEqualTo(idempotent);
    }
}
