/// Passes open sockets from one process to another.
///
/// Called by `app`, which decides when, and by `listen.tcp`, which makes Java's channels of what came. Linux only: the
/// system calls are made through the Foreign Function API.
@NullMarked
package dev.gatehouse.handover;

import org.jspecify.annotations.NullMarked;
