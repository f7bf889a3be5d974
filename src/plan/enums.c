/*
 * Enums: pairs of values of both sides, looked up by their texts. See compiled.h.
 *
 * Refused: values that are neither text nor number nor boolean, a pair that wins in no
 * direction, an entry of one direction that a pair or an earlier entry already decides.
 */
#include "plan/compile.h"

/*
 * Values of one enum mostly differ in length or at an end; what meets all the same is compared.
 * Both go eight bytes at a time, since values are too short to be worth a call.
 */
static inline uint64_t eight(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint64_t four(const char *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* Both ends of a text; all of it when it has no more than eight bytes. */
static inline uint64_t ends(struct str text)
{
    size_t n = text.n;
    if (n >= 8)
        return eight(text.p) ^ (eight(text.p + n - 8) << 7 | eight(text.p + n - 8) >> 57);
    if (n >= 4)
        return four(text.p) | four(text.p + n - 4) << 32;
    if (n == 0)
        return 0;
    return (uint64_t)(unsigned char)text.p[0] | (uint64_t)(unsigned char)text.p[n / 2] << 8 |
           (uint64_t)(unsigned char)text.p[n - 1] << 16;
}

static inline uint32_t hash(struct str text)
{
    return (uint32_t)((ends(text) ^ text.n) * 0x9e3779b97f4a7c15u >> 40);
}

static inline bool same(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 8; i < a.n; i += 8)
        if (eight(a.p + i - 8) != eight(b.p + i - 8))
            return false;
    return a.n < 8 ? ends(a) == ends(b) : eight(a.p + a.n - 8) == eight(b.p + b.n - 8);
}

const struct enum_pair *enum_find(const struct enum_side *side, struct str text)
{
    if (!side->table)
        return NULL;
    for (uint32_t at = hash(text) & side->mask; side->table[at]; at = (at + 1) & side->mask) {
        const struct enum_pair *pair = &side->pairs[side->table[at] - 1];
        if (same(pair->from, text))
            return pair;
    }
    return NULL;
}

struct builder {
    struct arena *arena;
    const struct place *place;
};

static bool new_side(struct builder *b, struct enum_side *side, size_t count)
{
    uint32_t size = 4;
    while (size < count * 2)
        size *= 2;
    side->mask = size - 1;
    side->pairs = ARENA_ARRAY(b->arena, struct enum_pair, count + 1);
    side->table = ARENA_ARRAY(b->arena, uint16_t, size);
    return (side->pairs && side->table) || place_error(b->place, "out of memory");
}

/* False when `from` is decided already. */
static bool put(struct enum_side *side, struct enum_pair pair)
{
    if (enum_find(side, pair.from))
        return false;
    side->pairs[side->count++] = pair;
    uint32_t at = hash(pair.from) & side->mask;
    while (side->table[at])
        at = (at + 1) & side->mask;
    side->table[at] = (uint16_t)side->count;
    return true;
}

/* One side of a pair; null only where it may stand for "left out". */
static bool read_value(struct builder *b, const cJSON *node, const struct place *place,
                       bool *absent, struct constant *out)
{
    struct compiler c = {.arena = b->arena, .place = *place};
    *absent = cJSON_IsNull(node);
    if (*absent) {
        *out = (struct constant){0};
        return true;
    }
    return compile_constant(&c, node, place, out);
}

static bool read_pair(struct builder *b, const cJSON *node, const struct place *place,
                      struct enum_pair sides[2])
{
    if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) != 2)
        return place_error(place, "expected a pair such as [100, \"A\"], found %s",
                           place_kind(node));
    bool good = true;
    const cJSON *value = node->child;
    for (size_t i = 0; i < 2; i++, value = value->next) {
        struct place at = place_index(place, i);
        good = read_value(b, value, &at, &sides[i].absent, &sides[i].to) && good;
        sides[i].from = sides[i].to.text;
    }
    if (good && sides[0].absent && sides[1].absent)
        return place_error(place, "a pair of nothing");
    return good;
}

