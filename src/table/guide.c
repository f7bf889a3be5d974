/*
 * The guide from its file, see guide.h. One arena owns everything; the cJSON tree is gone when
 * loading ends. All faults are told before the load gives up.
 */
#include "table/guide.h"
#include "base/arena.h"
#include "table/load.h"

#include <stdlib.h>

enum { GUIDE_MEMORY = 8 << 20 };

struct loading {
    struct guide *guide;
    struct findings *findings;
    const char *file;
    size_t errors; /* findings of before */
};

struct spot {
    char path[TABLE_PATH];
};

static struct spot at_key(const struct spot *spot, const char *key)
{
    struct spot below;
    table_path_key(below.path, spot->path, key);
    return below;
}

static struct spot at_index(const struct spot *spot, size_t index)
{
    struct spot below;
    table_path_index(below.path, spot->path, index);
    return below;
}

static void complain(struct loading *l, const struct spot *spot, const char *words)
{
    findings_add(l->findings, FINDING_ERROR, l->file, spot->path, "%s", words);
}

static void check_keys(struct loading *l, const cJSON *object, const char *const keys[],
                       const struct spot *spot)
{
    struct str names[16];
    size_t count = 0;
    while (keys[count] && count < 16) {
        names[count] = str_from(keys[count]);
        count++;
    }
    const cJSON *child;
    cJSON_ArrayForEach(child, object)
    {
        bool known = false;
        for (size_t i = 0; i < count; i++)
            known |= str_eq(str_from(child->string), names[i]);
        struct spot below = at_key(spot, child->string);
        if (known)
            continue;
        complain(l, &below, "unknown key");
        findings_did_you_mean(l->findings, str_from(child->string), names, count);
    }
}

static struct str keep(struct loading *l, const char *text)
{
    return arena_str(l->guide->arena, str_from(text));
}

/* The text under `key`; absent when there is none, or after a finding. */
static struct str read_text(struct loading *l, const cJSON *object, const char *key,
                            const struct spot *spot)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    struct spot below = at_key(spot, key);
    if (cJSON_IsString(node) && *node->valuestring)
        return keep(l, node->valuestring);
    if (node)
        complain(l, &below, "expected a text");
    return STR_NONE;
}

static bool read_flag(struct loading *l, const cJSON *object, const char *key,
                      const struct spot *spot)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    struct spot below = at_key(spot, key);
    if (node && !cJSON_IsBool(node))
        complain(l, &below, "expected true or false");
    return cJSON_IsTrue(node);
}

static uint64_t read_type(struct loading *l, const cJSON *object, const struct spot *spot)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, "type");
    struct spot below = at_key(spot, "type");
    if (!node)
        return 0;
    if (cJSON_IsNumber(node) && node->valueint > 0 && node->valuedouble == node->valueint)
        return (uint64_t)node->valueint;
    complain(l, &below, "expected the number of a webhook's type");
    return 0;
}

static bool is_call(const char *text)
{
    static const char *const methods[] = {"GET /", "POST /", "PUT /", "DELETE /", "PATCH /"};
    bool known = false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        known |= strncmp(text, methods[i], strlen(methods[i])) == 0;
    return known && !strchr(strchr(text, '/'), ' ') && !strchr(text, '?');
}

static void read_call(struct loading *l, const cJSON *node, const struct spot *spot,
                      struct guide_texts *out)
{
    if (!cJSON_IsString(node) || !is_call(node->valuestring))
        complain(l, spot, "expected a call such as \"POST /api/x\"");
    else
        out->items[out->count++] = keep(l, node->valuestring);
}

/* One call, or a list of them. */
static void read_calls(struct loading *l, const cJSON *object, const char *key,
                       const struct spot *spot, struct guide_texts *out)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    struct spot below = at_key(spot, key);
    size_t count = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 1;
    if (!node)
        return;
    out->items = ARENA_ARRAY(l->guide->arena, struct str, count + 1);
    if (!out->items)
        return;
    if (!cJSON_IsArray(node)) {
        read_call(l, node, &below, out);
        return;
    }
    size_t i = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, node)
    {
        struct spot here = at_index(&below, i++);
        read_call(l, item, &here, out);
    }
}

static void read_events(struct loading *l, const cJSON *object, const struct spot *spot,
                        struct guide_row *row)
{
    static const char *const keys[] = {"type", "name", NULL};
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "events");
    struct spot below = at_key(spot, "events");
    if (!list && !row->type)
        return;
    if (!cJSON_IsArray(list) || !list->child || !row->type) {
        complain(l, &below, "expected `type` and a list of what that webhook became");
        return;
    }
    row->events =
        ARENA_ARRAY(l->guide->arena, struct guide_event, (size_t)cJSON_GetArraySize(list));
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        struct spot here = at_index(&below, row->event_count);
        check_keys(l, item, keys, &here);
        struct guide_event event = {read_type(l, item, &here), read_text(l, item, "name", &here)};
        if (!event.type || !event.name.p)
            complain(l, &here, "expected {\"type\": a number, \"name\": a text}");
        if (row->events)
            row->events[row->event_count++] = event;
    }
}

