package dev.gatehouse.app;

import dev.gatehouse.config.ControlConfig;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the control socket is if the configuration does not say it.
final class ControlPlace {
    private static final String NAME = "control.sock";
    private static final Path OF_THE_SYSTEM = Path.of("/run/gatehouse", NAME);

    private ControlPlace() {}

    /// Where the proxy listens; null for nowhere.
    static @Nullable Path of(ControlConfig config) {
        if (!config.on()) {
            return null;
        }
        var written = config.socket();
        return written != null ? written : usual().getFirst();
    }

    /// Where commands look, in this order: as the proxy would choose in their place, and where a service has it.
    static List<Path> usual() {
        return usual(System.getenv(), System.getProperty("user.name"));
    }

    static List<Path> usual(Map<String, String> environment, String user) {
        var places = new ArrayList<Path>();
        var service = environment.getOrDefault("RUNTIME_DIRECTORY", "");
        if (!service.isEmpty()) {
            places.add(Path.of(service.split(File.pathSeparator, 2)[0], NAME));
        }
        var session = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!session.isEmpty()) {
            places.add(Path.of(session, "gatehouse", NAME));
        }
        if (user.equals("root")) {
            places.add(OF_THE_SYSTEM);
        } else {
            places.add(Path.of("/tmp", "gatehouse-" + user, NAME));
            places.add(OF_THE_SYSTEM);
        }
        return List.copyOf(places);
    }
}
