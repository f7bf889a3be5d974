/*
 * Finding and sorting the rows of a list, see scan.h. Owns nothing: lists live in the visit's
 * arena or in the core's cache.
 */
#include "sandbox/scan.h"

#include "sandbox/cache.h"
#include "sandbox/change.h"

#include <stdlib.h>

enum { SCRATCH_MAX = 64 << 20, SCRATCH_FULL = 256 << 10, NAMED_MAX = 200 };

/* ---- which rows ---- */

static bool passes(struct scan *s, struct place *row)
{
    const struct rule *rule = s->visit->rule;
    if (rule->only && !value_true(run_eval(&s->run, rule->only, row)))
        return false;
    for (size_t i = 0; i < rule->filter_count; i++) {
        if (!value_exists(s->wanted[i]))
            continue;
        struct place *scope = run_with(&s->run, row, s->wanted[i], VALUE_NONE);
        if (!scope || !value_true(run_eval(&s->run, rule->filters[i].expr, scope)))
            return false;
    }
    return true;
}

static bool filtered(const struct scan *s)
{
    const struct rule *rule = s->visit->rule;
    bool any = rule->only || rule->entity->exists;
    for (size_t i = 0; i < rule->filter_count; i++)
        any = any || value_exists(s->wanted[i]);
    return any;
}

static struct value sort_key(struct scan *s, struct value row, uint64_t index)
{
    struct value key = value_int((int64_t)index);
    if (s->sort.p && !run_member(&s->run, row, s->sort, &key))
        s->no_sort = true;
    if (key.kind == VALUE_TEXT)
        key.text = arena_str(s->visit->arena, key.text);
    return key;
}

static int compare_rows(const struct row *a, const struct row *b, struct scan *s)
{
    int order = 0;
    if (a->key.kind == VALUE_INT && b->key.kind == VALUE_INT)
        order = (a->key.number > b->key.number) - (a->key.number < b->key.number);
    else if (!value_compare(a->key, b->key, s->visit->arena, &order))
        order = 0;
    if (order == 0)
        order = (a->index > b->index) - (a->index < b->index);
    return s->descending ? -order : order;
}

static int by_key(const void *a, const void *b, void *ctx)
{
    return compare_rows(a, b, ctx);
}

/* Sorts rows and leaves their indexes. */
static bool keep_indexes(struct scan *s, struct row *rows, size_t count)
{
    uint32_t *indexes = arena_alloc(s->visit->arena, (count + 1) * sizeof *indexes);
    if (!indexes)
        return visit_out_of_memory(s->visit);
    if (count)
        qsort_r(rows, count, sizeof *rows, by_key, s);
    for (size_t i = 0; i < count; i++)
        indexes[i] = (uint32_t)rows[i].index;
    s->indexes = indexes;
    s->count = count;
    return true;
}

/* The records that pass, with their keys. */
static size_t collect(struct scan *s, struct row *rows, uint64_t all)
{
    struct visit *v = s->visit;
    struct arena *scratch = s->run.arena;
    size_t count = 0;
    for (uint64_t i = 0; i < all && !s->run.faulty && !arena_failed(scratch); i++) {
        if (arena_used(scratch) > SCRATCH_FULL) {
            run_forget(&s->run);
            arena_reset(scratch);
        }
        struct record *record = run_record(&s->run, v->rule->entity, v->shop, i);
        if (!record || !run_exists(&s->run, record) || !passes(s, record->root))
            continue;
        struct value row = value_place(record->root);
        rows[count++] = (struct row){i, sort_key(s, row, i)};
    }
    return count;
}

static bool scan_records(struct scan *s, uint64_t all, unsigned *touched)
{
    struct visit *v = s->visit;
    struct row *rows = malloc((all + 1) * sizeof *rows);
    struct arena *scratch = arena_new(SCRATCH_MAX);
    s->run.arena = scratch;
    run_forget(&s->run);
    s->run.touched = 0;
    bool good = rows && scratch && keep_indexes(s, rows, collect(s, rows, all));
    if (good && s->run.faulty)
        good = visit_deny(v, REFUSE_INTERNAL, "%s", s->run.fault);
    else if (!good || arena_failed(scratch))
        good = visit_out_of_memory(v);
    free(rows);
    arena_free(scratch);
    *touched = s->run.touched;
    s->run = v->run; /* the records of the scan are gone */
    return good;
}

/* Rows that are members of a record: few enough to be held. */
static bool scan_members(struct scan *s)
{
    struct visit *v = s->visit;
    struct place *scope = run_answer_place(&v->run, NULL, v->contract->call);
    struct value list = scope ? run_eval(&v->run, v->rule->of, scope) : VALUE_NONE;
    size_t all = run_list_count(&v->run, list), count = 0;
    struct row *rows = ARENA_ARRAY(v->arena, struct row, all + 1);
    s->members = ARENA_ARRAY(v->arena, struct value, all + 1);
    for (size_t i = 0; rows && s->members && scope && i < all; i++) {
        struct value row = run_list_at(&s->run, list, i);
        struct place *place = row.kind == VALUE_PLACE
                                  ? row.place
                                  : run_data_place(&s->run, scope, row, STR_NONE, (uint32_t)i);
        s->members[i] = row;
        if (value_exists(row) && place && passes(s, place))
            rows[count++] = (struct row){i, sort_key(s, row, i)};
    }
    v->run = s->run;
    if (v->run.faulty)
        return visit_faulty(v);
    return rows && s->members ? keep_indexes(s, rows, count) : visit_out_of_memory(v);
}

