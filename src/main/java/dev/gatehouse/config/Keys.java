package dev.gatehouse.config;

import dev.gatehouse.config.KeyType.Choice;
import dev.gatehouse.config.KeyType.Entries;
import dev.gatehouse.config.KeyType.Flag;
import dev.gatehouse.config.KeyType.FlagOrSub;
import dev.gatehouse.config.KeyType.Many;
import dev.gatehouse.config.KeyType.Named;
import dev.gatehouse.config.KeyType.OnOff;
import dev.gatehouse.config.KeyType.Size;
import dev.gatehouse.config.KeyType.Span;
import dev.gatehouse.config.KeyType.Sub;
import dev.gatehouse.config.KeyType.Text;
import dev.gatehouse.config.KeyType.Whole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The one model of keys. The reader with its messages, the JSON Schema and the manual are made from it.
public final class Keys {
    private static final long GIB = 1L << 30;

    private static final Whole PORT = new Whole(1, 65_535);
    private static final Whole COUNT = Whole.atLeast(0);
    private static final Whole POSITIVE = Whole.atLeast(1);
    private static final Whole BYTES = new Whole(0, Long.MAX_VALUE);
    private static final Many ONE_OR_MANY = new Many(new Text(), true, 1);
    private static final Size BODY = new Size(0, Sizes.UNLIMITED, true);

    private static final Span SHORT = new Span(Duration.ofHours(1), false);
    private static final Span LONG = new Span(Duration.ofDays(7), true);

    private static final Choice CHALLENGE = Choice.of("tls-alpn-01", "http-01", "dns-01");

    private static final Key CLIENT_STALL = span(
                    "client_stall",
                    LONG,
                    TimeoutsConfig.DEFAULTS.clientStall(),
                    "How long a client that is waited for may lag behind `client_min_rate`: silence while the body of"
                        + " its request is awaited (then 408), or while it is to take a piece of a response (then the"
                        + " connection is closed, or the stream reset). An HTTP/2 connection is measured as a whole;"
                        + " one of its streams may lag five times as long behind its share. A quarter of it holds"
                        + " while memory is short.")
            .risk("Without it, clients that stop hold what was begun for them for ever.");
    private static final Key CLIENT_MIN_RATE = Key.of(
                    "client_min_rate",
                    new Whole(0, 1 << 20),
                    "What a client that is waited for must send of a request, or take of a response, on average;"
                            + " `client_stall` says for how long it may be slower. Time in which it waits for us does"
                            + " not count. `0` is none: then any byte will do.")
            .unit("bytes a second")
            .fallback(TimeoutsConfig.DEFAULTS.clientMinRate())
            .risk("Too much cuts off phones with bad reception; none lets a byte a minute hold a request for ever.")
            .ours();
    private static final Key STREAM_IDLE = Key.of(
                    "stream_idle",
                    LONG,
                    "Silence allowed in both directions while a response has begun and its request has not ended, and"
                            + " in gRPC and event streams (`text/event-stream`) throughout; then the stream is cut off"
                            + " (gRPC: `UNAVAILABLE`, or `DEADLINE_EXCEEDED` where only the server was to speak).")
            .without("`\"" + Durations.text(TimeoutsConfig.STREAM_IDLE)
                    + "\"`; `\"off\"` for gRPC (over `force_http2_upstream`) and event streams")
            .ours();
    private static final Key UPSTREAM_CONNECT = span(
            "upstream_connect",
            SHORT,
            TimeoutsConfig.DEFAULTS.upstreamConnect(),
            "For the TCP connect with one upstream and, counted anew, its TLS handshake.");
    private static final Key UPSTREAM_RESPONSE_HEADER = span(
                    "upstream_response_header",
                    LONG,
                    TimeoutsConfig.DEFAULTS.upstreamResponseHeader(),
                    "From the end of the request to the end of the answer's header section; then the client gets 504.")
            .risk("Without it, a hung upstream holds its requests for ever.");
    private static final Key UPSTREAM_IDLE = span(
            "upstream_idle",
            LONG,
            TimeoutsConfig.DEFAULTS.upstreamIdle(),
            "Silence allowed between two pieces of a response's body; then the response is cut off. For gRPC and event"
                    + " streams `stream_idle` stands in its place. An upstream that does not read a request's body has"
                    + " `upstream_response_header` and this together; then the client gets 504.");
    private static final Key UPSTREAM_MAX_AGE = span(
            "upstream_max_age",
            LONG,
            TimeoutsConfig.DEFAULTS.upstreamMaxAge(),
            "A connection with an upstream that is older takes no more requests, so that what changed without a sign (a"
                    + " balancer behind the name, a certificate) is noticed. Connections also end when their address"
                    + " leaves the DNS response, which is asked for every 30 seconds while it is used.");
    private static final Key TUNNEL_IDLE = span(
            "tunnel_idle",
            LONG,
            TimeoutsConfig.DEFAULTS.tunnelIdle(),
            "Silence allowed in both directions of an upgraded connection (WebSocket and others; see `upgrades`). No"
                    + " other limit holds in it.");

