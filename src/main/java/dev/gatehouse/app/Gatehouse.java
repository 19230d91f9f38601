package dev.gatehouse.app;

import dev.gatehouse.acme.Acme;
import dev.gatehouse.acme.AcmePlan;
import dev.gatehouse.acme.AcmeStatus;
import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.ListenConfig;
import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Handler;
import dev.gatehouse.listen.tcp.BindFailed;
import dev.gatehouse.listen.tcp.Front;
import dev.gatehouse.listen.tcp.Listening;
import dev.gatehouse.listen.tcp.TcpListeners;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.loop.OpenFiles;
import dev.gatehouse.memory.Budget;
import dev.gatehouse.memory.BufferPool;
import dev.gatehouse.observe.AccessLog;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.proxy.Road;
import dev.gatehouse.tls.CredentialFiles;
import dev.gatehouse.tls.PemException;
import dev.gatehouse.tls.TlsEngines;
import dev.gatehouse.tls.TlsLogging;
import dev.gatehouse.tls.UpstreamTrust;
import dev.gatehouse.upstream.Engines;
import dev.gatehouse.upstream.UpstreamPool;
import dev.gatehouse.upstream.Upstreams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running proxy.
///
/// What outlives a configuration is here: loops, listening sockets, connections, logs. What follows from one is its
/// [Generation].
public final class Gatehouse implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gatehouse.class);

    /// System property: how many loops; as many as cores where it is not set.
    static final String LOOPS = "gatehouse.loops";

    private static final Duration STOPPING = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofMillis(10);

    /// Held by who changes what is served.
    private final ReentrantLock changing = new ReentrantLock();

    private final Instant started = Instant.now();

    private final CredentialFiles files;
    private final Loops loops;
    private final BufferPool buffers;
    private final OpenFiles openFiles = new OpenFiles(new ProcessFiles());
    private final AccessLog accessLog;
    private final Upstreams upstreams;
    private volatile TlsEngines engines;
    private final Acme acme = new Acme(Clock.systemUTC(), this::certificateCame);
    private final TcpListeners listeners;
    private volatile Generation generation;
    private volatile List<Sites.Stale> stale = List.of();
    private Consumer<GatehouseConfig> whenReloaded = _ -> {};
    private volatile boolean draining;
    private volatile boolean closed;

    /// Everything in its first generation; nobody can connect yet.
    private Gatehouse(GatehouseConfig config, CredentialFiles files, Map<InetSocketAddress, Integer> inherited)
            throws StartException {
        TlsLogging.quiet();
        this.files = files;
        engines = Cryptography.engines(config.tls());
        var automatic = prepare(config);
        var sites = Sites.load(config, files, automatic, null);
        var trust = trust(config);
        loops = Loops.create(Integer.getInteger(LOOPS, Runtime.getRuntime().availableProcessors()));
        buffers = new BufferPool(Budget.ofProcess(loops.count()), loops.count());
        accessLog = AccessLog.start(config.log());
        upstreams = new Upstreams(loops, buffers, openFiles);
        listeners = new TcpListeners(loops, buffers, openFiles, inherited);
        var road = new Road(
                config,
                (route, upstream) -> pools(trust, route, upstream),
                buffers,
                loops.count(),
                accessLog,
                acme::response);
        generation = new Generation(1, Instant.now(), config, sites, trust, road);
        acme.keep(automatic);
    }

    /// Listens on all addresses of the configuration, or on none.
    ///
    /// @throws StartException when an address or port cannot be had, or a file cannot be used
    public static Gatehouse start(GatehouseConfig config) throws StartException {
        return start(config, new CredentialFiles(), Map.of());
    }

    /// The same with listening sockets that another process has passed on.
    ///
    /// @param files has read some certificates already
    /// @param inherited descriptors by address
    static Gatehouse start(GatehouseConfig config, CredentialFiles files, Map<InetSocketAddress, Integer> inherited)
            throws StartException {
        var made = new Gatehouse(config, files, inherited);
        try (var change = made.listen(config)) {
            made.loops.start();
            made.openFiles.measure();
            ProcessFiles.warnOfFew(made.openFiles, config.limits());
            change.commit(made.front(made.generation), (_, _) -> false);
            made.acme.start();
            warnOfUnverified(config);
            return made;
        } catch (StartException refused) {
            made.close();
            throw refused;
        } catch (Exception failed) {
            made.close();
            throw new StartException("internal", "the loops do not start: " + failed.getMessage(), null, failed);
        }
    }

    /// Serves another configuration from now on, or goes on as before when that is not possible. Connections stay, and
    /// requests end as they began. Blocks.
    ///
    /// @return whether anything is different now
    /// @throws StartException when an address cannot be had or a file cannot be used; nothing is changed then
    public boolean reload(GatehouseConfig config) throws StartException {
        changing.lock();
        try {
            return change(config);
        } finally {
            changing.unlock();
        }
    }

    private boolean change(GatehouseConfig config) throws StartException {
        if (draining) {
            throw new StartException("shutdown", "the proxy is stopping", null, null);
        }
        var before = generation;
        var automatic = prepare(config);
        var sites = Sites.load(config, files, automatic, before.sites());
        var trust = trust(config);
        stale = sites.stale();
        if (config.equals(before.config()) && sites.areAs(before.sites()) && trust.equals(before.engines())) {
            return false;
        }
        try (var change = listen(config)) {
            var road = before.road().next(config, (route, upstream) -> pools(trust, route, upstream));
            var next = new Generation(before.number() + 1, Instant.now(), config, sites, trust, road);
            accessLog.configure(config.log());
            if (config.tls().primitives() != before.config().tls().primitives()) {
                engines = Cryptography.engines(config.tls());
            }
            generation = next;
            change.commit(front(next), new Leaving(config, sites.store())::leaves);
            acme.keep(automatic);
        }
        upstreams.retain(generation.road().pools());
        files.retain(sites.credentials().values());
        warnOfUnverified(config);
        whenReloaded.accept(config);
        return true;
    }

    private UpstreamPool[] pools(Map<UpstreamConfig, Engines> trust, RouteConfig route, UpstreamConfig upstream) {
        return upstreams.pools(upstream, trust.get(upstream), route.http2());
    }

    /// Who is told of each configuration that serves from now on, on the thread that brought it.
    void whenReloaded(Consumer<GatehouseConfig> told) {
        changing.lock();
        try {
            whenReloaded = told;
        } finally {
            changing.unlock();
        }
    }

    private AcmePlan prepare(GatehouseConfig config) throws StartException {
        try {
            return acme.prepare(config);
        } catch (PemException unusable) {
            var problem = unusable.problem();
            throw new StartException("cert.load", "acme: " + problem.message(), problem.hint(), unusable);
        }
    }

    /// Serves what [Acme] got, as a reload of the same configuration.
    private void certificateCame() {
        try {
            reload(generation.config());
        } catch (StartException refused) {
            LOG.warn("certificate is not served yet reason=acme.store cause={}", Facts.quoted(refused.getMessage()));
        }
    }

    private Front front(Generation its) {
        return new Front(
                new Newest(),
                its.config().limits(),
                its.config().timeouts(),
                its.config().tls(),
                its.config().trustedForwardedProxies(),
                its.sites().store(),
                acme,
                engines);
    }

    /// A kept connection brings its next request to the generation of that moment.
    private final class Newest implements Handler {
        @Override
        public void handle(Exchange exchange) {
            generation.road().handle(exchange);
        }

        @Override
        public void refuse(Exchange exchange, Failure failure, String detail) {
            generation.road().refuse(exchange, failure, detail);
        }
    }

    private static Map<UpstreamConfig, Engines> trust(GatehouseConfig config) throws StartException {
        var trust = new HashMap<UpstreamConfig, Engines>();
        for (AppConfig app : config.apps()) {
            for (var route : app.routes()) {
                for (var upstream : route.upstreams()) {
                    if (upstream.tls() && !trust.containsKey(upstream)) {
                        trust.put(upstream, engines(app, upstream));
                    }
                }
            }
        }
        return trust;
    }

    private static Engines engines(AppConfig app, UpstreamConfig upstream) throws StartException {
        try {
            return new TrustedEngines(UpstreamTrust.of(upstream.caPath(), upstream.insecureSkipVerify()));
        } catch (PemException unusable) {
            var problem = unusable.problem();
            throw new StartException(
                    "cert.load", "app '" + app.name() + "': " + problem.message(), problem.hint(), unusable);
        }
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

    private TcpListeners.Change listen(GatehouseConfig config) throws StartException {
        try {
            return listeners.change(wanted(config.listen()));
        } catch (BindFailed failed) {
            var port = failed.address().getPort();
            boolean inUse = String.valueOf(failed.getMessage()).contains("in use");
            throw new StartException(
                    "config.bind",
                    "cannot listen on " + Words.address(failed.address()) + ": " + failed.getMessage(),
                    inUse ? PortHolder.hint(port) : null,
                    failed);
        }
    }

    private static List<Listening> wanted(ListenConfig listen) {
        var wanted = new ArrayList<Listening>();
        for (InetAddress address : listen.addresses()) {
            if (listen.port() != null) {
                wanted.add(new Listening(new InetSocketAddress(address, listen.port()), listen.backlog(), false));
            }
            if (listen.tlsPort() != null) {
                wanted.add(new Listening(new InetSocketAddress(address, listen.tlsPort()), listen.backlog(), true));
            }
        }
        return wanted;
    }

    /// Where plaintext is spoken.
    public List<InetSocketAddress> plainAddresses() {
        return addresses(false);
    }

    /// Where TLS is spoken.
    public List<InetSocketAddress> tlsAddresses() {
        return addresses(true);
    }

    private List<InetSocketAddress> addresses(boolean tls) {
        changing.lock();
        try {
            return listeners.addresses().entrySet().stream()
                    .filter(entry -> entry.getKey().tls() == tls)
                    .map(Map.Entry::getValue)
                    .toList();
        } finally {
            changing.unlock();
        }
    }

    /// Has the certificates that it serves.
    CredentialFiles files() {
        return files;
    }

    /// The process that passed sockets on accepts nobody any more.
    void tookOver() {
        changing.lock();
        try {
            listeners.tookOver();
        } finally {
            changing.unlock();
        }
    }

    /// Since when it runs.
    Instant started() {
        return started;
    }

    /// Whether it is about to end. Any thread.
    boolean isDraining() {
        return draining;
    }

    /// Who is connected. Any thread.
    TcpListeners.Clients clients() {
        return listeners.clients();
    }

    /// How many connections came to nothing since the start, by reason. Any thread.
    SortedMap<String, Long> refused() {
        return listeners.refused();
    }

    /// What clients ask for at the moment. Any thread.
    TcpListeners.Requests requests() {
        return listeners.requests();
    }

    /// What is held for clients and upstreams. Any thread.
    BufferPool buffers() {
        return buffers;
    }

    /// The connections with backends. Any thread.
    List<Upstreams.Load> upstreams() {
        return upstreams.loads();
    }

    /// Asks each loop and each listener for a sign of life. Any thread.
    ///
    /// @return done for those that gave one, by name
    Map<String, CompletableFuture<Void>> probe() {
        var probes = listeners.probe();
        for (int i = 0; i < loops.count(); i++) {
            var answered = new CompletableFuture<Void>();
            loops.get(i).execute(() -> answered.complete(null));
            probes.put("loop " + i, answered);
        }
        return probes;
    }

    /// The longest that a drain may take.
    Duration longestDrain() {
        var limits = generation.config().timeouts();
        return limits.drain().compareTo(limits.tunnelDrain()) > 0 ? limits.drain() : limits.tunnelDrain();
    }

    /// Opens the file of the access log anew.
    void reopenLog() {
        accessLog.reopen();
    }

    /// Whose cryptography TLS with clients runs on. Any thread.
    String primitives() {
        return engines.primitives();
    }

    /// How it stands with the automatic certificate of an app; null where it has none. Any thread.
    @Nullable
    AcmeStatus automatic(String app) {
        return acme.plan().status(app);
    }

    /// Certificates that were not replaced by what is in their files, because that cannot be used. As of the last
    /// reading. Any thread.
    List<Sites.Stale> stale() {
        return stale;
    }

    /// What it serves at the moment. Any thread.
    Generation generation() {
        return generation;
    }

    /// Accepts nobody any more and lets those who are there end in order: running requests are answered, kept
    /// connections are told that there is an end, tunnels go on. What has not ended when its time limit is over is
    /// cut off. Blocks until nobody is left; [#close] from another thread ends it.
    ///
    /// @return whether all ended by themselves
    public boolean drain() {
        changing.lock();
        try {
            draining = true;
            acme.close();
            listeners.drain();
        } finally {
            changing.unlock();
        }
        var limits = generation.config().timeouts();
        long began = System.nanoTime();
        boolean requestsCut = false;
        boolean tunnelsCut = false;
        while (!closed && !(requestsCut && tunnelsCut)) {
            if (listeners.isDrained()) {
                return !requestsCut && !tunnelsCut;
            }
            var elapsed = Duration.ofNanos(System.nanoTime() - began);
            if (!requestsCut && elapsed.compareTo(limits.drain()) >= 0) {
                requestsCut = true;
                warnOfLimit("drain", limits.drain());
                listeners.closeAllButTunnels();
            }
            if (!tunnelsCut && elapsed.compareTo(limits.tunnelDrain()) >= 0) {
                tunnelsCut = true;
                warnOfLimit("tunnel_drain", limits.tunnelDrain());
                listeners.closeTunnels();
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return false;
    }

    private void warnOfLimit(String key, Duration limit) {
        LOG.warn(
                "drain limit reached reason=drain limit={} seconds={} connections={}",
                key,
                limit.toMillis() / 1000.0,
                listeners.connections());
    }

    /// Ends all connections and threads; within a few seconds.
    @Override
    public void close() {
        closed = true;
        acme.close();
        changing.lock();
        try {
            listeners.close();
            if (loops.isRunning()) {
                upstreams.close();
                stopLoops();
            }
            accessLog.close();
        } finally {
            changing.unlock();
        }
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
