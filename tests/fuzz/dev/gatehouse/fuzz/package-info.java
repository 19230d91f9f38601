/// Fuzz targets: bytes of strangers against the real proxy, with checks that hold for any input. Driven by
/// `tests/fuzz/run`, which uses Jazzer; nothing here needs it to compile.
@NullMarked
package dev.gatehouse.fuzz;

import org.jspecify.annotations.NullMarked;
