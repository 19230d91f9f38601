package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamTrustTest {
    private static final String HOST = "backend.internal";

    @TempDir
    Path directory;

    private Path bundle;
    private Credentials backend;

    @BeforeEach
    void makeBackend() throws Exception {
        backend = TestKeys.P256.credentials(HOST, "127.0.0.1");
        bundle = Files.writeString(
                directory.resolve("ca.pem"),
                SelfSigned.pem("CERTIFICATE", backend.leaf().getEncoded()));
    }

    @Test
    void aBackendThatTheBundleVouchesForIsTrusted() throws Exception {
        var pair = handshake(engine(bundle, false, HOST, "http/1.1"), "http/1.1");

        assertThat(pair.client.getSession().getProtocol()).isEqualTo("TLSv1.3");
        assertThat(pair.client.getApplicationProtocol()).isEqualTo("http/1.1");
    }

    @Test
    void anAddressIsVerifiedToo() throws Exception {
        assertThat(handshake(engine(bundle, false, "127.0.0.1"))
                        .client
                        .getSession()
                        .isValid())
                .isTrue();
        assertThatThrownBy(() -> handshake(engine(bundle, false, "127.0.0.2")))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void aBackendWithoutAKnownAuthorityIsRefused() {
        assertThatThrownBy(() -> handshake(engine(null, false, HOST)))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("unable to find valid certification path");
    }

    @Test
    void aBackendWithAnotherNameIsRefused() {
        assertThatThrownBy(() -> handshake(engine(bundle, false, "other.internal")))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("other.internal");
    }

    @Test
    void everybodyIsTrustedWhenThatIsWanted() throws Exception {
        assertThat(handshake(engine(null, true, "other.internal"))
                        .client
                        .getSession()
                        .isValid())
                .isTrue();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "backend.internal, backend.internal",
        "backend.internal., backend.internal",
        "localhost, localhost",
    })
    void aNameIsSentAsSni(String host, String sni) throws Exception {
        assertThat(engine(null, false, host).getSSLParameters().getServerNames())
                .singleElement()
                .isInstanceOfSatisfying(
                        SNIHostName.class,
                        name -> assertThat(name.getAsciiName()).isEqualTo(sni));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"192.0.2.1", "2001:db8::1", "[2001:db8::1]", "my_backend"})
    void whatIsNoHostNameIsNotSentAsSni(String host) throws Exception {
        assertThat(engine(null, false, host).getSSLParameters().getServerNames())
                .isNullOrEmpty();
    }

    @Test
    void whatTrustsTheSameIsEqual() throws Exception {
        var copy = Files.copy(bundle, directory.resolve("copy.pem"));

        assertThat(UpstreamTrust.of(bundle, false))
                .isEqualTo(UpstreamTrust.of(copy, false))
                .hasSameHashCodeAs(UpstreamTrust.of(copy, false))
                .isNotEqualTo(UpstreamTrust.of(null, false))
                .isNotEqualTo(UpstreamTrust.of(bundle, true));
        assertThat(UpstreamTrust.of(null, true)).isEqualTo(UpstreamTrust.of(bundle, true));
    }

    @Test
    void aBundleWrittenAnewTrustsOthers() throws Exception {
        var before = UpstreamTrust.of(bundle, false);
        Files.writeString(
                bundle,
                SelfSigned.pem(
                        "CERTIFICATE", TestKeys.RSA.credentials(HOST).leaf().getEncoded()));

        assertThat(UpstreamTrust.of(bundle, false)).isNotEqualTo(before);
    }

    @Test
    void aBrokenBundleIsExplained() {
        var missing = directory.resolve("none.pem");

        assertThat(catchThrowableOfType(PemException.class, () -> UpstreamTrust.of(missing, false))
                        .problem()
                        .code())
                .isEqualTo("cert.unreadable");
    }

    private static SSLEngine engine(@Nullable Path bundle, boolean insecure, String host, String... alpn)
            throws PemException {
        return UpstreamTrust.of(bundle, insecure).newEngine(host, 443, List.of(alpn));
    }

    private Pair handshake(SSLEngine client, String... alpn) throws Exception {
        return Pair.handshake(client, TlsEngines.create(), new Site("backend", List.of(HOST), backend), alpn);
    }
}
