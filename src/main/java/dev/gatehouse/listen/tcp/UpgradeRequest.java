package dev.gatehouse.listen.tcp;

import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Components;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Context;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Session;
import org.eclipse.jetty.server.TunnelSupport;
import org.jspecify.annotations.Nullable;

/// The only thing that Jetty's HTTP/1 connection asks its request: which connection takes over after the answer.
final class UpgradeRequest implements Request {
    private final Http1Channel channel;

    UpgradeRequest(Http1Channel channel) {
        this.channel = channel;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return name.equals(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE) ? channel.upgradeTo() : null;
    }

    @Override
    public @Nullable Object removeAttribute(String name) {
        return null;
    }

    @Override
    public @Nullable Object setAttribute(String name, @Nullable Object value) {
        return null;
    }

    @Override
    public Set<String> getAttributeNameSet() {
        return Set.of();
    }

    @Override
    public void clearAttributes() {}

    @Override
    public ConnectionMetaData getConnectionMetaData() {
        return channel.getConnectionMetaData();
    }

    @Override
    public Components getComponents() {
        throw unasked();
    }

    @Override
    public String getId() {
        return "";
    }

    @Override
    public String getMethod() {
        throw unasked();
    }

    @Override
    public HttpURI getHttpURI() {
        throw unasked();
    }

    @Override
    public Context getContext() {
        throw unasked();
    }

    @Override
    public HttpFields getHeaders() {
        throw unasked();
    }

    @Override
    public HttpFields getTrailers() {
        throw unasked();
    }

    @Override
    public long getBeginNanoTime() {
        throw unasked();
    }

    @Override
    public long getHeadersNanoTime() {
        throw unasked();
    }

    @Override
    public boolean isSecure() {
        throw unasked();
    }

    @Override
    public Content.Chunk read() {
        throw unasked();
    }

    @Override
    public boolean consumeAvailable() {
        throw unasked();
    }

    @Override
    public void demand(Runnable callback) {
        throw unasked();
    }

    @Override
    public void fail(Throwable cause) {
        throw unasked();
    }

    @Override
    public void addIdleTimeoutListener(Predicate<TimeoutException> listener) {
        throw unasked();
    }

    @Override
    public void addFailureListener(Consumer<Throwable> listener) {
        throw unasked();
    }

    @Override
    public TunnelSupport getTunnelSupport() {
        throw unasked();
    }

    @Override
    public void addHttpStreamWrapper(Function<HttpStream, HttpStream> wrapper) {
        throw unasked();
    }

    @Override
    public Session getSession(boolean create) {
        throw unasked();
    }

    private static UnsupportedOperationException unasked() {
        return new UnsupportedOperationException("Jetty's connection asks something new of its request");
    }
}
