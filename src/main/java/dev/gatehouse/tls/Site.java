package dev.gatehouse.tls;

import java.util.List;

/// What TLS needs to know of one app: its names and the certificate shown under them. Immutable, any thread.
public final class Site {
    private final String app;
    private final List<String> names;
    private final Credentials credentials;
    private final SiteKeys keys;

    /// @param app the app's name in the configuration
    /// @param names lower case, at least one; `*.example.com` covers every name below `example.com`
    public Site(String app, List<String> names, Credentials credentials) {
        this.app = app;
        this.names = List.copyOf(names);
        this.credentials = credentials;
        this.keys = SiteKeys.of(credentials);
    }

    /// The app's name in the configuration.
    public String app() {
        return app;
    }

    /// The names it is reached under, lower case.
    public List<String> names() {
        return names;
    }

    /// The certificate chain and key.
    public Credentials credentials() {
        return credentials;
    }

    SiteKeys keys() {
        return keys;
    }

    @Override
    public String toString() {
        return "Site[" + app + " " + names + "]";
    }
}
