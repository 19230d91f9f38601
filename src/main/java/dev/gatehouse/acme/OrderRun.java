package dev.gatehouse.acme;

import dev.gatehouse.acme.OrderFailure.Kind;
import dev.gatehouse.config.AcmeChallenge;
import dev.gatehouse.config.AcmeConfig;
import dev.gatehouse.tls.Credentials;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Dns01Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.util.CSRBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One order from its begin, or from where a process before this one left it, to the certificate (RFC 8555 §7.4).
///
/// What a process that dies could not know any more is written before the step that needs it: the order's URL, and the
/// key before the CA gets the request for it. Used once, by one thread, which it blocks.
final class OrderRun {
    private static final Logger LOG = LoggerFactory.getLogger(OrderRun.class);
    private static final String ERROR = "urn:ietf:params:acme:error:";
    private static final Set<Status> OVER = Set.of(Status.INVALID, Status.EXPIRED, Status.CANCELED, Status.REVOKED);
    private static final Duration FIRST_LOOK = Duration.ofMillis(250);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(8);
    private static final Duration HOOK = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final AcmeConfig config;
    private final List<String> names;
    private final AcmeChallenge kind;
    private final Registry registry;
    private final Ca ca;
    private final PendingChallenges pending;
    private final @Nullable X509Certificate replaced;
    private final List<X509Certificate> anchors;
    private OrderState state;

    /// @param replaced the certificate that the new one renews; null for none
    /// @param anchors CAs that need no intermediate
    OrderRun(
            AcmeConfig config,
            List<String> names,
            AcmeChallenge kind,
            Registry registry,
            Ca ca,
            PendingChallenges pending,
            @Nullable X509Certificate replaced,
            List<X509Certificate> anchors,
            OrderState state) {
        this.config = config;
        this.names = names;
        this.kind = kind;
        this.registry = registry;
        this.ca = ca;
        this.pending = pending;
        this.replaced = replaced;
        this.anchors = anchors;
        this.state = state;
    }

    /// The state as it was written last.
    OrderState state() {
        return state;
    }

    /// Does what is left to do.
    Credentials run(Login login) throws AcmeException, OrderFailure, InterruptedException {
        var order = resumed(login);
        if (order == null) {
            registry.dropOrderKey(names);
            order = ordered(login);
            state = state.ordered(order.getLocation().toString());
            registry.save(names, state);
        }
        if (order.getStatus() == Status.PENDING) {
            authorize(order);
        }
        if (order.getStatus() == Status.READY) {
            finish(order);
        }
        await("the certificate", order, EnumSet.of(Status.VALID));
        var key = registry.orderKey(names);
        if (key == null) {
            throw new OrderFailure(Kind.STORE, "the key of the order is gone", null);
        }
        var chain = chain(order);
        IssuedCheck.check(chain, key.getPublic(), names, anchors, ca.now());
        return new Credentials(chain, key.getPrivate());
    }

    private @Nullable Order resumed(Login login) throws AcmeException {
        var url = state.order();
        if (url == null) {
            return null;
        }
        try {
            var order = login.bindOrder(URI.create(url).toURL());
            order.fetch();
            boolean going = switch (order.getStatus()) {
                case PENDING, READY -> true;
                case PROCESSING, VALID -> registry.orderKey(names) != null;
                default -> false;
            };
            LOG.info("order {} names={} order={}", going ? "resumed" : "is over", String.join(",", names), url);
            return going ? order : null;
        } catch (AcmeServerException | MalformedURLException | IllegalArgumentException gone) {
            LOG.info("order is gone names={} order={}", String.join(",", names), url);
            return null;
        }
    }

    private Order ordered(Login login) throws AcmeException, OrderFailure {
        boolean renewal = replaced != null
                && login.getSession().resourceUrlOptional(Resource.RENEWAL_INFO).isPresent();
        try {
            return order(login, renewal);
        } catch (AcmeServerException refused) {
            // RFC 9773 §5: the CA may not know the certificate, or may have replaced it already.
            if (!renewal || isRateLimit(refused)) {
                throw refused;
            }
            return order(login, false);
        }
    }

    private static boolean isRateLimit(AcmeServerException refused) {
        return refused.getType().toString().equals(ERROR + "rateLimited");
    }

    private Order order(Login login, boolean renewal) throws AcmeException, OrderFailure {
        var builder = login.newOrder().domains(names);
        if (renewal && replaced != null) {
            builder.replaces(replaced);
        }
        var profile = config.profile();
        if (profile != null) {
            var offered = login.getSession().getMetadata().getProfiles();
            if (!offered.contains(profile)) {
                throw new OrderFailure(
                        Kind.REFUSED,
                        "the CA has no profile '" + profile + "'",
                        offered.isEmpty() ? "remove profile from [acme]" : "it has: " + String.join(", ", offered));
            }
            builder.profile(profile);
        }
        return builder.create();
    }

    // ---- showing that the names are ours

