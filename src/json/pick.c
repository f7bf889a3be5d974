/*
 * Picking, see pick.h. A set of keys is an open hash table over the tags that the index holds
 * for its keys, so a member that nobody wants costs one look into the table and none at its
 * text. From the third object of a kind on, members that come in the order of the second cost
 * no look at all: they are followed along a trail (node.h).
 */
#include "json/pick.h"
#include "json/node.h"

#include <assert.h>

enum { MOST_LEFT_OUT = 4 }; /* members of the trail that an object may be without at once */

#define NOT_WANTED UINT32_MAX

struct wanted {
    uint64_t head; /* as in a key's entry: length with quotes, tag; 0: free */
    const char *text;
    const struct json_keys *below;
    uint32_t place;
};

struct json_keys {
    uint32_t shift;
    uint32_t mask;
    struct wanted table[];
};

/* Length and tag of a key, which stand side by side in its entry. */
static inline uint64_t head_of(const struct json_node *key)
{
    static_assert(offsetof(struct json_node, span) == sizeof key->length, "side by side");
    uint64_t head;
    memcpy(&head, key, sizeof head);
    return head;
}

static inline uint64_t head_of_name(struct str name)
{
    struct json_node key = {.length = (uint32_t)name.n + 2, .span = key_tag(name.p, name.n)};
    return head_of(&key);
}

