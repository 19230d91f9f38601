package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class P256SignatureTest {
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"P256", "P384", "P521"})
    void theJdkAcceptsWhatIsSigned(TestKeys kind) throws Exception {
        var random = new Random(20261124);
        byte[] hash = new byte[32];
        for (int i = 0; i < 50; i++) {
            random.nextBytes(hash);
            var signer = new P256Signature();
            signer.initSign(kind.pair().getPrivate(), new SecureRandom());
            signer.update(hash, 0, 31);
            signer.update(hash[31]);
            byte[] signature = signer.sign();

            assertThat(verify(Signature.getInstance("NONEwithECDSA"), kind, hash, signature))
                    .isTrue();
            assertThat(verify(new P256Signature(), kind, hash, signature)).isTrue();
            hash[5] ^= 1;
            assertThat(verify(new P256Signature(), kind, hash, signature)).isFalse();
        }
    }

    @Test
    void noTwoSignaturesAreTheSame() throws Exception {
        var signer = new P256Signature();
        signer.initSign(TestKeys.P256.pair().getPrivate(), new SecureRandom());
        signer.update(new byte[32]);
        byte[] first = signer.sign();
        signer.update(new byte[32]);

        assertThat(signer.sign()).isNotEqualTo(first);
    }

    @Test
    void aKeyIsNeededFirst() {
        assertThatThrownBy(() -> new P256Signature().sign()).isInstanceOf(SignatureException.class);
    }

    private static boolean verify(Signature verifier, TestKeys kind, byte[] hash, byte[] signature) throws Exception {
        verifier.initVerify(kind.pair().getPublic());
        verifier.update(hash);
        return verifier.verify(signature);
    }
}
