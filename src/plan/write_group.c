/*
 * Groups: the elements of lists, gathered by what they have in common. See run.h.
 *
 * The groups of one form live in the run's arena, found by the hash of their keys and kept in
 * the order of their first elements.
 */
#include "plan/run.h"

struct group {
    struct str key;
    struct list list;
};

struct groups {
    struct group *items; /* in order of first appearance */
    size_t count;
    size_t *table; /* index + 1 */
    size_t mask;
};

/* The texts of all `by`, told apart: "t3:abc" or "-" for each. */
static struct str group_key(struct plan_run *run, const struct shape *shape)
{
    struct buf key;
    buf_init_arena(&key, UINT32_MAX, run->arena);
    for (size_t i = 0; i < shape->by_count; i++) {
        struct value value = expression_read(run, &shape->by[i]);
        struct str text = value_as_text(run, &value);
        if (!text.p) {
            buf_add_char(&key, '-');
            continue;
        }
        buf_add_u64(&key, text.n);
        buf_add_char(&key, ':');
        buf_add_str(&key, text);
    }
    return buf_str(&key);
}

static struct group *find_group(struct groups *groups, struct str key)
{
    uint64_t h = str_hash(key);
    for (size_t at = (size_t)(h ^ h >> 32) & groups->mask;; at = (at + 1) & groups->mask) {
        if (!groups->table[at]) {
            groups->table[at] = groups->count + 1;
            groups->items[groups->count].key = key;
            return &groups->items[groups->count++];
        }
        struct group *group = &groups->items[groups->table[at] - 1];
        if (str_eq(group->key, key))
            return group;
    }
}

static bool group_add(struct plan_run *run, struct group *group, struct value item)
{
    size_t count = group->list.count;
    if ((count & (count - 1)) == 0) { /* full at every power of two */
        size_t size = sizeof item;
        struct value *wider = arena_resize(run->arena, group->list.items, count * size,
                                           (count ? count * 2 : 1) * size);
        if (!wider)
            return run_no_memory(run);
        group->list.items = wider;
    }
    group->list.items[group->list.count++] = item;
    return true;
}

static bool new_groups(struct plan_run *run, const struct value *lists, size_t list_count,
                       struct groups *groups)
{
    size_t count = 0, size = 8;
    for (size_t i = 0; i < list_count; i++)
        count += value_count(run, &lists[i]);
    while (size < count * 2)
        size *= 2;
    *groups = (struct groups){.mask = size - 1};
    groups->items = ARENA_ARRAY(run->arena, struct group, count + 1);
    groups->table = ARENA_ARRAY(run->arena, size_t, size);
    return (groups->items && groups->table) || run_no_memory(run);
}

static bool fill_groups(struct plan_run *run, const struct shape *shape, const struct value *list,
                        struct groups *groups)
{
    struct elements elements = value_elements(list);
    struct value item;
    while (elements_next(run, &elements, &item)) {
        scope_enter(run, &shape->scope, item);
        if (!condition_holds(run, &shape->when))
            continue;
        if (!group_add(run, find_group(groups, group_key(run, shape)), item))
            return false;
    }
    return true;
}

enum written group_write(struct plan_run *run, const struct shape *shape, struct json_writer *w)
{
    struct value lists[SHAPE_SOURCES];
    struct groups groups;
    size_t count = sources_read(run, shape, lists);
    if (!count || !new_groups(run, lists, count, &groups))
        return LEFT_OUT;
    for (size_t i = 0; i < count; i++)
        if (!fill_groups(run, shape, &lists[i], &groups))
            return LEFT_OUT;
    json_open_array(w);
    for (size_t i = 0; i < groups.count; i++) {
        struct group *group = &groups.items[i];
        scope_enter(run, &shape->scope, group->list.items[0]);
        want_set(shape->scope.all, value_list(&group->list), run->slots, run->arena);
        shape_write(run, shape->members, w);
    }
    json_close_array(w);
    return WRITTEN;
}
