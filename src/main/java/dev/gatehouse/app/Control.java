package dev.gatehouse.app;

import dev.gatehouse.app.ReloadOutcome.Kind;
import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.ControlConfig;
import dev.gatehouse.config.ProblemReport;
import dev.gatehouse.control.ControlServer;
import dev.gatehouse.control.Refused;
import dev.gatehouse.control.Verb;
import dev.gatehouse.observe.Facts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control socket of a running proxy, with all verbs. A proxy without one serves all the same.
final class Control implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Control.class);

    private final Map<String, Verb> verbs = new TreeMap<>();
    private @Nullable ControlServer server;

    Control(Gatehouse proxy, Reloader reloader, Shutdown shutdown, Successor successor) {
        verbs.put("status", new StatusVerb(proxy, reloader));
        verbs.put("certs", new CertsVerb(proxy));
        verbs.put("reload", _ -> reload(proxy, reloader));
        verbs.put("stop", new StopVerb(shutdown));
        verbs.put("upgrade", _ -> upgrade(successor));
        verbs.put("explain", request -> {
            var generation = proxy.generation();
            return Explanation.of(
                            generation.config(),
                            generation.road().router(),
                            generation.sites().store())
                    .of(request);
        });
    }

    private static Map<String, Object> reload(Gatehouse proxy, Reloader reloader) throws Refused {
        var outcome = reloader.ask().join();
        var answer = new LinkedHashMap<String, Object>();
        answer.put("generation", outcome.generation());
        answer.put("problems", ProblemJson.list(outcome.problems()));
        if (!outcome.problems().isEmpty()) {
            var source = ConfigReader.read(proxy.generation().config().file()).source();
            answer.put("report", ProblemReport.render(source, outcome.problems()));
        }
        if (outcome.kind() == Kind.REJECTED) {
            throw new Refused(
                    "nothing was changed, the running configuration stays: generation " + outcome.generation(), answer);
        }
        answer.put("changed", outcome.kind() == Kind.RELOADED);
        return answer;
    }

    private static Map<String, Object> upgrade(Successor successor) throws Refused {
        try {
            return Map.of("pid", successor.takeOver("gatehouse upgrade"));
        } catch (Successor.Failed failed) {
            throw new Refused(String.valueOf(failed.getMessage()), Map.of());
        }
    }

    /// Listens where the configuration says from now on. One thread at a time.
    ///
    /// @param takeOver whether another process that listens there gives the place away
    void place(ControlConfig config, boolean takeOver) {
        var wanted = ControlPlace.of(config);
        var before = server;
        if (Objects.equals(wanted, before == null ? null : before.path())) {
            return;
        }
        close();
        if (wanted != null) {
            server = start(wanted, takeOver);
        }
    }

    private @Nullable ControlServer start(Path path, boolean takeOver) {
        try {
            var started = takeOver ? ControlServer.takeOver(path, verbs) : ControlServer.start(path, verbs);
            LOG.info("control socket={}", Facts.quoted(path));
            return started;
        } catch (IOException failed) {
            LOG.warn(
                    "no control socket socket={} cause={} hint={}",
                    Facts.quoted(path),
                    Facts.quoted(String.valueOf(failed.getMessage())),
                    Facts.quoted("name another one in control_socket"));
            return null;
        }
    }

    @Override
    public void close() {
        var before = server;
        server = null;
        if (before != null) {
            try {
                before.close();
            } catch (IOException failed) {
                LOG.warn("closing the control socket failed cause={}", Facts.cause(failed));
            }
        }
    }
}
