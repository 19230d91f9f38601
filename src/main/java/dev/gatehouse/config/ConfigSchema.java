package dev.gatehouse.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The model of keys as a JSON Schema (draft 2020-12), for editors that check TOML by one.
public final class ConfigSchema {
    private static final String LENGTH = "^[0-9]+(ms|s|m|h)$";
    private static final String SIZE = "^\\s*([0-9]+[kKmMgG]?|[uU][nN][lL][iI][mM][iI][tT][eE][dD])\\s*$";

    private ConfigSchema() {}

    /// The schema's text.
    public static String json() {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Gatehouse configuration");
        schema.putAll(table(Keys.ROOT));
        var definitions = new LinkedHashMap<String, Object>();
        for (var table : Keys.TABLES) {
            if (!table.equals(Keys.ROOT)) {
                definitions.put(table.name(), table(table));
            }
        }
        schema.put("$defs", definitions);
        return Json.of(schema);
    }

    private static Map<String, Object> table(KeyTable table) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (var key : table.keys()) {
            if (key.state() == Key.State.REMOVED) {
                continue;
            }
            properties.put(key.name(), property(key));
            var other = key.otherName();
            if (other != null) {
                properties.put(other, property(key));
            }
            if (key.state() == Key.State.REQUIRED) {
                required.add(key.name());
            }
        }
        var schema = new LinkedHashMap<String, Object>();
        schema.put("description", plain(table.help() + remark(Unbuilt.of(table))));
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private static Map<String, Object> property(Key key) {
        var schema = new LinkedHashMap<String, Object>();
        var unit = key.unit() == null ? "" : " Unit: " + key.unit() + ".";
        var risk = key.risk() == null ? "" : " Risk: " + key.risk();
        schema.put("description", plain(key.help() + remark(Unbuilt.of(key.name())) + unit + risk));
        schema.putAll(type(key.type()));
        if (key.fallback() instanceof Duration time) {
            schema.put("default", Durations.text(time));
        } else if (key.fallback() != null) {
            schema.put("default", key.fallback());
        }
        if (key.state() == Key.State.DEPRECATED) {
            schema.put("deprecated", true);
        }
        return schema;
    }

    private static String remark(@Nullable Unbuilt unbuilt) {
        return unbuilt == null ? "" : " " + unbuilt.sentence();
    }

    private static Map<String, Object> type(KeyType type) {
        return switch (type) {
            case KeyType.Flag _ -> Map.of("type", "boolean");
            case KeyType.OnOff _ -> Map.of("enum", List.of(true, false, "on", "off"));
            case KeyType.Text _ -> Map.of("type", "string");
            case KeyType.Choice choice -> Map.of("enum", choice.values());
            case KeyType.Whole whole -> ordered("type", "integer", "minimum", whole.min(), "maximum", whole.max());
            case KeyType.Size size -> anyOf(integer(size), ordered("type", "string", "pattern", SIZE));
            case KeyType.Span span -> {
                var length = ordered("type", "string", "pattern", LENGTH);
                yield span.mayBeUnlimited() ? anyOf(length, Map.of("enum", List.of(0, "0", "off"))) : length;
            }
            case KeyType.Many(var element, var single, var min) -> {
                var list = ordered("type", "array", "items", type(element), "minItems", min);
                yield single ? anyOf(type(element), list) : list;
            }
            case KeyType.Sub(var table) -> reference(table);
            case KeyType.FlagOrSub(var table) -> anyOf(Map.of("type", "boolean"), reference(table));
            case KeyType.Entries(var table) -> ordered("type", "array", "items", reference(table), "minItems", 1);
            case KeyType.Named(var table) ->
                ordered("type", "object", "additionalProperties", reference(table), "minProperties", 1);
        };
    }

    private static Map<String, Object> integer(KeyType.Size size) {
        long min = size.mayBeUnlimited() ? 0 : size.min();
        return size.max() == Sizes.UNLIMITED
                ? ordered("type", "integer", "minimum", min)
                : ordered("type", "integer", "minimum", min, "maximum", size.max());
    }

    private static Map<String, Object> reference(KeyTable table) {
        return Map.of("$ref", "#/$defs/" + table.name());
    }

    private static Map<String, Object> anyOf(Object left, Object right) {
        return Map.of("anyOf", List.of(left, right));
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    /// Markdown's back quotes away.
    private static String plain(String text) {
        return text.replace("`", "");
    }
}
