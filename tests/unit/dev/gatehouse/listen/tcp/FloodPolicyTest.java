package dev.gatehouse.listen.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FloodPolicyTest {
    private final List<String> told = new ArrayList<>();
    private final FloodPolicy policy = new FloodPolicy(told::add);

    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of("h2.flood.rst", new ResetFrame(1, ErrorCode.CANCEL_STREAM_ERROR.code)),
                Arguments.of("h2.flood.srv_rst", new ResetFrame(1, ErrorCode.PROTOCOL_ERROR.code)),
                Arguments.of("h2.flood.ctl", new PingFrame(false)),
                Arguments.of("h2.flood.ctl", new SettingsFrame(Map.of(), false)));
    }

    @ParameterizedTest
    @MethodSource("floods")
    void tooManyAreToldOnceByTheirKind(String token, Frame frame) {
        int passed = 0;
        while (passed < 10_000 && policy.onEvent(frame)) {
            passed++;
        }
        policy.onEvent(frame);

        assertThat(passed).isBetween(200, 1_000);
        assertThat(told).containsExactly(token);
    }

    @Test
    void windowsMayBeOpenedManyTimesButNotForEver() {
        int passed = 0;
        while (passed < 1_000_000 && policy.onEvent(new WindowUpdateFrame(0, 1))) {
            passed++;
        }

        assertThat(passed).isBetween(5_000, 200_000);
        assertThat(told).containsExactly("h2.flood.ctl");
    }

    @Test
    void whatFollowsFromWorkIsPaidByIt() {
        for (int i = 0; i < 10_000; i++) {
            policy.earn(2);
            assertThat(policy.onEvent(new WindowUpdateFrame(1, 100))).isTrue();
            assertThat(policy.onEvent(new WindowUpdateFrame(0, 100))).isTrue();
        }
        assertThat(told).isEmpty();
    }

    @Test
    void workDoesNotPayForResets() {
        policy.earn(100_000);
        int passed = 0;
        while (passed < 10_000 && policy.onEvent(new ResetFrame(1, ErrorCode.CANCEL_STREAM_ERROR.code))) {
            passed++;
        }

        assertThat(passed).isLessThan(1_000);
    }

    @Test
    void ourOwnResetsAreFree() {
        for (int i = 0; i < 10_000; i++) {
            policy.free(() -> assertThat(policy.onEvent(new ResetFrame(1, ErrorCode.NO_ERROR.code)))
                    .isTrue());
        }
        assertThat(told).isEmpty();
    }
}
