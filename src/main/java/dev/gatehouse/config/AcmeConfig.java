package dev.gatehouse.config;

import java.net.URI;
import java.nio.file.Path;

/// `[acme]`.
///
/// @param email one contact
/// @param directory the CA's directory
/// @param registryPath where account and certificates are kept, absolute
public record AcmeConfig(String email, URI directory, Path registryPath) {}
