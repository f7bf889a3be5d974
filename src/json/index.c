/*
 * The reader: validates a text by RFC 8259 and fills the index, in one pass and without
 * recursion.
 *
 * Nothing here asks for the end of the text before each byte: the last byte is a closing
 * bracket, and only the close of a container steps over one; or a NUL stands behind the text,
 * over which nothing steps. What looks at several bytes at once (scan.h) does ask.
 *
 * The rows of an answer look alike. So each container has a model, the one before it at the
 * same place; a key that equals the model's next key, byte for byte, need not be scanned; and
 * an object whose keys are the model's, in the same order though perhaps not all of them,
 * holds none twice when the model does not.
 *
 * Owns nothing; the index is one piece of the caller's arena, which grows by what the part of
 * the text that was read needed.
 */
#include "json/reader.h"

enum { MODEL_TRIES = 8 }; /* keys of the model that may be skipped at once */

#define MOST_NODES ((size_t)NODE_COUNT_MOST) /* so no count of children can overflow */

/*
 * Where the reader is. Its address is never handed to a function that is not inlined, so it
 * lives in registers.
 */
struct spot {
    const byte *p;
    struct json_node *node;        /* the next entry */
    struct json_node *open;        /* the innermost open container, or NULL; its `span` counts
                                      back to the one around it */
    const struct json_node *like;  /* in an object: the model's key that is expected next; in an
                                      array: an element that the next one may be like; or NULL */
    const struct json_node *edge;  /* of the model object */
    const struct json_node *model; /* of the value behind a key, or NULL */
    bool in_object;
};

static bool stop(struct reader *r, const byte *at, const char *expected)
{
    r->snag = (struct snag){at, expected};
    return false;
}

/* A new place for the index: as many entries for each byte of the rest as so far. */
static struct json_node *grow(struct reader *r, size_t count, const byte *p)
{
    size_t read = (size_t)(p - r->text), left = (size_t)(r->end - p);
    size_t more = read > 0 ? count * left / read : 0;
    size_t room = (size_t)(r->last - r->nodes) + 2;
    more += more / 8;
    if (more > count)
        more = count;
    if (more < count / 4 + 2)
        more = count / 4 + 2;
    if (count + more > MOST_NODES)
        return stop(r, p, "fewer values") ? r->nodes : NULL;
    struct json_node *nodes =
        arena_resize(r->arena, r->nodes, sizeof *nodes * room, sizeof *nodes * (count + more));
    if (!nodes)
        return stop(r, p, "memory") ? nodes : NULL;
    r->last = nodes + count + more - 2;
    return nodes;
}

/* The entry behind the object that a key is in. */
ALWAYS_INLINE const struct json_node *edge_of_model(const struct json_node *key)
{
    return node_edge(key - node_count(key));
}

ALWAYS_INLINE bool make_room(struct reader *r, struct spot *s)
{
    if (__builtin_expect(s->node <= r->last, 1))
        return true;
    const struct json_node *old = r->nodes;
    ptrdiff_t node = s->node - old, open = s->open - old;
    ptrdiff_t like = s->like ? s->like - old : 0, model = s->model ? s->model - old : 0;
    struct json_node *nodes = grow(r, (size_t)node, s->p);
    if (!nodes)
        return false;
    r->nodes = nodes;
    s->node = nodes + node;
    s->open = nodes + open;
    s->like = like ? nodes + like : NULL;
    s->model = model ? nodes + model : NULL;
    s->edge = like && s->in_object ? edge_of_model(s->like) : NULL;
    return true;
}

/* Fills the next entry for what stands from `start` to s->p. */
ALWAYS_INLINE void add_node(struct reader *r, struct spot *s, const byte *start, uint32_t meta)
{
    struct json_node *node = s->node++;
    node->length = (uint32_t)(s->p - start);
    node->span = 1;
    node->offset = (uint32_t)(start - r->text);
    node->meta = meta;
}