    private void authorize(Order order) throws AcmeException, OrderFailure, InterruptedException {
        var undo = new ArrayList<Runnable>();
        try {
            var open = new ArrayList<Authorization>();
            for (var authorization : order.getAuthorizations()) {
                authorization.fetch();
                switch (authorization.getStatus()) {
                    case VALID -> {} // the CA remembers
                    case PENDING -> {
                        undo.add(present(authorization));
                        open.add(authorization);
                    }
                    default -> throw invalid(authorization);
                }
            }
            for (var authorization : open) {
                var challenge = challenge(authorization);
                if (challenge.getStatus() == Status.PENDING) {
                    challenge.trigger();
                }
            }
            for (var authorization : open) {
                await(authorization);
            }
            await("the order", order, EnumSet.of(Status.READY, Status.PROCESSING, Status.VALID));
        } finally {
            undo.forEach(Runnable::run);
        }
    }

    private Challenge challenge(Authorization authorization) throws OrderFailure {
        return authorization.getChallenges().stream()
                .filter(challenge -> challenge.getType().equals(kind.text()))
                .findFirst()
                .orElseThrow(() -> new OrderFailure(
                        Kind.REFUSED,
                        "the CA offers no " + kind.text() + " challenge for "
                                + authorization.getIdentifier().getDomain(),
                        "it offers: "
                                + authorization.getChallenges().stream()
                                        .map(Challenge::getType)
                                        .collect(Collectors.joining(", "))));
    }

    private Runnable present(Authorization authorization) throws OrderFailure, InterruptedException {
        var name = authorization.getIdentifier().getDomain();
        return switch (challenge(authorization)) {
            case TlsAlpn01Challenge handshake -> pending.expectHandshake(name, handshake.getAcmeValidation());
            case Http01Challenge file -> pending.expectRequest(file.getToken(), file.getAuthorization());
            case Dns01Challenge record -> {
                var hook = config.dnsHook();
                if (hook == null) {
                    throw new OrderFailure(Kind.CHALLENGE, "there is no dns_hook", "set dns_hook in [acme]");
                }
                yield new DnsHook(hook, HOOK).present("_acme-challenge." + name, record.getDigest());
            }
            default -> throw new OrderFailure(Kind.CHALLENGE, "unknown challenge " + kind.text(), null);
        };
    }

    // ---- the request for the certificate

    private void finish(Order order) throws AcmeException, OrderFailure {
        var key = registry.orderKey(names);
        if (key == null) {
            key = Keys.make(config.keyType());
            registry.saveOrderKey(names, key);
        }
        try {
            var request = new CSRBuilder();
            request.addDomains(names);
            request.sign(key);
            order.execute(request.getEncoded());
        } catch (IOException e) {
            throw new AcmeException("the request cannot be made", e);
        }
    }

    private static List<X509Certificate> chain(Order order) throws AcmeException, OrderFailure {
        try {
            var certificate = order.getCertificate();
            certificate.download();
            return certificate.getCertificateChain();
        } catch (AcmeProtocolException | IllegalStateException malformed) {
            throw new OrderFailure(
                    Kind.BAD_CERTIFICATE,
                    "the CA's certificate is rejected: it cannot be read (" + malformed.getMessage() + ")",
                    "the one before stays in use; ask the CA if it happens again",
                    null,
                    malformed);
        }
    }

    // ---- waiting for the CA

    private void await(String what, Order order, Set<Status> wanted)
            throws AcmeException, OrderFailure, InterruptedException {
        var look = FIRST_LOOK;
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.contains(order.getStatus())) {
            if (OVER.contains(order.getStatus())) {
                throw invalid(what, order.getError().orElse(null));
            }
            look = pause(what, look, deadline, order.getRetryAfter().orElse(null));
            order.fetch();
        }
    }

    private void await(Authorization authorization) throws AcmeException, OrderFailure, InterruptedException {
        var look = FIRST_LOOK;
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        authorization.fetch();
        while (authorization.getStatus() != Status.VALID) {
            if (authorization.getStatus() != Status.PENDING) {
                throw invalid(authorization);
            }
            look = pause(
                    what(authorization),
                    look,
                    deadline,
                    authorization.getRetryAfter().orElse(null));
            authorization.fetch();
        }
    }

    /// @return how long the next pause is
    private Duration pause(String what, Duration look, long deadline, @Nullable Instant retryAfter)
            throws OrderFailure, InterruptedException {
        if (System.nanoTime() > deadline) {
            throw new OrderFailure(Kind.UNAVAILABLE, "the CA does not decide about " + what, null);
        }
        var asked = retryAfter == null ? look : Duration.between(Instant.now(), retryAfter);
        Thread.sleep(asked.compareTo(look) > 0 && asked.compareTo(PATIENCE) < 0 ? asked : look);
        var longer = look.multipliedBy(2);
        return longer.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : longer;
    }

    private static String what(Authorization authorization) {
        return "the authorization of " + authorization.getIdentifier().getDomain();
    }

    private OrderFailure invalid(Authorization authorization) throws OrderFailure {
        return invalid(what(authorization), challenge(authorization).getError().orElse(null));
    }

    private OrderFailure invalid(String what, @Nullable Problem problem) {
        var detail = problem == null ? "no reason given" : problem.toString();
        return new OrderFailure(Kind.INVALID, what + " is invalid: " + detail, hint());
    }

    private String hint() {
        return switch (kind) {
            case TLS_ALPN_01 ->
                "the CA must reach port 443 of each name here, past no other TLS server; is there a CAA record?";
            case HTTP_01 -> "the CA must reach port 80 of each name here; is there a CAA record?";
            case DNS_01 -> "the CA must see the TXT record when the hook returns; is there a CAA record?";
        };
    }
}
