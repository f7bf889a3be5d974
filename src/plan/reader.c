/*
 * Readers, see reader.h. A reader is an open hash table whose hash looks at the length and
 * three bytes of a name; wanted names are few, so nearly every foreign member is told apart
 * without a comparison. Owns nothing.
 */
#include "plan/reader.h"

struct reader_entry {
    struct str name;
    const struct want *want;
    uint32_t index;
};

struct reader {
    uint32_t mask;
    struct reader_entry entries[]; /* name.p NULL: free */
};

static uint32_t hash(struct str name)
{
    if (!name.n)
        return 0;
    const unsigned char *p = (const unsigned char *)name.p;
    uint32_t h = (uint32_t)name.n * 31 + p[0];
    h = h * 31 + p[name.n / 2];
    h = h * 31 + p[name.n - 1];
    return h * 2654435761u >> 16;
}

static struct reader *make(size_t count, struct arena *arena)
{
    uint32_t size = 4;
    while (size < count * 3)
        size *= 2;
    struct reader *reader = arena_zero(arena, 1, sizeof *reader + size * sizeof reader->entries[0]);
    if (reader)
        reader->mask = size - 1;
    return reader;
}

static void put(struct reader *reader, struct str name, const struct want *want, uint32_t index)
{
    uint32_t at = hash(name) & reader->mask;
    while (reader->entries[at].name.p)
        at = (at + 1) & reader->mask;
    reader->entries[at] = (struct reader_entry){name, want, index};
}

static inline const struct reader_entry *find(const struct reader *reader, struct str name)
{
    for (uint32_t at = hash(name) & reader->mask;; at = (at + 1) & reader->mask) {
        const struct reader_entry *entry = &reader->entries[at];
        if (!entry->name.p)
            return NULL;
        if (entry->name.n == name.n && memcmp(entry->name.p, name.p, name.n) == 0)
            return entry;
    }
}

struct reader *reader_new(const struct str *names, size_t count, struct arena *arena)
{
    struct reader *reader = make(count, arena);
    for (size_t i = 0; reader && i < count; i++)
        put(reader, names[i], NULL, (uint32_t)i);
    return reader;
}

int reader_find(const struct reader *reader, struct str name)
{
    const struct reader_entry *entry = find(reader, name);
    return entry ? (int)entry->index : -1;
}

struct want *want_new(struct str name, struct arena *arena)
{
    struct want *want = ARENA_NEW(arena, struct want);
    if (want)
        want->name = name;
    return want;
}

struct want *want_find(const struct want *want, struct str name)
{
    for (struct want *below = want->first; below; below = below->next)
        if (str_eq(below->name, name))
            return below;
    return NULL;
}

struct want *want_below(struct want *want, struct str name, struct arena *arena)
{
    struct want *below = want_find(want, name);
    if (below)
        return below;
    below = want_new(name, arena);
    if (!below)
        return NULL;
    if (want->last)
        want->last->next = below;
    else
        want->first = below;
    want->last = below;
    return below;
}

bool want_seal(struct want *want, uint32_t *next_slot, struct arena *arena)
{
    want->slot = (*next_slot)++;
    size_t count = 0;
    for (struct want *below = want->first; below; below = below->next, count++)
        if (!want_seal(below, next_slot, arena))
            return false;
    want->slots = *next_slot - want->slot;
    if (!count)
        return true;
    want->below = make(count, arena);
    if (!want->below)
        return false;
    for (struct want *below = want->first; below; below = below->next)
        put(want->below, below->name, below, 0);
    return true;
}

static void fill(const struct reader *reader, struct json object, struct value *slots,
                 struct arena *arena)
{
    for (struct json v = json_first(object); json_exists(v); v = json_next(v)) {
        const struct reader_entry *entry = find(reader, json_key(v, arena));
        if (!entry)
            continue;
        const struct want *want = entry->want;
        struct value *slot = &slots[want->slot];
        if (want->below && value_there(slot))
            memset(slot, 0, want->slots * sizeof *slot);
        *slot = value_json(v);
        if (want->below && json_type(v) == JSON_OBJECT)
            fill(want->below, v, slots, arena);
    }
}

void want_set(const struct want *want, struct value value, struct value *slots, struct arena *arena)
{
    memset(&slots[want->slot], 0, want->slots * sizeof *slots);
    slots[want->slot] = value;
    if (want->below && value.kind == VALUE_JSON && json_type(value.as.json) == JSON_OBJECT)
        fill(want->below, value.as.json, slots, arena);
}
