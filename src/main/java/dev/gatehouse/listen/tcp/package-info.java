/// The TCP side: sockets, client limits, TLS on Jetty, and Jetty's requests turned into exchanges.
///
/// The only package that knows the Jetty server.
@NullMarked
package dev.gatehouse.listen.tcp;

import org.jspecify.annotations.NullMarked;
