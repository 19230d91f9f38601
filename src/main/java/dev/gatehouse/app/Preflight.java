package dev.gatehouse.app;

import dev.gatehouse.config.ConfigResult;
import dev.gatehouse.config.ConfigSource;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.config.Problem;
import dev.gatehouse.config.Problem.Severity;
import dev.gatehouse.config.ShellWord;
import dev.gatehouse.control.OwnDirectory;
import dev.gatehouse.tls.CredentialFiles;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks at what a configuration names outside itself: certificates, keys, CAs, addresses, log files. Opens files and
/// binds addresses to free ports, and leaves nothing behind.
///
/// Whether a port is taken is not asked: `check` is also used while the proxy runs.
final class Preflight {
    private final GatehouseConfig config;
    private final ConfigSource source;
    private final CredentialFiles files;
    private final Set<Sites.Pair> served;
    private final List<Problem> problems = new ArrayList<>();

    private Preflight(GatehouseConfig config, ConfigSource source, CredentialFiles files, Set<Sites.Pair> served) {
        this.config = config;
        this.source = source;
        this.files = files;
        this.served = served;
    }

    /// All that is wrong or questionable. Where the file has errors, what its other keys name is looked at all the
    /// same.
    ///
    /// @param served pairs whose certificates a running proxy has, and serves on whatever is wrong with the files
    static List<Problem> check(ConfigResult result, CredentialFiles files, Set<Sites.Pair> served) {
        var config = result.draft();
        if (config == null) {
            return List.of();
        }
        var preflight = new Preflight(config, result.source(), files, served);
        preflight.listen();
        preflight.apps();
        preflight.acme();
        preflight.log();
        return result.config() != null
                ? List.copyOf(preflight.problems)
                : preflight.problems.stream()
                        .filter(problem -> result.isSure(problem.key()))
                        .toList();
    }

    private void listen() {
        for (var address : config.listen().addresses()) {
            var key = address instanceof Inet4Address ? "listen_address_v4" : "listen_address_v6";
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(address, 0));
            } catch (IOException e) {
                error(
                        "listen.address",
                        address.isAnyLocalAddress() && source.place(key) == null ? "listen_ipv6" : key,
                        "this host cannot listen on " + IpLiteral.text(address) + " (" + reason(e) + ")",
                        address.isAnyLocalAddress()
                                ? null
                                : "addresses of this host: " + Words.ownAddresses(address.getClass()));
            }
        }
        port("listen_port", config.listen().port());
        port("listen_port_tls", config.listen().tlsPort());
    }

    private void port(String key, @Nullable Integer port) {
        if (port != null && !PrivilegedPorts.allowed(port)) {
            error(
                    "listen.port",
                    key,
                    "this user may not listen on port " + port,
                    "grant CAP_NET_BIND_SERVICE, or lower net.ipv4.ip_unprivileged_port_start; the packaged service"
                            + " has the right");
        }
    }

    private void apps() {
        var now = Instant.now();
        var acme = config.acme();
        for (var app : config.apps()) {
            var prefix = "apps." + app.name() + ".";
            var tls = app.tls();
            if (tls != null) {
                var pair = Sites.Pair.of(tls);
                CertificateCheck.Findings findings =
                        pair != null && served.contains(pair) ? this::addUnlessServed : this::add;
                var check = new CertificateCheck(files, findings, prefix + "tls.", now);
                check.check(tls, app.serverNames());
                if (acme != null && tls.acme() != null) {
                    check.issued(acme.keyType(), tls.policy());
                }
            }
            for (int i = 0; i < app.routes().size(); i++) {
                var upstreams = app.routes().get(i).upstreams();
                for (int j = 0; j < upstreams.size(); j++) {
                    var authorities = upstreams.get(j).caPath();
                    if (authorities != null) {
                        var key = prefix + "reverse_proxy[" + i + "].upstream[" + j + "].";
                        new CertificateCheck(files, this::add, key, now).authorities("ca_path", authorities);
                    }
                }
            }
        }
    }

    private void acme() {
        var acme = config.acme();
        if (acme == null) {
            return;
        }
        if (acme.caPath() != null) {
            new CertificateCheck(files, this::add, "acme.", Instant.now()).authorities("ca_path", acme.caPath());
        }
        hook(acme.dnsHook());
        guarded("acme.store", "acme.registry_path", acme.registryPath(), "account and certificate keys");
        var why = whyNotWritable(acme.registryPath().resolve("lock"));
        if (why != null) {
            error(
                    "acme.store",
                    "acme.registry_path",
                    "'" + acme.registryPath() + "' cannot be written (" + why + ")",
                    null);
        }
    }

    private void hook(@Nullable Path hook) {
        if (hook == null) {
            return;
        }
        if (!Files.exists(hook)) {
            error("acme.hook", "acme.dns_hook", "there is no file '" + hook + "'", null);
        } else if (!Files.isRegularFile(hook)) {
            error("acme.hook", "acme.dns_hook", "'" + hook + "' is no file", null);
        } else if (!Files.isExecutable(hook)) {
            error("acme.hook", "acme.dns_hook", "'" + hook + "' cannot be executed", "chmod +x " + ShellWord.of(hook));
        }
    }

    /// Warns where others could put something else into the place of files.
    private void guarded(String code, String key, Path directory, String what) {
        var objection = OwnDirectory.objection(directory);
        if (objection != null) {
            add(Severity.WARNING, code, key, "others can exchange " + what + ": " + objection, null);
        }
    }

    private void log() {
        logFile("log.file", config.log().systemFile());
        if (config.log().access()) {
            logFile("log.access_file", config.log().accessFile());
        }
    }

    private void logFile(String key, @Nullable Path file) {
        if (file == null) {
            return;
        }
        var why = whyNotWritable(file);
        if (why != null) {
            error("log.file", key, "'" + file + "' cannot be written (" + why + ")", null);
            return;
        }
        var directory = file.toAbsolutePath().getParent();
        // What is no regular file, as /dev/stdout or a pipe, is made by nobody here.
        if (directory != null && (!Files.exists(file) || Files.isRegularFile(file))) {
            guarded("log.file", key, directory, "the log, or let it write to another file");
        }
    }

    /// Null where the file exists and can be written, or could be created together with its directories.
    private static @Nullable String whyNotWritable(Path file) {
        if (Files.exists(file)) {
            return Files.isDirectory(file) ? "is a directory" : Files.isWritable(file) ? null : "permission denied";
        }
        var ancestor = file.toAbsolutePath().getParent();
        while (ancestor != null && !Files.exists(ancestor)) {
            ancestor = ancestor.getParent();
        }
        if (ancestor == null) {
            return "no such directory";
        }
        if (!Files.isDirectory(ancestor)) {
            return "'" + ancestor + "' is not a directory";
        }
        return Files.isWritable(ancestor) ? null : "permission denied in '" + ancestor + "'";
    }

    private static String reason(IOException failure) {
        var message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private void error(String code, String key, String message, @Nullable String hint) {
        add(Severity.ERROR, code, key, message, hint);
    }

    private void addUnlessServed(Severity severity, String code, String key, String message, @Nullable String hint) {
        boolean ofPair = key.endsWith(".tls_cert_path") || key.endsWith(".tls_cert_key_path");
        add(ofPair ? Severity.WARNING : severity, code, key, message, hint);
    }

    private void add(Severity severity, String code, String key, String message, @Nullable String hint) {
        problems.add(new Problem(severity, code, source.place(key), key, message, hint));
    }
}
