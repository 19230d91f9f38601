package dev.gatehouse.acme;

import dev.gatehouse.acme.AcmePlan.Shop;
import dev.gatehouse.acme.RenewalPlan.Window;
import java.net.MalformedURLException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.toolbox.AcmeUtils;

/// What the CA says about when to renew a certificate (RFC 9773 §4).
///
/// @param window null where it says nothing that makes sense
/// @param askAgain when it wants to be asked again, from now; null where it does not say
/// @param oddity why what it says makes no sense; null where it does
record Advice(
        @Nullable Window window,
        @Nullable Duration askAgain,
        @Nullable String oddity) {
    /// Asks. Blocks.
    static Advice ask(Shop shop, X509Certificate leaf) throws AcmeException {
        var session = shop.ca().session();
        var base = session.resourceUrlOptional(Resource.RENEWAL_INFO).orElse(null);
        if (base == null) {
            return new Advice(null, null, null);
        }
        var url = base.toExternalForm();
        var whole = (url.endsWith("/") ? url : url + "/") + AcmeUtils.getRenewalUniqueIdentifier(leaf);
        try (var connection = session.connect()) {
            connection.sendRequest(URI.create(whole).toURL(), session, null);
            var again = connection instanceof CaConnection ours ? ours.retryAfter() : null;
            var window = connection.readJsonResponse().get("suggestedWindow").asObject();
            var start = window.get("start").asInstant();
            var end = window.get("end").asInstant();
            return start.isBefore(end)
                    ? new Advice(new Window(start, end), again, null)
                    : new Advice(null, again, "the window from " + start + " to " + end + " ends before it begins");
        } catch (MalformedURLException e) {
            throw new AcmeProtocolException("renewalInfo is no URL", e);
        }
    }
}
