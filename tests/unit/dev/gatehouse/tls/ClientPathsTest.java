package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.TestPki;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClientPathsTest {
    private final TestPki root = TestPki.create();
    private final TestPki between = root.intermediate("Between");

    private static X509Certificate[] shown(X509Certificate... certificates) {
        return certificates;
    }

    @Test
    void theOrderOfWhatIsShownDoesNotMatter() {
        var below = between.intermediate("Below");
        var leaf = below.leaf("a.example").leaf();

        var paths = ClientPaths.find(List.of(root.ca()), shown(leaf, root.ca(), between.ca(), below.ca()));

        assertThat(paths).contains(new ClientPaths.Path(List.of(leaf, below.ca(), between.ca()), root.ca()));
    }

    @Test
    void whatIsOfNoUseIsPassedOver() {
        var leaf = root.leaf("a.example").leaf();

        var paths = ClientPaths.find(
                List.of(root.ca()), shown(leaf, TestPki.stranger().ca(), between.ca(), leaf));

        assertThat(paths).containsExactly(new ClientPaths.Path(List.of(leaf), root.ca()));
    }

    @Test
    void everyAnchorOnTheWayIsAnEnd() {
        var leaf = between.leaf("a.example").leaf();

        var paths = ClientPaths.find(List.of(root.ca(), between.ca()), shown(leaf, between.ca()));

        assertThat(paths)
                .containsExactlyInAnyOrder(
                        new ClientPaths.Path(List.of(leaf), between.ca()),
                        new ClientPaths.Path(List.of(leaf, between.ca()), root.ca()));
    }

    @Test
    void anAuthorityOfTheSameNameWithAnotherKeyIsNoWay() {
        var leaf = root.leaf("a.example").leaf();

        assertThat(ClientPaths.find(List.of(TestPki.create().ca()), shown(leaf)))
                .isEmpty();
    }

    @Test
    void certificatesThatVouchForEachOtherInManyWaysEndTheSearchSoon() {
        // Thirty of one name, each made by itself: without key identifiers each could have signed each.
        var twins = Stream.generate(() -> TestKeys.P256.credentials("CN").leaf())
                .limit(30)
                .toArray(X509Certificate[]::new);

        long began = System.nanoTime();
        var paths = ClientPaths.find(List.of(root.ca()), twins);

        assertThat(paths).isEmpty();
        assertThat(System.nanoTime() - began).isLessThan(10_000_000_000L);
    }
}
