package dev.gatehouse.config;

import java.time.Duration;

/// `[proxy_protocol]`.
///
/// @param trustedProxies peers that may send a header, not empty
/// @param timeout for the whole header
public record ProxyProtocolConfig(CidrSet trustedProxies, Duration timeout) {}
