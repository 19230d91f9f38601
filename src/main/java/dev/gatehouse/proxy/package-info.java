/// The road of a request: decisions in a straight line, then attempts at upstreams, and the answer.
///
/// `listen` hands it exchanges; it decides by `route`, makes fields by `header`, chooses by `balance`, sends by
/// `upstream`, and tells `observe`. Everything happens on the loop of the client's connection.
@NullMarked
package dev.gatehouse.proxy;

import org.jspecify.annotations.NullMarked;