static inline uint32_t home_of(const struct json_keys *keys, uint64_t head)
{
    return (uint32_t)(head * 0x9E3779B97F4A7C15u >> keys->shift);
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
    set->shift = 64 - bits;
    set->mask = (uint32_t)size - 1;
    for (size_t i = 0; i < count; i++) {
        uint64_t head = head_of_name(keys[i].name);
        uint32_t at = home_of(set, head);
        while (set->table[at].head)
            at = (at + 1) & set->mask;
        set->table[at] = (struct wanted){head, keys[i].name.p, keys[i].below, keys[i].place};
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

/* `text` is the key without its quotes. */
static inline const struct wanted *find(const struct json_keys *keys, uint64_t head,
                                        const char *text, size_t n)
{
    for (uint32_t at = home_of(keys, head);; at = (at + 1) & keys->mask) {
        const struct wanted *wanted = &keys->table[at];
        if (wanted->head == head && same_text(wanted->text, text, n))
            return wanted;
        if (!wanted->head)
            return NULL;
    }
}

static const struct wanted *find_name(const struct json_keys *keys, struct str name)
{
    return name.p && name.n < UINT32_MAX - 2 ? find(keys, head_of_name(name), name.p, name.n)
                                             : NULL;
}

int64_t json_keys_find(const struct json_keys *keys, struct str name)
{
    const struct wanted *wanted = find_name(keys, name);
    return wanted ? (int64_t)wanted->place : -1;
}

static void pick(const struct json_doc *doc, const struct json_node *node,
                 const struct json_keys *keys, struct json_found *out, struct arena *arena);

/* Forgets what stands below a doubled key. */
__attribute__((noinline)) static void forget(const struct json_keys *keys, struct json_found *out)
{
    for (uint32_t i = 0; i <= keys->mask; i++) {
        const struct wanted *wanted = &keys->table[i];
        if (!wanted->head)
            continue;
        out[wanted->place] = (struct json_found){0};
        if (wanted->below)
            forget(wanted->below, out);
    }
}

/* What does not change while one object is picked, where no store can reach it. */
struct object {
    const struct json_doc *doc;
    const struct json_node *nodes;
    const char *text;
    uint32_t edge; /* of its members */
};

static inline struct object object_of(const struct json_doc *doc, const struct json_node *node)
{
    uint32_t edge = (uint32_t)(node_edge(node) - doc->nodes) | EDGE_MEMBER;
    return (struct object){doc, doc->nodes, doc->text.p, edge};
}

static inline void put(struct json_found *found, const struct object *o,
                       const struct json_node *node)
{
    uint32_t meta = node->meta, type = meta & NODE_TYPE;
    uint32_t escaped = type == JSON_STRING ? meta / NODE_ESCAPED & 1 : 0;
    found->p = o->text + node->offset;
    found->n = node->length;
    found->type = (uint8_t)type;
    found->escaped = (uint8_t)escaped;
    found->spare = 0;
    found->value = (struct json){o->doc, (uint32_t)(node - o->nodes), o->edge};
}

/* What stands at a wanted member. */
static inline void take(const struct object *o, const struct json_node *node,
                        const struct wanted *wanted, struct json_found *out, struct arena *arena)
{
    struct json_found *found = &out[wanted->place];
    if (wanted->below && found->type)
        forget(wanted->below, out);
    if (node_type(node) == JSON_NULL) {
        *found = (struct json_found){0};
        return;
    }
    put(found, o, node);
    if (wanted->below && node_type(node) == JSON_OBJECT)
        pick(o->doc, node, wanted->below, out, arena);
}

/* For the rare object in which a key holds an escape. */
static void pick_odd(const struct object *o, const struct json_node *node,
                     const struct json_keys *keys, struct json_found *out, struct arena *arena)
{
    const struct json_node *edge = node_edge(node);
    for (const struct json_node *key = node + 1; key < edge; key = key_next(key)) {
        struct str name = node_inner(o->text, key);
        if (key->meta & NODE_ESCAPED)
            name = string_decode(name, arena);
        const struct wanted *wanted = find_name(keys, name);
        if (wanted)
            take(o, key + 1, wanted, out, arena);
    }
}

static struct json_trail *trail_of(const struct json_doc *doc, const struct json_keys *keys)
{
    enum { TRAILS = 1 << TRAIL_BITS, TRIES = 4 };
    struct json_trail *trails = doc->notes->trails;
    uint32_t home = (uint32_t)((uint64_t)(uintptr_t)keys * 0x9E3779B97F4A7C15u >> 32) % TRAILS;
    for (uint32_t i = 0; i < TRIES; i++) {
        struct json_trail *trail = &trails[(home + i) % TRAILS];
        if (!trail->keys || trail->keys == keys)
            return trail;
    }
    trails[home] = (struct json_trail){.keys = NULL};
    return &trails[home];
}

/* The first and the second object of a kind: the second one lays the trail. */
__attribute__((noinline)) static void pick_new(const struct object *o, const struct json_node *node,
                                               struct json_trail *trail,
                                               const struct json_keys *keys, struct json_found *out,
                                               struct arena *arena)
{
    const struct json_node *edge = node_edge(node);
    struct json_step *step = NULL;
    if (trail->keys)
        step = arena_alloc(arena, node_count(node) * sizeof *step);
    *trail = (struct json_trail){keys, step, step ? node_count(node) : 0};
    for (const struct json_node *key = node + 1; key < edge; key = key_next(key)) {
        const struct wanted *wanted =
            find(keys, head_of(key), o->text + key->offset + 1, key->length - 2);
        if (step)
            *step++ = (struct json_step){key->offset,
                                         wanted ? (uint32_t)(wanted - keys->table) : NOT_WANTED};
        if (wanted)
            take(o, key + 1, wanted, out, arena);
    }
}

static inline const struct wanted *wanted_at(const struct json_keys *keys, uint32_t number)
{
    return number == NOT_WANTED ? NULL : &keys->table[number];
}

/*
 * A key that is not the next one. Members in between may be left out; or the member is the next
 * one, but its key stands elsewhere since a row was without it: then that is noted.
 */
__attribute__((noinline)) static const struct wanted *
off_trail(const struct object *o, const struct json_node *key, const struct json_keys *keys,
          struct json_step **step, const struct json_step *end)
{
    struct json_step *s = *step;
    for (int tries = 0; s < end && tries < MOST_LEFT_OUT; s++, tries++)
        if (s->offset == key->offset) {
            *step = s + 1;
            return wanted_at(keys, s->wanted);
        }
    const struct wanted *wanted =
        find(keys, head_of(key), o->text + key->offset + 1, key->length - 2);
    uint32_t number = wanted ? (uint32_t)(wanted - keys->table) : NOT_WANTED;
    s = *step;
    for (int tries = wanted ? 0 : MOST_LEFT_OUT - 1; s < end && tries < MOST_LEFT_OUT; s++, tries++)
        if (s->wanted == number) {
            s->offset = key->offset;
            *step = s + 1;
            break;
        }
    return wanted;
}

/* `node` is an object. */
static void pick(const struct json_doc *doc, const struct json_node *node,
                 const struct json_keys *keys, struct json_found *out, struct arena *arena)
{
    const struct object o = object_of(doc, node);
    const struct json_node *edge = node_edge(node);
    struct json_trail *trail = trail_of(doc, keys);
    if (node->meta & NODE_ODD_KEYS) {
        pick_odd(&o, node, keys, out, arena);
        return;
    }
    if (!trail->steps || trail->count < node_count(node)) {
        pick_new(&o, node, trail, keys, out, arena);
        return;
    }
    struct json_step *step = trail->steps, *end = step + trail->count;
    for (const struct json_node *key = node + 1; key < edge; key = key_next(key)) {
        const struct wanted *wanted;
        if (__builtin_expect(step < end && step->offset == key->offset, 1))
            wanted = wanted_at(keys, (step++)->wanted);
        else
            wanted = off_trail(&o, key, keys, &step, end);
        if (wanted)
            take(&o, key + 1, wanted, out, arena);
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
    if (json_type(value) > JSON_NULL) {
        const struct object o = {value.doc, value.doc->nodes, value.doc->text.p, value.edge};
        put(&found, &o, &value.doc->nodes[value.at]);
    }
    return found;
}
