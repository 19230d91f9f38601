package dev.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpCharsTest {
    @Test
    void tokensAreOfThe77CharactersOfTheRfc() {
        assertThat(IntStream.range(0, 0x10000)
                        .filter(HttpChars::isToken)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString())
                .isEqualTo("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
    }

    @ParameterizedTest
    @CsvSource({"GET, true", "M-SEARCH, true", "'', false", "G T, false", "GET:, false", "GÉT, false", "G\u0130T, false"
    })
    void everyCharacterOfATokenIsOne(String text, boolean token) {
        assertThat(HttpChars.isToken(text)).isEqualTo(token);
    }
}
