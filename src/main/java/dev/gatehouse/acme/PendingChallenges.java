package dev.gatehouse.acme;

import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.http.FixedResponse;
import dev.gatehouse.http.RequestHead;
import dev.gatehouse.tls.ChallengeCertificate;
import dev.gatehouse.tls.ChallengeSource;
import dev.gatehouse.tls.Site;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
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

    /// The response to a request for a token that is pending; null where it is another request.
    @Nullable
    FixedResponse response(RequestHead request) {
        if (files.isEmpty() || request.connection().secure()) {
            return null;
        }
        var path = request.uri().getPath();
        if (path == null || !path.startsWith(HTTP_PREFIX) || !isRead(request.method())) {
            return null;
        }
        var authorization = files.get(path.substring(HTTP_PREFIX.length()));
        if (authorization == null) {
            return null;
        }
        LOG.info(
                "challenge answered type=http-01 client={}",
                IpLiteral.text(request.connection().remote().getAddress()));
        byte[] text = authorization.getBytes(StandardCharsets.US_ASCII);
        var fields = HttpFields.build()
                .add(HttpHeader.CONTENT_TYPE, "application/octet-stream")
                .add(HttpHeader.CONTENT_LENGTH, Integer.toString(text.length));
        boolean head = request.method().equals("HEAD");
        return new FixedResponse(200, fields, ByteBuffer.wrap(head ? new byte[0] : text));
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }
}