    private static final KeyTable TIMEOUTS = KeyTable.of(
            "timeouts",
            "[timeouts]",
            "How long each wait may last.",
            span(
                    "client_header",
                    SHORT,
                    TimeoutsConfig.DEFAULTS.clientHeader(),
                    "From the accept (TLS: the handshake), or the first byte of a request, to the end of its header"
                            + " section; then 408. A head must keep to `client_min_rate` besides. A quarter holds while"
                            + " memory is short."),
            span(
                            "client_idle",
                            LONG,
                            TimeoutsConfig.DEFAULTS.clientIdle(),
                            "Silence allowed between two requests of a connection.")
                    .risk("Without it, silent clients keep their connections for ever and `max_clients` runs out."),
            CLIENT_STALL,
            CLIENT_MIN_RATE,
            STREAM_IDLE,
            span(
                    "tls_handshake",
                    SHORT,
                    TimeoutsConfig.DEFAULTS.tlsHandshake(),
                    "From the accept to the end of the TLS handshake."),
            UPSTREAM_CONNECT,
            UPSTREAM_RESPONSE_HEADER,
            UPSTREAM_IDLE,
            UPSTREAM_MAX_AGE,
            TUNNEL_IDLE,
            span(
                            "drain",
                            SHORT,
                            TimeoutsConfig.DEFAULTS.drain(),
                            "How long connections may take to end their requests when the proxy stops, or when a reload"
                                    + " takes their app away; then they are closed.")
                    .risk("Long uploads and downloads that take more are cut."),
            span(
                    "tunnel_drain",
                    SHORT,
                    TimeoutsConfig.DEFAULTS.tunnelDrain(),
                    "The same for upgraded connections (WebSocket), which do not end by themselves; they also go"
                            + " with their route."));

    private static final KeyTable ROUTE_TIMEOUTS = KeyTable.of(
            "apps.NAME.reverse_proxy.timeouts",
            "timeouts = { … }",
            "What this route has instead of the values of `[timeouts]`.",
            inherited(CLIENT_STALL),
            inherited(CLIENT_MIN_RATE),
            inherited(STREAM_IDLE),
            inherited(UPSTREAM_CONNECT),
            inherited(UPSTREAM_RESPONSE_HEADER),
            inherited(UPSTREAM_IDLE),
            inherited(UPSTREAM_MAX_AGE),
            inherited(TUNNEL_IDLE));

    private static final KeyTable UPSTREAM = KeyTable.of(
            "apps.NAME.reverse_proxy.upstream",
            "upstream = [{ location = \"…\" }]",
            "One backend. Two entries that are alike get twice the share.",
            Key.of("location", new Text(), "`host`, `host:port` or `[v6]:port`; the port is 80, or 443 with `tls`.")
                    .required(),
            Key.of("tls", new Flag(), "Whether TLS is spoken with it; its certificate must be valid for the host.")
                    .fallback(false),
            Key.of(
                            "ca_path",
                            new Text(),
                            "PEM file of CAs that are trusted here instead of the system's; needs `tls`. One that is"
                                    + " no CA vouches for itself only.")
                    .without("the system's CAs")
                    .ours(),
            Key.of("insecure_skip_verify", new Flag(), "Accepts any certificate; needs `tls`.")
                    .fallback(false)
                    .risk("Anyone between here and the upstream can read and change everything.")
                    .ours());

    private static final KeyTable HEALTH_CHECK = KeyTable.of(
            "apps.NAME.reverse_proxy.health_check",
            "health_check = { … }",
            "How the upstreams of a route are probed. `true` is a TCP connect with the defaults below.",
            Key.of("type", Choice.of("tcp", "http"), "A TCP connect, or a GET request.")
                    .fallback("tcp"),
            Key.of("interval", POSITIVE, "Time between two probes.")
                    .unit("seconds")
                    .fallback(10L),
            Key.of("timeout", POSITIVE, "Time for one probe, less than `interval`.")
                    .unit("seconds")
                    .fallback(5L),
            Key.of("unhealthy_threshold", POSITIVE, "Failures in a row that mark an upstream down.")
                    .fallback(3L),
            Key.of("healthy_threshold", POSITIVE, "Successes in a row that mark it up again.")
                    .fallback(2L),
            Key.of("path", new Text(), "What is asked for; required with `type = \"http\"`, begins with `/`.")
                    .without("none"),
            Key.of("expected_status", new Whole(100, 599), "The status that means healthy, with `type = \"http\"`.")
                    .fallback(200L));

