package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/// Checks that HTTP/1 requests are refused as `faults.md` says: one answer, in order closed connection, not a byte to
/// the upstream, and the reason in the log.
public final class RejectedRequests {
    private final ProxyUnderTest proxy;
    private final TestOrigin origin;

    /// @param origin the only one behind the proxy, used by one test at a time
    public RejectedRequests(ProxyUnderTest proxy, TestOrigin origin) {
        this.proxy = proxy;
        this.origin = origin;
    }

    /// Sends bytes on a new connection and expects one of those answers, then the connection's end.
    ///
    /// @param token what the log must say; empty where the row names none
    public Answer refused(Front front, String bytes, String token, Integer... statuses) {
        return refused(front, bytes.getBytes(ISO_8859_1), token, statuses);
    }

    /// See [#refused(Front, String, String, Integer...)].
    public Answer refused(Front front, byte[] bytes, String token, Integer... statuses) {
        int requests = origin.requests().size();
        long received = origin.bytesReceived();
        int logged = proxy.accessLines().size();
        Answer answer;
        try (var client = front.raw(proxy)) {
            client.offer(bytes);
            answer = client.read();
            assertThat(answer.status()).as("status of %s", answer).isIn(List.of(statuses));
            assertThat(answer.ending()).as("ending of %s", answer).isIn(Ending.COMPLETE, Ending.CLOSED);
            assertMinimal(answer);
            var closing = client.awaitClose();
            assertThat(closing.rest().text()).as("bytes behind the answer").isEmpty();
            assertThat(closing.ending()).as("end of the connection").isEqualTo(Ending.CLOSED);
        }
        assertNothingForwarded(requests, received);
        assertLogged(logged, token);
        return answer;
    }

    /// Sends bytes on a new connection and expects one of those answers; the connection may stay.
    public Answer answered(Front front, String bytes, String token, Integer... statuses) {
        int requests = origin.requests().size();
        long received = origin.bytesReceived();
        int logged = proxy.accessLines().size();
        Answer answer;
        try (var client = front.raw(proxy)) {
            answer = client.send(bytes).read();
            assertThat(answer.status()).as("status of %s", answer).isIn(List.of(statuses));
            assertThat(answer.isComplete()).as("a whole answer, not %s", answer).isTrue();
        }
        assertNothingForwarded(requests, received);
        assertLogged(logged, token);
        return answer;
    }

    /// Sends bytes on a new connection and expects it to be closed, without an answer or with one of those.
    public void closed(Front front, byte[] bytes, String token, Integer... statuses) {
        int requests = origin.requests().size();
        long received = origin.bytesReceived();
        int logged = proxy.accessLines().size();
        try (var client = front.raw(proxy)) {
            client.offer(bytes);
            var rest = client.awaitClose().rest().text();
            if (!rest.isEmpty()) {
                assertThat(rest).startsWith("HTTP/1.1 ");
                assertThat(Integer.valueOf(rest.substring(9, 12))).isIn(List.of(statuses));
                assertLogged(logged, token);
            }
        }
        assertNothingForwarded(requests, received);
    }

    /// The answer says neither who we are nor what we were sent, and closes.
    private static void assertMinimal(Answer answer) {
        assertThat(answer.fields().values("Connection"))
                .as("Connection of %s", answer)
                .anyMatch("close"::equalsIgnoreCase);
        assertThat(answer.head() + answer.text())
                .as("an answer without a banner")
                .doesNotContainIgnoringCase("jetty");
    }

    private void assertNothingForwarded(int requests, long received) {
        assertThat(origin.requests()).as("requests at the origin").hasSize(requests);
        assertThat(origin.bytesReceived()).as("bytes at the origin").isEqualTo(received);
    }

    private void assertLogged(int before, String token) {
        if (!token.isEmpty()) {
            assertThat(proxy.awaitFailure(before, token).failure()).isEqualTo(token);
        }
    }
}
