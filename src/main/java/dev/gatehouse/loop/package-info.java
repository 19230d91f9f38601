/// The threads: a loop is one Jetty `ManagedSelector`, its thread, its timers and its queue of things to do next.
///
/// A client connection and the upstream connections that serve it live on one loop for life. Used by `listen.tcp` and
/// `upstream`; knows neither HTTP nor configuration.
@NullMarked
package dev.gatehouse.loop;

import org.jspecify.annotations.NullMarked;
