package dev.gatehouse.app;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.AppTlsConfig;
import dev.gatehouse.config.ClientAuthConfig;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.tls.CertificateSource;
import dev.gatehouse.tls.ClientTrust;
import dev.gatehouse.tls.CredentialFiles;
import dev.gatehouse.tls.Credentials;
import dev.gatehouse.tls.PemException;
import dev.gatehouse.tls.Site;
import dev.gatehouse.tls.SiteStore;
import dev.gatehouse.tls.TlsProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The certificates of one configuration as they were read, and which of them are older than their files. Immutable.
///
/// @param credentials what each pair of files held when it could last be used
/// @param automatic the certificates that come without files, by app
/// @param clients whose certificates are taken, for each way in which clients are asked for one
/// @param stale pairs whose files cannot be used now; what they held before is served on
record Sites(
        SiteStore store,
        Map<Pair, Credentials> credentials,
        Map<String, Credentials> automatic,
        Map<ClientAuthConfig, ClientTrust> clients,
        List<Stale> stale) {
    Sites {
        credentials = Map.copyOf(credentials);
        automatic = Map.copyOf(automatic);
        clients = Map.copyOf(clients);
        stale = List.copyOf(stale);
    }

    /// Where a certificate and its key are.
    record Pair(Path certificate, Path key) {
        /// Null where the certificate comes from elsewhere.
        static @Nullable Pair of(AppTlsConfig tls) {
            var certificate = tls.certPath();
            var key = tls.keyPath();
            return certificate == null || key == null ? null : new Pair(certificate, key);
        }
    }

    /// A pair that cannot be used at the moment: half of it was replaced, or it is gone.
    record Stale(String app, Pair pair, TlsProblem problem) {}

    /// Whether both show the same certificates and take the same.
    boolean areAs(Sites other) {
        return credentials.equals(other.credentials)
                && automatic.equals(other.automatic)
                && clients.equals(other.clients);
    }

    /// The certificates that are shown, with the name of one app that shows it.
    Map<Credentials, String> inUse() {
        var inUse = new HashMap<Credentials, String>();
        for (var site : store.sites()) {
            var its = site.credentials();
            if (its != null) {
                inUse.put(its, site.app());
            }
        }
        return inUse;
    }

    /// Reads all certificates. Blocks.
    ///
    /// @param files has read some already
    /// @param source has the certificates of the apps without files
    /// @param before whose certificates are kept where the files cannot be used now; null at the start
    /// @throws StartException for a pair that cannot be used and never could
    static Sites load(GatehouseConfig config, CredentialFiles files, CertificateSource source, @Nullable Sites before)
            throws StartException {
        var known = before == null ? Map.<Pair, Credentials>of() : before.credentials;
        var loaded = new HashMap<Pair, Credentials>();
        var automatic = new HashMap<String, Credentials>();
        var clients = new HashMap<ClientAuthConfig, ClientTrust>();
        var stale = new ArrayList<Stale>();
        var sites = new ArrayList<Site>();
        for (AppConfig app : config.apps()) {
            var tls = app.tls();
            if (tls == null) {
                continue;
            }
            var trust = clients(app, tls.clientAuth(), clients);
            var pair = Pair.of(tls);
            if (pair == null) {
                var its = source.find(app.name());
                if (its != null) {
                    automatic.put(app.name(), its);
                }
                sites.add(new Site(app.name(), app.serverNames(), its, tls.policy(), trust));
                continue;
            }
            var its = loaded.get(pair);
            if (its == null) {
                its = load(app, files, pair, known.get(pair), stale);
                loaded.put(pair, its);
            }
            sites.add(new Site(app.name(), app.serverNames(), its, tls.policy(), trust));
        }
        return new Sites(SiteStore.of(sites), loaded, automatic, clients, stale);
    }

    private static @Nullable ClientTrust clients(
            AppConfig app, @Nullable ClientAuthConfig files, Map<ClientAuthConfig, ClientTrust> known)
            throws StartException {
        if (files == null) {
            return null;
        }
        var trust = known.get(files);
        if (trust == null) {
            try {
                trust = ClientTrust.load(files);
            } catch (PemException unusable) {
                var problem = unusable.problem();
                throw new StartException(
                        "cert.load", "app '" + app.name() + "': " + problem.message(), problem.hint(), unusable);
            }
            known.put(files, trust);
        }
        return trust;
    }

    private static Credentials load(
            AppConfig app, CredentialFiles files, Pair pair, @Nullable Credentials old, List<Stale> stale)
            throws StartException {
        try {
            return files.load(pair.certificate, pair.key);
        } catch (PemException unusable) {
            var problem = unusable.problem();
            if (old == null) {
                throw new StartException(
                        "cert.load", "app '" + app.name() + "': " + problem.message(), problem.hint(), unusable);
            }
            stale.add(new Stale(app.name(), pair, problem));
            return old;
        }
    }
}
