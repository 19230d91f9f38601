package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LimitsOnClientsTest {
    /// They limit upstreams, or us.
    private static final Set<String> OTHERS = Set.of(
            "upstream_connect",
            "upstream_response_header",
            "upstream_idle",
            "upstream_max_age",
            "max_requests_per_upstream",
            "drain",
            "tunnel_drain");

    /// Whoever adds a limit says what it does to clients that were content with rpxy.
    @Test
    void everyLimitOfOursIsInTheManualsList() {
        assertThat(LimitsOnClients.ALL.stream().map(limit -> limit.table() + "." + limit.key()))
                .containsExactlyInAnyOrderElementsOf(Stream.of("", "timeouts", "tls")
                        .flatMap(table -> Keys.table(table).keys().stream()
                                .filter(key -> key.since() == Key.Since.GATEHOUSE && isLimit(key.type()))
                                .filter(key -> !OTHERS.contains(key.name())
                                        && !key.name().endsWith("_port"))
                                .map(key -> table + "." + key.name()))
                        .toList());
    }

    private static boolean isLimit(KeyType type) {
        return type instanceof KeyType.Span || type instanceof KeyType.Size || type instanceof KeyType.Whole;
    }

    @Test
    void defaultsAreThoseOfTheModel() {
        assertThat(LimitsOnClients.ALL.stream().map(LimitsOnClients::fallback))
                .allSatisfy(text -> assertThat(text).isNotBlank());
        assertThat(LimitsOnClients.markdown())
                .contains("| `client_stall` of `[timeouts]` | `\"1m\"` | none |")
                .contains("| `client_min_rate` of `[timeouts]` | `240` bytes a second | none |");
        assertThat(List.of(TimeoutsConfig.DEFAULTS.clientStall().toMinutes(), TimeoutsConfig.DEFAULTS.clientMinRate()))
                .containsExactly(1L, 240L);
    }
}