    private static final KeyTable ROUTE = KeyTable.of(
            "apps.NAME.reverse_proxy",
            "[[apps.NAME.reverse_proxy]]",
            "Where requests go; one entry for each path. The longest path that covers a request wins.",
            Key.of(
                            "path",
                            new Text(),
                            "Begins with `/` and covers whole segments: `/map` covers `/map` and `/map/x`, not"
                                    + " `/maps`.")
                    .fallback("/"),
            Key.of("replace_path", new Text(), "Begins with `/`; takes the place of `path` in what the upstream gets.")
                    .without("the path stays"),
            Key.of("upstream", new Entries(UPSTREAM), "The backends, at least one.")
                    .required(),
            Key.of(
                            "upstream_options",
                            new Many(
                                    new Choice(
                                            Arrays.stream(UpstreamOption.values())
                                                    .map(UpstreamOption::text)
                                                    .toList(),
                                            Map.of(
                                                    "override_host",
                                                    "use \"set_upstream_host\" if the upstream wants its own name as"
                                                            + " Host, or leave it away")),
                                    false,
                                    0),
                            "What is done beyond the defaults; each word is explained below.")
                    .without("none"),
            Key.of(
                            "load_balance",
                            new Choice(
                                    Arrays.stream(LoadBalance.values())
                                            .map(LoadBalance::text)
                                            .toList(),
                                    Map.of()),
                            "How an upstream is chosen: `none` is the first one.")
                    .fallback("none"),
            Key.of("health_check", new FlagOrSub(HEALTH_CHECK), "Whether and how the upstreams are probed.")
                    .without("`false`"),
            Key.of(
                            "encoded_slash",
                            new Choice(EncodedSlash.texts(), Map.of()),
                            "What becomes of `%2F` and `%5C` in paths. `reject`: 400. `pass`: they are part of a"
                                    + " segment, and the upstream gets them as they are. `decode`: they become `/`, for"
                                    + " the choice of the route and for the upstream.")
                    .without("`pass` where both readings of the path lead to this route, else `reject`")
                    .risk("With `pass`, an upstream that decodes them serves what another route should guard.")
                    .ours(),
            Key.of(
                            "upgrades",
                            new Many(new Text(), false, 0),
                            "The protocols for which a connection may leave HTTP when the upstream accepts with 101,"
                                    + " by name, with or without a version: `[\"websocket\", \"SPDY/3.1\"]`; `[]` is"
                                    + " none. `h2c`, other HTTP and TLS never pass.")
                    .without("any protocol")
                    .risk("What goes through such a connection is seen by no rule of this file.")
                    .ours(),
            Key.of(
                            "via",
                            new Flag(),
                            "Whether the upstream is told of the proxy in Via (RFC 9110 §7.6.3). nginx as a backend"
                                + " does not compress for requests with Via, unless `gzip_proxied any` is set there.")
                    .fallback(true)
                    .risk("Without Via, a request that comes back to the proxy is not noticed and goes round for ever.")
                    .ours(),
            Key.of("timeouts", new Sub(ROUTE_TIMEOUTS), "Time limits of this route.")
                    .without("those of `[timeouts]`")
                    .ours());

