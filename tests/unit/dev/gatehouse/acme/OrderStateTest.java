package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderStateTest {
    private static final OrderState STATE = OrderState.fresh("a b")
            .ordered("https://ca.example/order/1")
            .failed(true, Instant.parse("2027-03-01T00:00:00Z"), "line one\nä = \\ #");

    @Test
    void whatIsWrittenIsReadAgain() {
        assertThat(OrderState.of(STATE.text(), "a b")).isEqualTo(STATE);
    }

    @Test
    void anOrderThatIsOverIsForgotten() {
        assertThat(STATE.failed(false, Instant.EPOCH, "x").order()).isNull();
    }

    @Test
    void withOtherSettingsItBeginsAnew() {
        assertThat(OrderState.of(STATE.text(), "a c")).isEqualTo(OrderState.fresh("a c"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\u0000\u0000", "settings=a b\nfailures=x", "settings=a b\nnext_try=soon", "settings=\\u12"})
    void rubbishIsNothing(String text) {
        assertThat(OrderState.of(text, "a b")).isEqualTo(OrderState.fresh("a b"));
    }
}
