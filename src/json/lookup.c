/*
 * json_get: members by key. Owns nothing.
 *
 * Rows of an answer have the same members, mostly as many entries apart, and callers ask for
 * them in the same order. So a look-up first tries the distance at which that key was found
 * the last time, then walks on from the member behind this object's last hit, and only then
 * round the rest. It stops at the first hit, which is right as long as no key is there twice;
 * objects of which json_parse() does not know that are searched whole, for the last hit.
 */
#include "json/node.h"

static inline bool same_64(const char *a, const char *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
}

/* Whether n bytes are the same, given that their tags are. Calls nothing: it is always short. */
static inline bool same_text(const char *a, const char *b, size_t n)
{
    if (n < 8) /* the tag of up to three bytes holds all of them */
        return n < 4 || (memcmp(a, b, 4) == 0 && memcmp(a + n - 4, b + n - 4, 4) == 0);
    for (size_t i = 0; i + 8 < n; i += 8)
        if (!same_64(a + i, b + i))
            return false;
    return same_64(a + n - 8, b + n - 8);
}

static inline bool key_is_plain(const char *text, const struct json_node *node, uint32_t tag,
                                struct str key)
{
    return node->span == tag && node->length == key.n + 2 &&
           same_text(text + node->offset + 1, key.p, key.n);
}

/* The last match of all members. */
static const struct json_node *find_whole(const struct json_node *object, const char *text,
                                          struct str key)
{
    const struct json_node *found = NULL;
    for (const struct json_node *k = object + 1; k < node_edge(object); k = key_next(k))
        if (key_is(text, k, key))
            found = k;
    return found;
}

/* The only match, beginning where this object's last look-up ended. */
static const struct json_node *walk(const struct json_doc *doc, const struct json_node *object,
                                    uint32_t tag, struct str key)
{
    uint32_t at = (uint32_t)(object - doc->nodes);
    uint64_t *note = &doc->notes->next[at % OBJECT_NOTES];
    uint64_t noted = __atomic_load_n(note, __ATOMIC_RELAXED);
    const struct json_node *edge = node_edge(object), *start = object + 1;
    if (noted >> 32 == at && (uint32_t)noted > 0)
        start = object + (uint32_t)noted;
    const struct json_node *k = start;
    do {
        const struct json_node *next = key_next(k);
        if (next == edge)
            next = object + 1;
        if (key_is_plain(doc->text.p, k, tag, key)) {
            uint64_t now = (uint64_t)at << 32 | (uint64_t)(next - object);
            __atomic_store_n(note, now, __ATOMIC_RELAXED);
            return k;
        }
        k = next;
    } while (k != start);
    return NULL;
}

static struct json found(const struct json_doc *doc, const struct json_node *object,
                         const struct json_node *key)
{
    return (struct json){doc, (uint32_t)(key + 1 - doc->nodes),
                         (uint32_t)(node_edge(object) - doc->nodes) | EDGE_MEMBER};
}

/* When the distance that was noted did not lead to the key. */
__attribute__((noinline)) static struct json
search(const struct json_doc *doc, const struct json_node *object, struct str key, uint32_t *note)
{
    const struct json_node *k;
    if ((object->meta & (NODE_UNIQUE | NODE_ODD_KEYS)) != NODE_UNIQUE) {
        k = find_whole(object, doc->text.p, key);
    } else {
        k = walk(doc, object, key_tag(key.p, key.n), key);
        if (k)
            __atomic_store_n(note, node_count(k), __ATOMIC_RELAXED);
    }
    return k ? found(doc, object, k) : JSON_NONE;
}

struct json json_get(struct json object, struct str key)
{
    const struct json_doc *doc = object.doc;
    if (!doc || key.n > UINT32_MAX - 2)
        return JSON_NONE;
    const struct json_node *node = &doc->nodes[object.at];
    if (node_type(node) != JSON_OBJECT || node_count(node) == 0)
        return JSON_NONE;
    uint32_t tag = key_tag(key.p, key.n);
    uint32_t slot = (tag ^ node_count(node) << 16) * 0x9E3779B1u >> (32 - NOTES_BITS);
    uint32_t *note = &doc->notes->distance[slot];
    uint32_t distance = __atomic_load_n(note, __ATOMIC_RELAXED);
    const struct json_node *k = node + distance;
    bool unique = (node->meta & (NODE_UNIQUE | NODE_ODD_KEYS)) == NODE_UNIQUE;
    if (unique && distance < node->span && node_type(k) == NODE_KEY && node_count(k) == distance &&
        key_is_plain(doc->text.p, k, tag, key))
        return found(doc, node, k);
    return search(doc, node, key, note);
}