/* Records that the request names by their ids are not searched for. */
static bool scan_named(struct scan *s, struct value ids)
{
    struct visit *v = s->visit;
    size_t all = run_list_count(&s->run, ids), count = 0;
    struct row *rows = ARENA_ARRAY(v->arena, struct row, all + 1);
    for (size_t i = 0; rows && i < all; i++) {
        uint64_t index;
        struct str id = value_str(run_list_at(&s->run, ids, i), v->arena);
        bool found = id.p && run_find(&s->run, v->rule->entity, id, &index);
        for (size_t k = 0; k < count && found; k++)
            found = rows[k].index != index;
        struct record *record = found ? run_record(&s->run, v->rule->entity, v->shop, index) : NULL;
        if (!record || !run_exists(&s->run, record) || !passes(s, record->root))
            continue;
        struct value row = value_place(record->root);
        rows[count++] = (struct row){index, sort_key(s, row, index)};
    }
    v->run = s->run;
    if (v->run.faulty)
        return visit_faulty(v);
    return rows ? keep_indexes(s, rows, count) : visit_out_of_memory(v);
}

/* ---- kept lists ---- */

static bool add_value(struct value value, struct arena *arena, struct buf *out)
{
    if (value.kind == VALUE_LIST) {
        bool good = true;
        buf_printf(out, "[%zu:", value.list.count);
        for (size_t i = 0; i < value.list.count; i++)
            good = add_value(value.list.items[i], arena, out) && good;
        return good;
    }
    struct str text = value_str(value, arena);
    buf_printf(out, "%d:%zu:", (int)value.kind, text.n);
    buf_add_str(out, text);
    return text.p || !value_exists(value);
}

/* All that a list is made from; false when it cannot be written down. */
static bool add_key(struct scan *s, struct buf *out)
{
    const struct visit *v = s->visit;
    buf_printf(out, "%p %u %d %d ", (const void *)v->rule, v->shop, v->has_shop, s->descending);
    bool good = add_value(value_text(s->sort), v->arena, out);
    for (size_t i = 0; i < v->rule->filter_count; i++)
        good = add_value(s->wanted[i], v->arena, out) && good;
    return good && !buf_failed(out);
}

static bool scan_or_recall(struct scan *s, uint64_t all)
{
    /* What filters compare with is in the key. */
    const unsigned more = RUN_CALLER & ~(1u << VARIABLE_VALUE);
    struct visit *v = s->visit;
    struct cache *cache = v->core->lists;
    struct buf key;
    struct str kept;
    buf_init(&key, 64 << 10);
    bool may = add_key(s, &key), good = true;
    cache_turn(cache, v->core->world.generation);
    if (may && cache_get(cache, buf_str(&key), &kept)) {
        s->indexes = (const uint32_t *)(const void *)kept.p;
        s->count = kept.n / sizeof *s->indexes;
    } else {
        unsigned touched = 0;
        good = scan_records(s, all, &touched);
        if (good && may && !s->no_sort && !(touched & more))
            cache_put(cache, buf_str(&key),
                      str_of((const char *)s->indexes, s->count * sizeof *s->indexes));
    }
    buf_clear(&key);
    return good;
}

/* ---- what others see ---- */

static bool find_rows(struct scan *s)
{
    struct visit *v = s->visit;
    const struct rule *rule = v->rule;
    if (!rule->entity)
        return scan_members(s);
    struct value ids = rule->by.p ? visit_field(v, rule->by) : VALUE_NONE;
    size_t named = run_list_count(&v->run, ids);
    if (named && named <= NAMED_MAX)
        return scan_named(s, ids);
    s->count = run_count(&v->run, rule->entity);
    if (!s->sort.p && !filtered(s))
        return true;
    return scan_or_recall(s, s->count);
}

bool scan_rows(struct scan *s, struct visit *v)
{
    const struct rule *rule = v->rule;
    struct value field = visit_field(v, STR("sort_field"));
    struct value order = visit_field(v, STR("sort_order"));
    *s = (struct scan){.visit = v, .run = v->run};
    s->sort = field.kind == VALUE_TEXT && field.text.n ? field.text : STR_NONE;
    s->descending = order.kind == VALUE_TEXT && str_ieq(order.text, STR("DESC"));
    s->wanted = ARENA_ARRAY(v->arena, struct value, rule->filter_count + 1);
    if (!s->wanted)
        return visit_out_of_memory(v);
    for (size_t i = 0; i < rule->filter_count; i++) {
        struct value wanted = visit_field(v, rule->filters[i].field);
        s->wanted[i] = run_list_count(&v->run, wanted) ? wanted : VALUE_NONE;
    }
    if (!find_rows(s))
        return false;
    return !s->no_sort ||
           visit_deny(v, REFUSE_PARAMETER,
                      "sort_field must be one of the records': '" STR_FMT "' is none",
                      STR_ARG(s->sort));
}

static uint64_t index_of(const struct scan *s, size_t n)
{
    if (s->indexes)
        return s->indexes[n];
    return s->descending ? s->count - 1 - n : n;
}

struct value scan_value(struct scan *s, size_t n)
{
    struct visit *v = s->visit;
    if (s->members)
        return s->members[index_of(s, n)];
    struct record *r = run_record(&v->run, v->rule->entity, v->shop, index_of(s, n));
    return r ? value_place(r->root) : VALUE_NONE;
}

struct row scan_row(struct scan *s, size_t n)
{
    uint64_t index = index_of(s, n);
    struct value key = value_int((int64_t)index);
    if (s->sort.p && !run_member(&s->visit->run, scan_value(s, n), s->sort, &key))
        key = VALUE_NONE;
    return (struct row){index, key};
}

size_t scan_behind(struct scan *s, const struct row *last)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct row row = scan_row(s, middle);
        if (compare_rows(&row, last, s) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
