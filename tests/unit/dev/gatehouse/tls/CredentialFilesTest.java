package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialFilesTest {
    private final CredentialFiles files = new CredentialFiles();

    @TempDir
    Path directory;

    private Path certificate;
    private Path key;

    @BeforeEach
    void write() throws Exception {
        certificate = directory.resolve("cert.pem");
        key = directory.resolve("key.pem");
        replace();
    }

    @Test
    void whatIsAsItWasIsNotReadAgain() throws Exception {
        var first = files.load(certificate, key);
        Files.writeString(certificate, Files.readString(certificate));

        assertThat(files.load(certificate, key)).isSameAs(first);
    }

    @Test
    void eitherFileCountsFromItsChangeOn() throws Exception {
        var first = files.load(certificate, key);
        replace();
        var second = files.load(certificate, key);

        assertThat(second.leaf()).isNotEqualTo(first.leaf());
        Files.writeString(key, Objects.requireNonNull(first.pem()));
        assertThat(catchThrowableOfType(PemException.class, () -> files.load(certificate, key)))
                .satisfies(refusal -> {
                    assertThat(refusal.file()).isEqualTo(key);
                    assertThat(refusal.problem().code()).isEqualTo("cert.mismatch");
                });
    }

    @Test
    void onlyWhatIsInUseIsRemembered() throws Exception {
        var first = files.load(certificate, key);
        files.retain(List.of(first));
        assertThat(files.load(certificate, key)).isSameAs(first);

        files.retain(List.of());

        assertThat(files.load(certificate, key)).isEqualTo(first).isNotSameAs(first);
    }

    private void replace() throws Exception {
        Files.deleteIfExists(certificate);
        Files.deleteIfExists(key);
        SelfSigned.write(SelfSigned.forLocalhost(List.of()), certificate, key);
    }
}
