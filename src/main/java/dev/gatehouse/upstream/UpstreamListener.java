package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.util.Callback;

/// Who gets the answer of an upstream. On the loop of the call. Ends with exactly one of: a `last`, [#switched],
/// [#failed].
public interface UpstreamListener {
    /// A 1xx answer other than 101. The body of the request may be sent now if it was held back for a 100.
    void interim(int status, HttpFields fields);

    /// The head of the answer with the first content.
    ///
    /// @param fields as received, hop-by-hop ones included
    /// @param callback completes when the next content may come
    void head(int status, HttpFields fields, ByteBuffer content, boolean last, Callback callback);

    /// Further content.
    void content(ByteBuffer content, boolean last, Callback callback);

    /// How much content can be passed on now, bytes; more than that would have to be kept.
    long room();

    /// Fields behind the content; called before the last content.
    void trailers(HttpFields fields);

    /// The upstream agreed to the upgrade; the connection is the listener's from now on.
    void switched(HttpFields fields, Switched upstream);

    /// The call is over without a (whole) answer.
    ///
    /// @param detail for the log only
    void failed(Failure failure, String detail);
}
