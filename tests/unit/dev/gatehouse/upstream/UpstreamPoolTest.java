package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamPoolTest {
    @ParameterizedTest(name = "room {0}, short {1}: {2}")
    @CsvSource({
        "-5, false, 16384",
        "0, false, 16384",
        "1000, false, 16384",
        "20000, false, 16384",
        "30000, false, 28672",
        "9000000, false, 32768",
        "-5, true, 1024",
        "4095, true, 1024",
        "4096, true, 4096",
        "9000000, true, 8192"
    })
    void lessIsReadForWhoHasLittleRoomOnlyWhileMemoryIsShort(long room, boolean isShort, int bytes) {
        assertThat(UpstreamPool.readBytes(room, isShort)).isEqualTo(bytes);
    }
}
