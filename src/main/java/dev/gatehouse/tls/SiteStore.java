package dev.gatehouse.tls;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the site that a ClientHello names. Immutable, one per generation, any thread.
public final class SiteStore {
    private final Map<String, Site> exact;
    /// By what stands behind the asterisk: `.example.com`.
    private final Map<String, Site> below;

    private SiteStore(Map<String, Site> exact, Map<String, Site> below) {
        this.exact = Map.copyOf(exact);
        this.below = Map.copyOf(below);
    }

    /// A store of these sites.
    ///
    /// @throws IllegalArgumentException when two sites share a name
    public static SiteStore of(Collection<Site> sites) {
        var exact = new HashMap<String, Site>();
        var below = new HashMap<String, Site>();
        for (Site site : sites) {
            for (String name : site.names()) {
                boolean wildcard = name.startsWith("*.");
                Site other = wildcard ? below.put(name.substring(1), site) : exact.put(name, site);
                if (other != null && other != site) {
                    throw new IllegalArgumentException(
                            "'%s' belongs to '%s' and to '%s'".formatted(name, other.app(), site.app()));
                }
            }
        }
        return new SiteStore(exact, below);
    }

    /// All sites.
    public Set<Site> sites() {
        var all = new HashSet<>(exact.values());
        all.addAll(below.values());
        return all;
    }

    /// A store that knows no name.
    public static SiteStore empty() {
        return of(List.of());
    }

    /// The site of a name: the exact name first, then the wildcard, which stands for exactly one label
    /// (RFC 9525 §6.3), as it does for Host.
    ///
    /// @param serverName lower case, as [ClientHello#serverName()] gives it; null finds nothing
    public @Nullable Site find(@Nullable String serverName) {
        if (serverName == null) {
            return null;
        }
        Site site = exact.get(serverName);
        if (site != null || below.isEmpty()) {
            return site;
        }
        int dot = serverName.indexOf('.');
        return dot > 0 ? below.get(serverName.substring(dot)) : null;
    }

    /// Whether no site has a certificate, so that there is nothing to listen with.
    public boolean isEmpty() {
        return exact.isEmpty() && below.isEmpty();
    }
}
