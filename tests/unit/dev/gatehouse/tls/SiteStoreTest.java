package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteStoreTest {
    private static final SiteStore STORE = SiteStore.of(List.of(
            site("main", "example.com", "www.example.com"),
            site("wild", "*.example.com"),
            site("deep", "*.eu.example.com"),
            site("other", "localhost")));

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "example.com, main",
        "www.example.com, main",
        "shop.example.com, wild",
        "eu.example.com, wild",
        "shop.eu.example.com, deep",
        "localhost, other",
    })
    void theExactNameComesFirstThenTheWildcard(String name, String app) {
        assertThat(STORE.find(name)).isNotNull().extracting(Site::app).isEqualTo(app);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            value = {"null", "com", "example.org", "xexample.com", "a.localhost", "a.b.example.com", "*", "''"},
            nullValues = "null")
    void whatNobodyHasIsNotFound(String name) {
        assertThat(STORE.find(name)).isNull();
    }

    @Test
    void anEmptyStoreFindsNothing() {
        assertThat(SiteStore.empty().isEmpty()).isTrue();
        assertThat(STORE.isEmpty()).isFalse();
        assertThat(SiteStore.empty().find("a.example")).isNull();
    }

    @Test
    void aSiteIsFoundBeforeItHasACertificate() {
        var waiting = new Site("waiting", List.of("x.example"), null);

        assertThat(SiteStore.of(List.of(waiting)).find("x.example")).isSameAs(waiting);
        assertThat(waiting.credentials()).isNull();
    }

    @Test
    void aNameBelongsToOneSite() {
        assertThatThrownBy(() -> SiteStore.of(List.of(site("a", "x.example"), site("b", "x.example"))))
                .hasMessage("'x.example' belongs to 'a' and to 'b'");
    }

    private static Site site(String app, String... names) {
        return new Site(app, List.of(names), TestKeys.P256.credentials("x.example"));
    }
}
