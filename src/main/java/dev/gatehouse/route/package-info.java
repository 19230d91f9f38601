/// Decides which app and which route a request belongs to: host, path, redirect to https, SNI against authority.
///
/// Called once per request by `proxy`. Knows nothing of upstreams.
@NullMarked
package dev.gatehouse.route;

import org.jspecify.annotations.NullMarked;
