package dev.gatehouse.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;

/// Checks that HTTP/2 requests are refused as `faults.md` says: their stream alone ends, not a byte reaches the
/// upstream, the connection serves on, and a log tells the reason.
public final class RejectedStreams {
    private final Stage stage;
    private final SystemLogFile log;

    /// @param stage used by one test at a time
    public RejectedStreams(Stage stage, SystemLogFile log) {
        this.stage = stage;
        this.log = log;
    }

    /// Sends a header section on a new connection and expects RST_STREAM with PROTOCOL_ERROR.
    ///
    /// @param tokens one of them must be in the log
    public void reset(Front front, Fields fields, String... tokens) {
        reset(front, client -> client.headers(1, true, fields), tokens);
    }

    /// Sends a request on stream 1 of a new connection and expects RST_STREAM with PROTOCOL_ERROR.
    public void reset(Front front, Consumer<H2RawClient> request, String... tokens) {
        var answer = send(front, request, tokens);
        assertThat(answer.status()).as("status of %s", answer).isZero();
        assertThat(answer.ending()).as("ending of %s", answer).isEqualTo(Ending.RESET);
        assertThat(answer.resetCode()).as("code of %s", answer).isEqualTo(Frame.PROTOCOL_ERROR);
    }

    /// Sends a header section on a new connection and expects that status.
    public void answered(Front front, Fields fields, int status, String... tokens) {
        var answer = send(front, client -> client.headers(1, true, fields), tokens);
        assertThat(answer.status()).as("status of %s", answer).isEqualTo(status);
        assertThat(answer.isComplete()).as("a whole answer, not %s", answer).isTrue();
    }

    private Answer send(Front front, Consumer<H2RawClient> request, String... tokens) {
        int requests = stage.origin().requests().size();
        long received = stage.origin().bytesReceived();
        int logged = stage.proxy().accessLines().size();
        try (var client = front.frames(stage.proxy())) {
            request.accept(client);
            var answer = client.answer(1);
            assertThat(stage.origin().requests()).as("requests at the origin").hasSize(requests);
            assertThat(stage.origin().bytesReceived()).as("bytes at the origin").isEqualTo(received);
            var next = client.get(3, "app.example", Inputs.once("/headers")).answer(3);
            assertThat(next.status()).as("status of the next request: %s", next).isEqualTo(200);
            assertLogged(logged, List.of(tokens));
            return answer;
        }
    }

    private void assertLogged(int before, List<String> tokens) {
        stage.proxy()
                .awaitAccess(
                        "a word of " + tokens,
                        _ -> tokens.stream().anyMatch(token -> !log.lines(token).isEmpty())
                                || stage.proxy().accessLines().stream()
                                        .skip(before)
                                        .anyMatch(line -> tokens.contains(line.failure())));
    }
}
