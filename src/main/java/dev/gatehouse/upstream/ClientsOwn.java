package dev.gatehouse.upstream;

import dev.gatehouse.http.ClientConnection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The kept upstream connections on which a client authenticated itself (see [ConnectionAuthentication]): nobody else
/// gets them, and they end with the client's connection. Confined to the client's loop.
final class ClientsOwn implements ClientConnection.Dependent {
    private final List<Http1Connection> idle = new ArrayList<>(1);
    private boolean closed;

    /// Those of a client.
    static ClientsOwn of(ClientConnection client) {
        if (client.dependent() instanceof ClientsOwn known) {
            return known;
        }
        var made = new ClientsOwn();
        client.dependent(made);
        return made;
    }

    /// The connection with an upstream that the client of a call used last; null where there is none to be used.
    static @Nullable Http1Connection take(UpstreamCall call, UpstreamPool pool) {
        return call.client().dependent() instanceof ClientsOwn its ? its.next(call, pool) : null;
    }

    private @Nullable Http1Connection next(UpstreamCall call, UpstreamPool pool) {
        for (int i = idle.size() - 1; i >= 0; i--) {
            var connection = idle.get(i);
            if (connection.isOf(pool)) {
                idle.remove(i);
                if (connection.usable(call)) {
                    return connection;
                }
                connection.close();
            }
        }
        return null;
    }

    void keep(Http1Connection connection) {
        if (closed) {
            connection.close();
        } else {
            idle.add(connection);
        }
    }

    void forget(Http1Connection connection) {
        idle.remove(connection);
    }

    @Override
    public void clientClosed() {
        closed = true;
        // Closing one may forget it.
        List.copyOf(idle).forEach(Http1Connection::close);
        idle.clear();
    }
}
