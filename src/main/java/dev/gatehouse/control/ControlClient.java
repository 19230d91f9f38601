package dev.gatehouse.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// A connection with a running proxy. One thread.
public final class ControlClient implements AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader in;

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    /// Connects with a proxy of this user or of root. Root asks any user's, if that user's directory holds the socket.
    ///
    /// @throws IOException when nobody listens there, or somebody else
    public static ControlClient connect(Path socket) throws IOException {
        var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        try {
            checkPeer(channel, socket.toAbsolutePath());
            return new ControlClient(channel);
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    private static void checkPeer(SocketChannel channel, Path socket) throws IOException {
        int self;
        try {
            self = Users.self();
        } catch (UnsupportedOperationException noOwners) {
            return;
        }
        var peer = Users.peer(channel);
        boolean trusted = peer.equals(Users.named(socket, self)) || peer.equals(Users.named(socket, Users.ROOT));
        if (!trusted && self == Users.ROOT) {
            var directory = socket.getParent();
            trusted = directory != null && peer.equals(Users.named(socket, Users.owner(directory)));
        }
        if (!trusted) {
            throw new IOException("it is the process of another user, '" + peer.getName() + "'");
        }
    }

    /// Asks and waits for the answer, however long that takes.
    ///
    /// @param request with its `verb`
    /// @return with `ok`, and `error` where that is false
    /// @throws IOException when the proxy went away, or says what is none of ours
    public Map<String, Object> ask(Map<String, Object> request) throws IOException {
        var bytes = ByteBuffer.wrap((Json.write(request) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        var line = in.readLine();
        if (line == null) {
            throw new IOException("the proxy ended the connection without an answer");
        }
        try {
            return Json.read(line);
        } catch (IllegalArgumentException wrong) {
            throw new IOException("the answer is " + wrong.getMessage(), wrong);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
