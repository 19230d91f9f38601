package dev.gatehouse.app;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.handover.Descriptors;
import dev.gatehouse.loop.OpenFiles;
import dev.gatehouse.observe.Facts;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file descriptors of this process.
final class ProcessFiles implements OpenFiles.Source {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessFiles.class);
    /// Fewer clients than this are fewer than an honest crowd has.
    private static final int FEW_CLIENTS = 4_096;

    @Override
    public long limit() throws IOException {
        return Descriptors.limit();
    }

    @Override
    public int used() throws IOException {
        return Descriptors.count();
    }

    /// Tells who runs the proxy when there is no room for a crowd, unless that is what the configuration says.
    static void warnOfFew(OpenFiles files, LimitsConfig limits) {
        int most = files.mostClients();
        var wanted = limits.maxClients();
        if (most < FEW_CLIENTS && (wanted == null || wanted > most)) {
            LOG.warn(
                    "few clients at a time reason=fd.limit most={} hint={}",
                    most,
                    Facts.quoted("a client takes two open files; raise LimitNOFILE (systemd), or ulimit -Hn"));
        }
    }
}