    private static final Key MIN_VERSION = Key.of(
                    "min_version", Choice.of("1.2", "1.3"), "The lowest version of TLS that is spoken.")
            .fallback("1.2")
            .ours();
    private static final Key GROUPS = Key.of(
                    "groups",
                    new Many(
                            Choice.of(
                                    "X25519MLKEM768",
                                    "SecP256r1MLKEM768",
                                    "x25519",
                                    "secp256r1",
                                    "secp384r1",
                                    "secp521r1"),
                            false,
                            1),
                    "Key exchange groups in our order. A certificate with an ECDSA key, ours or a client's, can only be"
                            + " used with the group of its curve among them.")
            .without("all of them in the order shown, `secp521r1` only for certificates on that curve and where"
                    + " clients are asked for theirs")
            .risk("Without the two hybrids, who records traffic today may read it with tomorrow's quantum computer.")
            .ours();
    private static final Key SUITES = Key.of(
                    "suites",
                    new Many(
                            Choice.of(
                                    "TLS_AES_128_GCM_SHA256",
                                    "TLS_AES_256_GCM_SHA384",
                                    "TLS_CHACHA20_POLY1305_SHA256",
                                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
                            false,
                            1),
                    "Cipher suites in our order, one of TLS 1.3 among them. Those of TLS 1.2 count where they fit the"
                            + " certificate's key.")
            .without("all of them in the order shown")
            .ours();
    private static final Key ALPN = Key.of(
                    "alpn",
                    new Many(Choice.of("h2", "http/1.1"), false, 1),
                    "Application protocols in our order. Clients that name none speak HTTP/1.1.")
            .without("`[\"h2\", \"http/1.1\"]`")
            .ours();

    private static final KeyTable TLS = KeyTable.of(
            "tls",
            "[tls]",
            "What is agreed on with clients; apps may differ. The defaults are safe.",
            MIN_VERSION,
            GROUPS,
            SUITES,
            ALPN,
            Key.of(
                            "primitives",
                            Choice.of("auto", "jdk", "native"),
                            "Whose cryptography is used: Java's, or native code (Conscrypt) where it loads and has the"
                                    + " primitive. `auto` takes for each whichever is faster.")
                    .fallback("auto")
                    .ours(),
            Key.of(
                            "handshakes_per_second",
                            COUNT,
                            "TLS handshakes of all clients; twice as many may come at once. What is more is closed"
                                    + " before it costs anything. 0 is no limit: newcomers wait while established"
                                    + " connections need the time.")
                    .fallback((long) TlsConfig.DEFAULTS.handshakesPerSecond())
                    .ours(),
            Key.of(
                            "handshakes_per_second_per_ip",
                            COUNT,
                            "The same for one address (IPv6: one /64), but for `trusted_forwarded_proxies`.")
                    .risk("Behind one address there may be a whole company, or a CDN.")
                    .fallback((long) TlsConfig.DEFAULTS.handshakesPerSecondPerIp())
                    .ours());

    private static final KeyTable HSTS = KeyTable.of(
            "apps.NAME.tls.hsts",
            "hsts = { … }",
            "Strict-Transport-Security (RFC 6797) in answers over TLS. `true` is the defaults below.",
            Key.of("max_age", new Whole(0, 4_294_967_295L), "How long browsers use https only; 0 makes them forget.")
                    .unit("seconds")
                    .fallback(31_536_000L)
                    .risk("Browsers that saw it cannot use the site over plaintext for that long.")
                    .ours(),
            Key.of("include_subdomains", new Flag(), "Whether that counts for all names below the site's too.")
                    .fallback(false)
                    .ours(),
            Key.of("preload", new Flag(), "Agrees to be put into the lists that browsers come with.")
                    .fallback(false)
                    .risk("Getting out of the lists takes months.")
                    .ours());

    private static final KeyTable APP_TLS = KeyTable.of(
            "apps.NAME.tls",
            "[apps.NAME.tls]",
            "The certificate. Without this table the app is served over plaintext only.",
            Key.of("tls_cert_path", new Text(), "PEM file: the certificate, then its chain.")
                    .without("none; needed unless `acme = true`"),
            Key.of("tls_cert_key_path", new Text(), "PEM file: the private key, in PKCS#8, PKCS#1 or SEC1.")
                    .without("none; needed unless `acme = true`")
                    .risk("Only the proxy's user should be able to read it."),
            Key.of("https_redirection", new Flag(), "Answers plaintext requests with a redirect to https.")
                    .without("`true` if `listen_port_tls` is set; may be written only if both ports are"),
            Key.of(
                            "client_ca_cert_path",
                            new Text(),
                            "PEM file of CAs: clients must show a certificate that one of them signed (mTLS). Each"
                                + " certificate in the file is trusted by itself, be it a root or not; one that is no"
                                + " CA vouches for itself only.")
                    .without("clients are not asked"),
            Key.of(
                            "client_auth",
                            Choice.of("required", "optional"),
                            "`optional` also lets clients in that show no certificate; a wrong one is refused either"
                                    + " way.")
                    .fallback("required")
                    .risk("With `optional` the upstream must tell known clients from unknown ones.")
                    .ours(),
            Key.of(
                            "client_crl_path",
                            new Text(),
                            "File of revocation lists in PEM, or of one in DER. With it, every certificate of a"
                                    + " client's chain needs a list of its issuer that is not out of date.")
                    .without("nothing is looked up")
                    .risk("A list that is out of date locks everybody out.")
                    .ours(),
            Key.of(
                            "client_allowed_subjects",
                            new Many(new Text(), true, 1),
                            "Distinguished names as in RFC 4514: `CN=alice,O=Example`. A certificate is let in whose"
                                + " whole subject is one of them, or that `client_allowed_sans` lets in. The same"
                                + " types and values in the same order are wanted; of values, the case of A to Z and"
                                + " the number of blanks do not count.")
                    .without("every subject")
                    .ours(),
            Key.of(
                            "client_allowed_sans",
                            new Many(new Text(), true, 1),
                            "Subject alternative names with their type: `dns:`, `email:`, `uri:` or `ip:`. A"
                                    + " certificate is let in that has one of them. `dns:` ignores case, and"
                                    + " `dns:*.example.com` covers one label; the others must be equal.")
                    .without("every name")
                    .ours(),
            Key.of(
                            "client_allow_weak",
                            new Flag(),
                            "Also takes clients' certificates that have an RSA key below 2048 bits or are signed with"
                                    + " SHA-1, as old devices have them. In a chain that goes for every certificate.")
                    .fallback(false)
                    .risk("Such certificates can be forged with enough effort.")
                    .ours(),
            Key.of(
                            "client_identity_headers",
                            new Flag(),
                            "Tells the upstreams who the client is: Client-Cert, Client-Cert-Chain (RFC 9440) and"
                                    + " X-Client-Cert-Verify, -Subject, -SAN, -Serial, -Fingerprint.")
                    .fallback(false)
                    .ours(),
            inherited(MIN_VERSION, "[tls]"),
            inherited(GROUPS, "[tls]"),
            inherited(SUITES, "[tls]"),
            inherited(ALPN, "[tls]"),
            Key.of(
                            "hsts",
                            new FlagOrSub(HSTS),
                            "Whether answers over TLS tell browsers to use https only. An upstream's own field goes"
                                    + " before it.")
                    .without("`false`")
                    .ours(),
            Key.of("acme", new Flag(), "Gets and renews the certificate by itself; needs `[acme]`.")
                    .fallback(false),
            Key.of("challenge", CHALLENGE, "How the CA sees that the names are ours, with `acme = true`.")
                    .without("the `challenge` of `[acme]`")
                    .ours());

    private static final KeyTable APP = KeyTable.of(
            "apps.NAME",
            "[apps.NAME]",
            "One site. NAME is yours; it shows in logs and in `default_app`, and its case does not count.",
            Key.of(
                            "server_name",
                            ONE_OR_MANY,
                            "The names of the site. One leading label may be a wildcard: `*.example.com` covers one"
                                    + " label. rpxy knows only one name, without wildcard.")
                    .required(),
            Key.of("tls", new Sub(APP_TLS), "The certificate.").without("plaintext only"),
            Key.of("reverse_proxy", new Entries(ROUTE), "The routes, at least one.")
                    .required());

    private static final KeyTable H3 = KeyTable.of(
            "h3",
            "[h3]",
            "HTTP/3 on the UDP port of `listen_port_tls`; the table's presence turns it on.",
            Key.of("alt_svc_max_age", new Whole(0, 4_294_967_295L), "How long clients remember that there is HTTP/3.")
                    .unit("seconds")
                    .fallback(3600L),
            Key.of("request_max_body_size", BYTES, "Size of a request body over HTTP/3; 0 is none at all.")
                    .unit("bytes")
                    .without("none")
                    .deprecated("the request_max_body_size at the top level counts for every protocol"),
            Key.of("max_concurrent_connections", POSITIVE, "QUIC connections at a time.")
                    .fallback(4096L),
            Key.of("max_concurrent_bidistream", POSITIVE, "Requests of a connection at a time.")
                    .fallback(64L),
            Key.of("max_concurrent_unistream", POSITIVE, "Unidirectional streams of a connection at a time.")
                    .fallback(64L),
            Key.of("max_idle_timeout", COUNT, "Silence allowed on a connection; 0 is no limit.")
                    .unit("seconds")
                    .fallback(10L));

    private static final KeyTable CACHE = KeyTable.of(
            "cache",
            "[cache]",
            "A shared cache for answers; the table's presence turns it on.",
            Key.of("cache_dir", new Text(), "Directory for answers that memory should not hold.")
                    .fallback("./cache"),
            Key.of("max_cache_entry", POSITIVE, "Number of answers.").fallback(1000L),
            Key.of("max_cache_each_size", BYTES, "Largest answer that is stored.")
                    .unit("bytes")
                    .fallback(65_535L),
            Key.of(
                            "max_cache_each_size_on_memory",
                            BYTES,
                            "Up to this size in memory, above it in a file; 0 is always a file.")
                    .unit("bytes")
                    .fallback(65_535L),
            Key.of("max_cache_total_size", BODY, "Size of all answers together.")
                    .unit("bytes")
                    .fallback(GIB, "1073741824 (1 GiB)"));

    private static final KeyTable ACME = KeyTable.of(
            "acme",
            "[acme]",
            "Automatic certificates for the apps with `acme = true`.",
            Key.of("email", new Text(), "Where the CA writes to when a certificate is about to end.")
                    .required(),
            Key.of("dir_url", new Text(), "The CA's ACME directory.")
                    .fallback("https://acme-v02.api.letsencrypt.org/directory"),
            Key.of("staging", new Flag(), "Uses the staging directory of Let's Encrypt, for trying things out.")
                    .fallback(false)
                    .risk("No browser trusts its certificates.")
                    .ours(),
            Key.of("ca_path", new Text(), "PEM file of CAs that the directory's server is trusted by.")
                    .without("the system's CAs")
                    .ours(),
            Key.of("registry_path", new Text(), "Directory where account and certificates are kept.")
                    .fallback("./acme_registry"),
            Key.of(
                            "challenge",
                            CHALLENGE,
                            "How the CA sees that the names are ours: a TLS handshake on port 443, a request on port"
                                    + " 80, or a TXT record that `dns_hook` sets, which alone does for wildcards.")
                    .fallback("tls-alpn-01")
                    .ours(),
            Key.of(
                            "dns_hook",
                            new Text(),
                            "Command for `dns-01`: called with `present` or `cleanup`, the record's name and its value;"
                                    + " returns when the record can be seen, within 5 minutes.")
                    .without("none; needed for `dns-01`")
                    .risk("It runs with the rights of the proxy.")
                    .ours(),
            Key.of("eab_key_id", new Text(), "Name of the account at a CA that wants one (external account binding).")
                    .without("none; together with `eab_hmac_key`")
                    .ours(),
            Key.of("eab_hmac_key", new Text(), "The key that belongs to it, in base64url, as the CA gives it.")
                    .without("none; together with `eab_key_id`")
                    .risk("Who knows it can order as you. Keep the file unreadable for others.")
                    .ours(),
            Key.of("profile", new Text(), "Kind of certificate that the CA offers, such as `shortlived`.")
                    .without("the CA's default")
                    .ours(),
            Key.of("key_type", Choice.of("p256", "p384", "rsa2048", "rsa4096"), "The key of each new certificate.")
                    .fallback("p256")
                    .ours(),
            Key.of("max_orders", new Whole(1, 100), "Orders under way at a time.")
                    .fallback(4L)
                    .ours());

    private static final KeyTable PROXY_PROTOCOL = KeyTable.of(
            "proxy_protocol",
            "[proxy_protocol]",
            "With this table every TCP connection must begin with a PROXY header (version 1 or 2).",
            Key.of("trusted_proxies", ONE_OR_MANY, "Networks and addresses that may send it; no aliases.")
                    .required()
                    .risk("Whoever may send it chooses the client address that limits and logs see."),
            Key.of("timeout", new Whole(0, 60_000), "Time for the whole header; 0 is 5 s.")
                    .unit("milliseconds")
                    .fallback(50L));

    private static final Key PROXY_PROTOCOL_KEY = Key.of(
                    "proxy_protocol", new Sub(PROXY_PROTOCOL), "Client addresses from a balancer in front.")
            .alsoNamed("tcp_recv_proxy_protocol")
            .without("off");

    private static final Key IGNORE_SNI = Key.of(
                    "ignore_sni_consistency",
                    new Flag(),
                    "Turns off the check that Host is the name of the TLS session (421).")
            .fallback(false)
            .risk("A client can then reach an app through another app's certificate; never so for apps with mTLS.");

    private static final KeyTable EXPERIMENTAL = KeyTable.of(
            "experimental",
            "[experimental]",
            "Where rpxy keeps some tables; each of them may also be written without the prefix, but not twice.",
            IGNORE_SNI,
            Key.of(
                            "connection_handling_timeout",
                            COUNT,
                            "Ends a client connection after this time, idle or not; 0 is no limit.")
                    .unit("seconds")
                    .fallback(0L)
                    .risk("It cuts transfers that are under way."),
            Key.of("h3", new Sub(H3), "The same as `[h3]`.").without("off"),
            Key.of("cache", new Sub(CACHE), "The same as `[cache]`.").without("off"),
            Key.of("acme", new Sub(ACME), "The same as `[acme]`.").without("none"),
            Key.of("proxy_protocol", new Sub(PROXY_PROTOCOL), "The same as `[proxy_protocol]`.")
                    .alsoNamed("tcp_recv_proxy_protocol")
                    .without("off"));

    private static final KeyTable LOG = KeyTable.of(
            "log",
            "[log]",
            "Two logs: what happens to the proxy, and one line for each request.",
            Key.of("level", Choice.of("trace", "debug", "info", "warn", "error"), "Lowest level of the system log.")
                    .fallback("info")
                    .ours(),
            Key.of("file", new Text(), "File of the system log.")
                    .without("standard error")
                    .ours(),
            Key.of("access", new OnOff(), "Whether requests are logged.")
                    .fallback(true, "\"on\"")
                    .ours(),
            Key.of("access_file", new Text(), "File of the access log; re-opened when it was moved away.")
                    .without("standard output")
                    .ours(),
            Key.of("access_format", Choice.of("combined", "json"), "Layout of its lines.")
                    .fallback("combined")
                    .ours());

    /// The outermost table.
    public static final KeyTable ROOT = KeyTable.of(
            "",
            "the top level",
            "These stand above the first `[table]`.",
            Key.of("listen_port", PORT, "TCP port for plaintext HTTP.").without("none; one of the two ports is needed"),
            Key.of("listen_port_tls", PORT, "TCP port for HTTPS, and UDP port for HTTP/3.")
                    .without("none; differs from `listen_port`"),
            Key.of(
                            "listen_address_v4",
                            ONE_OR_MANY,
                            "IPv4 addresses to listen on; `0.0.0.0` only alone. `\"off\"` is none: IPv6 only.")
                    .without("`\"0.0.0.0\"`"),
            Key.of(
                            "listen_address_v6",
                            ONE_OR_MANY,
                            "IPv6 addresses to listen on, with or without `[]`; `::` only alone. They take no IPv4"
                                    + " clients.")
                    .without("none"),
            Key.of("listen_ipv6", new Flag(), "Listens on `::` where `listen_address_v6` is absent.")
                    .fallback(false),
            Key.of(
                            "public_https_port",
                            PORT,
                            "The port that clients see for HTTPS: in redirects, X-Forwarded-Port and Alt-Svc.")
                    .without("`listen_port_tls`"),
            Key.of("public_http_port", PORT, "The port that clients see for plaintext: in X-Forwarded-Port.")
                    .without("`listen_port`")
                    .ours(),
            Key.of("https_redirection_port", PORT, "The port of redirects.")
                    .removed("it is called public_https_port since rpxy 0.13"),
            Key.of(
                            "tcp_listen_backlog",
                            POSITIVE,
                            "Connections that the kernel holds until they are accepted; it takes no more than"
                                    + " `net.core.somaxconn` (4096 where nobody has changed it). Whom it has no place"
                                    + " for tries again a second later, then two, then four, and gives up after two"
                                    + " minutes.")
                    .fallback(65_535L),
            Key.of("max_concurrent_streams", POSITIVE, "HTTP/2 requests of a connection at a time.")
                    .fallback(64L),
            Key.of(
                            "max_clients",
                            COUNT,
                            "Client connections at a time; what is more is closed at once. 0 refuses everybody.")
                    .without("half of the file descriptors; who is more waits in the kernel's queue"),
            Key.of("max_clients_per_ip", COUNT, "Client connections at a time from one address; 0 is no limit.")
                    .fallback(0L),
            Key.of(
                            "max_requests",
                            POSITIVE,
                            "Requests under way at a time; beyond them those that wait longest are reset, and where"
                                    + " none waits new ones get 503.")
                    .without("one for each 32 KiB of the heap")
                    .risk("More than the heap has room for end the process.")
                    .ours(),
            Key.of(
                            "max_requests_per_ip",
                            COUNT,
                            "Requests under way at a time from one address; then 503. 0 is no limit.")
                    .fallback(0L)
                    .ours(),
            Key.of(
                            "max_requests_per_upstream",
                            COUNT,
                            "Requests under way at a time at one upstream, and over HTTP/1 connections with it; then"
                                    + " the next upstream is asked, or the client gets 503. 0 is no limit.")
                    .fallback(0L)
                    .ours(),
            Key.of(
                            "trusted_forwarded_proxies",
                            new Many(new Text(), true, 0),
                            "Networks, addresses and the aliases `cloudflare`, `cloudfront`, `fastly`: peers whose"
                                    + " X-Forwarded-* and Forwarded fields are believed.")
                    .without("nobody")
                    .risk("Whoever is listed can claim any client address."),
            Key.of(
                            "keep_forwarding_headers",
                            new Many(new Text(), true, 0),
                            "Fields of the list below that strangers may send: requests of all others lose them unless"
                                    + " the peer is one of `trusted_forwarded_proxies`.")
                    .without("none")
                    .risk("Upstreams that believe them believe anybody.")
                    .ours(),
            Key.of("redact_query_in_access_log", new Flag(), "Hides the values of query parameters in the access log.")
                    .fallback(false),
            Key.of("request_max_body_size", BODY, "Size of a request body.")
                    .unit("bytes")
                    .fallback(256L << 20, "268435456 (256 MiB)")
                    .risk("No limit lets one client fill the upstreams' disks or memory."),
            Key.of(
                            "request_line_max_size",
                            new Size(256, 1 << 20, false),
                            "Length of an HTTP/1 request line; then 414.")
                    .unit("bytes")
                    .fallback(8L << 10, "8192 (8 KiB)")
                    .ours(),
            Key.of("request_header_max_size", new Size(1024, 1 << 20, false), "Size of all header fields; then 431.")
                    .unit("bytes")
                    .fallback(32L << 10, "32768 (32 KiB)")
                    .ours(),
            Key.of("request_header_max_count", new Whole(1, 10_000), "Number of header fields; then 431.")
                    .fallback(100L)
                    .ours(),
            Key.of(
                            "sticky_cookie_secret",
                            new Text(),
                            "Seals the cookies of `load_balance = \"sticky\"`, which needs it: 32 random bytes in"
                                    + " base64url without padding.")
                    .without("none")
                    .risk("Who knows it can choose the upstream. Keep the file unreadable for others."),
            Key.of("default_app", new Text(), "Name of the app that serves plaintext requests for unknown hosts.")
                    .without("none; unknown hosts get 503"),
            IGNORE_SNI.ours(),
            Key.of("timeouts", new Sub(TIMEOUTS), "Time limits.")
                    .without("its defaults")
                    .ours(),
            Key.of("tls", new Sub(TLS), "What is agreed on with clients.")
                    .without("its defaults")
                    .ours(),
            Key.of(
                            "control_socket",
                            new Text(),
                            "UNIX socket on which `gatehouse status` and its like find the running proxy, or"
                                    + " `\"off\"`.")
                    .without("`$RUNTIME_DIRECTORY/control.sock` under systemd, else"
                            + " `$XDG_RUNTIME_DIR/gatehouse/control.sock`, else `/run/gatehouse/control.sock` for root,"
                            + " else `/tmp/gatehouse-USER/control.sock`")
                    .risk("Who may write to it can stop the proxy; it is made for its owner alone.")
                    .ours(),
            Key.of("log", new Sub(LOG), "Logs.").without("its defaults").ours(),
            Key.of("apps", new Named(APP), "The sites, at least one.").required(),
            Key.of("h3", new Sub(H3), "HTTP/3.").without("off").ours(),
            Key.of("cache", new Sub(CACHE), "The cache.").without("off").ours(),
            Key.of("acme", new Sub(ACME), "Automatic certificates.")
                    .without("none")
                    .ours(),
            PROXY_PROTOCOL_KEY.ours(),
            Key.of("experimental", new Sub(EXPERIMENTAL), "The prefix that rpxy gives some tables.")
                    .without("none"));

    /// Every table, in the order of the manual.
    public static final List<KeyTable> TABLES = List.of(
            ROOT,
            APP,
            APP_TLS,
            HSTS,
            ROUTE,
            UPSTREAM,
            HEALTH_CHECK,
            ROUTE_TIMEOUTS,
            TIMEOUTS,
            TLS,
            LOG,
            H3,
            CACHE,
            ACME,
            PROXY_PROTOCOL,
            EXPERIMENTAL);

    /// What the words of `upstream_options` do, for the manual.
    static final Map<UpstreamOption, String> OPTIONS = new EnumMap<>(Map.of(
            UpstreamOption.KEEP_ORIGINAL_HOST,
            "The upstream sees the client's Host. This is the default, and wins over `set_upstream_host`.",
            UpstreamOption.SET_UPSTREAM_HOST,
            "Host becomes the upstream's own, with its port where `location` has one.",
            UpstreamOption.UPGRADE_INSECURE_REQUESTS,
            "Adds `Upgrade-Insecure-Requests: 1` where the request lacks it.",
            UpstreamOption.FORCE_HTTP11_UPSTREAM,
            "Only HTTP/1.1 is spoken with the upstream.",
            UpstreamOption.FORCE_HTTP2_UPSTREAM,
            "Only HTTP/2 is spoken with the upstream; without `tls` by prior knowledge.",
            UpstreamOption.FORWARDED_HEADER,
            "Writes `Forwarded` (RFC 7239) also where the request had none."));

    /// What the words of `load_balance` do, for the manual.
    static final Map<LoadBalance, String> BALANCES = new EnumMap<>(Map.of(
            LoadBalance.NONE, "The first upstream.",
            LoadBalance.ROUND_ROBIN, "One after the other.",
            LoadBalance.RANDOM, "By chance, each with the same share.",
            LoadBalance.STICKY, "By a cookie: a client stays with its upstream. Needs `sticky_cookie_secret`.",
            LoadBalance.PRIMARY_BACKUP, "The first one that is healthy. Needs `health_check`."));

    private Keys() {}

    private static Key span(String name, Span type, Duration fallback, String help) {
        return Key.of(name, type, help)
                .fallback(fallback, '"' + Durations.text(fallback) + '"')
                .ours();
    }

    private static Key inherited(Key key) {
        return inherited(key, "[timeouts]");
    }

    private static Key inherited(Key key, String from) {
        return new Key(
                key.name(),
                null,
                key.type(),
                key.help(),
                key.unit(),
                null,
                "that of `" + from + "`",
                key.risk(),
                Key.Since.GATEHOUSE,
                Key.State.OPTIONAL,
                null);
    }

    /// What a key that its table does not know was probably meant to be.
    static String hintForUnknown(KeyTable table, String name) {
        var near = Words.didYouMean(name, table.names());
        if (near != null) {
            return near;
        }
        var elsewhere = new ArrayList<String>();
        for (var other : TABLES) {
            if (other.find(name) != null) {
                elsewhere.add(
                        other.equals(ROOT) ? "at the top level, above the first [table]" : "in " + other.header());
            }
        }
        if (!elsewhere.isEmpty()) {
            return name + " belongs " + String.join(" or ", elsewhere);
        }
        return "known here: " + String.join(", ", table.names());
    }

    /// The table of that name, for those who know it.
    static KeyTable table(String name) {
        return Objects.requireNonNull(find(name), name);
    }

    private static @Nullable KeyTable find(String name) {
        return TABLES.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
