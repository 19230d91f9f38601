package dev.gatehouse.proxy;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/// The exit that every response takes, the upstream's and ours. It adds what all of them have.
interface ResponseSink {
    /// Sends the head with the first content.
    ///
    /// @param fields become the exit's
    void respond(int status, HttpFields.Mutable fields, ByteBuffer content, boolean last, Callback callback);

    /// Sends a whole response without content.
    default void respond(int status, HttpFields.Mutable fields) {
        respond(status, fields, BufferUtil.EMPTY_BUFFER, true, Callback.NOOP);
    }
}
