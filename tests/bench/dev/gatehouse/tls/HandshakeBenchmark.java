package dev.gatehouse.tls;

import com.sun.management.ThreadMXBean;
import dev.gatehouse.config.TlsConfig;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/// How much CPU does the server spend on one handshake, what does it allocate, and what does an idle engine keep?
///
/// Engines in memory, both on this thread; only the time inside the server's is counted, our ClientHello included.
/// Arguments: kind of key (`P256`), group (`X25519MLKEM768`), seconds a round (8), engines to keep (2000), primitives
/// (`auto`).
public final class HandshakeBenchmark {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Site site;
    private final String group;
    private final TlsEngines engines;
    private final ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    private final ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    private final ByteBuffer plain = ByteBuffer.allocate(1 << 15);
    private long nanos;
    private long bytes;

    private HandshakeBenchmark(TestKeys kind, String group, TlsConfig.Primitives primitives) {
        this.engines = TlsEngines.create(primitives);
        this.site = kind.site(TestClients.NAME);
        this.group = group;
    }

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        var kind = TestKeys.valueOf(arguments.length > 0 ? arguments[0] : "P256");
        var group = arguments.length > 1 ? arguments[1] : "X25519MLKEM768";
        long seconds = arguments.length > 2 ? Long.parseLong(arguments[2]) : 8;
        int keep = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 2000;
        TlsLogging.quiet();
        var primitives =
                TlsConfig.Primitives.valueOf(arguments.length > 4 ? arguments[4].toUpperCase(Locale.ROOT) : "AUTO");
        var benchmark = new HandshakeBenchmark(kind, group, primitives);
        System.out.println(benchmark.engines.primitives());
        for (int round = 0; round < 3; round++) {
            System.out.println(benchmark.round(Duration.ofSeconds(seconds)));
        }
        System.out.println(benchmark.retained(keep));
    }

    private String round(Duration duration) throws SSLException {
        nanos = 0;
        bytes = 0;
        int count = 0;
        for (long end = System.nanoTime() + duration.toNanos(); System.nanoTime() < end; count++) {
            handshake();
        }
        return String.format(
                Locale.ROOT,
                "%s %s: %d handshakes, %.0f us of CPU, %.1f KiB allocated",
                site.names(),
                group,
                count,
                nanos / 1e3 / count,
                bytes / 1024.0 / count);
    }

    private String retained(int count) throws Exception {
        var kept = new ArrayList<SSLEngine>();
        long before = used();
        for (int i = 0; i < count; i++) {
            kept.add(handshake());
        }
        long each = (used() - before) / count;
        return "an idle engine keeps " + each + " bytes, of " + TlsEngines.completed(kept.getLast());
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(100);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private SSLEngine handshake() throws SSLException {
        var offered = Stream.of(group, "x25519", "secp256r1").distinct().toArray(String[]::new);
        var client = TestClients.bc("TLSv1.3", new String[] {group}, offered);
        toServer.clear();
        toClient.clear();
        client.beginHandshake();
        client.wrap(NOTHING, toServer);
        long cpu = THREADS.getCurrentThreadCpuTime();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        var hello = ((ClientHello.Hello) ClientHello.parse(toServer.duplicate().flip())).hello();
        var server = engines.newEngine(site, hello, hello.firstAlpn(List.of("h2", "http/1.1")));
        server.beginHandshake();
        count(cpu, allocated);
        do {
            cpu = THREADS.getCurrentThreadCpuTime();
            allocated = THREADS.getCurrentThreadAllocatedBytes();
            step(server, toClient, toServer);
            count(cpu, allocated);
            step(client, toServer, toClient);
        } while (toServer.position() > 0 || toClient.position() > 0);
        return server;
    }

    private void count(long cpu, long allocated) {
        nanos += THREADS.getCurrentThreadCpuTime() - cpu;
        bytes += THREADS.getCurrentThreadAllocatedBytes() - allocated;
    }

    private void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        while (true) {
            if (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
                engine.wrap(NOTHING, out);
            } else if (in.position() == 0) {
                return;
            } else {
                in.flip();
                plain.clear();
                engine.unwrap(in, plain);
                in.compact();
            }
        }
    }
}
