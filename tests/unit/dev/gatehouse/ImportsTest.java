package dev.gatehouse;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Who may import whom: the table of `docs/architecture.md`.
class ImportsTest {
    private static final String ROOT = "dev.gatehouse.";

    private static final Map<String, List<String>> OURS = Map.ofEntries(
            Map.entry("http", List.of()),
            Map.entry("config", List.of()),
            Map.entry("loop", List.of()),
            Map.entry("memory", List.of("loop")),
            Map.entry("control", List.of()),
            Map.entry("handover", List.of()),
            Map.entry("service", List.of()),
            Map.entry("route", List.of("http", "config")),
            Map.entry("header", List.of("http", "config", "route")),
            Map.entry("cache", List.of("http", "config")),
            Map.entry("balance", List.of("http", "config")),
            Map.entry("observe", List.of("http", "config")),
            Map.entry("tls", List.of("config", "http")),
            Map.entry("acme", List.of("http", "config", "tls", "observe")),
            Map.entry("upstream", List.of("http", "config", "balance", "loop", "memory")),
            Map.entry("health", List.of("config", "balance", "upstream")),
            Map.entry(
                    "proxy",
                    List.of(
                            "http",
                            "config",
                            "route",
                            "header",
                            "cache",
                            "balance",
                            "upstream",
                            "observe",
                            "loop",
                            "memory")),
            Map.entry("listen", List.of("http", "config", "tls", "loop", "memory", "observe", "handover")));

    private static final Map<String, List<String>> LIBRARIES = Map.of(
            "org.eclipse.jetty.server", List.of("listen.tcp"),
            "org.eclipse.jetty.http2", List.of("listen.tcp", "memory", "upstream"),
            "org.eclipse.jetty.io",
                    List.of(
                            "http",
                            "loop",
                            "memory",
                            "listen.tcp",
                            "upstream",
                            "header",
                            "route",
                            "cache",
                            "proxy",
                            "observe"),
            "org.bouncycastle", List.of("tls"),
            "org.shredzone.acme4j", List.of("acme"),
            "org.conscrypt", List.of("tls"),
            "org.tomlj", List.of("config"),
            "picocli", List.of("app"),
            "tech.kwik", List.of("listen.quic"));

    @TestFactory
    Stream<DynamicTest> packagesImportOnlyTheirNeighbours() {
        var classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.gatehouse");
        var ours = OURS.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> noClasses()
                                .that()
                                .resideInAPackage(ROOT + entry.getKey() + "..")
                                .should()
                                .dependOnClassesThat(oursOutside(entry.getKey(), entry.getValue()))
                                .allowEmptyShould(true)
                                .check(classes)));
        var libraries = LIBRARIES.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> noClasses()
                                .that()
                                .resideOutsideOfPackages(Stream.concat(Stream.of("app"), entry.getValue().stream())
                                        .map(name -> ROOT + name + "..")
                                        .toArray(String[]::new))
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(entry.getKey() + "..")
                                .allowEmptyShould(true)
                                .check(classes)));
        return Stream.concat(ours, libraries);
    }

    private static DescribedPredicate<JavaClass> oursOutside(String self, List<String> allowed) {
        var fine = Stream.concat(Stream.of(self), allowed.stream())
                .map(name -> ROOT + name)
                .toArray(String[]::new);
        return DescribedPredicate.describe(
                "in a package of ours other than " + Arrays.toString(fine),
                other -> other.getPackageName().startsWith(ROOT)
                        && Arrays.stream(fine)
                                .noneMatch(name -> other.getPackageName().equals(name)
                                        || other.getPackageName().startsWith(name + ".")));
    }
}
