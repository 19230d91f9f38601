/// The road itself: one short method that calls routing, headers, balancing and upstream in order.
///
/// Called by `listen` through `http.Handler`; the exchange ends in the generation in which it began.
@NullMarked
package dev.gatehouse.proxy;

import org.jspecify.annotations.NullMarked;
