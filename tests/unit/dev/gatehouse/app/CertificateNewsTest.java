package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.support.TestPki;
import dev.gatehouse.tls.Credentials;
import dev.gatehouse.tls.Site;
import dev.gatehouse.tls.SiteStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CertificateNewsTest {
    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @TempDir
    Path directory;

    private Instant now = Instant.now();
    private final CertificateNews news = new CertificateNews(() -> now);

    private Sites sites(String app, Duration lifetime) throws Exception {
        var files = TestPki.create()
                .leaf(TestPki.Kind.ECDSA, Instant.now(), lifetime, "app.example")
                .writeTo(directory, app);
        var credentials = Credentials.load(files.certificate(), files.key());
        var store = SiteStore.of(List.of(new Site(app, List.of("app.example"), credentials)));
        return new Sites(
                store,
                Map.of(new Sites.Pair(files.certificate(), files.key()), credentials),
                Map.of(),
                Map.of(),
                List.of());
    }

    private List<String> told(String app) {
        return LOG.lines("cert.expiring").stream()
                .filter(line -> line.contains(" app=" + app + " "))
                .toList();
    }

    @Tag("CE-03")
    @Test
    void theEndOfACertificateIsToldOnceAtEachStage() throws Exception {
        var sites = sites("stages", Duration.ofDays(100));
        now = now.plus(Duration.ofHours(1));
        for (int day = 0; day < 102; day++) {
            news.tell(sites, List.of());
            news.tell(sites, List.of());
            now = now.plus(Duration.ofDays(1));
        }

        assertThat(told("stages"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("WARN").contains("days_left=29"),
                        line -> assertThat(line).contains("WARN").contains("days_left=13"),
                        line -> assertThat(line).contains("WARN").contains("days_left=6"),
                        line -> assertThat(line).contains("WARN").contains("days_left=2"),
                        line -> assertThat(line).contains("WARN").contains("days_left=0"),
                        line -> assertThat(line).contains("ERROR").contains("certificate has expired"),
                        line -> assertThat(line).contains("ERROR").contains("certificate has expired"));
    }

    @Tag("CE-03")
    @Test
    void certificatesOfSixDaysAreNoNewsUntilTwoAreLeft() throws Exception {
        var sites = sites("short", Duration.ofDays(6));
        now = now.plus(Duration.ofDays(3));
        news.tell(sites, List.of());
        assertThat(told("short")).isEmpty();

        now = now.plus(Duration.ofHours(30));
        news.tell(sites, List.of());
        assertThat(told("short")).singleElement().asString().contains("days_left=1");
    }
}
