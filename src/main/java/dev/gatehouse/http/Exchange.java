package dev.gatehouse.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// One request of a client and the answer it gets, whatever the HTTP version. Confined to the connection's thread;
/// nothing here blocks.
///
/// An exchange ends exactly once: by a write with `last`, by [#abort], or by [#upgrade]; [Listener#ended] tells.
public interface Exchange extends RequestHead {
    /// The length that the client announced; -1 when it announced none. A request without a body has 0.
    long contentLength();

    /// The request's body, read with back-pressure; at its end at once when there is none. May end in a failure chunk:
    /// [RequestFailure] names what happened. Trailers come as a `Trailers` chunk.
    Content.Source body();

    /// Whether the client waits for a 100 before it sends the body (RFC 9110 §10.1.1).
    boolean expectsContinue();

    /// Sends a 1xx answer. Left out for clients of HTTP/1.0, which do not know them (RFC 9110 §15.2).
    void interim(int status, HttpFields fields);

    /// Sends the head of the answer together with the first content.
    ///
    /// @param fields without hop-by-hop fields; with `Content-Length` where the length is known, else the version
    ///     frames
    /// @param content may be empty; kept until the callback
    /// @param last whether this is the whole answer
    /// @param callback when the content may be reused, or the client is gone
    void respond(int status, HttpFields fields, ByteBuffer content, boolean last, Callback callback);

    /// Sends further content.
    void write(ByteBuffer content, boolean last, Callback callback);

    /// How much of the response's content the client takes now, bytes: flow control may leave no room for more
    /// (RFC 9113 §5.2). What goes beyond is kept here until it does.
    long room();

    /// Fields to send after the content (RFC 9110 §6.5); called before the last write. Left out for HTTP/1.0.
    void trailers(HttpFields trailers);

    /// Makes the answer the last of its connection where answers follow each other (HTTP/1, RFC 9112 §9.6). Before
    /// [#respond].
    void lastOfConnection();

    /// Whether the head of the answer was sent.
    boolean committed();

    /// Ends an answer that cannot be finished, so that the client can tell: HTTP/1 closes the connection without the
    /// end of the message, HTTP/2 and HTTP/3 reset the stream.
    void abort(Failure failure);

    /// Answers 101 and hands the connection over (RFC 9110 §7.8). HTTP/1.1 only.
    ///
    /// @param fields of the 101, `Connection` and `Upgrade` among them
    /// @param takeOver makes the connection that owns the client's end point from then on
    void upgrade(HttpFields fields, Function<EndPoint, Connection> takeOver);

    /// The most that [#body] gives: a longer one ends in [Failure#BODY_TOO_LARGE]. Nothing can be read before it is
    /// set.
    void maxBody(long bytes);

    /// How far the client may fall behind when it is waited for, in the body or in the response; it replaces the
    /// listener's limits.
    ///
    /// @param stall zero is no limit
    /// @param minRate bytes a second, below which it falls behind; 0 is none
    void clientPace(Duration stall, long minRate);

    /// Silence allowed in both directions when the response has begun and the request has not ended. No other limit
    /// holds for the body then.
    ///
    /// @param limit zero is no limit; then the kernel asks now and then whether the client is still there
    /// @param fromTheStart whether it holds before the response begins, too
    void streamIdle(Duration limit, boolean fromTheStart);

    /// Ends a response that has begun with these trailers, as soon as what is being sent is sent.
    void endWith(HttpFields trailers);

    /// Receives what happens to the exchange. Set once, before anything does.
    void listener(Listener listener);

    /// When its first byte arrived, as of [System#nanoTime()].
    long beganNanos();

    /// Bytes of the answer's content that were sent.
    long bytesSent();

    /// Bytes of the request's content that were read.
    long bytesReceived();

    /// What happens to an exchange. On the connection's thread.
    interface Listener {
        /// The client went away or was too slow: it gets no response any more. [#ended] follows.
        void clientFailed(Failure failure);

        /// The exchange is over.
        ///
        /// @param failure null when the answer was sent in full
        void ended(@Nullable Failure failure);
    }
}
