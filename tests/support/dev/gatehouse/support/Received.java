package dev.gatehouse.support;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A request as [TestOrigin] got it. It exists as soon as its head is there; the rest arrives while the test looks on.
/// Any thread.
public final class Received {
    private final int connection;
    private final int number;
    private final String head;
    private final Fields fields;
    private final Seen body = new Seen();
    private final CompletableFuture<Ending> bodyEnd = new CompletableFuture<>();
    private final CompletableFuture<Ending> connectionEnd = new CompletableFuture<>();
    private volatile Fields trailers = Fields.NONE;
    private volatile String chunkExtensions = "";

    Received(int connection, int number, String head) {
        this.connection = connection;
        this.number = number;
        this.head = head;
        this.fields = Fields.ofHead(head);
    }

    /// Number of the connection it came on, from 1.
    public int connection() {
        return connection;
    }

    /// Number of the request on its connection, from 1.
    public int number() {
        return number;
    }

    /// Request line, fields and empty line, one character a byte.
    public String head() {
        return head;
    }

    /// The request line without its CRLF.
    public String line() {
        return head.substring(0, head.indexOf("\r\n"));
    }

    /// First word of the request line.
    public String method() {
        return word(0);
    }

    /// Second word of the request line.
    public String target() {
        return word(1);
    }

    /// The target up to the question mark.
    public String path() {
        int query = target().indexOf('?');
        return query < 0 ? target() : target().substring(0, query);
    }

    /// The value of `name` in the query, or `otherwise`.
    public String query(String name, String otherwise) {
        int query = target().indexOf('?');
        if (query >= 0) {
            for (var pair : target().substring(query + 1).split("&", -1)) {
                if (pair.startsWith(name + "=")) {
                    return pair.substring(name.length() + 1);
                }
            }
        }
        return otherwise;
    }

    /// The value of `name` in the query as a number, or `otherwise`.
    public long query(String name, long otherwise) {
        return Long.parseLong(query(name, Long.toString(otherwise)));
    }

    /// The header fields.
    public Fields fields() {
        return fields;
    }

    /// The trailer fields; none until the body is complete.
    public Fields trailers() {
        return trailers;
    }

    /// The chunk extensions of the connection up to the end of this body.
    public String chunkExtensions() {
        return chunkExtensions;
    }

    /// What came of the body so far.
    public Seen body() {
        return body;
    }

    /// Waits until the body has ended, and says how: COMPLETE, or CUT or RESET when the connection went away in it.
    public Ending bodyEnd() {
        return within(Duration.ofSeconds(10), bodyEnd, "the end of the body of " + this);
    }

    /// Waits until the connection is gone, and says who ended it and how: CLOSED or CUT or RESET by the peer, or OURS.
    public Ending connectionEnd() {
        return connectionEnd(Duration.ofSeconds(10));
    }

    /// [#connectionEnd()], with a limit.
    public Ending connectionEnd(Duration limit) {
        return within(limit, connectionEnd, "the end of the connection of " + this);
    }

    /// Whether the connection is gone.
    public boolean isConnectionEnded() {
        return connectionEnd.isDone();
    }

    void bodyEnded(Ending ending) {
        bodyEnd.complete(ending);
    }

    void connectionEnded(Ending ending) {
        bodyEnd.complete(ending);
        connectionEnd.complete(ending);
    }

    void trailers(Fields fields, String extensions) {
        trailers = fields;
        chunkExtensions = extensions;
    }

    private String word(int index) {
        var words = line().split(" ", -1);
        return index < words.length ? words[index] : "";
    }

    private static Ending within(Duration limit, CompletableFuture<Ending> future, String what) {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("did not come within " + limit + ": " + what, late);
        } catch (InterruptedException | ExecutionException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public String toString() {
        return connection + "." + number + " " + line();
    }
}
