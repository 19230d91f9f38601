package dev.gatehouse.upstream;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.EndPoint;

/// An upstream connection that left HTTP.
///
/// @param early bytes that came behind the 101
public record Switched(EndPoint endPoint, ByteBuffer early) {}