static bool add_pairs(struct builder *b, const cJSON *list, const struct place *place,
                      struct enum_map *out)
{
    bool good = true;
    size_t index = 0;
    const cJSON *node;
    cJSON_ArrayForEach(node, list)
    {
        struct place at = place_index(place, index++);
        struct enum_pair sides[2] = {0};
        if (!read_pair(b, node, &at, sides)) {
            good = false;
            continue;
        }
        struct enum_pair up = {sides[0].from, sides[1].to, sides[1].absent};
        struct enum_pair down = {sides[1].from, sides[0].to, sides[0].absent};
        bool wins = !sides[0].absent && put(&out->to_upstream, up);
        wins = (!sides[1].absent && put(&out->to_legacy, down)) || wins;
        if (!wins)
            good = place_error(&at, "this pair never wins: both values stand in earlier pairs");
    }
    return good;
}

static bool add_one_way(struct builder *b, const cJSON *list, const struct place *place,
                        struct enum_side *side)
{
    bool good = true;
    size_t index = 0;
    const cJSON *node;
    cJSON_ArrayForEach(node, list)
    {
        struct place at = place_index(place, index++);
        struct enum_pair ends[2] = {0};
        if (!read_pair(b, node, &at, ends)) {
            good = false;
            continue;
        }
        if (ends[0].absent)
            good = place_error(&at, "expected a value to go from, found null");
        else if (!put(side, (struct enum_pair){ends[0].from, ends[1].to, ends[1].absent}))
            good = place_error(&at, "'" STR_FMT "' is decided by an earlier pair",
                               STR_ARG(ends[0].from));
    }
    return good;
}

static bool read_unknown(struct builder *b, const cJSON *node, const struct place *place,
                         struct enum_map *out)
{
    if (!node)
        return true;
    out->has_unknown = true;
    out->unknown_absent = cJSON_IsString(node) && strcmp(node->valuestring, "absent") == 0;
    bool absent;
    return out->unknown_absent || read_value(b, node, place, &absent, &out->unknown);
}

static bool list_or_nothing(const cJSON *node, const struct place *place)
{
    return !node || cJSON_IsArray(node) ||
           place_error(place, "expected a list of pairs, found %s", place_kind(node));
}

bool enum_compile(struct arena *arena, const cJSON *node, const struct place *place,
                  struct enum_map *out)
{
    static const char *const known[] = {"pairs", "to_legacy", "to_upstream", "unknown", NULL};
    struct builder b = {arena, place};
    if (!cJSON_IsObject(node))
        return place_error(place, "expected an object with `pairs`, found %s", place_kind(node));
    bool good = place_known_keys(place, node, known);
    const cJSON *lists[3];
    struct place at[3];
    for (size_t i = 0; i < 3; i++) {
        lists[i] = cJSON_GetObjectItemCaseSensitive(node, known[i]);
        at[i] = place_key(place, known[i]);
        good = list_or_nothing(lists[i], &at[i]) && good;
    }
    if (!lists[0])
        good = place_error(place, "expected `pairs`");
    if (!good)
        return false;
    size_t room = 0;
    for (size_t i = 0; i < 3; i++)
        room += (size_t)cJSON_GetArraySize(lists[i]);
    if (room > UINT16_MAX - 1)
        return place_error(place, "too many pairs");
    if (!new_side(&b, &out->to_legacy, room) || !new_side(&b, &out->to_upstream, room))
        return false;
    good = add_pairs(&b, lists[0], &at[0], out);
    good = add_one_way(&b, lists[1], &at[1], &out->to_legacy) && good;
    good = add_one_way(&b, lists[2], &at[2], &out->to_upstream) && good;
    struct place unknown = place_key(place, "unknown");
    return read_unknown(&b, cJSON_GetObjectItemCaseSensitive(node, "unknown"), &unknown, out) &&
           good;
}

struct enum_map *enums_compile(struct arena *arena, const cJSON *node, const struct place *place,
                               size_t *count, bool *good)
{
    *count = 0;
    if (!node)
        return NULL;
    if (!cJSON_IsObject(node)) {
        *good = place_error(place, "expected an object, found %s", place_kind(node));
        return NULL;
    }
    struct enum_map *maps =
        ARENA_ARRAY(arena, struct enum_map, (size_t)cJSON_GetArraySize(node) + 1);
    const cJSON *child;
    if (!maps) {
        *good = place_error(place, "out of memory");
        return NULL;
    }
    cJSON_ArrayForEach(child, node)
    {
        struct place at = place_key(place, child->string);
        struct enum_map *map = &maps[(*count)++];
        map->name = arena_str(arena, str_from(child->string));
        *good = enum_compile(arena, child, &at, map) && *good;
    }
    return maps;
}
