package dev.gatehouse.tls;

import dev.gatehouse.config.TlsPolicy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What TLS needs to know of one app: its names, the certificate shown under them, and whom it asks for one.
/// Immutable, any thread.
public final class Site {
    private final String app;
    private final List<String> names;
    private final @Nullable Credentials credentials;
    private final @Nullable SiteKeys keys;
    private final @Nullable EngineSetup setup;
    private final @Nullable ClientTrust clients;
    private final List<String> alpn;

    /// A site that asks no client for a certificate.
    public Site(String app, List<String> names, @Nullable Credentials credentials) {
        this(app, names, credentials, TlsPolicy.DEFAULTS, null);
    }

    /// Why a client's first words lead nowhere.
    ///
    /// @param alert see [Alerts]
    /// @param token stable word for the log
    /// @param cause one line for the log, lower case
    public record Refusal(int alert, String token, String cause) {}

    /// @param app the app's name in the configuration
    /// @param names lower case, at least one; `*.example.com` covers every name below `example.com`
    /// @param credentials null while there are none: handshakes for the site are refused then
    /// @param policy what is agreed on with clients
    /// @param clients null where clients are not asked for a certificate
    public Site(
            String app,
            List<String> names,
            @Nullable Credentials credentials,
            TlsPolicy policy,
            @Nullable ClientTrust clients) {
        this.app = app;
        this.names = List.copyOf(names);
        this.credentials = credentials;
        this.keys = credentials == null ? null : SiteKeys.of(credentials);
        this.setup = keys == null ? null : EngineSetup.of(keys.kind(), policy, clients);
        this.clients = clients;
        this.alpn = policy.alpn();
    }

    /// The app's name in the configuration.
    public String app() {
        return app;
    }

    /// The names it is reached under, lower case.
    public List<String> names() {
        return names;
    }

    /// The certificate chain and key; null while there are none.
    public @Nullable Credentials credentials() {
        return credentials;
    }

    /// What engines ask for; only of a site with credentials.
    SiteKeys keys() {
        return Objects.requireNonNull(keys, app);
    }

    /// The application protocols, in our order.
    public List<String> alpn() {
        return alpn;
    }

    /// Why no handshake can come of these first words; null when one may. Only of a site with credentials.
    public @Nullable Refusal refusal(ClientHello hello) {
        return setup().refusal(hello);
    }

    @Nullable
    ClientTrust clients() {
        return clients;
    }

    /// What its engines have in common; only of a site with credentials.
    EngineSetup setup() {
        return Objects.requireNonNull(setup, app);
    }

    @Override
    public String toString() {
        return "Site[" + app + " " + names + "]";
    }
}
