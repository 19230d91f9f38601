package dev.gatehouse.acme;

import dev.gatehouse.config.AcmeConfig;
import dev.gatehouse.config.ListenConfig;
import dev.gatehouse.tls.CertificateSource;
import dev.gatehouse.tls.Credentials;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The automatic certificates of one configuration, as far as they are on the disk. It orders nothing by itself.
public final class AcmePlan implements CertificateSource {
    /// Without automatic certificates.
    static final AcmePlan NONE = new AcmePlan(null, List.of());

    private final @Nullable Shop shop;
    private final List<Managed> certificates;
    private final Map<String, Managed> byApp;

    AcmePlan(@Nullable Shop shop, List<Managed> certificates) {
        this.shop = shop;
        this.certificates = List.copyOf(certificates);
        this.byApp = certificates.stream().collect(Collectors.toUnmodifiableMap(Managed::app, Function.identity()));
    }

    /// What all orders of a configuration have in common. Equal settings share one over all generations.
    ///
    /// @param anchors CAs of `ca_path`
    record Shop(
            AcmeConfig config,
            ListenConfig listen,
            Ca ca,
            Registry registry,
            Account account,
            List<X509Certificate> anchors) {}

    @Nullable
    Shop shop() {
        return shop;
    }

    List<Managed> certificates() {
        return certificates;
    }

    /// How it stands with the certificate of an app; null where that has no automatic one. Any thread.
    public @Nullable AcmeStatus status(String app) {
        var managed = byApp.get(app);
        if (managed == null || shop == null) {
            return null;
        }
        var state = managed.state();
        return new AcmeStatus(
                shop.config().directory().toString(),
                managed.challenge().text(),
                managed.busy() != null,
                managed.stored() == null ? null : managed.renewal(),
                state.failures(),
                state.nextTry(),
                state.lastError());
    }

    @Override
    public @Nullable Credentials find(String app) {
        var managed = byApp.get(app);
        var stored = managed == null ? null : managed.stored();
        return stored == null ? null : stored.credentials();
    }
}
