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
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
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

    @Test
    void whatIsPinnedVouchesForItselfOnly() throws Exception {
        var pinned = named(MadeCertificate.of("CN=" + HOST).noAuthority()).selfSigned();
        var other = named(MadeCertificate.of("CN=" + HOST)).by(pinned);
        var signsNobody = MadeCertificate.of("CN=Signs nobody")
                .authority()
                .usage(KeyUsage.digitalSignature)
                .selfSigned();
        var below = named(MadeCertificate.of("CN=" + HOST)).by(signsNobody);
        var old =
                named(MadeCertificate.of("CN=" + HOST).noAuthority()).expired().selfSigned();

        assertThat(shows(pinned, pinned)).isEqualTo("trusted");
        assertThat(shows(other, pinned)).contains("unable to find valid certification path");
        assertThat(shows(below, signsNobody)).contains("unable to find valid certification path");
        assertThat(shows(old, old)).contains("NotAfter");
        // What is pinned beside a CA changes nothing for those that the CA signs.
        var ca = MadeCertificate.of("CN=CA").authority().selfSigned();
        assertThat(shows(named(MadeCertificate.of("CN=x")).by(ca), pinned, ca)).isEqualTo("trusted");
        assertThat(shows(other, pinned, ca)).contains("unable to find valid certification path");
    }

    @Test
    void theCommonNameIsNotLookedAt() throws Exception {
        var ca = MadeCertificate.of("CN=CA").authority().selfSigned();
        var email = new GeneralNames(new GeneralName(GeneralName.rfc822Name, "a@b.example"));

        assertThat(shows(MadeCertificate.of("CN=" + HOST).by(ca), ca)).contains("the common name is not looked at");
        assertThat(shows(
                        MadeCertificate.of("CN=" + HOST)
                                .with(Extension.subjectAlternativeName, email)
                                .by(ca),
                        ca))
                .contains("the common name is not looked at");
        assertThat(shows(named(MadeCertificate.of("CN=other")).by(ca), ca)).isEqualTo("trusted");
    }

    private static MadeCertificate.Recipe named(MadeCertificate.Recipe recipe) {
        return recipe.with(
                Extension.subjectAlternativeName, new GeneralNames(new GeneralName(GeneralName.dNSName, HOST)));
    }

    /// What comes of a handshake.
    private String shows(MadeCertificate server, MadeCertificate... trusted) throws Exception {
        var text = new StringBuilder();
        for (var each : trusted) {
            text.append(SelfSigned.pem("CERTIFICATE", each.certificate().getEncoded()));
        }
        Files.writeString(bundle, text);
        backend = new Credentials(List.of(server.certificate()), server.keys().getPrivate());
        try {
            handshake(engine(bundle, false, HOST));
            return "trusted";
        } catch (SSLHandshakeException refused) {
            return String.valueOf(refused.getMessage());
        }
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
