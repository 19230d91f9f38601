package dev.gatehouse.config;

import org.jspecify.annotations.Nullable;

/// What a client may use.
///
/// @param maxClients connections at a time; 0 refuses everything; null is what the file descriptors allow
/// @param maxClientsPerIp connections at a time from one address; 0 is no limit
/// @param maxRequests under way at a time; 0 is as many as the heap has room for
/// @param maxRequestsPerIp under way at a time of one address; 0 is no limit
/// @param maxRequestsPerUpstream under way at a time at one upstream; 0 is no limit
/// @param maxConcurrentStreams HTTP/2 streams of a connection at a time
/// @param requestMaxBodyBytes size of a request body; `Long.MAX_VALUE` is no limit
/// @param requestLineBytes length of an HTTP/1 request line
/// @param requestHeaderBytes size of all header fields of a request
/// @param requestHeaderCount number of header fields of a request
public record LimitsConfig(
        @Nullable Integer maxClients,
        int maxClientsPerIp,
        int maxRequests,
        int maxRequestsPerIp,
        int maxRequestsPerUpstream,
        int maxConcurrentStreams,
        long requestMaxBodyBytes,
        int requestLineBytes,
        int requestHeaderBytes,
        int requestHeaderCount) {}
