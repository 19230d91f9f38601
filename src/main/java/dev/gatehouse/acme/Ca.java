package dev.gatehouse.acme;

import dev.gatehouse.config.AcmeConfig;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Connection;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.provider.AbstractAcmeProvider;
import org.shredzone.acme4j.toolbox.JSON;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The CA of a configuration: how to reach it, and what time it is there. Any thread.
final class Ca implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ca.class);

    /// A difference of clocks that is nobody's fault.
    private static final Duration USUAL_SKEW = Duration.ofMinutes(5);

    private final URI directory;
    private final Clock clock;
    private final Duration timeout;
    private final HttpClient client;
    private volatile Duration skew = Duration.ZERO;

    /// @param trust whom to trust as the CA's server
    /// @param timeout for each answer, to its last byte
    Ca(AcmeConfig config, SSLContext trust, Clock clock, Duration timeout) {
        this.timeout = timeout;
        this.directory = config.directory();
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust)
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /// A session for one order, which reads the directory once.
    Session session() {
        return new Session(directory, new Provider());
    }

    Duration timeout() {
        return timeout;
    }

    /// The time by the CA's clock, as far as it is known; by ours where they agree.
    Instant now() {
        return clock.instant().plus(skew);
    }

    /// Told with each answer.
    void serverDate(Instant theirs) {
        var difference = Duration.between(clock.instant(), theirs);
        boolean agrees = difference.abs().compareTo(USUAL_SKEW) <= 0;
        if (!agrees && skew.isZero()) {
            LOG.warn(
                    "clock differs from the CA's reason=clock.skew behind_s={} hint=\"set the clock of this machine;"
                            + " renewals go by the CA's until then\"",
                    difference.toSeconds());
        }
        skew = agrees ? Duration.ZERO : difference;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private final class Provider extends AbstractAcmeProvider {
        @Override
        public boolean accepts(URI uri) {
            return true;
        }

        @Override
        public URL resolve(URI uri) {
            try {
                return uri.toURL();
            } catch (MalformedURLException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public HttpClient createHttpClient(NetworkSettings settings) {
            return client;
        }

        @Override
        public Connection connect(URI uri, NetworkSettings settings, HttpClient itsClient) {
            return new CaConnection(createHttpConnector(settings, itsClient), Ca.this);
        }

        @Override
        public @Nullable JSON directory(Session session, URI uri) throws AcmeException {
            return session.hasDirectory() ? null : super.directory(session, uri);
        }
    }
}
