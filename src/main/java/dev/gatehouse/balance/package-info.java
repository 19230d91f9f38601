/// Decides which upstream gets a request.
///
/// Called once per attempt by `proxy`, on a loop; what it remembers belongs to that loop.
@NullMarked
package dev.gatehouse.balance;

import org.jspecify.annotations.NullMarked;
