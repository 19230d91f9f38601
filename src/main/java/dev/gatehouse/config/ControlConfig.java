package dev.gatehouse.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The control socket.
///
/// @param on whether there is one
/// @param socket where; null for the usual place, which depends on who runs the proxy
public record ControlConfig(boolean on, @Nullable Path socket) {}
