/// The header fields of both legs: hop-by-hop removal, forwarding fields, Host options, `Via`.
///
/// Called once per attempt (request side) and once per answer (response side) by `proxy`.
@NullMarked
package dev.gatehouse.header;

import org.jspecify.annotations.NullMarked;
