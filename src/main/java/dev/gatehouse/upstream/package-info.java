/// Connections to backends: pools per loop, sending, streaming both ways, time limits, upgrade tunnels.
///
/// Called by `proxy` on the loop that read the request; everything stays on that loop.
@NullMarked
package dev.gatehouse.upstream;

import org.jspecify.annotations.NullMarked;
