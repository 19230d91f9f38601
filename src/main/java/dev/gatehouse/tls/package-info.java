/// What TLS needs: the ClientHello, the site it names, the engine for it, keys and certificates from PEM files.
///
/// Called by `listen`. BouncyCastle stays behind this package.
@NullMarked
package dev.gatehouse.tls;

import org.jspecify.annotations.NullMarked;
