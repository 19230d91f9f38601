package dev.gatehouse.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.ServerOnlyTlsAuthentication;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/// What does a new TLS 1.3 connection with X25519MLKEM768 and one request cost the server? Offers no other group, so
/// that a server without it fails the handshake and is not measured by mistake.
///
/// Arguments: port on 127.0.0.1, number of connections, how many at a time. Prints one JSON object:
/// `failed` (connections without a complete answer of status 200), `perSecond`, `p99Ms` (from the connect to the
/// end of the answer, milliseconds), and `problem`, the first failure or null.
public final class HybridClient {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String BODY = "Hello, world!";
    private static final int TIMEOUT_MILLIS = 10_000;

    private final InetSocketAddress proxy;
    private final AtomicInteger left;
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicReference<String> problem = new AtomicReference<>("");

    private HybridClient(int port, int connections) {
        this.proxy = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.left = new AtomicInteger(connections);
    }

    /// Runs the load and prints what it saw.
    public static void main(String[] arguments) throws InterruptedException {
        Security.addProvider(new BouncyCastleProvider()); // RSA-PSS by the name that bctls asks for
        var count = Integer.parseInt(arguments[1]);
        var client = new HybridClient(Integer.parseInt(arguments[0]), count);
        var begin = System.nanoTime();
        var nanos = client.run(Integer.parseInt(arguments[2]));
        var seconds = (System.nanoTime() - begin) / 1e9;
        Arrays.sort(nanos);
        var p99 = nanos.length == 0 ? "null" : String.valueOf(nanos[nanos.length * 99 / 100] / 1e6);
        var problem = client.problem.get();
        System.out.printf(
                "{\"failed\": %d, \"perSecond\": %.1f, \"p99Ms\": %s, \"problem\": %s}%n",
                client.failed.get(), count / seconds, p99, problem.isEmpty() ? "null" : '"' + problem + '"');
    }

    /// The durations of the connections that succeeded.
    private long[] run(int atATime) throws InterruptedException {
        var workers = new ArrayList<Thread>();
        var durations = new ArrayList<List<Long>>();
        for (var i = 0; i < atATime; i++) {
            var own = new ArrayList<Long>();
            durations.add(own);
            workers.add(Thread.ofPlatform().start(() -> work(own)));
        }
        for (var worker : workers) {
            worker.join();
        }
        return durations.stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .toArray();
    }

    private void work(List<Long> durations) {
        var crypto = new JcaTlsCryptoProvider().create(new SecureRandom());
        while (left.getAndDecrement() > 0) {
            var begin = System.nanoTime();
            try {
                ask(crypto);
                durations.add(System.nanoTime() - begin);
            } catch (IOException | RuntimeException e) {
                failed.incrementAndGet();
                problem.compareAndSet("", String.valueOf(e).replaceAll("[^ -!#-\\[\\]-~]", " "));
            }
        }
    }

    private void ask(TlsCrypto crypto) throws IOException {
        try (var socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(proxy, TIMEOUT_MILLIS);
            var tls = new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
            tls.connect(new OneGroup(crypto));
            tls.getOutputStream().write(REQUEST);
            var answer = read(tls.getInputStream());
            if (!answer.startsWith("HTTP/1.1 200")) {
                throw new IOException(answer.lines().findFirst().orElse("no answer"));
            }
            tls.close();
        }
    }

    private static String read(InputStream in) throws IOException {
        var buffer = new byte[4096];
        var length = 0;
        while (true) {
            var count = in.read(buffer, length, buffer.length - length);
            if (count <= 0) {
                throw new EOFException("the answer is not complete");
            }
            length += count;
            var answer = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
            if (answer.endsWith(BODY)) {
                return answer;
            }
        }
    }

    /// Offers the hybrid group only, takes any certificate, resumes nothing.
    @SuppressWarnings({"JdkObsolete", "rawtypes"}) // the library's types
    private static final class OneGroup extends DefaultTlsClient {
        OneGroup(TlsCrypto crypto) {
            super(crypto);
        }

        @Override
        protected Vector<Integer> getSupportedGroups(Vector namedGroupRoles) {
            return only(NamedGroup.X25519MLKEM768);
        }

        @Override
        public Vector<Integer> getEarlyKeyShareGroups() {
            return only(NamedGroup.X25519MLKEM768);
        }

        @Override
        protected Vector<ServerName> getSNIServerNames() {
            return only(new ServerName((short) 0, "localhost".getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        protected Vector<ProtocolName> getProtocolNames() {
            return only(ProtocolName.HTTP_1_1);
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new ServerOnlyTlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {
                    // Loopback, and a certificate made for this run.
                }
            };
        }

        private static <T> Vector<T> only(T element) {
            return new Vector<>(List.of(element));
        }
    }
}
