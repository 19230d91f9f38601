package dev.gatehouse.tls;

import java.security.PrivateKey;

/// A key under the name by which BouncyCastle knows its kind: `Ed25519`, which the JDK calls `EdDSA`.
///
/// Signatures are made with the key within; this one never leaves the process, nor is it ever written.
record NamedKey(String name, PrivateKey key) implements PrivateKey {
    @Override
    public String getAlgorithm() {
        return name;
    }

    @Override
    public String getFormat() {
        return key.getFormat();
    }

    @Override
    public byte[] getEncoded() {
        return key.getEncoded();
    }

    @Override
    public String toString() {
        return name + " key";
    }
}
