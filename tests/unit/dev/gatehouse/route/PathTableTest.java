package dev.gatehouse.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTableTest {
    @ParameterizedTest(name = "{1} with {0}: {2}")
    @CsvSource({
        "/ /foo, /foo, /foo",
        "/ /foo, /foo/, /foo",
        "/ /foo, /foo/bar, /foo",
        "/ /foo, /foo//bar, /foo",
        "/ /foo, /foobar, /",
        "/ /foo, /FOO, /",
        "/ /foo, //foo, /",
        "/ /foo, /fo, /",
        "/ /foo, /, /",
        "/foo, /,",
        "/foo, /foobar,",
        "/foo/, /foo/, /foo/",
        "/foo/, /foo/bar, /foo/",
        "/foo/, /foo//bar, /foo/",
        "/foo/, /foo,",
        "/foo /foo/, /foo, /foo",
        "/foo /foo/, /foo/, /foo/",
        "/foo /foo/, /foo/bar, /foo/",
        "/a /a/b /a/b/c, /a/b/c/d, /a/b/c",
        "/a /a/b /a/b/c, /a/b/d, /a/b",
        "/a /a/b /a/b/c, /a/bc, /a",
        "/a/b, /a,",
        "/a/b, /a/c,",
        "/ /%66oo, /foo, /",
        "/ /foo, /foo;x, /",
    })
    void findsTheLongestPathBySegments(String configured, String path, String expected) {
        assertThat(tableOf(configured.split(" ")).find(path)).isEqualTo(expected);
    }

    @Test
    void agreesWithAScanOverAllPaths() {
        var random = new Random(19);
        for (int round = 0; round < 300; round++) {
            var configured = new String[random.nextInt(40) + 1];
            Arrays.setAll(configured, _ -> path(random));
            var table = tableOf(configured);
            for (int i = 0; i < 100; i++) {
                var path = path(random);
                assertThat(table.find(path))
                        .as("%s in %s", path, Arrays.toString(configured))
                        .isEqualTo(Arrays.stream(configured)
                                .filter(prefix -> covers(prefix, path))
                                .max(Comparator.comparingInt(String::length))
                                .orElse(null));
            }
        }
    }

    private static boolean covers(String prefix, String path) {
        return path.startsWith(prefix)
                && (prefix.endsWith("/") || path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }

    private static String path(Random random) {
        var path = new StringBuilder("/");
        for (int length = random.nextInt(8); length > 0; length--) {
            path.append("ab/".charAt(random.nextInt(3)));
        }
        return path.toString();
    }

    private static PathTable<String> tableOf(String... paths) {
        Map<String, String> table = new HashMap<>();
        Arrays.stream(paths).forEach(path -> table.put(path, path));
        return new PathTable<>(table);
    }
}
