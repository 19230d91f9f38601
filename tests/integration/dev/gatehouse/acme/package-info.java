/// Automatic certificates, from the configuration to the handshake.
@NullMarked
package dev.gatehouse.acme;

import org.jspecify.annotations.NullMarked;
