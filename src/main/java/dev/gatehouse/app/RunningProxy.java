package dev.gatehouse.app;

import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.control.ControlClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The proxy that a command means.
///
/// @param socket null where the configuration says it, or the usual places are tried
/// @param config may be broken or missing
record RunningProxy(@Nullable Path socket, Path config) {
    /// Asks it.
    ///
    /// @return null where there is none, which was said
    @Nullable
    Map<String, Object> ask(PrintWriter err, Map<String, Object> request) {
        var places = places();
        for (var place : places) {
            if (Files.exists(place)) {
                try (var client = ControlClient.connect(place)) {
                    return client.ask(request);
                } catch (IOException failed) {
                    err.println("gatehouse: no proxy answers on " + place + ": " + failed.getMessage());
                    return null;
                }
            }
        }
        err.println(
                places.isEmpty()
                        ? "gatehouse: control_socket is \"off\" in " + config
                        : "gatehouse: no proxy is running: there is no socket " + places.getFirst());
        err.println("hint: --config FILE or --socket SOCKET, as the proxy has them");
        return null;
    }

    private List<Path> places() {
        if (socket != null) {
            return List.of(socket);
        }
        var written = ConfigReader.controlSocket(config);
        if (written == null) {
            return ControlPlace.usual();
        }
        var place = ControlPlace.of(written);
        return place == null ? List.of() : List.of(place);
    }
}
