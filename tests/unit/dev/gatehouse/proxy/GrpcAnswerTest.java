package dev.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.http.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcAnswerTest {
    @Test
    void failuresOfUpstreamsAreUnavailableAndLatenessIsDeadlineExceeded() {
        assertThat(GrpcAnswer.code(Failure.CONNECT_FAILED)).isEqualTo("14");
        assertThat(GrpcAnswer.code(Failure.NO_SUCH_APP)).isEqualTo("14");
        assertThat(GrpcAnswer.code(Failure.RESPONSE_TIMEOUT)).isEqualTo("4");
    }

    @ParameterizedTest
    @EnumSource(names = ".*(TIMEOUT|IDLE|TRUNCATED|LOST|STALE|REFUSED|STALLED)", mode = EnumSource.Mode.MATCH_ALL)
    void whatWeCutIsNoErrorOfOurs(Failure failure) {
        if (failure.status() != 499) { // the client is not told
            assertThat(GrpcAnswer.code(failure)).isIn("4", "14");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFailureIsAFailure(Failure failure) {
        assertThat(Integer.parseInt(GrpcAnswer.code(failure))).isBetween(1, 16);
    }

    @ParameterizedTest
    @EnumSource
    void textsNeedNoEncodingAsMessages(Failure failure) {
        assertThat(failure.text()).matches("[ -$&-~]*");
    }
}
