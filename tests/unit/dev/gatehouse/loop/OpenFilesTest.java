package dev.gatehouse.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients, connections with upstreams and everything else share the descriptors.
@Tag("RS-01")
class OpenFilesTest {
    private static OpenFiles files(long limit, int used) {
        var files = new OpenFiles(new OpenFiles.Source() {
            @Override
            public long limit() {
                return limit;
            }

            @Override
            public int used() {
                return used;
            }
        });
        files.measure();
        return files;
    }

    @ParameterizedTest(name = "{0} descriptors, {1} used by others: {2} clients")
    @CsvSource({
        "60, 45, 3", // a reserve of 8
        "1024, 50, 455", // of 64
        "20000, 50, 9943",
        "524288, 50, 262087",
        "9223372036854775807, 50, 1073741823",
        "40, 45, 1",
    })
    void clientsGetHalfOfWhatIsLeftBehindTheReserve(long limit, int used, int clients) {
        assertThat(files(limit, used).mostClients()).isEqualTo(clients);
    }

    @Test
    void eachClientFindsOneForTheUpstream() {
        var files = files(100, 52);
        int clients = 0;
        while (files.hasForClient()) {
            files.clientCame();
            clients++;
        }
        for (int i = 0; i < clients; i++) {
            assertThat(files.takeForUpstream()).isTrue();
        }
        assertThat(clients).isEqualTo(20);
        assertThat(files.takeForUpstream()).isFalse();

        files.giveBack();
        assertThat(files.hasForClient()).isFalse();
        assertThat(files.takeForUpstream()).isTrue();
        files.clientLeft();
        assertThat(files.hasForClient()).isTrue();
    }

    @Test
    void whoFoundNoneIsToldInOrderWhenOneIsGivenBack() {
        TestLoop.run(loop -> {
            var files = files(1, 1);
            assertThat(files.takeForUpstream()).isTrue();
            assertThat(files.takeForUpstream()).isTrue();
            assertThat(files.takeForUpstream()).isFalse();
            var told = new StringBuilder();
            files.awaitOne(loop, () -> true, () -> told.append("gone"));
            files.awaitOne(loop, () -> false, () -> told.append("first"));
            files.awaitOne(loop, () -> false, () -> told.append("second"));
            assertThat(files.isShort()).isTrue();

            files.giveBack();
            TestLoop.round(loop);
            assertThat(told).hasToString("first");

            files.giveBack();
            TestLoop.round(loop);
            assertThat(told).hasToString("firstsecond");
            assertThat(files.isShort()).isFalse();
        });
    }
}
