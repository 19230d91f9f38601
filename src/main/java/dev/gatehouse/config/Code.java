package dev.gatehouse.config;

/// The stable words for what can be wrong with a configuration.
enum Code {
    UNREADABLE("config.unreadable", "the file is missing, not a file, or may not be read"),
    TOO_LARGE("config.too_large", "the file is larger than 16 MiB"),
    EMPTY("config.empty", "the file holds nothing, or a list that needs an entry has none"),
    ENCODING("config.encoding", "the file is not UTF-8 text"),
    SYNTAX("config.syntax", "the file is not TOML"),
    DUPLICATE_KEY("config.duplicate_key", "a key or table is given twice, also under its other name"),
    UNKNOWN_KEY("config.unknown_key", "no such key in this table"),
    REMOVED_KEY("config.removed_key", "a key or value that rpxy removed"),
    MISSING_KEY("config.missing_key", "a key that must be there is not"),
    WRONG_TYPE("config.wrong_type", "a value of another TOML type is wanted"),
    NO_UNIT("config.no_unit", "a duration without its unit"),
    OUT_OF_RANGE("config.out_of_range", "a number outside its range"),
    BAD_VALUE("config.bad_value", "a value that cannot be meant"),
    CONFLICT("config.conflict", "two keys that exclude or need each other"),
    DUPLICATE_NAME("config.duplicate_name", "a server name or app name that is taken"),
    DUPLICATE_PATH("config.duplicate_path", "a path that another route of the app has"),
    UNKNOWN_APP("config.unknown_app", "the name of an app that does not exist"),
    NOT_BUILT("config.not_built", "a feature that this version does not have yet"),
    DEPRECATED_KEY("config.deprecated_key", "warning: a key that will go away"),
    RISKY("config.risky", "warning: allowed, but it takes a protection away"),
    UNUSED("config.unused", "warning: a setting that has no effect"),
    CHANGED("config.changed", "warning: read otherwise than rpxy reads it"),
    WORKING_DIRECTORY("config.working_directory", "warning: a path that exists only from the working directory"),
    PERMISSIONS("config.perm", "warning: others may write the file, or read a secret in it");

    private final String text;
    private final String meaning;

    Code(String text, String meaning) {
        this.text = text;
        this.meaning = meaning;
    }

    String text() {
        return text;
    }

    String meaning() {
        return meaning;
    }
}
