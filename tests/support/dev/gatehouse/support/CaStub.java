package dev.gatehouse.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/// An ACME server that finds every name authorized, and does wrong what the test wants. It believes all signatures.
///
/// Steps are `directory`, `nonce`, `account`, `order`, `authz`, `finalize`, `poll`, `cert` and `ari`.
public final class CaStub implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    /// What is answered.
    ///
    /// @param fields further header fields, each with its line end
    public record Reply(int status, String type, String fields, String body) {
        /// A problem document.
        public static Reply problem(int status, String type, String detail, String fields) {
            return new Reply(
                    status,
                    "application/problem+json",
                    fields,
                    "{\"type\": \"urn:ietf:params:acme:error:" + type + "\", \"detail\": \"" + detail + "\"}");
        }

        private static Reply json(int status, String fields, String body) {
            return new Reply(status, "application/json", fields, body);
        }
    }

    /// Closes the connection without an answer.
    public static final Reply RESET = new Reply(0, "", "", "reset");

    /// Sends half an answer and nothing more.
    public static final Reply STALL = new Reply(0, "", "", "stall");

    /// Makes the chain that a finished order gives.
    public interface Issuer {
        List<X509Certificate> issue(PublicKey key, List<String> names);
    }

    private record Made(List<String> names, @Nullable List<X509Certificate> chain) {}

    private final ServerSocket listener;
    private final Clock clock;
    private final TestPki pki = TestPki.create();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger nonces = new AtomicInteger();
    private final Map<String, Reply> wrong = new ConcurrentHashMap<>();
    private final Map<Integer, Made> orders = new ConcurrentHashMap<>();
    private final List<String> ordered = new CopyOnWriteArrayList<>();
    private final AtomicInteger accounts = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile Issuer issuer;
    private volatile Duration skew = Duration.ZERO;
    private volatile int refusedNonces;
    private volatile @Nullable String refusedName;

    private CaStub(Clock clock) throws IOException {
        this.clock = clock;
        this.issuer = lasting(Duration.ofDays(90));
        listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("ca-stub").start(this::accept);
    }

    /// One that does everything right.
    public static CaStub start(Clock clock) {
        try {
            return new CaStub(clock);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Its directory.
    public URI directory() {
        return URI.create(base() + "/directory");
    }

    private String base() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /// Who signs.
    public TestPki pki() {
        return pki;
    }

    /// Answers that step so from now on.
    public void wrong(String step, Reply reply) {
        wrong.put(step, reply);
    }

    /// Answers that step rightly again.
    public void right(String step) {
        wrong.remove(step);
    }

    /// Makes certificates so from now on.
    public void issuer(Issuer how) {
        issuer = how;
    }

    /// Certificates that begin now, by this CA's clock.
    public Issuer lasting(Duration lifetime) {
        return (key, names) -> List.of(pki.sign(key, now(), lifetime, names), pki.ca());
    }

    /// Its clock is so far ahead of the test's.
    public void skew(Duration ahead) {
        skew = ahead;
    }

    /// Refuses so many of ten nonces.
    public void refuseNonces(int ofTen) {
        refusedNonces = ofTen;
    }

    /// Does not believe that this name is ours, and puts orders with the other names through.
    public void refuseName(String name) {
        refusedName = name;
    }

    /// The requests for orders, as JSON.
    public List<String> ordered() {
        return List.copyOf(ordered);
    }

    /// How many accounts were asked for.
    public int accounts() {
        return accounts.get();
    }

    /// The most orders that were under way at one time.
    public int mostOpen() {
        return mostOpen.get();
    }

    private Instant now() {
        return clock.instant().plus(skew);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            var head = head(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            var length = LENGTH.matcher(head);
            int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
            var body = new String(client.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
            var line = head.split(" ", 3);
            var reply = reply(line[0], line[1].substring(1).split("/", -1), payload(body));
            if (reply.equals(RESET)) {
                client.setSoLinger(true, 0);
                return;
            }
            var out = client.getOutputStream();
            if (reply.equals(STALL)) {
                out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                client.getInputStream().read(); // until the other side gives up
                return;
            }
            byte[] content = reply.body().getBytes(StandardCharsets.UTF_8);
            out.write(("HTTP/1.1 " + reply.status() + " X\r\nConnection: close\r\nReplay-Nonce: n" + nonces.get()
                            + "\r\nDate: "
                            + DateTimeFormatter.RFC_1123_DATE_TIME.format(now().atZone(ZoneOffset.UTC))
                            + "\r\n" + reply.fields() + "Content-Type: " + reply.type() + "\r\nContent-Length: "
                            + content.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            if (!line[0].equals("HEAD")) {
                out.write(content);
            }
        } catch (IOException gone) {
            // the client left
        }
    }

    private Reply reply(String method, String[] path, String payload) {
        var step = path[0];
        if (method.equals("POST") && nonces.incrementAndGet() % 10 < refusedNonces) {
            return Reply.problem(400, "badNonce", "no", "");
        }
        var asked = wrong.get(step);
        if (asked != null) {
            return asked;
        }
        int number = path.length > 1 && path[1].matches("\\d+") ? Integer.parseInt(path[1]) : 0;
        return switch (step) {
            case "directory" -> Reply.json(200, "", """
                {"newNonce": "%1$s/nonce", "newAccount": "%1$s/account", "newOrder": "%1$s/order",
                 "revokeCert": "%1$s/revoke", "keyChange": "%1$s/key", "renewalInfo": "%1$s/ari",
                 "meta": {"profiles": {"shortlived": "x", "classic": "y"}}}
                """.formatted(base()));
            case "nonce" -> Reply.json(200, "", "");
            case "account" -> {
                accounts.incrementAndGet();
                yield Reply.json(201, "Location: " + base() + "/account/1\r\n", "{\"status\": \"valid\"}");
            }
            case "order" -> newOrder(payload);
            case "authz" -> Reply.json(200, "", authorization(number));
            case "finalize" -> finish(number, payload);
            case "poll" -> Reply.json(200, "", order(number));
            case "cert" -> certificate(number);
            case "ari" -> Reply.problem(404, "malformed", "no advice", "");
            default -> Reply.problem(404, "malformed", "no such thing", "");
        };
    }

    private Reply newOrder(String payload) {
        ordered.add(payload);
        int number = numbers.incrementAndGet();
        var names = matches("\"value\":\"([^\"]+)\"", payload);
        orders.put(number, new Made(names, null));
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        return Reply.json(201, "Location: " + base() + "/poll/" + number + "\r\n", order(number));
    }

    private String order(int number) {
        var made = orders.get(number);
        if (made == null) {
            throw new IllegalStateException("no order " + number);
        }
        boolean refused = made.names().contains(String.valueOf(refusedName));
        var identifiers = made.names().stream()
                .map(name -> "{\"type\": \"dns\", \"value\": \"" + name + "\"}")
                .collect(Collectors.joining(", "));
        return """
            {"status": "%s", "identifiers": [%s], "authorizations": ["%s/authz/%d"], "finalize": "%s/finalize/%d",
             "certificate": "%s/cert/%d"}
            """.formatted(
                        made.chain() != null ? "valid" : refused ? "pending" : "ready",
                        identifiers,
                        base(),
                        number,
                        base(),
                        number,
                        base(),
                        number);
    }

    private String authorization(int number) {
        var made = orders.get(number);
        return """
            {"status": "%s", "identifier": {"type": "dns", "value": "%s"}, "challenges": [
              {"type": "tls-alpn-01", "url": "%s/challenge/%d", "status": "invalid", "token": "abcdefghijklmnopqrstuvw",
               "error": {"type": "urn:ietf:params:acme:error:caa", "detail": "CAA record forbids issuance"}}]}
            """.formatted("invalid", made == null ? "" : made.names().getFirst(), base(), number);
    }

    private Reply finish(int number, String payload) {
        try {
            var der = Base64.getUrlDecoder()
                    .decode(matches("\"csr\":\"([^\"]+)\"", payload).getFirst());
            var key = new JcaPKCS10CertificationRequest(new PKCS10CertificationRequest(der)).getPublicKey();
            orders.computeIfPresent(number, (_, made) -> new Made(made.names(), issuer.issue(key, made.names())));
            open.decrementAndGet();
            return Reply.json(200, "", order(number));
        } catch (IOException | GeneralSecurityException bad) {
            throw new IllegalStateException(bad);
        }
    }

    private Reply certificate(int number) {
        var made = orders.get(number);
        var chain = made == null ? null : made.chain();
        var pem = chain == null ? "" : chain.stream().map(TestPki::pem).collect(Collectors.joining());
        return new Reply(200, "application/pem-certificate-chain", "", pem);
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String payload(String body) {
        Matcher payload = Pattern.compile("\"payload\":\"([^\"]*)\"").matcher(body);
        return payload.find()
                ? new String(Base64.getUrlDecoder().decode(payload.group(1)), StandardCharsets.UTF_8)
                : "";
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.write(next);
            if (next == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
