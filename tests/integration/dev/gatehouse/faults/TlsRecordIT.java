package dev.gatehouse.faults;

import static dev.gatehouse.support.Inputs.once;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Program;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.SystemLogFile;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.ServerOnlyTlsAuthentication;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Records behind the handshake that bring no data.
@Timeout(120)
class TlsRecordIT {
    private static final int MANY = 10_000;

    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)));

    /// Something that may be written at a client's pleasure.
    private interface Write {
        void to(Client client) throws IOException;
    }

    /// BouncyCastle's client with its lower half laid bare.
    private static final class Client extends TlsClientProtocol implements AutoCloseable {
        private final Socket socket;

        private Client(Socket socket) throws IOException {
            super(socket.getInputStream(), socket.getOutputStream());
            this.socket = socket;
        }

        static Client connect(ProtocolVersion version) throws IOException {
            var address = STAGE.proxy().tls();
            var socket = new Socket(address.getAddress(), address.getPort());
            socket.setSoTimeout(30_000);
            var client = new Client(socket);
            client.connect(new AnyServer(version));
            return client;
        }

        void keyUpdate() throws IOException {
            send13KeyUpdate(true);
        }

        void record(short type, byte... data) throws IOException {
            safeWriteRecord(type, data, 0, data.length);
        }

        void repeat(int times, Write write) throws IOException {
            for (int i = 0; i < times; i++) {
                write.to(this);
            }
        }

        String ask() throws IOException {
            var request = "GET " + once("/headers") + " HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n";
            getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(getInputStream().readAllBytes(), ISO_8859_1);
        }

        /// Writes until there is nobody to write to.
        ///
        /// @return whether it came to that
        boolean isCutOff(Write write) throws IOException {
            try {
                repeat(MANY, write);
                return getInputStream().read() < 0;
            } catch (SocketTimeoutException stillThere) {
                return false;
            } catch (IOException gone) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @SuppressWarnings("JdkObsolete") // the library's types
    private static final class AnyServer extends DefaultTlsClient {
        private final ProtocolVersion version;

        AnyServer(ProtocolVersion version) {
            super(new JcaTlsCryptoProvider().create(new SecureRandom()));
            this.version = version;
        }

        @Override
        protected Vector<ServerName> getSNIServerNames() {
            return new Vector<>(List.of(new ServerName((short) 0, "app.example".getBytes(ISO_8859_1))));
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return version.only();
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new ServerOnlyTlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {
                    // It is not about the server's.
                }
            };
        }
    }

    private static ProtocolVersion version(String name) {
        return name.equals("1.2") ? ProtocolVersion.TLSv12 : ProtocolVersion.TLSv13;
    }

    @Test
    @Tag("TL-07")
    void newKeysAreTakenAndGivenWhileTheyComeNowAndThen() throws IOException {
        try (var client = Client.connect(ProtocolVersion.TLSv13)) {
            client.repeat(50, Client::keyUpdate);

            assertThat(client.ask()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    @Tag("TL-07")
    void keyUpdatesWithoutEndAreCutOff() throws IOException {
        try (var client = Client.connect(ProtocolVersion.TLSv13)) {
            assertThat(client.isCutOff(Client::keyUpdate)).isTrue();
        }
        assertThat(LOG.await("tls.flood")).contains("client=127.0.0.1").contains("sni=app.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    @Tag("TL-07")
    void emptyRecordsWithoutEndAreCutOff(String version) throws IOException {
        Write nothing = client -> client.record(ContentType.application_data);
        try (var client = Client.connect(version(version))) {
            client.repeat(50, nothing);

            assertThat(client.ask()).startsWith("HTTP/1.1 200");
        }
        try (var client = Client.connect(version(version))) {
            assertThat(client.isCutOff(nothing)).isTrue();
        }
        assertThat(LOG.await("tls.flood")).contains("sni=app.example");
    }

    /// RFC 6520: it was not agreed on.
    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    @Tag("TL-07")
    void heartbeatsAreNotAnswered(String version) throws IOException {
        byte[] request = new byte[19];
        request[0] = 1;
        try (var client = Client.connect(version(version))) {
            assertThat(client.isCutOff(heart -> heart.record(ContentType.heartbeat, request)))
                    .isTrue();
        }
    }

    /// h2load makes each connection with OpenSSL.
    @Test
    void manyConnectionsOfH2loadAreServed() {
        var said = Program.run(
                "",
                "h2load",
                List.of(
                        "-n",
                        "400",
                        "-c",
                        "100",
                        "--connect-to=127.0.0.1:" + STAGE.proxy().tls().getPort(),
                        "https://app.example/headers"));

        assertThat(said.output())
                .contains("TLS Protocol: TLSv1.3")
                .contains("Application protocol: h2")
                .contains("400 succeeded, 0 failed, 0 errored, 0 timeout")
                .contains("400 2xx");
    }
}
