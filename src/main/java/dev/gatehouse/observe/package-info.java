/// What an administrator can see afterwards: the access log and the system log.
///
/// Loops hand over records and never wait; writing is done by a thread of its own.
@NullMarked
package dev.gatehouse.observe;

import org.jspecify.annotations.NullMarked;
