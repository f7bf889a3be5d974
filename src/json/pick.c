/*
 * Picking, see pick.h. A set of keys is an open hash table over the tags that the index holds
 * for its keys, so a member that nobody wants costs one look into the table and none at its
 * text.
 */
#include "json/pick.h"
#include "json/node.h"

struct wanted {
    uint32_t tag;
    uint32_t length; /* with quotes; 0: free */
    const char *text;
    const struct json_keys *below;
    uint32_t place;
};

struct json_keys {
    uint32_t shift;
    uint32_t mask;
    struct wanted table[];
};

static inline uint32_t home_of(const struct json_keys *keys, uint32_t tag, uint32_t length)
{
    return (tag ^ length << 15) * 0x9E3779B1u >> keys->shift;
}

struct json_keys *json_keys_new(const struct json_key *keys, size_t count, struct arena *arena)
{
    uint32_t bits = 2;
    while ((size_t)1 << bits < count * 4)
        bits++;
    size_t size = (size_t)1 << bits;
    struct json_keys *set = arena_zero(arena, 1, sizeof *set + size * sizeof set->table[0]);
    if (!set)
        return NULL;
    set->shift = 32 - bits;
    set->mask = (uint32_t)size - 1;
    for (size_t i = 0; i < count; i++) {
        struct str name = keys[i].name;
        uint32_t tag = key_tag(name.p, name.n), length = (uint32_t)name.n + 2;
        uint32_t at = home_of(set, tag, length);
        while (set->table[at].length)
            at = (at + 1) & set->mask;
        set->table[at] = (struct wanted){tag, length, name.p, keys[i].below, keys[i].place};
    }
    return set;
}

static inline bool same_64(const char *a, const char *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
}

/* Whether n bytes are the same, given that their tags are (up to three bytes: all of them). */
static inline bool same_text(const char *a, const char *b, size_t n)
{
    if (n < 8)
        return n < 4 || (memcmp(a, b, 4) == 0 && memcmp(a + n - 4, b + n - 4, 4) == 0);
    for (size_t i = 0; i + 8 < n; i += 8)
        if (!same_64(a + i, b + i))
            return false;
    return same_64(a + n - 8, b + n - 8);
}

static inline const struct wanted *find(const struct json_keys *keys, const char *text,
                                        uint32_t length, uint32_t tag)
{
    for (uint32_t at = home_of(keys, tag, length);; at = (at + 1) & keys->mask) {
        const struct wanted *wanted = &keys->table[at];
        if (wanted->tag == tag && wanted->length == length &&
            same_text(wanted->text, text, length - 2))
            return wanted;
        if (!wanted->length)
            return NULL;
    }
}

int64_t json_keys_find(const struct json_keys *keys, struct str name)
{
    if (name.n > UINT32_MAX - 2)
        return -1;
    uint32_t tag = key_tag(name.p, name.n);
    const struct wanted *wanted = find(keys, name.p, (uint32_t)name.n + 2, tag);
    return wanted ? (int64_t)wanted->place : -1;
}

__attribute__((noinline)) static const struct wanted *
find_escaped(const struct json_keys *keys, struct str inner, struct arena *arena)
{
    struct str key = string_decode(inner, arena);
    if (!key.p)
        return NULL;
    return find(keys, key.p, (uint32_t)key.n + 2, key_tag(key.p, key.n));
}

/* Forgets what stands below a doubled key. */
__attribute__((noinline)) static void forget(const struct json_keys *keys, struct json_found *out)
{
    for (uint32_t i = 0; i <= keys->mask; i++) {
        const struct wanted *wanted = &keys->table[i];
        if (!wanted->length)
            continue;
        out[wanted->place] = (struct json_found){0};
        if (wanted->below)
            forget(wanted->below, out);
    }
}

static inline void put(struct json_found *found, const struct json_doc *doc,
                       const struct json_node *node, uint32_t edge)
{
    found->p = doc->text.p + node->offset;
    found->n = node->length;
    found->type = (uint8_t)node_type(node);
    found->escaped = found->type == JSON_STRING && (node->meta & NODE_ESCAPED);
    found->spare = 0;
    found->value = (struct json){doc, (uint32_t)(node - doc->nodes), edge};
}

/* `node` is an object. */
static void pick(const struct json_doc *doc, const struct json_node *node,
                 const struct json_keys *keys, struct json_found *out, struct arena *arena)
{
    const struct json_node *edge = node_edge(node);
    const uint32_t after = (uint32_t)(edge - doc->nodes) | EDGE_MEMBER;
    for (const struct json_node *key = node + 1; key < edge; key = key_next(key)) {
        const struct wanted *wanted;
        if (key->meta & NODE_ESCAPED)
            wanted = find_escaped(keys, node_inner(doc->text.p, key), arena);
        else
            wanted = find(keys, doc->text.p + key->offset + 1, key->length, key->span);
        if (!wanted)
            continue;
        struct json_found *found = &out[wanted->place];
        if (wanted->below && found->type)
            forget(wanted->below, out);
        if (node_type(key + 1) == JSON_NULL) {
            *found = (struct json_found){0};
            continue;
        }
        put(found, doc, key + 1, after);
        if (wanted->below && found->type == JSON_OBJECT)
            pick(doc, key + 1, wanted->below, out, arena);
    }
}

void json_pick(struct json object, const struct json_keys *keys, struct json_found *out,
               struct arena *arena)
{
    if (json_type(object) == JSON_OBJECT)
        pick(object.doc, &object.doc->nodes[object.at], keys, out, arena);
}

struct json_found json_as_found(struct json value)
{
    struct json_found found = {0};
    if (json_type(value) > JSON_NULL)
        put(&found, value.doc, &value.doc->nodes[value.at], value.edge);
    return found;
}
