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

class UpstreamTlsTest {
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
        var pair = handshake(engine(bundle, false, HOST, true, "http/1.1"), "http/1.1");

        assertThat(pair.client.getSession().getProtocol()).isEqualTo("TLSv1.3");
        assertThat(pair.client.getApplicationProtocol()).isEqualTo("http/1.1");
    }

    @Test
    void anAddressIsVerifiedToo() throws Exception {
        assertThat(handshake(engine(bundle, false, "127.0.0.1", true))
                        .client
                        .getSession()
                        .isValid())
                .isTrue();
        assertThatThrownBy(() -> handshake(engine(bundle, false, "127.0.0.2", true)))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void aBackendWithoutAKnownAuthorityIsRefused() {
        assertThatThrownBy(() -> handshake(engine(null, false, HOST, true)))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("unable to find valid certification path");
    }

    @Test
    void aBackendWithAnotherNameIsRefused() {
        assertThatThrownBy(() -> handshake(engine(bundle, false, "other.internal", true)))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("other.internal");
    }

    @Test
    void theNameIsOnlyVerifiedWhenWanted() throws Exception {
        assertThat(handshake(engine(bundle, false, "other.internal", false))
                        .client
                        .getSession()
                        .isValid())
                .isTrue();
    }

    @Test
    void everybodyIsTrustedWhenThatIsWanted() throws Exception {
        assertThat(handshake(engine(null, true, "other.internal", false))
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
        assertThat(engine(null, false, host, true).getSSLParameters().getServerNames())
                .singleElement()
                .isInstanceOfSatisfying(
                        SNIHostName.class,
                        name -> assertThat(name.getAsciiName()).isEqualTo(sni));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"192.0.2.1", "2001:db8::1", "[2001:db8::1]", "my_backend"})
    void whatIsNoHostNameIsNotSentAsSni(String host) throws Exception {
        assertThat(engine(null, false, host, true).getSSLParameters().getServerNames())
                .isNullOrEmpty();
    }

    @Test
    void theSameTrustGivesTheSameContext() throws Exception {
        assertThat(UpstreamTls.context(bundle, false)).isSameAs(UpstreamTls.context(bundle, false));
        assertThat(UpstreamTls.context(null, false)).isSameAs(UpstreamTls.context(null, false));
        assertThat(UpstreamTls.context(null, true)).isNotSameAs(UpstreamTls.context(null, false));
    }

    @Test
    void aBundleWrittenAnewIsReadAnew() throws Exception {
        var before = UpstreamTls.context(bundle, false);
        Files.writeString(
                bundle,
                SelfSigned.pem(
                        "CERTIFICATE", TestKeys.RSA.credentials(HOST).leaf().getEncoded()));

        assertThat(UpstreamTls.context(bundle, false)).isNotSameAs(before);
    }

    @Test
    void aBrokenBundleIsExplained() {
        var missing = directory.resolve("none.pem");

        assertThat(catchThrowableOfType(PemException.class, () -> UpstreamTls.context(missing, false))
                        .problem()
                        .code())
                .isEqualTo("cert.unreadable");
    }

    @Test
    void theEngineIsTheOneOfTheJdk() throws Exception {
        assertThat(UpstreamTls.context(null, false).getProvider().getName()).isEqualTo("SunJSSE");
    }

    private static SSLEngine engine(
            @Nullable Path bundle, boolean insecure, String host, boolean verify, String... alpn) throws PemException {
        return UpstreamTls.newClientEngine(UpstreamTls.context(bundle, insecure), host, 443, verify, List.of(alpn));
    }

    private Pair handshake(SSLEngine client, String... alpn) throws Exception {
        return Pair.handshake(client, TlsEngines.create(), new Site("backend", List.of(HOST), backend), alpn);
    }
}