static void read_row(struct loading *l, const cJSON *node, const struct spot *spot,
                     struct guide_row *row)
{
    static const char *const keys[] = {"legacy", "native", "call",   "v202309", "instead",
                                       "type",   "events", "beyond", "note",    NULL};
    check_keys(l, node, keys, spot);
    struct str legacy = read_text(l, node, "legacy", spot);
    struct str native = read_text(l, node, "native", spot);
    if (!legacy.p == !native.p)
        complain(l, spot, "expected a name, either `legacy` or `native`");
    row->native = native.p != NULL;
    row->name = row->native ? native : legacy;
    row->beyond = read_flag(l, node, "beyond", spot);
    row->note = read_text(l, node, "note", spot);
    row->type = read_type(l, node, spot);
    read_calls(l, node, "call", spot, &row->calls);
    read_calls(l, node, "v202309", spot, &row->upstream);
    read_calls(l, node, "instead", spot, &row->instead);
    read_events(l, node, spot, row);
    if (row->native && (row->calls.count || !row->upstream.count))
        complain(l, spot, "a native endpoint has `v202309` and no `call`");
    if (row->upstream.count && row->instead.count)
        complain(l, spot, "`instead` is for rows without `v202309`");
}

static bool good_page(struct str page)
{
    for (size_t i = 0; i < page.n; i++)
        if (!(page.p[i] >= 'a' && page.p[i] <= 'z') && page.p[i] != '_')
            return false;
    return page.n > 0;
}

static void read_area(struct loading *l, const cJSON *node, const struct spot *spot)
{
    static const char *const keys[] = {"name", "page", "rows", NULL};
    struct guide *guide = l->guide;
    struct guide_area *area = &guide->areas[guide->count];
    check_keys(l, node, keys, spot);
    area->name = read_text(l, node, "name", spot);
    area->page = read_text(l, node, "page", spot);
    if (!area->name.p || !good_page(area->page))
        complain(l, spot, "expected a `name`, and a `page` of small letters and '_'");
    for (size_t i = 0; i < guide->count; i++)
        if (str_eq(guide->areas[i].page, area->page))
            complain(l, spot, "another area has this `page`");
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(node, "rows");
    struct spot below = at_key(spot, "rows");
    if (!cJSON_IsArray(rows) || !rows->child)
        complain(l, &below, "expected a list of rows");
    area->rows = ARENA_ARRAY(guide->arena, struct guide_row, (size_t)cJSON_GetArraySize(rows) + 1);
    guide->count++;
    const cJSON *row;
    if (area->rows && cJSON_IsArray(rows))
        cJSON_ArrayForEach(row, rows)
        {
            struct spot here = at_index(&below, area->count);
            read_row(l, row, &here, &area->rows[area->count++]);
        }
}

static void read_guide(struct loading *l, const cJSON *root)
{
    static const char *const keys[] = {"areas", NULL};
    const struct spot spot = {"$"};
    const cJSON *areas = cJSON_GetObjectItemCaseSensitive(root, "areas");
    struct spot below = at_key(&spot, "areas");
    check_keys(l, root, keys, &spot);
    if (!cJSON_IsArray(areas) || !areas->child) {
        complain(l, &below, "expected a list of areas");
        return;
    }
    l->guide->areas =
        ARENA_ARRAY(l->guide->arena, struct guide_area, (size_t)cJSON_GetArraySize(areas));
    const cJSON *area;
    if (l->guide->areas)
        cJSON_ArrayForEach(area, areas)
        {
            struct spot here = at_index(&below, l->guide->count);
            read_area(l, area, &here);
        }
}

static bool has_call(const struct guide_row *row, struct str call)
{
    for (size_t i = 0; i < row->calls.count; i++)
        if (str_eq(row->calls.items[i], call))
            return true;
    return false;
}

const struct guide_row *guide_find(const struct guide *guide, struct str call,
                                   const struct guide_area **area)
{
    for (size_t a = 0; a < guide->count; a++)
        for (size_t r = 0; r < guide->areas[a].count; r++)
            if (has_call(&guide->areas[a].rows[r], call)) {
                *area = &guide->areas[a];
                return &guide->areas[a].rows[r];
            }
    return NULL;
}

/* The first row that has a call must be the only one. */
static void check_doubles(struct loading *l)
{
    const struct guide *guide = l->guide;
    for (size_t a = 0; a < guide->count; a++)
        for (size_t r = 0; r < guide->areas[a].count; r++) {
            const struct guide_row *row = &guide->areas[a].rows[r];
            for (size_t i = 0; i < row->calls.count; i++) {
                const struct guide_area *first;
                if (guide_find(guide, row->calls.items[i], &first) != row)
                    findings_add(l->findings, FINDING_ERROR, l->file, "$.areas",
                                 "two rows have the call " STR_FMT, STR_ARG(row->calls.items[i]));
            }
        }
}

static struct guide *take_tree(const char *file, cJSON *tree, struct findings *findings)
{
    struct guide *guide = tree ? calloc(1, sizeof *guide) : NULL;
    struct loading l = {guide, findings, file, findings->errors};
    if (guide)
        guide->arena = arena_new(GUIDE_MEMORY);
    if (guide && guide->arena) {
        read_guide(&l, tree);
        check_doubles(&l);
    }
    if (tree && (!guide || !guide->arena || arena_failed(guide->arena)))
        findings_add(findings, FINDING_ERROR, file, NULL, "out of memory");
    cJSON_Delete(tree);
    if (findings->errors == l.errors)
        return guide;
    guide_free(guide);
    return NULL;
}

struct guide *guide_load(const char *file, struct findings *findings)
{
    return take_tree(file, table_read(file, findings), findings);
}

struct guide *guide_parse(const char *file, struct str text, struct findings *findings)
{
    return take_tree(file, table_parse(file, text, findings), findings);
}

void guide_free(struct guide *guide)
{
    if (!guide)
        return;
    arena_free(guide->arena);
    free(guide);
}
