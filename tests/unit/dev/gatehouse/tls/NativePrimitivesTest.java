package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.config.TlsConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.bouncycastle.tls.TlsFatalAlert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class NativePrimitivesTest {
    private static final String[] GROUPS = {
        "X25519MLKEM768", "SecP256r1MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1"
    };

    @BeforeAll
    static void quiet() {
        TlsLogging.quiet();
    }

    static List<Arguments> combinations() {
        var all = new ArrayList<Arguments>();
        for (var primitives : TlsConfig.Primitives.values()) {
            for (var key : TestKeys.values()) {
                all.add(Arguments.of(primitives, key));
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("combinations")
    void everyKeyGroupAndVersionWorksOnAllOfThem(TlsConfig.Primitives primitives, TestKeys key) throws Exception {
        var engines = TlsEngines.create(primitives);
        var site = key.site(TestClients.NAME);
        for (String group : GROUPS) {
            if (group.equals("secp521r1") && key != TestKeys.P521) {
                continue; // only for keys on that curve
            }
            served(engines, site, TestClients.bc("TLSv1.3", new String[] {group}, groups(group)), "TLSv1.3");
        }
        for (String group : new String[] {"x25519", "secp256r1"}) {
            served(engines, site, TestClients.bc("TLSv1.2", new String[] {group}, groups(group)), "TLSv1.2");
        }
        served(engines, site, TestClients.sun("TLSv1.3"), "TLSv1.3");
        served(engines, site, TestClients.sun("TLSv1.2"), "TLSv1.2");
        served(
                engines,
                site,
                TestClients.withSuites(TestClients.sun("TLSv1.3"), "TLS_CHACHA20_POLY1305_SHA256"),
                "TLSv1.3");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void keysForRsaPssServeToo(TlsConfig.Primitives primitives) throws Exception {
        var engines = TlsEngines.create(primitives);
        for (var made : List.of(
                MadeCertificate.of("CN=pss").key("RSASSA-PSS", 2048),
                MadeCertificate.of("CN=pss").key("RSASSA-PSS", 2048).restrictedTo("SHA-384"))) {
            var its = made.signature("SHA256withRSAandMGF1").selfSigned();
            var site = new Site(
                    "pss",
                    List.of(TestClients.NAME),
                    new Credentials(List.of(its.certificate()), its.keys().getPrivate()));
            for (var version : List.of("TLSv1.3", "TLSv1.2")) {
                served(engines, site, TestClients.sun(version), version);
                served(engines, site, TestClients.bc(version, new String[] {"x25519"}, "x25519"), version);
            }
        }
    }

    /// With those that let the client verify ECDSA.
    private static String[] groups(String first) {
        return java.util.stream.Stream.of(first, "secp256r1", "secp384r1", "secp521r1")
                .distinct()
                .toArray(String[]::new);
    }

    private static void served(TlsEngines engines, Site site, SSLEngine client, String version) throws Exception {
        var pair = Pair.handshake(client, engines, site);
        byte[] little = "hello".getBytes(StandardCharsets.US_ASCII);
        byte[] much = new byte[60_000];
        Arrays.fill(much, (byte) 7);

        assertThat(TlsEngines.completed(pair.server).version()).isEqualTo(version);
        assertThat(pair.send(little, true)).isEqualTo(little);
        assertThat(pair.send(much, false)).isEqualTo(much);
        assertThat(pair.send(much, true)).isEqualTo(much);
    }

    @Test
    void theAllZeroSecretIsRefused() throws Exception {
        var primitives = Primitives.nativeCode(false);
        var crypto = primitives.create(new java.security.SecureRandom());
        var agreement = new NativeX25519(crypto, ((NativeHelper) primitives.getHelper()).provider());

        assertThatThrownBy(() -> {
                    agreement.generateEphemeral();
                    agreement.receivePeerValue(new byte[32]);
                    agreement.calculateSecret();
                })
                .isInstanceOfSatisfying(
                        TlsFatalAlert.class,
                        alert -> assertThat((int) alert.getAlertDescription()).isEqualTo(Alerts.ILLEGAL_PARAMETER));
    }

    @Test
    void whatTheLibraryDoesNotLoadOfIsTold() {
        assertThatThrownBy(() -> NativeHelper.load(false, () -> {
                    throw new ExceptionInInitializerError(new UnsatisfiedLinkError("/tmp/x.so: noexec\nand more"));
                }))
                .isInstanceOf(NativeUnavailable.class)
                .hasMessageStartingWith("UnsatisfiedLinkError: /tmp/x.so: noexec (");
        assertThat(TlsEngines.create(TlsConfig.Primitives.NATIVE).whyNotNative())
                .isNull();
    }

    @Test
    void whoseTheyAreIsTold() {
        assertThat(TlsEngines.create(TlsConfig.Primitives.JDK).primitives()).isEqualTo("all=java");
        assertThat(TlsEngines.create(TlsConfig.Primitives.AUTO).primitives())
                .contains("rsa=native", "x25519=native", "aes_gcm=java");
        assertThat(TlsEngines.create(TlsConfig.Primitives.NATIVE).primitives()).contains("aes_gcm=native");
    }
}
