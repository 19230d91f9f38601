package dev.gatehouse.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/// A response that is known without looking for an app.
///
/// @param fields `Content-Length` among them
public record FixedResponse(int status, HttpFields fields, ByteBuffer content) {
    /// Knows some.
    public interface Source {
        /// The response to a request; null where it is any other request. On the connection's thread.
        @Nullable
        FixedResponse response(RequestHead request);
    }
}
