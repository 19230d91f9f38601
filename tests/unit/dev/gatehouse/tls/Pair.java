package dev.gatehouse.tls;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/// A client's and a server's engine joined in memory, and what passed between them.
final class Pair {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    final SSLEngine client;
    final SSLEngine server;
    private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
    private final ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
    private final ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
    private final ByteBuffer plain = ByteBuffer.allocate(1 << 15);

    private Pair(SSLEngine client, SSLEngine server) {
        this.client = client;
        this.server = server;
    }

    /// Lets the client begin, reads its ClientHello as the listener does, makes the server's engine and shakes hands.
    ///
    /// @throws SSLException what either side made of the other
    static Pair handshake(SSLEngine client, TlsEngines engines, Site site, String... alpn) throws SSLException {
        var first = ByteBuffer.allocate(1 << 15);
        client.beginHandshake();
        client.wrap(NOTHING, first);
        first.flip();
        var hello = ((ClientHello.Hello) ClientHello.parse(first)).hello();
        String chosen = alpn.length == 0 ? null : hello.firstAlpn(java.util.List.of(alpn));
        var pair = new Pair(client, engines.newEngine(site, hello, chosen));
        pair.toServer.put(first);
        pair.run();
        return pair;
    }

    /// Exchanges bytes until neither side has anything to say.
    void run() throws SSLException {
        SSLException failure = null;
        for (int i = 0; i < 50; i++) {
            try {
                step(server, toClient, toServer);
            } catch (SSLException e) {
                failure = failure == null ? e : failure;
                drain(server, toClient);
            }
            try {
                step(client, toServer, toClient);
            } catch (SSLException e) {
                failure = failure == null ? e : failure;
                drain(client, toServer);
            }
            if (toServer.position() == 0 && toClient.position() == 0) {
                break;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// All bytes that the server has sent.
    byte[] fromServer() {
        return fromServer.toByteArray();
    }

    /// Sends from one side to the other through both engines.
    byte[] send(byte[] bytes, boolean byServer) throws SSLException {
        var from = byServer ? server : client;
        var to = byServer ? client : server;
        var in = ByteBuffer.wrap(bytes);
        var out = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            var wire = ByteBuffer.allocate(TlsEngines.MAX_RECORD);
            progress(from.wrap(in, wire));
            wire.flip();
            while (wire.hasRemaining()) {
                plain.clear();
                progress(to.unwrap(wire, plain));
                out.write(plain.array(), 0, plain.position());
            }
        }
        return out.toByteArray();
    }

    private static void progress(SSLEngineResult result) throws SSLException {
        if (result.getStatus() != SSLEngineResult.Status.OK || result.bytesConsumed() == 0) {
            throw new SSLException("no progress: " + result);
        }
    }

    private void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> {
                    if (wrap(engine, out).getStatus() != SSLEngineResult.Status.OK) {
                        return;
                    }
                }
                default -> {
                    if (in.position() == 0 || engine.isInboundDone()) {
                        in.clear();
                        return;
                    }
                    in.flip();
                    plain.clear();
                    SSLEngineResult result;
                    try {
                        result = engine.unwrap(in, plain);
                    } finally {
                        in.compact();
                    }
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        return;
                    }
                }
            }
        }
    }

    private void drain(SSLEngine engine, ByteBuffer out) {
        try {
            while (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP
                    && wrap(engine, out).bytesProduced() > 0) {
                // the alert
            }
        } catch (SSLException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SSLEngineResult wrap(SSLEngine engine, ByteBuffer out) throws SSLException {
        int before = out.position();
        var result = engine.wrap(NOTHING, out);
        if (!engine.getUseClientMode()) {
            byte[] sent = new byte[out.position() - before];
            out.get(before, sent);
            fromServer.writeBytes(sent);
        }
        return result;
    }
}
