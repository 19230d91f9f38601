package dev.gatehouse.support;

/// The ways in which a client can talk to the proxy.
public enum Front {
    H1(false, false),
    H1_TLS(true, false),
    H2(true, true),
    H2C(false, true);

    private final boolean secure;
    private final boolean multiplexed;

    Front(boolean secure, boolean multiplexed) {
        this.secure = secure;
        this.multiplexed = multiplexed;
    }

    /// Whether this is TLS.
    public boolean secure() {
        return secure;
    }

    /// Whether this is HTTP/2.
    public boolean multiplexed() {
        return multiplexed;
    }

    /// A client for `app.example`.
    public Client connect(ProxyUnderTest proxy) {
        return connect(proxy, "app.example", 0);
    }

    /// A client that, if `bufferBytes` is not 0, has kernel buffers and HTTP/2 windows of only that size.
    public Client connect(ProxyUnderTest proxy, String serverName, int bufferBytes) {
        return multiplexed
                ? new Http2Client(h2(proxy, serverName, bufferBytes))
                : new Http1Client(h1(proxy, serverName, bufferBytes));
    }

    /// A connection of [#H1] or [#H1_TLS] with nothing sent.
    public RawHttp1Client raw(ProxyUnderTest proxy) {
        return h1(proxy, "app.example", 0);
    }

    /// A connection of [#H1] or [#H1_TLS] with nothing sent and small buffers.
    public RawHttp1Client raw(ProxyUnderTest proxy, int bufferBytes) {
        return h1(proxy, "app.example", bufferBytes);
    }

    /// A connection of [#H2] or [#H2C] with preface and SETTINGS sent.
    public H2RawClient frames(ProxyUnderTest proxy) {
        return h2(proxy, "app.example", 0);
    }

    /// A connection of [#H2] or [#H2C] with nothing sent.
    public H2RawClient silent(ProxyUnderTest proxy) {
        return secure
                ? H2RawClient.tlsWithout(
                        proxy.tls(), "app.example", ProxyUnderTest.pki().trusting(), 0)
                : H2RawClient.plainWithout(proxy.plain());
    }

    private RawHttp1Client h1(ProxyUnderTest proxy, String serverName, int bufferBytes) {
        if (multiplexed) {
            throw new IllegalArgumentException(this + " is not HTTP/1");
        }
        return secure
                ? RawHttp1Client.tls(
                        proxy.tls(), serverName, ProxyUnderTest.pki().trusting(), bufferBytes, "http/1.1")
                : RawHttp1Client.plain(proxy.plain(), bufferBytes);
    }

    private H2RawClient h2(ProxyUnderTest proxy, String serverName, int bufferBytes) {
        if (!multiplexed) {
            throw new IllegalArgumentException(this + " is not HTTP/2");
        }
        var client = secure
                ? H2RawClient.tlsWithout(
                        proxy.tls(), serverName, ProxyUnderTest.pki().trusting(), bufferBytes)
                : H2RawClient.plainWithout(proxy.plain());
        client.preface();
        return bufferBytes == 0 ? client.settings() : client.settings(4, bufferBytes);
    }
}
