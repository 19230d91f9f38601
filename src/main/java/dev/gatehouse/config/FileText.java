package dev.gatehouse.config;

import dev.gatehouse.config.Problem.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Gets the text out of a file that may be anything.
final class FileText {
    /// No configuration is larger, bytes.
    static final int MOST = 16 << 20;

    private FileText() {}

    /// The text without a byte order mark; null where a problem was reported.
    static @Nullable String read(Path file, Problems problems) {
        try {
            if (Files.isDirectory(file)) {
                var inside = file.resolve("config.toml");
                var hint = Files.exists(inside) ? Words.quote(inside.toString()) + " is in it" : "name a file in it";
                problems.error(Code.UNREADABLE, (Place) null, "this is a directory", hint);
                return null;
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                problems.error(Code.UNREADABLE, (Place) null, "this is not a regular file", null);
                return null;
            }
            try (var in = Files.newInputStream(file)) {
                return decode(in.readNBytes(MOST + 1), problems);
            }
        } catch (NoSuchFileException e) {
            problems.error(
                    Code.UNREADABLE,
                    (Place) null,
                    "there is no such file",
                    "it was looked for at " + Words.quote(file.toAbsolutePath().toString()));
        } catch (AccessDeniedException e) {
            problems.error(Code.UNREADABLE, (Place) null, "this user may not read it", null);
        } catch (IOException e) {
            problems.error(Code.UNREADABLE, (Place) null, "it cannot be read: " + e.getMessage(), null);
        }
        return null;
    }

    static @Nullable String decode(byte[] bytes, Problems problems) {
        if (bytes.length > MOST) {
            problems.error(Code.TOO_LARGE, (Place) null, "larger than 16 MiB", "is it the right file?");
            return null;
        }
        if (bytes.length >= 2 && ((bytes[0] & bytes[1] & 0xff) == 0xfe) && bytes[0] != bytes[1]) {
            problems.error(Code.ENCODING, new Place(1, 1), "the file is UTF-16", "save it as UTF-8");
            return null;
        }
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        // The default of a new decoder is to report.
        var result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        var text = out.flip().toString();
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            problems.error(Code.ENCODING, placeAt(text, nul), "a NUL byte", "is it the right file?");
            return null;
        }
        if (result.isError()) {
            problems.error(
                    Code.ENCODING,
                    placeAt(text, text.length()),
                    "byte 0x%02x is not UTF-8".formatted(bytes[in.position()] & 0xff),
                    "save the file as UTF-8");
            return null;
        }
        if (text.startsWith("\ufeff")) {
            text = text.substring(1);
        }
        if (text.isBlank()) {
            problems.error(Code.EMPTY, (Place) null, "the file is empty", "config-example.toml explains every key");
            return null;
        }
        return text;
    }

    private static Place placeAt(String text, int index) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < index; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return new Place(line, text.codePointCount(start, index) + 1);
    }
}
