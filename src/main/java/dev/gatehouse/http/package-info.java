/// The words that every station of the road speaks: `Exchange`, `RequestHead`, `Handler`, `Failure`.
///
/// `listen` makes exchanges, `proxy` handles them. Nothing here decides anything.
@NullMarked
package dev.gatehouse.http;

import org.jspecify.annotations.NullMarked;
