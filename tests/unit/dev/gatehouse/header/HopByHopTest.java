package dev.gatehouse.header;

import static dev.gatehouse.http.TestRequest.fields;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "close",
                "Close",
                "keep-alive",
                "Keep-Alive",
                "Upgrade",
                "keep-alive, Upgrade",
                "close, te",
                "TE",
                "Transfer-Encoding, te",
                "",
                " , ,",
                "Host, Content-Length, via",
                "upgrade, http2-settings"
            })
    void theUsualListsNameNothingMore(String connection) {
        assertThat(HopByHop.listed(new HttpField(HttpHeader.CONNECTION, connection), null))
                .isNull();
    }

    @Test
    void namesOfAllLinesComeTogetherInLowerCase() {
        var first = HopByHop.listed(new HttpField(HttpHeader.CONNECTION, "X-A,close\t, x-b ,"), null);
        var all = HopByHop.listed(new HttpField(HttpHeader.CONNECTION, "Cookie"), first);

        assertThat(all).isEqualTo(Set.of("x-a", "x-b", "cookie"));
        assertThat(HopByHop.listed(new HttpField(HttpHeader.CONNECTION, "close"), all))
                .isSameAs(all);
    }

    @Test
    void removesFieldsByNameInAnyCase() {
        var fields = HttpFields.build(fields("X-A: 1", "B: 2", "x-a: 3", "Cookie: c"));

        HopByHop.remove(fields, Set.of("x-a", "cookie"));

        assertThat(fields).extracting(HttpField::toString).containsExactly("B: 2");
    }

    @ParameterizedTest(name = "<{0}>: {1}")
    @CsvSource({
        "trailers, true",
        "Trailers, true",
        "'gzip, Trailers', true",
        "'gzip,\tTrailers', true",
        "gzip, false",
        "'', false",
        "trailers-extra, false",
        "xtrailers, false",
        "trailers;q=0, false",
    })
    void knowsWhetherTeAcceptsTrailers(String te, boolean accepted) {
        assertThat(Tokens.contains(te, "trailers")).isEqualTo(accepted);
    }
}
