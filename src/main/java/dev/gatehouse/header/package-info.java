/// The header fields of both legs: hop-by-hop removal, forwarding fields, trusted proxies, Host options, `Via`.
///
/// Called by `proxy`: once per request for its id, its upgrade and whether it is a loop; once per attempt for the
/// fields that the upstream gets; once per response for those that the client gets.
@NullMarked
package dev.gatehouse.header;

import org.jspecify.annotations.NullMarked;
