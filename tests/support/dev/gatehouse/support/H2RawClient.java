package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 client at the level of frames: sends any frame in any order, keeps every frame it got, and puts answers
/// together. It acknowledges SETTINGS and PING and gives back flow control as long as the test does not turn that off.
///
/// A reader thread collects; methods may be called from any thread and wait ten seconds at most.
public final class H2RawClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);

    private final Socket raw;
    private final Socket socket;
    private final OutputStream out;
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Frame> frames = new ArrayList<>();
    private final Map<Integer, Stream> streams = new HashMap<>();
    private final HpackDecoder decoder = new HpackDecoder(1 << 20, System::nanoTime);
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private byte[] unsent = new byte[0];
    private boolean automatic = true;
    private boolean reading = true;
    private long connectionWindow = 65_535;
    private int initialWindow = 65_535;
    private int peerMaxStreams = Integer.MAX_VALUE;
    private int lastStream = -1;
    private int lastTaken = Integer.MAX_VALUE;
    private boolean goneAway;
    private @Nullable Ending ended;
    private @Nullable Throwable broken;

    /// What came on one stream.
    private static final class Stream {
        private final Seen body = new Seen();
        private final List<Answer.Interim> interims = new ArrayList<>();
        private int status;
        private Fields fields = Fields.NONE;
        private Fields trailers = Fields.NONE;
        private @Nullable Ending ending;
        private long resetCode = -1;
        private long window;
    }

    private H2RawClient(Socket raw, Socket socket) throws IOException {
        this.raw = raw;
        this.socket = socket;
        this.out = socket.getOutputStream();
        raw.setSoTimeout(0);
    }

    /// Over plaintext with prior knowledge; preface and empty SETTINGS are sent.
    public static H2RawClient plain(InetSocketAddress address) {
        return plainWithout(address).preface().settings();
    }

    /// Over plaintext; nothing is sent yet.
    public static H2RawClient plainWithout(InetSocketAddress address) {
        try {
            var socket = RawHttp1Client.connect(address, 0);
            return new H2RawClient(socket, socket).started();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Over TLS with ALPN h2; preface and empty SETTINGS are sent.
    public static H2RawClient tls(InetSocketAddress address, String serverName, SSLContext context) {
        return tlsWithout(address, serverName, context, 0).preface().settings();
    }

    /// Over TLS with ALPN h2; nothing is sent yet.
    ///
    /// @param bufferBytes size of the kernel's buffers; 0 leaves them alone
    public static H2RawClient tlsWithout(
            InetSocketAddress address, String serverName, SSLContext context, int bufferBytes) {
        try {
            var raw = RawHttp1Client.connect(address, bufferBytes);
            var socket = RawHttp1Client.secured(raw, serverName, context, "h2");
            if (!socket.getApplicationProtocol().equals("h2")) {
                throw new AssertionError("ALPN gave '" + socket.getApplicationProtocol() + "'");
            }
            return new H2RawClient(raw, socket).started();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private H2RawClient started() {
        Thread.ofVirtual().name("h2-client-reader").start(this::readAll);
        return this;
    }

    // What is sent.

    /// The connection preface (RFC 9113 §3.4) without its SETTINGS. It goes with the bytes that follow: alone, the
    /// server's SETTINGS could come, and be acknowledged, before ours are sent.
    public H2RawClient preface() {
        writing.lock();
        try {
            unsent = PREFACE;
            return this;
        } finally {
            writing.unlock();
        }
    }

    /// SETTINGS of identifiers and values in turn.
    public H2RawClient settings(int... pairs) {
        var payload = ByteBuffer.allocate(pairs.length * 3);
        for (int i = 0; i < pairs.length; i += 2) {
            payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
        }
        return frame(Frame.SETTINGS, 0, 0, payload.array());
    }

    /// Any frame.
    public H2RawClient frame(int type, int flags, int stream, byte[] payload) {
        return raw(new Frame(type, flags, stream, payload).bytes());
    }

    /// Any bytes.
    public H2RawClient raw(byte[] bytes) {
        try {
            write(bytes);
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Any bytes, to a peer that may have closed.
    ///
    /// @return whether they could be written
    public boolean offer(byte[] bytes) {
        try {
            write(bytes);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private void write(byte[] bytes) throws IOException {
        writing.lock();
        try {
            if (unsent.length > 0) {
                var both = new ByteArrayOutputStream();
                both.writeBytes(unsent);
                both.writeBytes(bytes);
                unsent = new byte[0];
                out.write(both.toByteArray());
            } else {
                out.write(bytes);
            }
            out.flush();
        } finally {
            writing.unlock();
        }
    }

    /// A whole header block.
    public H2RawClient headers(int stream, boolean endStream, Fields fields) {
        return headers(stream, endStream, Hpack.encode(fields));
    }

    /// A whole header block, already encoded; split into CONTINUATION where it is longer than a frame may be.
    public H2RawClient headers(int stream, boolean endStream, byte[] hpack) {
        int first = Math.min(hpack.length, 16_384);
        var bytes = new ByteArrayOutputStream();
        int flags = (endStream ? Frame.END_STREAM : 0) | (first == hpack.length ? Frame.END_HEADERS : 0);
        bytes.writeBytes(new Frame(Frame.HEADERS, flags, stream, slice(hpack, 0, first)).bytes());
        for (int at = first; at < hpack.length; ) {
            int size = Math.min(hpack.length - at, 16_384);
            at += size;
            bytes.writeBytes(new Frame(
                            Frame.CONTINUATION,
                            at == hpack.length ? Frame.END_HEADERS : 0,
                            stream,
                            slice(hpack, at - size, size))
                    .bytes());
        }
        return raw(bytes.toByteArray());
    }

    /// A GET without a body, ended.
    public H2RawClient get(int stream, String authority, String path) {
        return headers(stream, true, request("GET", authority, path));
    }

    /// [#get] for a peer that may have closed; [#answer(int)] then tells.
    public boolean offerGet(int stream, String authority, String path) {
        var hpack = Hpack.encode(request("GET", authority, path));
        return offer(new Frame(Frame.HEADERS, Frame.END_STREAM | Frame.END_HEADERS, stream, hpack).bytes());
    }

    /// The four pseudo fields of a request over this connection.
    public Fields request(String method, String authority, String path) {
        return Fields.of(
                ":method",
                method,
                ":scheme",
                socket instanceof SSLSocket ? "https" : "http",
                ":authority",
                authority,
                ":path",
                path);
    }

    /// One DATA frame, whatever flow control says.
    public H2RawClient data(int stream, boolean endStream, byte[] bytes) {
        return frame(Frame.DATA, endStream ? Frame.END_STREAM : 0, stream, bytes);
    }

    /// One DATA frame of characters.
    public H2RawClient data(int stream, boolean endStream, String latin1) {
        return data(stream, endStream, latin1.getBytes(ISO_8859_1));
    }

    /// DATA frames of at most `piece` bytes, as flow control allows; stops where the stream ends early.
    public void send(int stream, Body body, boolean endStream, int piece) {
        send(stream, body, endStream, () -> piece);
    }

    /// DATA frames of at most these sizes.
    public void send(int stream, Body body, boolean endStream, IntSupplier pieces) {
        var buffer = new byte[16_384];
        long at = 0;
        do {
            int size = (int) Math.min(Math.min(buffer.length, pieces.getAsInt()), body.length() - at);
            if (size > 0) {
                size = take(stream, size);
                if (size == 0) {
                    return;
                }
            }
            body.fill(at, buffer, 0, size);
            at += size;
            boolean last = endStream && at == body.length();
            if (!offer(new Frame(Frame.DATA, last ? Frame.END_STREAM : 0, stream, slice(buffer, 0, size)).bytes())) {
                return;
            }
        } while (at < body.length());
    }

    /// Takes up to that much from both windows; 0 when the stream or connection has ended.
    private int take(int stream, int wanted) {
        lock.lock();
        try {
            var of = stream(stream);
            waitFor(
                    () -> (connectionWindow > 0 && of.window + initialWindow > 0) || of.ending != null || ended != null,
                    Duration.ofSeconds(20),
                    () -> "window for stream " + stream);
            if (of.ending != null || ended != null) {
                return 0;
            }
            int size = (int) Math.min(wanted, Math.min(connectionWindow, of.window + initialWindow));
            connectionWindow -= size;
            of.window -= size;
            return size;
        } finally {
            lock.unlock();
        }
    }

    /// RST_STREAM.
    public H2RawClient reset(int stream, int code) {
        return frame(Frame.RST_STREAM, 0, stream, number(code));
    }

    /// WINDOW_UPDATE.
    public H2RawClient window(int stream, int increment) {
        return frame(Frame.WINDOW_UPDATE, 0, stream, number(increment));
    }

    /// PING with a payload that says who sent it.
    public H2RawClient ping(long payload) {
        return frame(Frame.PING, 0, 0, ByteBuffer.allocate(8).putLong(payload).array());
    }

    /// GOAWAY.
    public H2RawClient goAway(int lastStream, int code) {
        return frame(
                Frame.GOAWAY,
                0,
                0,
                ByteBuffer.allocate(8).putInt(lastStream).putInt(code).array());
    }

    /// A stream number that was not used yet.
    public int nextStream() {
        lock.lock();
        try {
            lastStream += 2;
            return lastStream;
        } finally {
            lock.unlock();
        }
    }

    // What it does by itself.

    /// From now on SETTINGS and PING are not acknowledged and no window is given back.
    public H2RawClient passive() {
        lock.lock();
        try {
            automatic = false;
            return this;
        } finally {
            lock.unlock();
        }
    }

    /// From now on nothing is read from the socket; what is being read may still arrive.
    public H2RawClient stopReading() {
        lock.lock();
        try {
            reading = false;
            return this;
        } finally {
            lock.unlock();
        }
    }

    /// Reads on.
    public H2RawClient resumeReading() {
        lock.lock();
        try {
            reading = true;
            changed.signalAll();
            return this;
        } finally {
            lock.unlock();
        }
    }

    // What came.

    /// Waits for the end of a stream, by END_STREAM, RST_STREAM or the end of the connection.
    public Answer answer(int stream) {
        return answer(stream, PATIENCE);
    }

    /// [#answer(int)] with a limit.
    public Answer answer(int stream, Duration limit) {
        lock.lock();
        try {
            var of = stream(stream);
            waitFor(() -> of.ending != null || ended != null, limit, () -> "answer on stream " + stream);
            return answerOf(of);
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the status of a stream, or its end.
    public Answer head(int stream) {
        lock.lock();
        try {
            var of = stream(stream);
            waitFor(
                    () -> of.status != 0 || of.ending != null || ended != null,
                    PATIENCE,
                    () -> "head on stream " + stream);
            return answerOf(of);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until that many body bytes have come on a stream.
    public void awaitBody(int stream, long bytes) {
        lock.lock();
        try {
            var of = stream(stream);
            waitFor(() -> of.body.length() >= bytes, PATIENCE, () -> bytes + " bytes on stream " + stream);
        } finally {
            lock.unlock();
        }
    }

    private Answer answerOf(Stream of) {
        var ending = of.ending != null ? of.ending : ended != null ? ended : Ending.OURS;
        return new Answer(
                of.status, "", of.fields, of.body, of.trailers, List.copyOf(of.interims), ending, of.resetCode);
    }

    /// Waits for a frame.
    public Frame await(String what, Predicate<Frame> wanted) {
        lock.lock();
        try {
            waitFor(() -> frames.stream().anyMatch(wanted) || ended != null, PATIENCE, () -> what);
            return frames.stream()
                    .filter(wanted)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("ended without " + what + ": " + this));
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the PING with that payload is answered: then everything sent before it has been worked on.
    public void awaitPong(long payload) {
        await(
                "PING ack",
                frame -> frame.type() == Frame.PING
                        && frame.has(Frame.ACK)
                        && ByteBuffer.wrap(frame.payload()).getLong() == payload);
    }

    /// PING and its answer.
    public H2RawClient fence() {
        long payload = System.nanoTime();
        ping(payload);
        awaitPong(payload);
        return this;
    }

    /// Waits for the connection's end.
    ///
    /// @return the code of the last GOAWAY that came, or -1 where none did
    public long awaitClose() {
        lock.lock();
        try {
            waitFor(() -> ended != null, PATIENCE, () -> "end of the connection");
            return goAwayCode();
        } finally {
            lock.unlock();
        }
    }

    /// Whether the connection has ended.
    public boolean isClosed() {
        lock.lock();
        try {
            return ended != null;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the server has said that it takes no new streams.
    public boolean goneAway() {
        lock.lock();
        try {
            return goneAway;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the server has said in a GOAWAY that it did nothing about a stream, so that a client may send it again
    /// (RFC 9113 §6.8).
    public boolean notLookedAt(int stream) {
        lock.lock();
        try {
            return stream > lastTaken;
        } finally {
            lock.unlock();
        }
    }

    /// The code of the last GOAWAY, or -1.
    public long goAwayCode() {
        return frames(Frame.GOAWAY).stream()
                .reduce((_, last) -> last)
                .map(frame -> (long) frame.number(4))
                .orElse(-1L);
    }

    /// All frames so far of a type.
    public List<Frame> frames(int type) {
        lock.lock();
        try {
            return frames.stream().filter(frame -> frame.type() == type).toList();
        } finally {
            lock.unlock();
        }
    }

    /// The value the server gave a setting (RFC 9113 §6.5.2); waits for its SETTINGS.
    public int serverSetting(int identifier, int otherwise) {
        var settings = await("SETTINGS", frame -> frame.type() == Frame.SETTINGS && !frame.has(Frame.ACK));
        var payload = ByteBuffer.wrap(settings.payload());
        int value = otherwise;
        while (payload.remaining() >= 6) {
            int key = payload.getShort();
            int number = payload.getInt();
            value = key == identifier ? number : value;
        }
        return value;
    }

    /// What the handshake agreed on.
    public SSLSocket tls() {
        return (SSLSocket) socket;
    }

    /// RST of the TCP connection.
    public void resetConnection() {
        try {
            raw.setSoLinger(true, 0);
            raw.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        resumeReading();
        try {
            raw.close();
        } catch (IOException ignored) {
            // The test is over with it.
        }
    }

    private void readAll() {
        var how = Ending.CLOSED;
        try {
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65_536));
            while (true) {
                awaitReading();
                var frame = Frame.read(in);
                if (frame == null) {
                    return;
                }
                accept(frame);
            }
        } catch (IOException thrown) {
            how = endingOf(thrown);
        } catch (RuntimeException | HpackException thrown) {
            broken = thrown;
        } finally {
            lock.lock();
            try {
                ended = how;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void awaitReading() throws IOException {
        lock.lock();
        try {
            while (!reading) {
                changed.await();
            }
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        } finally {
            lock.unlock();
        }
    }

    private void accept(Frame frame) throws HpackException {
        boolean reply;
        lock.lock();
        try {
            // The bytes of a body are in its stream; kept here too, they would fill the memory.
            frames.add(
                    frame.type() == Frame.DATA
                            ? new Frame(frame.type(), frame.flags(), frame.stream(), new byte[0])
                            : frame);
            apply(frame);
            reply = automatic;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (reply) {
            reply(frame);
        }
    }

    private void reply(Frame frame) {
        if (frame.type() == Frame.SETTINGS && !frame.has(Frame.ACK)) {
            offer(new Frame(Frame.SETTINGS, Frame.ACK, 0, new byte[0]).bytes());
        } else if (frame.type() == Frame.PING && !frame.has(Frame.ACK)) {
            offer(new Frame(Frame.PING, Frame.ACK, 0, frame.payload()).bytes());
        } else if (frame.type() == Frame.DATA && frame.payload().length > 0) {
            var bytes = new ByteArrayOutputStream();
            var increment = number(frame.payload().length);
            bytes.writeBytes(new Frame(Frame.WINDOW_UPDATE, 0, 0, increment).bytes());
            if (!frame.has(Frame.END_STREAM)) {
                bytes.writeBytes(new Frame(Frame.WINDOW_UPDATE, 0, frame.stream(), increment).bytes());
            }
            offer(bytes.toByteArray());
        }
    }

    private void apply(Frame frame) throws HpackException {
        switch (frame.type()) {
            case Frame.SETTINGS -> applySettings(frame);
            case Frame.WINDOW_UPDATE -> {
                if (frame.stream() == 0) {
                    connectionWindow += frame.number(0);
                } else {
                    stream(frame.stream()).window += frame.number(0);
                }
            }
            case Frame.HEADERS, Frame.CONTINUATION -> applyHeaders(frame);
            case Frame.GOAWAY -> {
                goneAway = true;
                lastTaken = frame.number(0);
            }
            case Frame.DATA -> {
                var of = stream(frame.stream());
                of.body.add(frame.payload(), 0, frame.payload().length);
                if (frame.has(Frame.END_STREAM)) {
                    of.ending = Ending.COMPLETE;
                }
            }
            case Frame.RST_STREAM -> {
                var of = stream(frame.stream());
                of.resetCode = frame.number(0);
                if (of.ending == null) {
                    of.ending = Ending.RESET;
                }
            }
            default -> {
                // Kept in `frames`, means nothing to a stream.
            }
        }
    }

    private void applySettings(Frame frame) {
        var payload = ByteBuffer.wrap(frame.payload());
        while (payload.remaining() >= 6) {
            int key = payload.getShort();
            int value = payload.getInt();
            if (key == 4) {
                initialWindow = value;
            } else if (key == 3) {
                peerMaxStreams = value;
            }
        }
    }

    private void applyHeaders(Frame frame) throws HpackException {
        int skip = frame.type() == Frame.HEADERS && frame.has(Frame.PRIORITY_FLAG) ? 5 : 0;
        int pad = 0;
        if (frame.type() == Frame.HEADERS && frame.has(Frame.PADDED)) {
            skip++;
            pad = frame.payload()[0] & 0xff;
        }
        block.write(frame.payload(), skip, frame.payload().length - skip - pad);
        var of = stream(frame.stream());
        if (frame.type() == Frame.HEADERS && frame.has(Frame.END_STREAM)) {
            of.ending = Ending.COMPLETE;
        }
        if (!frame.has(Frame.END_HEADERS)) {
            return;
        }
        var meta = decoder.decode(ByteBuffer.wrap(block.toByteArray()));
        block.reset();
        var fields = new ArrayList<Fields.Field>();
        for (HttpField field : meta.getHttpFields()) {
            fields.add(new Fields.Field(field.getName(), field.getValue() == null ? "" : field.getValue()));
        }
        if (!(meta instanceof MetaData.Response response)) {
            of.trailers = new Fields(fields);
        } else if (response.getStatus() < 200 && response.getStatus() != 101) {
            of.interims.add(new Answer.Interim(response.getStatus(), new Fields(fields)));
        } else {
            of.status = response.getStatus();
            of.fields = new Fields(fields);
        }
    }

    private Stream stream(int number) {
        return streams.computeIfAbsent(number, _ -> new Stream());
    }

    private void waitFor(BooleanSupplier done, Duration limit, java.util.function.Supplier<String> what) {
        long left = limit.toNanos();
        try {
            while (!done.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError("did not come in time: " + what.get() + "; " + this, broken);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static Ending endingOf(IOException thrown) {
        try {
            return Ending.of(thrown);
        } catch (IOException other) {
            return Ending.CUT;
        }
    }

    /// SETTINGS_MAX_CONCURRENT_STREAMS of the server.
    public int maxStreams() {
        serverSetting(3, 0);
        lock.lock();
        try {
            return peerMaxStreams;
        } finally {
            lock.unlock();
        }
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] slice(byte[] bytes, int offset, int length) {
        return java.util.Arrays.copyOfRange(bytes, offset, offset + length);
    }

    /// Waits that long for nothing in particular to happen, but notices the connection's end.
    ///
    /// @return whether the connection is still open
    public boolean staysOpenFor(Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (ended == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            return ended == null;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        var all = new ArrayList<Frame>();
        lock.lock();
        try {
            all.addAll(frames);
        } finally {
            lock.unlock();
        }
        var latest = all.subList(Math.max(0, all.size() - 20), all.size());
        return "connection " + (ended == null ? "open" : ended) + (broken == null ? "" : " " + broken)
                + ", last frames " + latest;
    }
}
