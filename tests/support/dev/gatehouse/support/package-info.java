/// What integration tests are made of: an origin with every bad habit, clients that can misbehave byte by byte, a test
/// CA, and the proxy between them.
///
/// Used by `tests/integration` and `tests/bench`; knows the proxy only through its configuration and its ports.
@NullMarked
package dev.gatehouse.support;

import org.jspecify.annotations.NullMarked;
