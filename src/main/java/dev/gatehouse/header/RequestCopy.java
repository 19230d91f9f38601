package dev.gatehouse.header;

import dev.gatehouse.config.FieldNames;
import dev.gatehouse.config.ForwardingFields;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// Copies the end-to-end fields of a client's request but Host and those that we write, in their order and as the
/// objects that they are. Notes what it saw of the others. One pass, on the hot path.
final class RequestCopy {
    private @Nullable HttpField cookie;
    private @Nullable StringBuilder cookies;
    private boolean trailers;
    private boolean forwarded;
    private boolean claims;

    /// @param identity whether fields that tell who the client is are copied: from those who may say so
    /// @param trusted whether the peer's forwarding fields are copied
    /// @param kept which of them are copied whoever the peer is
    RequestCopy(HttpFields from, HttpFields.Mutable to, boolean identity, boolean trusted, FieldNames kept) {
        Set<String> listed = null;
        int size = from.size();
        for (int i = 0; i < size; i++) {
            var field = from.getField(i);
            var header = field.getHeader();
            if (header == null) {
                var name = field.getName();
                if (!OwnFields.contain(name)
                        && (identity || !OwnFields.identify(name))
                        && (trusted || !ForwardingFields.STRANGERS.contain(name) || kept.contain(name))) {
                    to.add(field);
                }
                continue;
            }
            switch (header) {
                case CONNECTION -> listed = HopByHop.listed(field, listed);
                case TE -> trailers |= Tokens.contains(field.getValue(), "trailers");
                case COOKIE -> keepCookie(field);
                case FORWARDED -> {
                    forwarded = true;
                    claims = true;
                }
                case X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_PORT, X_FORWARDED_HOST -> claims = true;
                case X_FORWARDED_SERVER -> {
                    if (trusted || kept.contain(field.getName())) {
                        to.add(field);
                    }
                }
                case HOST -> {}
                default -> {
                    if (!HopByHop.is(header)) {
                        to.add(field);
                    }
                }
            }
        }
        if (cookie != null) {
            to.add(cookies == null ? cookie : new HttpField(HttpHeader.COOKIE, cookies.toString()));
        }
        if (listed != null) {
            HopByHop.remove(to, listed);
        }
    }

    /// Whether some TE line lists `trailers`.
    boolean trailers() {
        return trailers;
    }

    /// Whether there was a Forwarded field.
    boolean forwarded() {
        return forwarded;
    }

    /// Whether there was any field that [ForwardingClaims] reads.
    boolean claims() {
        return claims;
    }

    /// Several lines become one, because HTTP/1.1 allows no second (RFC 9113 §8.2.3).
    private void keepCookie(HttpField field) {
        if (cookie == null) {
            cookie = field;
            return;
        }
        if (cookies == null) {
            cookies = new StringBuilder(cookie.getValue());
        }
        if (!cookies.isEmpty() && !field.getValue().isEmpty()) {
            cookies.append("; ");
        }
        cookies.append(field.getValue());
    }
}
