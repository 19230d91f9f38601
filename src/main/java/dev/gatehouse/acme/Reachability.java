package dev.gatehouse.acme;

import dev.gatehouse.config.AcmeChallenge;
import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.config.ListenConfig;
import dev.gatehouse.observe.Facts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks before an order whether the CA has a chance to find us. It sees only what this machine sees, so what it finds
/// is said and the order made all the same.
final class Reachability {
    private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final ListenConfig listen;

    Reachability(ListenConfig listen) {
        this.listen = listen;
    }

    /// Says what stands in the way of the challenge. Blocks.
    ///
    /// @return how many lines it said
    int look(List<String> names, AcmeChallenge challenge) {
        if (challenge == AcmeChallenge.DNS_01) {
            return 0; // the CA asks the DNS only
        }
        int said = 0;
        for (var name : names) {
            try {
                for (var address : InetAddress.getAllByName(name)) {
                    said += connect(name, address, challenge) ? 0 : 1;
                }
            } catch (UnknownHostException e) {
                said++;
                LOG.warn(
                        "name does not resolve reason=acme.preflight name={} cause={} hint={}",
                        name,
                        Facts.quoted(e.getMessage()),
                        Facts.quoted("the CA must find an address of this machine under this name"));
            }
        }
        return said;
    }

    private boolean connect(String name, InetAddress address, AcmeChallenge challenge) {
        boolean tls = challenge == AcmeChallenge.TLS_ALPN_01;
        var port = port(address, tls);
        if (port == null || port == 0) {
            return true; // nobody knows
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), (int) CONNECT.toMillis());
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "port does not answer reason=acme.preflight name={} address={} port={} challenge={} cause={}"
                            + " hint={}",
                    name,
                    IpLiteral.text(address),
                    port,
                    challenge.text(),
                    Facts.quoted(e.getMessage()),
                    Facts.quoted("the CA connects to port " + (tls ? HTTPS : HTTP)
                            + "; it may be open for others even so, as behind NAT"));
            return false;
        }
    }

    /// The CA's port, or, where the address is this machine's, the one that is forwarded to it.
    private @Nullable Integer port(InetAddress address, boolean tls) {
        try {
            if (address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null) {
                return tls ? listen.tlsPort() : listen.port();
            }
        } catch (SocketException _) {
            // then it counts as another machine's
        }
        return tls ? HTTPS : HTTP;
    }
}
