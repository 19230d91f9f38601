/// Decides which upstream gets a request.
///
/// Called once per attempt by `proxy`. Health is only read here; `health` finds it out.
@NullMarked
package dev.gatehouse.balance;

import org.jspecify.annotations.NullMarked;
