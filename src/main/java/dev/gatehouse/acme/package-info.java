/// Automatic certificates (RFC 8555): which are wanted, when they are renewed, how the CA is convinced, where they are
/// kept.
///
/// `app` gives it each configuration and is called when a certificate came. Everything that waits runs on virtual
/// threads; nothing that serves waits for the CA.
@NullMarked
package dev.gatehouse.acme;

import org.jspecify.annotations.NullMarked;
