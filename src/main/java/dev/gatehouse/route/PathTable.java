package dev.gatehouse.route;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the longest configured path that covers a request's path, by whole segments and case-sensitively. Immutable;
/// a look-up costs one walk along the path, however many paths there are, and allocates nothing.
///
/// | configured | covers | not |
/// |---|---|---|
/// | `/` | everything | |
/// | `/foo` | `/foo`, `/foo/`, `/foo/bar` | `/foobar`, `/FOO` |
/// | `/foo/` | `/foo/`, `/foo/bar` | `/foo` |
final class PathTable<T> {
    private final Node<T> root = new Node<>("");

    /// @param paths each begins with `/`
    PathTable(Map<String, T> paths) {
        paths.forEach(this::put);
    }

    /// @param path as [RequestPath#canonical] is
    @Nullable
    T find(String path) {
        T best = null;
        var node = root;
        int end = 0; // of the segments that led to the node; a slash or the path's end follows
        while (true) {
            if (node.covers != null) {
                best = node.covers;
            }
            if (end == path.length()) {
                return best;
            }
            if (node.coversBelow != null) {
                best = node.coversBelow;
            }
            int start = end + 1;
            int hash = 0;
            for (end = start; end < path.length() && path.charAt(end) != '/'; end++) {
                hash = 31 * hash + path.charAt(end);
            }
            var child = node.child(hash, path, start, end);
            if (child == null) {
                return best;
            }
            node = child;
        }
    }

    private void put(String path, T value) {
        var node = root;
        int start = 1;
        for (int slash = path.indexOf('/', start); slash >= 0; slash = path.indexOf('/', start)) {
            node = node.childOrNew(path.substring(start, slash));
            start = slash + 1;
        }
        if (start == path.length()) {
            node.coversBelow = value;
        } else {
            node.childOrNew(path.substring(start)).covers = value;
        }
    }

    /// One segment. Children hang in hash chains whose number is at least theirs.
    private static final class Node<T> {
        final String segment;

        @Nullable
        T covers;

        @Nullable
        T coversBelow;

        private @Nullable Node<T> next;
        private int size;
        private @Nullable Node<T>[] chains = newChains(1);

        Node(String segment) {
            this.segment = segment;
        }

        @Nullable
        Node<T> child(int hash, String path, int from, int to) {
            for (var child = chains[slot(hash)]; child != null; child = child.next) {
                if (child.segment.length() == to - from && path.startsWith(child.segment, from)) {
                    return child;
                }
            }
            return null;
        }

        Node<T> childOrNew(String name) {
            var present = child(name.hashCode(), name, 0, name.length());
            if (present != null) {
                return present;
            }
            if (++size > chains.length) {
                var old = chains;
                chains = newChains(2 * old.length);
                for (var chain : old) {
                    for (var child = chain; child != null; ) {
                        var following = child.next;
                        hang(child);
                        child = following;
                    }
                }
            }
            var added = new Node<T>(name);
            hang(added);
            return added;
        }

        private void hang(Node<T> child) {
            int slot = slot(child.segment.hashCode());
            child.next = chains[slot];
            chains[slot] = child;
        }

        /// The number of chains is a power of two.
        private int slot(int hash) {
            return (hash ^ (hash >>> 16)) & (chains.length - 1);
        }

        @SuppressWarnings({"unchecked", "rawtypes"})
        private static <T> @Nullable Node<T>[] newChains(int length) {
            return new Node[length];
        }
    }
}
