/// The memory that is held for clients and upstreams: one budget of bytes per process, and the pool of buffers that
/// charges it.
///
/// Everything that reads or writes sockets takes its buffers here. What to do when memory is short is decided by those
/// who hold it.
@NullMarked
package dev.gatehouse.memory;

import org.jspecify.annotations.NullMarked;
