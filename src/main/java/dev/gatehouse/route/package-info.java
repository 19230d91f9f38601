/// Decides which app and which route a request belongs to: host, path, redirect to https, SNI against authority.
///
/// Called once per request by `proxy`. Of upstreams it knows only the request target that they get.
@NullMarked
package dev.gatehouse.route;

import org.jspecify.annotations.NullMarked;
