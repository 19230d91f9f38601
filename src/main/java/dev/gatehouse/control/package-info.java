/// The control socket: a UNIX socket on which the commands of an administrator ask the running proxy.
///
/// What can be asked for are [Verb]s, which `app` brings; this package knows the socket, the lines on it and their
/// limits.
@NullMarked
package dev.gatehouse.control;

import org.jspecify.annotations.NullMarked;
