package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 origin on a raw socket, over plaintext by prior knowledge or over TLS by ALPN: the test writes every
/// frame of its answers, and may write wrong ones.
///
/// A virtual thread per connection and per request; all methods may be called from any thread.
public final class H2Origin implements AutoCloseable {
    private static final int FRAME = 16_384;

    private final ServerSocket listener;
    private final @Nullable SSLContext tls;
    private final String alpn;
    private final Habit habit;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int maxStreams = 100;
    private volatile boolean givesCredit = true;

    /// What the origin does with a request. On a thread of its own.
    public interface Habit {
        void answer(Call call) throws IOException, InterruptedException;
    }

    private H2Origin(@Nullable SSLContext tls, String alpn, Habit habit) {
        this.tls = tls;
        this.alpn = alpn;
        this.habit = habit;
        try {
            listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().name("h2-origin-accept").start(this::accept);
    }

    /// One that speaks plaintext.
    public static H2Origin start(Habit habit) {
        return new H2Origin(null, "", habit);
    }

    /// One that speaks TLS.
    ///
    /// @param alpn the protocol that it agrees on
    public static H2Origin startTls(SSLContext tls, String alpn, Habit habit) {
        return new H2Origin(tls, alpn, habit);
    }

    /// SETTINGS_MAX_CONCURRENT_STREAMS of connections from now on.
    public H2Origin maxStreams(int streams) {
        maxStreams = streams;
        return this;
    }

    /// Requests are read without WINDOW_UPDATE from now on, so that they stop at 65,535 bytes.
    public H2Origin withoutCredit() {
        givesCredit = false;
        return this;
    }

    /// `127.0.0.1:port`, as a `location` is written.
    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /// All connections so far.
    public List<Connection> connections() {
        return List.copyOf(connections);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().name("h2-origin").start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket plain) {
        try (var socket = secured(plain)) {
            var connection = new Connection(socket);
            connections.add(connection);
            connection.run();
        } catch (IOException | HpackException gone) {
            // The test sees it at the client.
        } finally {
            open.remove(plain);
        }
    }

    private Socket secured(Socket plain) throws IOException {
        if (tls == null) {
            return plain;
        }
        var peer = (InetSocketAddress) plain.getRemoteSocketAddress();
        var secure = (SSLSocket) tls.getSocketFactory().createSocket(plain, peer.getHostString(), peer.getPort(), true);
        secure.setUseClientMode(false);
        if (!alpn.isEmpty()) {
            var parameters = secure.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {alpn});
            secure.setSSLParameters(parameters);
        }
        secure.startHandshake();
        return secure;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : open) {
            socket.close();
        }
    }

    /// One connection of the proxy's.
    public final class Connection {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private final HpackDecoder hpack = new HpackDecoder(1 << 20, System::nanoTime);
        private final Map<Integer, Call> calls = new ConcurrentHashMap<>();
        private final List<Call> all = new CopyOnWriteArrayList<>();
        private final List<Frame> frames = new CopyOnWriteArrayList<>();
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition room = lock.newCondition();
        private long window = 65_535;
        private int initialWindow = 65_535;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        private void run() throws IOException, HpackException {
            var preface = new byte[24];
            in.readFully(preface);
            if (!new String(preface, ISO_8859_1).equals("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
                throw new IOException("no preface");
            }
            frame(
                    Frame.SETTINGS,
                    0,
                    0,
                    ByteBuffer.allocate(6)
                            .putShort((short) 3)
                            .putInt(maxStreams)
                            .array());
            try {
                for (var frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
                    frames.add(frame);
                    received(frame);
                }
            } finally {
                calls.values().forEach(Call::cut);
            }
        }

        private void received(Frame frame) throws IOException, HpackException {
            switch (frame.type()) {
                case Frame.SETTINGS -> settings(frame);
                case Frame.PING -> {
                    if (!frame.has(Frame.ACK)) {
                        frame(Frame.PING, Frame.ACK, 0, frame.payload());
                    }
                }
                case Frame.WINDOW_UPDATE -> grow(frame);
                case Frame.HEADERS -> headers(frame);
                case Frame.DATA -> data(frame);
                case Frame.RST_STREAM -> {
                    var call = calls.get(frame.stream());
                    if (call != null) {
                        call.resetCode = frame.number(0);
                        call.cut();
                    }
                }
                default -> {}
            }
        }

        private void settings(Frame frame) throws IOException {
            if (frame.has(Frame.ACK)) {
                return;
            }
            var values = ByteBuffer.wrap(frame.payload());
            while (values.hasRemaining()) {
                int name = values.getShort();
                int value = values.getInt();
                if (name == 4) {
                    initialWindow = value;
                }
            }
            frame(Frame.SETTINGS, Frame.ACK, 0, new byte[0]);
        }

        private void grow(Frame frame) {
            lock.lock();
            try {
                if (frame.stream() == 0) {
                    window += frame.number(0);
                } else if (calls.containsKey(frame.stream())) {
                    calls.get(frame.stream()).window += frame.number(0);
                }
                room.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void signal() {
            lock.lock();
            try {
                room.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void headers(Frame frame) throws HpackException {
            if (!frame.has(Frame.END_HEADERS)) {
                throw new IllegalStateException("not in this origin");
            }
            int skip = frame.has(Frame.PRIORITY_FLAG) ? 5 : 0;
            var decoded = hpack.decode(ByteBuffer.wrap(frame.payload(), skip, frame.payload().length - skip));
            var known = calls.get(frame.stream());
            if (known != null) {
                known.trailers = fields(decoded);
                known.pieces.add(new byte[0]);
                return;
            }
            var call = new Call(this, frame.stream(), (MetaData.Request) decoded, initialWindow);
            calls.put(frame.stream(), call);
            all.add(call);
            if (frame.has(Frame.END_STREAM)) {
                call.pieces.add(new byte[0]);
            }
            Thread.ofVirtual().name("h2-origin-call").start(() -> {
                try {
                    habit.answer(call);
                } catch (IOException | InterruptedException gone) {
                    // The test sees it at the client.
                }
            });
        }

        private void data(Frame frame) throws IOException {
            var call = calls.get(frame.stream());
            if (call == null) {
                return;
            }
            if (frame.payload().length > 0) {
                call.pieces.add(frame.payload());
                if (givesCredit) {
                    number(Frame.WINDOW_UPDATE, 0, frame.payload().length);
                }
                if (givesCredit && !frame.has(Frame.END_STREAM)) {
                    number(Frame.WINDOW_UPDATE, frame.stream(), frame.payload().length);
                }
            }
            if (frame.has(Frame.END_STREAM)) {
                call.pieces.add(new byte[0]);
            }
        }

        private void number(int type, int stream, int value) throws IOException {
            frame(type, 0, stream, ByteBuffer.allocate(4).putInt(value).array());
        }

        /// Any frame.
        public void frame(int type, int flags, int stream, byte[] payload) throws IOException {
            lock.lock();
            try {
                out.write(new Frame(type, flags, stream, payload).bytes());
                out.flush();
            } finally {
                lock.unlock();
            }
        }

        /// GOAWAY.
        public void goAway(int lastStream, int code) throws IOException {
            frame(
                    Frame.GOAWAY,
                    0,
                    0,
                    ByteBuffer.allocate(8).putInt(lastStream).putInt(code).array());
        }

        /// Closes the socket.
        public void close() throws IOException {
            socket.close();
        }

        /// The requests so far, in the order of their heads.
        public List<Call> calls() {
            return List.copyOf(all);
        }

        /// The frames that came so far.
        public List<Frame> frames() {
            return List.copyOf(frames);
        }
    }

    private static Fields fields(MetaData head) {
        var fields = Fields.NONE;
        for (HttpField field : head.getHttpFields()) {
            fields = fields.with(field.getName(), field.getValue());
        }
        return fields;
    }

    /// One request and its answer.
    public static final class Call {
        private final Connection connection;
        private final int stream;
        private final MetaData.Request head;
        private final Fields fields;
        private final BlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();
        private long window;
        private volatile Fields trailers = Fields.NONE;
        private volatile boolean isCut;
        private volatile int resetCode = -1;

        private Call(Connection connection, int stream, MetaData.Request head, int window) {
            this.connection = connection;
            this.stream = stream;
            this.head = head;
            this.fields = H2Origin.fields(head);
            this.window = window;
        }

        private void cut() {
            isCut = true;
            pieces.add(new byte[0]);
            connection.signal();
        }

        /// Where it came.
        public Connection connection() {
            return connection;
        }

        /// Its stream.
        public int stream() {
            return stream;
        }

        public String method() {
            return head.getMethod();
        }

        /// `:path`.
        public String target() {
            return head.getHttpURI().getPathQuery();
        }

        /// `:path` without its query.
        public String path() {
            return head.getHttpURI().getPath();
        }

        /// `:authority`.
        public String authority() {
            return head.getHttpURI().getAuthority();
        }

        /// `:scheme`.
        public String scheme() {
            return head.getHttpURI().getScheme();
        }

        /// The fields without the pseudo ones.
        public Fields fields() {
            return fields;
        }

        /// The fields behind the body, once it was read.
        public Fields trailers() {
            return trailers;
        }

        /// The code of the proxy's RST_STREAM; -1 where none came.
        public int resetCode() {
            return resetCode;
        }

        /// Reads the body to its end.
        public Seen body() throws InterruptedException {
            var seen = new Seen();
            for (var piece = pieces.take(); piece.length > 0; piece = pieces.take()) {
                seen.add(piece, 0, piece.length);
            }
            return seen;
        }

        /// One piece of the body; empty at its end.
        public byte[] piece() throws InterruptedException {
            return pieces.take();
        }

        /// A head.
        public Call head(int status, Fields its, boolean end) throws IOException {
            var block = new ByteArrayOutputStream();
            block.writeBytes(Hpack.encode(Fields.NONE.with(":status", Integer.toString(status))));
            block.writeBytes(Hpack.encode(its));
            return headers(block.toByteArray(), end);
        }

        /// Fields behind the content.
        public Call trailers(Fields its) throws IOException {
            return headers(Hpack.encode(its), true);
        }

        private Call headers(byte[] block, boolean end) throws IOException {
            connection.frame(Frame.HEADERS, Frame.END_HEADERS | (end ? Frame.END_STREAM : 0), stream, block);
            return this;
        }

        /// Content, as fast as the proxy's windows allow.
        public Call data(byte[] content, boolean end) throws IOException, InterruptedException {
            int at = 0;
            do {
                int size = reserve(Math.min(FRAME, content.length - at));
                boolean last = at + size == content.length;
                connection.frame(
                        Frame.DATA,
                        last && end ? Frame.END_STREAM : 0,
                        stream,
                        Arrays.copyOfRange(content, at, at + size));
                at += size;
            } while (at < content.length);
            return this;
        }

        private int reserve(int wanted) throws IOException, InterruptedException {
            connection.lock.lock();
            try {
                while (wanted > 0 && Math.min(window, connection.window) <= 0) {
                    if (isCut) {
                        throw new IOException("cut");
                    }
                    connection.room.await();
                }
                int size = (int) Math.min(wanted, Math.max(0, Math.min(window, connection.window)));
                window -= size;
                connection.window -= size;
                return size;
            } finally {
                connection.lock.unlock();
            }
        }

        /// RST_STREAM.
        public void reset(int code) throws IOException {
            connection.number(Frame.RST_STREAM, stream, code);
        }
    }
}
