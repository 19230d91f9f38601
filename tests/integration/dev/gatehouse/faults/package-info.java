/// What bad input and broken peers get: one test for each row of the table of faults, tagged with the row's name.
@NullMarked
package dev.gatehouse.faults;

import org.jspecify.annotations.NullMarked;
