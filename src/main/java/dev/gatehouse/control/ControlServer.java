package dev.gatehouse.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the requests on a control socket: one line of JSON each, one line of JSON as its answer, any number on a
/// connection. A virtual thread for each connection.
///
/// ```
/// {"verb":"reload"}
/// {"ok":true,"generation":2}
/// {"verb":"relaod"}
/// {"ok":false,"error":"unknown verb 'relaod'","verbs":["reload","status"]}
/// ```
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    /// Longest request, in bytes.
    static final int MAX_REQUEST = 64 * 1024;

    /// For a request to arrive, from the connect or the answer before.
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int MAX_CLIENTS = 32;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final SocketFile socket;
    private final Map<String, Verb> verbs;
    private final Semaphore places = new Semaphore(MAX_CLIENTS);
    private final Semaphore silent = new Semaphore(Integer.MAX_VALUE);

    private ControlServer(SocketFile socket, Map<String, Verb> verbs) {
        this.socket = socket;
        this.verbs = new TreeMap<>(verbs);
    }

    /// Listens with mode 0600. The name of a process that is gone is taken over.
    ///
    /// @throws IOException when it cannot be had; the message is fit for an administrator
    public static ControlServer start(Path path, Map<String, Verb> verbs) throws IOException {
        return start(SocketFile.listen(path, false), verbs);
    }

    /// [#start] where a process listens that gives the place away.
    public static ControlServer takeOver(Path path, Map<String, Verb> verbs) throws IOException {
        return start(SocketFile.listen(path, true), verbs);
    }

    private static ControlServer start(SocketFile socket, Map<String, Verb> verbs) {
        var made = new ControlServer(socket, verbs);
        Thread.ofVirtual().name("control").start(made::accept);
        return made;
    }

    /// Where it listens.
    public Path path() {
        return socket.path();
    }

    private void accept() {
        while (true) {
            try {
                var client = socket.channel().accept();
                // Who comes when all places are taken waits in the kernel's queue.
                places.acquireUninterruptibly();
                Thread.ofVirtual().name("control-client").start(() -> {
                    try (client) {
                        serve(client);
                    } catch (IOException gone) {
                        // Nobody is left to answer.
                    } finally {
                        places.release();
                    }
                });
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SocketChannel client) throws IOException {
        var in = new BufferedInputStream(Channels.newInputStream(client));
        while (true) {
            var line = read(client, in);
            if (line == null) {
                return;
            }
            silent.acquireUninterruptibly();
            try {
                write(client, answer(line));
            } finally {
                silent.release();
            }
        }
    }

    /// One line without its end; null at the end, or when it takes too long.
    private static @Nullable String read(SocketChannel client, InputStream in) throws IOException {
        var timer = Thread.ofVirtual().name("control-patience").start(() -> {
            try {
                Thread.sleep(PATIENCE);
                client.close();
            } catch (InterruptedException arrived) {
                // It is here in time.
            } catch (IOException gone) {
                // Closed is what it should be.
            }
        });
        try {
            var line = new ByteArrayOutputStream();
            for (int one = in.read(); one != '\n'; one = in.read()) {
                if (one < 0) {
                    return null;
                }
                if (line.size() == MAX_REQUEST) {
                    write(client, failure("the request is too long", Map.of()));
                    return null;
                }
                line.write(one);
            }
            return line.toString(StandardCharsets.UTF_8);
        } finally {
            timer.interrupt();
        }
    }

    private static void write(SocketChannel client, Map<String, Object> answer) throws IOException {
        var bytes = ByteBuffer.wrap((Json.write(answer) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    private Map<String, Object> answer(String line) {
        Map<String, Object> request;
        try {
            request = Json.read(line);
        } catch (IllegalArgumentException wrong) {
            return failure(String.valueOf(wrong.getMessage()), Map.of());
        }
        var name = String.valueOf(request.get("verb"));
        var verb = verbs.get(name);
        if (verb == null) {
            return failure("unknown verb '" + name + "'", Map.of("verbs", verbs.keySet()));
        }
        try {
            var answer = new LinkedHashMap<String, Object>();
            answer.put("ok", true);
            answer.putAll(verb.answer(request));
            return answer;
        } catch (Refused refused) {
            return failure(String.valueOf(refused.getMessage()), refused.facts());
        } catch (RuntimeException bug) {
            LOG.error("control request failed verb={}", name, bug);
            return failure("this is a bug: " + bug, Map.of());
        }
    }

    private static Map<String, Object> failure(String error, Map<String, Object> facts) {
        var answer = new LinkedHashMap<String, Object>();
        answer.put("ok", false);
        answer.put("error", error);
        answer.putAll(facts);
        return answer;
    }

    /// Stops listening, takes the name away if it is still its own, and waits a moment for answers that are being
    /// given.
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            if (!silent.tryAcquire(Integer.MAX_VALUE, LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("control requests are not answered seconds={}", LAST_ANSWERS.toSeconds());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
