/*
 * json_parse: prepares a text for the reader, trims the index, and reports what was refused.
 * Owns nothing; all memory is the caller's arena.
 */
#include "json/reader.h"

enum { DEFAULT_DEPTH = 64, FIRST_ROOM = 8192, BYTES_PER_NODE = 16 };

static bool refuse(struct json_doc *doc, struct json_error *error, size_t offset,
                   const char *expected)
{
    *doc = (struct json_doc){0};
    *error = (struct json_error){offset, expected, STR_NONE};
    return false;
}

static bool refuse_doubled(struct json_doc *doc, struct json_error *error,
                           const struct json_node *key)
{
    struct str inner = node_inner(doc->text.p, key);
    refuse(doc, error, key->offset, "a key that is not there yet");
    error->key = inner;
    return false;
}

/* The objects that were too wide, or had escapes in keys, to be checked while reading. */
static bool check_keys(struct json_doc *doc, struct arena *arena, struct json_error *error)
{
    for (uint32_t at = 0; at < doc->count; at++) {
        const struct json_node *doubled = NULL;
        struct json_node *node = &doc->nodes[at];
        if (node_type(node) != JSON_OBJECT || node->meta & NODE_UNIQUE)
            continue;
        if (!doubled_of_many(node, doc->text.p, arena, &doubled))
            return refuse(doc, error, node->offset, "memory");
        if (doubled)
            return refuse_doubled(doc, error, doubled);
        node->meta |= NODE_UNIQUE;
    }
    return true;
}

/* Sets what is read, and where it ends, so that nothing steps over the end (see index.c). */
static bool set_text(struct reader *r, struct str text)
{
    size_t n = text.n;
    while (n > 0 && is_blank((byte)text.p[n - 1]))
        n--;
    if (n > 0 && (text.p[n - 1] == '}' || text.p[n - 1] == ']')) {
        r->text = (const byte *)text.p;
        r->end = r->text + n;
        return true;
    }
    r->text = (const byte *)arena_cstr(r->arena, text);
    if (!r->text)
        return false;
    r->end = r->text + text.n;
    return true;
}

/*
 * Of what the reader stopped at. When that was the end, the blanks that set_text() left out
 * belong to it: they are good behind everything but a string without end, which may hold
 * spaces only.
 */
static bool refuse_snag(struct json_doc *doc, struct json_error *error, const struct reader *r)
{
    struct str text = doc->text;
    size_t at = (size_t)(r->snag.at - r->text);
    if (r->snag.at < r->end)
        return refuse(doc, error, at, r->snag.expected);
    if (r->snag.expected != scan_no_quote)
        return refuse(doc, error, text.n, r->snag.expected);
    while (at < text.n && text.p[at] == ' ')
        at++;
    return refuse(doc, error, at, at < text.n ? scan_no_escape : scan_no_quote);
}

bool json_parse(struct json_doc *doc, struct str text, const struct json_limits *limits,
                struct arena *arena, struct json_error *error)
{
    struct reader r = {
        .most_depth = limits && limits->depth ? limits->depth : DEFAULT_DEPTH,
        .unique_keys = limits && limits->unique_keys,
        .arena = arena,
    };
    if (text.n >= UINT32_MAX)
        return refuse(doc, error, UINT32_MAX, "a text of less than 4 GiB");
    struct json_notes *notes = ARENA_NEW(arena, struct json_notes);
    size_t room = text.n / BYTES_PER_NODE + 4;
    if (room > FIRST_ROOM)
        room = FIRST_ROOM;
    if (!notes || !set_text(&r, text))
        return refuse(doc, error, 0, "memory");
    r.nodes = arena_alloc(arena, sizeof *r.nodes * room);
    if (!r.nodes)
        return refuse(doc, error, 0, "memory");
    r.last = r.nodes + room - 2;
    size_t count = read_text(&r);
    room = (size_t)(r.last - r.nodes) + 2;
    *error = (struct json_error){0};
    *doc = (struct json_doc){text, r.nodes, notes, (uint32_t)count};
    if (r.doubled)
        refuse_doubled(doc, error, r.doubled);
    else if (count == 0)
        refuse_snag(doc, error, &r);
    r.nodes = arena_resize(arena, r.nodes, sizeof *r.nodes * room, sizeof *r.nodes * count);
    if (count == 0)
        return false;
    doc->nodes = r.nodes;
    return !r.unique_keys || check_keys(doc, arena, error);
}
