/// Measurements: load clients and benchmarks, each with the question it answers.
@NullMarked
package dev.gatehouse.bench;

import org.jspecify.annotations.NullMarked;
