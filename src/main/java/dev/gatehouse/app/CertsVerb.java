package dev.gatehouse.app;

import dev.gatehouse.acme.AcmeStatus;
import dev.gatehouse.config.AppConfig;
import dev.gatehouse.control.Verb;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The certificates of all apps with TLS: what they are, where they come from, and what is wrong with them.
final class CertsVerb implements Verb {
    private final Gatehouse proxy;

    CertsVerb(Gatehouse proxy) {
        this.proxy = proxy;
    }

    @Override
    public Map<String, Object> answer(Map<String, Object> request) {
        var generation = proxy.generation();
        var now = Instant.now();
        return Map.of(
                "certificates",
                generation.config().apps().stream()
                        .filter(app -> app.tls() != null)
                        .map(app -> facts(generation, app, now))
                        .toList());
    }

    private Map<String, @Nullable Object> facts(Generation generation, AppConfig app, Instant now) {
        var facts = new LinkedHashMap<String, @Nullable Object>();
        facts.put("app", app.name());
        facts.put("server_names", app.serverNames());
        var certificate = CertificateFacts.of(generation.sites().store().find(app.serverName()), now);
        if (certificate != null) {
            facts.putAll(certificate);
        }
        var automatic = proxy.automatic(app.name());
        if (automatic != null) {
            automatic(facts, automatic);
        } else {
            files(facts, generation, app);
        }
        return facts;
    }

    private static void automatic(Map<String, @Nullable Object> facts, AcmeStatus status) {
        facts.put("source", "acme");
        facts.put("directory", status.directory());
        facts.put("challenge", status.challenge());
        facts.put("ordering", status.ordering());
        facts.put("next_renewal", second(status.nextRenewal()));
        facts.put("failures", status.failures());
        facts.put("next_try", second(status.nextTry()));
        facts.put("last_error", status.lastError());
    }

    private static void files(Map<String, @Nullable Object> facts, Generation generation, AppConfig app) {
        var tls = app.tls();
        facts.put("source", "file");
        facts.put(
                "file",
                tls == null || tls.certPath() == null ? null : tls.certPath().toString());
        facts.put(
                "last_error",
                generation.sites().stale().stream()
                        .filter(stale -> stale.app().equals(app.name()))
                        .map(stale -> stale.problem().message())
                        .findFirst()
                        .orElse(null));
    }

    private static @Nullable String second(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
