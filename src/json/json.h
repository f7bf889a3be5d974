/*
 * JSON documents as spans (RFC 8259).
 *
 * json_parse() validates a whole text once and indexes it; afterwards every value is a span
 * of the original bytes. Nothing is converted: a number keeps its digits, a string its
 * escapes, until somebody asks for the decoded text. The text must outlive the document.
 * This room owns no memory: the index lives in the arena that is handed in.
 * Refused: anything outside RFC 8259 (bad UTF-8, lone surrogates in escapes, control
 * characters in strings, a BOM, trailing bytes), nesting deeper than the limit, and, when
 * asked, objects that hold a key twice.
 *
 * Memory: 16 bytes for each value and each key that the text holds, whatever their length,
 * so at most 8 bytes for each byte of text and next to nothing for long strings, and 1.5 KB for
 * notes. While parsing there is room for up to twice as many entries (for a sixteenth of the
 * bytes of the text, at most 8192, to begin with), and the old place besides for the moment of
 * moving to a larger one; refusing doubled keys borrows at most 16 bytes a key of the widest
 * object. What was not needed goes back to the arena. A text that does not end in a closing
 * bracket, a lone scalar or one cut off, is copied. A text of 4 GiB or more is refused, and one
 * that needs 2^27 entries.
 *
 * Callers ask for the same keys in row after row, so look-ups leave notes about where they
 * found them. The notes are guesses that are checked, touched atomically: several threads may
 * look up in one document (but not pick, see pick.h).
 */
#ifndef SHOPSHIM_JSON_JSON_H
#define SHOPSHIM_JSON_JSON_H

#include "base/arena.h"
#include "base/str.h"

enum json_type {
    JSON_ABSENT, /* not in the document */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_node; /* the index entry: private to this room */
struct json_notes;

struct json_doc {
    struct str text;
    struct json_node *nodes;
    struct json_notes *notes;
    uint32_t count;
};

/*
 * A value of a document: cheap to copy, borrowed from `doc`. All zero is absent. Make one with
 * the functions below only.
 */
struct json {
    const struct json_doc *doc;
    uint32_t at;
    uint32_t edge; /* private: where its siblings end, and whether it has a key */
};

#define JSON_NONE ((struct json){NULL, 0, 0})

struct json_limits {
    unsigned depth;   /* nesting; 0 means 64 */
    bool unique_keys; /* refuse objects that hold a key twice */
};

struct json_error {
    size_t offset;        /* the first byte that no document can have at this place; the
                             length of the text when it only ends too early */
    const char *expected; /* static words: "a value", "',' or '}'", "a key that is not there yet" */
    struct str key;       /* the doubled key, decoded by nobody; absent otherwise */
};

/* Validates and indexes. False fills *error (also when the arena is full: "memory"). */
bool json_parse(struct json_doc *doc, struct str text, const struct json_limits *limits,
                struct arena *arena, struct json_error *error);

struct json json_root(const struct json_doc *doc);
enum json_type json_type(struct json value);
const char *json_type_name(enum json_type type); /* "string", "a missing value", ... */

/* The exact bytes, for strings with their quotes; absent for JSON_ABSENT. */
struct str json_raw(struct json value);

/*
 * The text of a scalar: a string decoded (borrowed from the document when it holds no
 * escape, else in the arena), a number's digits, "true", "false"; absent for the others.
 */
struct str json_text(struct json value, struct arena *arena);

/* Member by decoded key; JSON_NONE when there is none or `object` is no object. The last of
 * doubled keys wins, as in every common parser. */
struct json json_get(struct json object, struct str key);

/* Element by index; JSON_NONE when out of range or no array. O(index). */
struct json json_at(struct json array, size_t index);

/* Elements or members; 0 for scalars. O(1). */
size_t json_count(struct json value);

/*
 * Children in order, of arrays and objects:
 *   for (struct json v = json_first(x); json_exists(v); v = json_next(v))
 */
struct json json_first(struct json value);
struct json json_next(struct json value);

/* The key of a value reached by json_first/json_next/json_get of an object, decoded. */
struct str json_key(struct json value, struct arena *arena);

static inline bool json_exists(struct json value)
{
    return value.doc != NULL;
}

/* Whether `text` is one number by RFC 8259. */
bool json_is_number(struct str text);

#endif
