package dev.gatehouse.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The control socket by itself, asked byte by byte.
@Timeout(60)
class ControlServerIT {
    private static final Map<String, Verb> VERBS = Map.of(
            "echo",
            request -> Map.of("got", request),
            "refuse",
            _ -> {
                throw new Refused("no", Map.of("why", "because"));
            },
            "break",
            _ -> {
                throw new IllegalStateException("broken");
            });

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("control.sock");
    }

    private final class Raw implements AutoCloseable {
        private final SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path()));
        private final BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));

        private Raw() throws IOException {}

        Raw send(String text) throws IOException {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            return this;
        }

        String line() throws IOException {
            return in.readLine();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void eachLineGetsALine() throws IOException {
        try (var _ = ControlServer.start(path(), VERBS);
                var raw = new Raw()) {
            assertThat(raw.send("{\"verb\":\"echo\",\"n\":1}\n").line())
                    .isEqualTo("{\"ok\":true,\"got\":{\"verb\":\"echo\",\"n\":1}}");
            assertThat(raw.send("{\"verb\":\"refuse\"}\n").line())
                    .isEqualTo("{\"ok\":false,\"error\":\"no\",\"why\":\"because\"}");
            assertThat(raw.send("{\"verb\":\"ehco\"}\n").line())
                    .isEqualTo("{\"ok\":false,\"error\":\"unknown verb"
                            + " 'ehco'\",\"verbs\":[\"break\",\"echo\",\"refuse\"]}");
            assertThat(raw.send("GET / HTTP/1.1\n").line())
                    .startsWith("{\"ok\":false,\"error\":\"not JSON at character 1");
            assertThat(raw.send("{\"verb\":\"break\"}\n").line()).contains("this is a bug", "broken");
            assertThat(raw.send("{\"verb\":\"echo\"}\n").line()).contains("\"ok\":true");
        }
    }

    @Test
    void requestThatIsTooLongIsRefused() throws IOException {
        try (var _ = ControlServer.start(path(), VERBS);
                var raw = new Raw()) {
            assertThat(raw.send("x".repeat(ControlServer.MAX_REQUEST + 1)).line())
                    .contains("too long");
            assertThat(raw.line()).isNull();
        }
    }

    @Test
    void clientsAreServedBesideOneAnother() throws Exception {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        Verb slow = _ -> {
            entered.countDown();
            awaitQuietly(leave);
            return Map.of();
        };
        try (var _ = ControlServer.start(path(), Map.of("slow", slow, "quick", _ -> Map.of()));
                var silent = new Raw();
                var first = new Raw();
                var second = new Raw()) {
            assertThat(silent.channel.isConnected()).isTrue();
            first.send("{\"verb\":\"slow\"}\n");
            entered.await();

            assertThat(second.send("{\"verb\":\"quick\"}\n").line()).isEqualTo("{\"ok\":true}");
            leave.countDown();
            assertThat(first.line()).isEqualTo("{\"ok\":true}");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /// More than there are places, and than there are requests that are worked on at a time.
    private static final int CROWD = 100;

    private void crowd(List<Raw> crowd, String request) throws IOException {
        for (int i = 0; i < CROWD; i++) {
            crowd.add(new Raw().send(request));
        }
    }

    private static void close(List<Raw> crowd) throws IOException {
        for (var raw : crowd) {
            raw.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void whoLetsTheProxyWaitBlocksNobody(String what, String request) throws IOException {
        Verb large = _ -> Map.of("much", "x".repeat(4 << 20));
        var crowd = new ArrayList<Raw>();
        try (var _ = ControlServer.start(path(), Map.of("large", large, "small", _ -> Map.of()))) {
            crowd(crowd, request);
            try (var raw = new Raw()) {
                assertThat(raw.send("{\"verb\":\"small\"}\n").line()).as(what).isEqualTo("{\"ok\":true}");
            }
            close(crowd);
        }
    }

    static Stream<Arguments> whoLetsTheProxyWaitBlocksNobody() {
        return Stream.of(
                Arguments.of("says nothing", ""),
                Arguments.of("half a request", "{\"verb\":"),
                Arguments.of("does not read", "{\"verb\":\"large\"}\n"));
    }

    @Test
    void urgentVerbIsDoneHoweverManyAreUnderWay() throws IOException {
        var leave = new CountDownLatch(1);
        Verb slow = _ -> {
            awaitQuietly(leave);
            return Map.of();
        };
        Verb urgent = new Verb() {
            @Override
            public Map<String, Object> answer(Map<String, Object> request) {
                return Map.of("done", true);
            }

            @Override
            public boolean isUrgent() {
                return true;
            }
        };
        var crowd = new ArrayList<Raw>();
        try (var _ = ControlServer.start(path(), Map.of("slow", slow, "urgent", urgent))) {
            crowd(crowd, "{\"verb\":\"slow\"}\n");
            try (var raw = new Raw()) {
                assertThat(raw.send("{\"verb\":\"urgent\"}\n").line()).isEqualTo("{\"ok\":true,\"done\":true}");
            }
            leave.countDown();
            close(crowd);
        }
    }

    @Test
    void verbThatIsGivenTwiceIsNotDone() throws IOException {
        try (var _ = ControlServer.start(path(), VERBS);
                var raw = new Raw()) {
            assertThat(raw.send("{\"verb\":\"refuse\",\"verb\":\"echo\"}\n").line())
                    .startsWith("{\"ok\":false,\"error\":\"not JSON")
                    .contains("the same name twice");
        }
    }

    @Test
    void directoryThatOthersMayWriteToIsRefused() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatIOException()
                .isThrownBy(() -> ControlServer.start(path(), VERBS))
                .withMessageContaining("everybody may write to '" + directory + "'");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void clientAsksNoStranger() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can be two users");
        var stranger = new ProcessBuilder("python3", "-c", """
            import os, socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.bind(sys.argv[1])
            os.setuid(4242)
            s.listen()
            print("listens", flush=True)
            sys.stdin.read()
            """, path().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = stranger.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("listens");

            assertThatIOException()
                    .isThrownBy(() -> ControlClient.connect(path()).close())
                    .withMessage("it is the process of another user, '4242'");

            // Root asks the proxy of a user in the directory of that user.
            Files.setAttribute(directory, "unix:uid", 4242);
            ControlClient.connect(path()).close();
        } finally {
            stranger.getOutputStream().close();
            stranger.waitFor();
        }
    }

    @Test
    void silentClientsAreLetGo() throws IOException {
        try (var _ = ControlServer.start(path(), VERBS);
                var raw = new Raw()) {
            raw.send("{\"verb\":");

            assertThat(raw.line()).isNull();
        }
    }

    @Test
    void onlyItsOwnerMayUseItFromTheFirstMomentOn() throws Exception {
        var seen = new AtomicReference<String>();
        var done = new AtomicBoolean();
        var watcher = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                try {
                    var mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path()));
                    if (!mode.equals("rw-------")) {
                        seen.set(mode);
                    }
                } catch (IOException notThere) {
                    // Not yet, or not any more.
                }
            }
        });
        for (int i = 0; i < 200; i++) {
            try (var server = ControlServer.start(path(), VERBS)) {
                assertThat(Files.getPosixFilePermissions(server.path()))
                        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            }
            assertThat(directory).isEmptyDirectory();
        }
        done.set(true);
        watcher.join();

        assertThat(seen).hasNullValue();
    }

    @Test
    void missingDirectoriesAreMadeForTheOwnerAlone() throws IOException {
        var inside = directory.resolve("a/b/control.sock");
        try (var _ = ControlServer.start(inside, VERBS)) {
            assertThat(Files.getPosixFilePermissions(directory.resolve("a/b")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void socketOfAProcessThatIsGoneIsTakenOver() throws IOException {
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path()));
        }
        assertThat(path()).exists();

        try (var _ = ControlServer.start(path(), VERBS);
                var raw = new Raw()) {
            assertThat(raw.send("{\"verb\":\"echo\"}\n").line()).contains("\"ok\":true");
        }
    }

    @Test
    void socketThatSomebodyListensOnIsLeftAlone() throws IOException {
        try (var first = ControlServer.start(path(), VERBS)) {
            assertThatIOException()
                    .isThrownBy(() -> ControlServer.start(path(), VERBS))
                    .withMessageContaining("another process listens on " + first.path());
            try (var raw = new Raw()) {
                assertThat(raw.send("{\"verb\":\"echo\"}\n").line()).contains("\"ok\":true");
            }
        }
    }

    @Test
    void fileThatIsNoSocketIsLeftAlone() throws IOException {
        Files.writeString(path(), "precious");

        assertThatIOException()
                .isThrownBy(() -> ControlServer.start(path(), VERBS))
                .withMessageContaining("something else than a socket");
        assertThat(path()).hasContent("precious");
    }

    @Test
    void nameThatSomebodyElseTookIsNotTakenAway() throws IOException {
        var first = ControlServer.start(path(), VERBS);
        Files.move(path(), directory.resolve("aside"));
        try (var _ = ControlServer.start(path(), VERBS)) {
            first.close();

            assertThat(path()).exists();
        }
    }

    @Test
    void manyClientsAtOnceAllGetTheirAnswer() throws Exception {
        try (var _ = ControlServer.start(path(), VERBS)) {
            var answers = new ArrayList<Thread>();
            List<String> wrong = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 60; i++) {
                answers.add(Thread.ofVirtual().start(() -> {
                    try (var client = ControlClient.connect(path())) {
                        var answer = client.ask(Map.of("verb", "echo"));
                        if (!Boolean.TRUE.equals(answer.get("ok"))) {
                            wrong.add(answer.toString());
                        }
                    } catch (IOException failed) {
                        wrong.add(failed.toString());
                    }
                }));
            }
            for (var thread : answers) {
                thread.join();
            }
            assertThat(wrong).isEmpty();
        }
        await().untilAsserted(() -> assertThat(path()).doesNotExist());
    }
}
