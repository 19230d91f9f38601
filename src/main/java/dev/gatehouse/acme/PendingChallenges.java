package dev.gatehouse.acme;

import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.tls.ChallengeCertificate;
import dev.gatehouse.tls.ChallengeSource;
import dev.gatehouse.tls.Site;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What listeners answer to a CA that looks who serves a name, while it is expected to look. Any thread.
final class PendingChallenges implements ChallengeSource {
    private static final Logger LOG = LoggerFactory.getLogger(PendingChallenges.class);

    /// RFC 8555 §8.3.
    private static final String HTTP_PREFIX = "/.well-known/acme-challenge/";

    private final ConcurrentHashMap<String, Site> handshakes = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, String> files = new ConcurrentHashMap<>();

    /// From now on a handshake is answered.
    ///
    /// @param validation SHA-256 of the key authorization
    /// @return ends it
    Runnable expectHandshake(String name, byte[] validation) {
        var site = ChallengeCertificate.site(name, validation);
        handshakes.put(name, site);
        return () -> handshakes.remove(name, site);
    }

    /// From now on a request over plaintext is answered.
    ///
    /// @return ends it
    Runnable expectRequest(String token, String authorization) {
        files.put(token, authorization);
        return () -> files.remove(token);
    }

    @Override
    public @Nullable Site challenge(@Nullable String serverName) {
        return serverName == null ? null : handshakes.get(serverName);
    }

    /// Answers a request for a token that is pending. Others are no business of ours.
    ///
    /// @return whether it was answered
    boolean answers(Exchange exchange) {
        if (files.isEmpty() || exchange.connection().secure()) {
            return false;
        }
        var path = exchange.uri().getPath();
        if (path == null || !path.startsWith(HTTP_PREFIX) || !isRead(exchange.method())) {
            return false;
        }
        var authorization = files.get(path.substring(HTTP_PREFIX.length()));
        if (authorization == null) {
            return false;
        }
        LOG.info(
                "challenge answered type=http-01 client={}",
                IpLiteral.text(exchange.connection().remote().getAddress()));
        byte[] text = authorization.getBytes(StandardCharsets.US_ASCII);
        var fields = HttpFields.build()
                .add(HttpHeader.CONTENT_TYPE, "application/octet-stream")
                .add(HttpHeader.CONTENT_LENGTH, Integer.toString(text.length));
        boolean head = exchange.method().equals("HEAD");
        exchange.respond(200, fields, ByteBuffer.wrap(head ? new byte[0] : text), true, Callback.NOOP);
        return true;
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }
}
