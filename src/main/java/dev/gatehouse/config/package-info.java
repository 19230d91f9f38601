/// The one TOML file as values that cannot be wrong.
///
/// One model of keys ([dev.gatehouse.config.Keys]) gives the reader, its messages, the schema and the manual.
/// Files that the configuration names are not opened here; `app` checks them.
@NullMarked
package dev.gatehouse.config;

import org.jspecify.annotations.NullMarked;
