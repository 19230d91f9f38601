/// Wires everything together: command line, start, reload, shutdown. Nobody imports it.
@NullMarked
package dev.gatehouse.app;

import org.jspecify.annotations.NullMarked;
