package dev.gatehouse.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A whole configuration file, checked by itself; the files and addresses it names are not looked at yet.
///
/// @param file the file it was read from, absolute; relative paths in it were resolved against its directory
/// @param trustedForwardedProxies peers whose forwarding fields are believed, aliases expanded
/// @param keptForwardingHeaders of [ForwardingFields#STRANGERS] those that pass all the same
/// @param ignoreSniConsistency turns the 421 check off (never for sites that ask for client certificates)
/// @param defaultApp name of an app in `apps`; serves plaintext requests for unknown hosts
/// @param apps in file order, at least one
/// @param stickyCookieSecret unpadded base64url of 32 bytes; present iff a route is sticky
/// @param http3 present when the file turns HTTP/3 on
/// @param cache present when the file turns the cache on
/// @param acme present when the file configures automatic certificates
/// @param control where the administrator's commands find the running proxy
/// @param proxyProtocol present when every TCP connection begins with a PROXY header
public record GatehouseConfig(
        Path file,
        ListenConfig listen,
        LimitsConfig limits,
        TimeoutsConfig timeouts,
        TlsConfig tls,
        LogConfig log,
        ControlConfig control,
        CidrSet trustedForwardedProxies,
        FieldNames keptForwardingHeaders,
        boolean ignoreSniConsistency,
        @Nullable String defaultApp,
        List<AppConfig> apps,
        @Nullable String stickyCookieSecret,
        @Nullable Http3Config http3,
        @Nullable CacheConfig cache,
        @Nullable AcmeConfig acme,
        @Nullable ProxyProtocolConfig proxyProtocol) {
    public GatehouseConfig {
        apps = List.copyOf(apps);
    }

    /// The app of that name, lower case.
    public Optional<AppConfig> app(String name) {
        return apps.stream().filter(app -> app.name().equals(name)).findFirst();
    }

    /// Every file that it consists of: itself, certificates, keys, authorities and revocation lists. What any of them
    /// holds decides what is served.
    public Set<Path> files() {
        var files = new TreeSet<Path>();
        files.add(file);
        if (acme != null) {
            add(files, acme.caPath());
        }
        for (var app : apps) {
            var tls = app.tls();
            if (tls != null) {
                add(files, tls.certPath());
                add(files, tls.keyPath());
                var clients = tls.clientAuth();
                if (clients != null) {
                    add(files, clients.caPath());
                    add(files, clients.crlPath());
                }
            }
            for (var route : app.routes()) {
                route.upstreams().forEach(upstream -> add(files, upstream.caPath()));
            }
        }
        return files;
    }

    private static void add(Set<Path> files, @Nullable Path file) {
        if (file != null) {
            files.add(file);
        }
    }

    /// How many routes all apps have together; [RouteConfig#ordinal()] counts up to it.
    public int routeCount() {
        return apps.stream().mapToInt(app -> app.routes().size()).sum();
    }
}