ALWAYS_INLINE bool read_string(struct reader *r, struct spot *s)
{
    const byte *start = s->p;
    bool escaped = false;
    s->p = scan_string(start + 1, r->end, &escaped, &r->snag);
    if (!s->p)
        return false;
    s->p++;
    add_node(r, s, start, escaped ? JSON_STRING | NODE_ESCAPED : JSON_STRING);
    return true;
}

/* A number, true, false or null. */
ALWAYS_INLINE bool read_plain(struct reader *r, struct spot *s)
{
    const byte *start = s->p;
    uint32_t meta;
    switch (*start) {
    case '-':
    case '0' ... '9':
        s->p = scan_number(start, r->end, &r->snag);
        meta = JSON_NUMBER;
        break;
    case 't':
        s->p = scan_word(start, r->end, STR("true"), &r->snag);
        meta = JSON_TRUE;
        break;
    case 'f':
        s->p = scan_word(start, r->end, STR("false"), &r->snag);
        meta = JSON_FALSE;
        break;
    case 'n':
        s->p = scan_word(start, r->end, STR("null"), &r->snag);
        meta = JSON_NULL;
        break;
    default:
        return stop(r, start, "a value");
    }
    if (!s->p)
        return false;
    add_node(r, s, start, meta);
    return true;
}

ALWAYS_INLINE void expect_behind(struct spot *s, const struct json_node *key)
{
    const struct json_node *next = key_next(key);
    s->model = key + 1;
    s->like = next < s->edge ? next : NULL;
}

/* A key that is not the model's next one: its entry, and what it is like, if anything. */
static bool read_other_key(struct reader *r, struct json_node *node, const byte **p,
                           const struct json_node **like, const struct json_node *edge)
{
    const byte *start = *p;
    bool escaped = false;
    if (*start != '"')
        return stop(r, start, "a key");
    const byte *quote = scan_string(start + 1, r->end, &escaped, &r->snag);
    if (!quote)
        return false;
    *p = quote + 1;
    node->length = (uint32_t)(*p - start);
    node->span = key_tag((const char *)start + 1, node->length - 2);
    node->offset = (uint32_t)(start - r->text);
    node->meta = escaped ? NODE_KEY | NODE_ESCAPED : NODE_KEY;
    const struct json_node *key = *like;
    for (int tries = 0; key && tries < MODEL_TRIES; tries++) {
        if (key->length == node->length && key->span == node->span &&
            memcmp(r->text + key->offset, start, node->length) == 0) {
            node->offset = key->offset;
            *like = key;
            return true;
        }
        key = key_next(key);
        if (key == edge)
            break;
    }
    *like = NULL;
    return true;
}

/* A key and its colon, up to the value. */
ALWAYS_INLINE bool read_key(struct reader *r, struct spot *s)
{
    const byte *start = s->p;
    const struct json_node *like = s->like;
    struct json_node *node = s->node;
    uint32_t distance = (uint32_t)(node - s->open) << NODE_COUNT_SHIFT;
    if (like && same_bytes(start, r->end, r->text + like->offset, like->length)) {
        node->length = like->length;
        node->span = like->span;
        node->offset = like->offset;
        node->meta = distance | (like->meta & NODE_ESCAPED);
        s->p = start + like->length;
        expect_behind(s, like);
    } else {
        const byte *p = start;
        if (!read_other_key(r, node, &p, &like, s->edge))
            return false;
        s->p = p;
        s->model = NULL;
        if (like)
            expect_behind(s, like);
        else
            s->open->meta &= ~(uint32_t)NODE_UNIQUE;
        if (node->meta & NODE_ESCAPED)
            s->open->meta |= NODE_ODD_KEYS;
        node->meta |= distance;
    }
    s->node = node + 1;
    s->p = scan_blanks(s->p, r->end);
    if (*s->p != ':')
        return stop(r, s->p, "':'");
    s->p = scan_blanks(s->p + 1, r->end);
    return true;
}

