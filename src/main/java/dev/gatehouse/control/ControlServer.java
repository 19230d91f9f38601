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

    /// For a request to arrive, from the connect or the answer before, and for an answer to be read.
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int MAX_CLIENTS = 64;

    /// Requests under way; those that are urgent have places of their own. Both together are fewer than the clients:
    /// there
    /// is always one that can give its place to another.
    private static final int MAX_WORKING = MAX_CLIENTS / 2;

    private static final int MAX_URGENT = MAX_CLIENTS / 4;

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final SocketFile socket;
    private final Map<String, Verb> verbs;
    private final Places places = new Places(MAX_CLIENTS, GRACE);
    private final Semaphore working = new Semaphore(MAX_WORKING);
    private final Semaphore urgent = new Semaphore(MAX_URGENT);
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
                // Who comes now waits in the kernel's queue.
                places.enter();
                Thread.ofVirtual().name("control-client").start(() -> {
                    try (client) {
                        serve(client);
                    } catch (IOException | InterruptedException gone) {
                        // Nobody is left to answer.
                    } finally {
                        places.leave();
                    }
                });
            } catch (IOException closed) {
                return;
            } catch (InterruptedException impossible) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void serve(SocketChannel client) throws IOException, InterruptedException {
        var in = new BufferedInputStream(Channels.newInputStream(client));
        places.waits();
        while (true) {
            var line = inTime(client, () -> read(in));
            if (line == null) {
                return;
            }
            boolean cut = line.length > MAX_REQUEST;
            silent.acquire();
            try {
                var answer = cut ? failure("the request is too long", Map.of()) : answer(line);
                inTime(client, () -> write(client, answer));
            } finally {
                silent.release();
            }
            if (cut) {
                return;
            }
        }
    }

    /// Something that the client can delay.
    @FunctionalInterface
    private interface Exchange<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /// Closes the connection when it takes too long.
    private static <T extends @Nullable Object> T inTime(SocketChannel client, Exchange<T> exchange)
            throws IOException {
        var timer = Thread.ofVirtual().name("control-patience").start(() -> {
            try {
                Thread.sleep(PATIENCE);
                client.close();
            } catch (InterruptedException arrived) {
                // It is done in time.
            } catch (IOException gone) {
                // Closed is what it should be.
            }
        });
        try {
            return exchange.run();
        } finally {
            timer.interrupt();
        }
    }

    /// One line without its end, cut where it is too long; null at the end.
    private static byte @Nullable [] read(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int one = in.read(); one != '\n'; one = in.read()) {
            if (one < 0) {
                return null;
            }
            line.write(one);
            if (line.size() > MAX_REQUEST) {
                break;
            }
        }
        return line.toByteArray();
    }

    private static int write(SocketChannel client, Map<String, Object> answer) throws IOException {
        var bytes = ByteBuffer.wrap((Json.write(answer) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
        return bytes.capacity();
    }

    private Map<String, Object> answer(byte[] line) throws InterruptedException {
        Map<String, Object> request;
        try {
            request = Json.read(new String(line, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException wrong) {
            return failure(String.valueOf(wrong.getMessage()), Map.of());
        }
        var name = String.valueOf(request.get("verb"));
        var verb = verbs.get(name);
        if (verb == null) {
            return failure("unknown verb '" + name + "'", Map.of("verbs", verbs.keySet()));
        }
        var permit = verb.isUrgent() ? urgent : working;
        permit.acquire();
        try {
            places.works();
            return answer(name, verb, request);
        } finally {
            places.waits();
            permit.release();
        }
    }

    private static Map<String, Object> answer(String name, Verb verb, Map<String, Object> request) {
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
