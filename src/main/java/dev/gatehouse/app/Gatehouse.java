package dev.gatehouse.app;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.listen.tcp.Front;
import dev.gatehouse.listen.tcp.TcpListeners;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.observe.AccessLog;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.proxy.Road;
import dev.gatehouse.tls.Credentials;
import dev.gatehouse.tls.PemException;
import dev.gatehouse.tls.Site;
import dev.gatehouse.tls.SiteStore;
import dev.gatehouse.tls.TlsEngines;
import dev.gatehouse.tls.TlsLogging;
import dev.gatehouse.tls.UpstreamTls;
import dev.gatehouse.upstream.Upstreams;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running proxy.
public final class Gatehouse implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gatehouse.class);

    /// System property: how many loops; as many as cores where it is not set.
    static final String LOOPS = "gatehouse.loops";

    private static final Duration STOPPING = Duration.ofSeconds(5);
    private static final int POOLED_BUFFER_STEP = 4 * 1024;
    private static final int LARGEST_POOLED_BUFFER = 128 * 1024;

    private final Loops loops;
    private final AccessLog accessLog;
    private final Upstreams upstreams;
    private final TcpListeners listeners;
    private final List<InetSocketAddress> plain = new ArrayList<>();
    private final List<InetSocketAddress> tls = new ArrayList<>();

    private Gatehouse(GatehouseConfig config) throws StartException {
        TlsLogging.quiet();
        var sites = sites(config);
        warnOfUnverified(config);
        loops = Loops.create(Integer.getInteger(LOOPS, Runtime.getRuntime().availableProcessors()));
        ByteBufferPool buffers = new ArrayByteBufferPool(0, POOLED_BUFFER_STEP, LARGEST_POOLED_BUFFER);
        accessLog = AccessLog.start(config.log());
        upstreams = new Upstreams(loops, buffers, Gatehouse::engine);
        var road = new Road(config, upstreams, buffers, loops.count(), accessLog);
        var front = new Front(road, config.limits(), config.timeouts(), sites, TlsEngines.create());
        listeners = new TcpListeners(front, loops, buffers);
    }

    /// Listens on all addresses of the configuration, or on none.
    ///
    /// @throws StartException when an address or port cannot be had, or a file cannot be used
    public static Gatehouse start(GatehouseConfig config) throws StartException {
        var made = new Gatehouse(config);
        try {
            made.bind(config);
            made.loops.start();
            made.listeners.start();
            return made;
        } catch (StartException refused) {
            made.close();
            throw refused;
        } catch (Exception failed) {
            made.close();
            throw new StartException("the loops do not start: " + failed.getMessage(), null, failed);
        }
    }

    private static SiteStore sites(GatehouseConfig config) throws StartException {
        var sites = new ArrayList<Site>();
        for (AppConfig app : config.apps()) {
            var files = app.tls();
            if (files == null || files.certPath() == null || files.keyPath() == null) {
                continue;
            }
            try {
                sites.add(new Site(app.name(), app.serverNames(), Credentials.load(files.certPath(), files.keyPath())));
            } catch (PemException unusable) {
                var problem = unusable.problem();
                throw new StartException("app '" + app.name() + "': " + problem.message(), problem.hint(), unusable);
            }
        }
        return SiteStore.of(sites);
    }

    private static void warnOfUnverified(GatehouseConfig config) {
        for (AppConfig app : config.apps()) {
            for (var route : app.routes()) {
                for (var upstream : route.upstreams()) {
                    if (upstream.insecureSkipVerify()) {
                        LOG.warn(
                                "upstream is not verified app={} route={} upstream={} key=insecure_skip_verify hint={}",
                                app.name(),
                                route.path(),
                                upstream.address(),
                                Facts.quoted(
                                        "anybody on the way can read and change what is sent; name its CA in ca_path"));
                    }
                }
            }
        }
    }

    private static SSLEngine engine(UpstreamConfig upstream) {
        try {
            var context = UpstreamTls.context(upstream.caPath(), upstream.insecureSkipVerify());
            return UpstreamTls.newClientEngine(
                    context, upstream.host(), upstream.port(), !upstream.insecureSkipVerify(), List.of());
        } catch (PemException unusable) {
            throw new IllegalStateException(unusable.getMessage(), unusable);
        }
    }

    private void bind(GatehouseConfig config) throws StartException {
        var listen = config.listen();
        for (InetAddress address : addresses(listen.addresses())) {
            if (listen.port() != null) {
                plain.add(bind(new InetSocketAddress(address, listen.port()), listen.backlog(), false));
            }
            if (listen.tlsPort() != null) {
                tls.add(bind(new InetSocketAddress(address, listen.tlsPort()), listen.backlog(), true));
            }
        }
    }

    /// A socket on `::` gets IPv4 clients too, so `0.0.0.0` needs none of its own beside it.
    private static List<InetAddress> addresses(List<InetAddress> wanted) {
        boolean all =
                wanted.stream().anyMatch(address -> address.isAnyLocalAddress() && address.getAddress().length > 4);
        return all
                ? wanted.stream()
                        .filter(address -> !(address.isAnyLocalAddress() && address.getAddress().length == 4))
                        .toList()
                : wanted;
    }

    private InetSocketAddress bind(InetSocketAddress address, int backlog, boolean secure) throws StartException {
        try {
            return listeners.bind(address, backlog, secure);
        } catch (BindException taken) {
            boolean inUse = String.valueOf(taken.getMessage()).contains("in use");
            throw new StartException(
                    "cannot listen on " + Words.address(address) + ": " + taken.getMessage(),
                    inUse ? "who holds the port: ss -ltnp 'sport = :" + address.getPort() + "'" : null,
                    taken);
        } catch (IOException failed) {
            throw new StartException(
                    "cannot listen on " + Words.address(address) + ": " + failed.getMessage(), null, failed);
        }
    }

    /// Where plaintext is spoken.
    public List<InetSocketAddress> plainAddresses() {
        return List.copyOf(plain);
    }

    /// Where TLS is spoken.
    public List<InetSocketAddress> tlsAddresses() {
        return List.copyOf(tls);
    }

    /// Ends all connections and threads; within a few seconds.
    @Override
    public void close() {
        listeners.close();
        if (loops.isRunning()) {
            upstreams.close();
            stopLoops();
        }
        accessLog.close();
    }

    /// A loop that hangs must not keep the process.
    private void stopLoops() {
        var stopping = Thread.ofPlatform().daemon().name("stop-loops").start(() -> {
            try {
                loops.stop();
            } catch (Exception failed) {
                LOG.warn("stopping loops failed cause={}", Facts.cause(failed));
            }
        });
        try {
            if (!stopping.join(STOPPING)) {
                LOG.warn("stopping loops takes too long limit_s={}", STOPPING.toSeconds());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