/* An opening bracket, up to what it holds. */
ALWAYS_INLINE bool open_container(struct reader *r, struct spot *s)
{
    const struct json_node *model = s->in_object ? s->model : s->like;
    struct json_node *node = s->node++;
    if (r->depth == r->most_depth)
        return stop(r, s->p, "no deeper nesting");
    r->depth++;
    if (s->open) /* its length is not known before it ends: the place of `like` until then */
        s->open->length = s->like ? (uint32_t)(s->like - r->nodes) : 0;
    s->in_object = *s->p == '{';
    node->span = s->open ? (uint32_t)(node - s->open) : 0;
    node->offset = (uint32_t)(s->p - r->text);
    node->meta = s->in_object ? JSON_OBJECT : JSON_ARRAY;
    s->open = node;
    s->like = NULL;
    if (model && node_type(model) == node_type(node) && model->span > 1) {
        s->like = model + 1;
        s->edge = node_edge(model);
        node->meta |= model->meta & (NODE_UNIQUE | NODE_ODD_KEYS);
    }
    s->p = scan_blanks(s->p + 1, r->end);
    return true;
}

/* Notes whether the object that was just closed holds a key twice, if that is quickly said. */
static bool check_object(struct reader *r, struct json_node *node)
{
    if (node->meta & (NODE_UNIQUE | NODE_ODD_KEYS) || node_count(node) > KEYS_FEW)
        return true; /* it is known, or check_keys() looks at it if anybody asked */
    const struct json_node *doubled = doubled_of_few(node, (const char *)r->text);
    if (!doubled) {
        node->meta |= NODE_UNIQUE;
        return true;
    }
    if (!r->unique_keys)
        return true;
    r->doubled = doubled;
    return stop(r, r->text + doubled->offset, "a key that is not there yet");
}

ALWAYS_INLINE const char *more_or_end(const struct spot *s)
{
    return s->in_object ? "',' or '}'" : "',' or ']'";
}

/* A closing bracket. */
ALWAYS_INLINE bool close_container(struct reader *r, struct spot *s)
{
    struct json_node *closed = s->open;
    s->p++;
    s->open = closed->span ? closed - closed->span : NULL;
    r->depth--;
    closed->span = (uint32_t)(s->node - closed);
    closed->length = (uint32_t)(s->p - r->text) - closed->offset;
    if (s->in_object && !check_object(r, closed))
        return false;
    s->in_object = false;
    if (!s->open)
        return true;
    s->like = closed;
    if (node_type(s->open) == JSON_OBJECT) {
        s->in_object = true;
        s->like = s->open->length ? r->nodes + s->open->length : NULL;
        if (s->like)
            s->edge = edge_of_model(s->like);
    }
    return s->p < r->end || stop(r, s->p, more_or_end(s));
}

/* What stands behind a value: closes what ends here, up to the next key or value. */
ALWAYS_INLINE bool read_behind(struct reader *r, struct spot *s)
{
    while (s->open) {
        s->open->meta += NODE_ONE;
        s->p = scan_blanks(s->p, r->end);
        if (*s->p == ',') {
            s->p = scan_blanks(s->p + 1, r->end);
            return true;
        }
        if (*s->p != (s->in_object ? '}' : ']'))
            return stop(r, s->p, more_or_end(s));
        if (!close_container(r, s))
            return false;
    }
    return true;
}

size_t read_text(struct reader *r)
{
    struct spot s = {.p = r->text, .node = r->nodes};
    s.p = scan_blanks(s.p, r->end);
    do {
        bool good, inside = false;
        if (!make_room(r, &s))
            return 0;
        if (*s.p == '"') {
            good = read_string(r, &s);
        } else if (*s.p == '{' || *s.p == '[') {
            good = open_container(r, &s);
            inside = good && *s.p != (s.in_object ? '}' : ']');
            if (good && !inside)
                good = close_container(r, &s);
        } else {
            good = read_plain(r, &s);
        }
        if (good && !inside)
            good = read_behind(r, &s);
        if (good && s.in_object)
            good = read_key(r, &s);
        if (!good)
            return 0;
    } while (s.open);
    s.p = scan_blanks_long(s.p, r->end);
    if (s.p < r->end) {
        stop(r, s.p, "the end of the text");
        return 0;
    }
    return (size_t)(s.node - r->nodes);
}
