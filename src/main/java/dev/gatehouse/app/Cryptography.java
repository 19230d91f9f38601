package dev.gatehouse.app;

import dev.gatehouse.config.TlsConfig;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.tls.TlsEngines;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Chooses whose cryptography TLS uses, and tells what came of it.
final class Cryptography {
    private static final Logger LOG = LoggerFactory.getLogger(Gatehouse.class);

    private Cryptography() {}

    static TlsEngines engines(TlsConfig config) {
        var wanted = config.primitives();
        var made = TlsEngines.create(wanted);
        var name = wanted.name().toLowerCase(Locale.ROOT);
        var why = made.whyNotNative();
        if (why == null) {
            LOG.info("tls primitives wanted={} {}", name, made.primitives());
        } else {
            LOG.atLevel(wanted == TlsConfig.Primitives.NATIVE ? Level.WARN : Level.INFO)
                    .log("tls primitives wanted={} {} cause={}", name, made.primitives(), Facts.quoted(why));
        }
        return made;
    }
}
