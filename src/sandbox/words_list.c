/*
 * Words over lists: what they hold, what is chosen of them, what is made of them. See words.c.
 */
#include "sandbox/words_inside.h"

/* join(list, separator) */
struct value list_join(const struct call *c)
{
    struct buf text;
    buf_init(&text, 64 << 10);
    size_t n = run_list_count(c->run, c->args[0]);
    struct str separator = value_str(c->args[1], c->run->arena);
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_str(&text, separator);
        buf_add_str(&text, value_str(run_list_at(c->run, c->args[0], i), c->run->arena));
    }
    struct value out = buf_failed(&text) ? call_wrong(c, "texts of 64 KiB at most")
                                         : value_text(arena_str(c->run->arena, buf_str(&text)));
    buf_clear(&text);
    return out;
}

/* count(list): its elements, those left aside that their `_if` takes away. */
struct value list_count_of(const struct call *c)
{
    size_t n = run_list_count(c->run, c->args[0]), count = 0;
    if (c->args[0].kind != VALUE_PLACE || !run_is_list(c->args[0]))
        return value_int((int64_t)n);
    for (size_t i = 0; i < n; i++)
        count += value_exists(run_list_at(c->run, c->args[0], i));
    return value_int((int64_t)count);
}

static bool equal_to(const struct call *c, struct value v, struct value wanted)
{
    int order;
    return value_exists(v) && value_exists(wanted) &&
           value_compare(v, wanted, c->run->arena, &order) && order == 0;
}

/* The elements whose field is (or is not) the value, or among the values. */
static struct value chosen(const struct call *c, bool equal)
{
    size_t n = run_list_count(c->run, c->args[0]), values = run_list_count(c->run, c->args[2]);
    struct str field = c->args[1].kind == VALUE_TEXT ? c->args[1].text : STR_NONE;
    struct value out = {.kind = VALUE_LIST};
    if (!field.p)
        return call_wrong(c, "a list, a field and a value");
    out.list.items = ARENA_ARRAY(c->run->arena, struct value, n + 1);
    for (size_t i = 0; out.list.items && i < n; i++) {
        struct value element = run_list_at(c->run, c->args[0], i), v = element;
        struct str rest = field;
        bool found = false;
        while (rest.p && value_exists(v))
            if (!run_member(c->run, v, str_cut(&rest, '.'), &v))
                v = VALUE_NONE;
        for (size_t k = 0; k < values && !found; k++)
            found = equal_to(c, v, run_list_at(c->run, c->args[2], k));
        if (value_exists(element) && found == equal)
            out.list.items[out.list.count++] = element;
    }
    return out;
}

/* where(list, field, v): the elements whose field is v, or among a list v. */
struct value list_where(const struct call *c)
{
    return chosen(c, true);
}

/* without(list, field, v): the other ones. */
struct value list_without(const struct call *c)
{
    return chosen(c, false);
}

/* merge(a, b): an object with the members of both, those of b winning. */
struct value list_merge(const struct call *c)
{
    if (!value_exists(c->args[0]) || !value_exists(c->args[1]))
        return value_exists(c->args[0]) ? c->args[0] : c->args[1];
    return stored_merge(c->run, c->args[0], c->args[1]);
}

/* unique(list): its elements once each, in the order in which they first come. */
struct value list_unique(const struct call *c)
{
    size_t n = run_list_count(c->run, c->args[0]);
    struct value out = {.kind = VALUE_LIST};
    out.list.items = ARENA_ARRAY(c->run->arena, struct value, n + 1);
    for (size_t i = 0; out.list.items && i < n; i++) {
        struct value v = run_list_at(c->run, c->args[0], i);
        bool known = !value_exists(v);
        for (size_t k = 0; k < out.list.count && !known; k++)
            known = equal_to(c, v, out.list.items[k]);
        if (!known)
            out.list.items[out.list.count++] = v;
    }
    return out;
}

/* flat(list): the elements of its lists in one. */
struct value list_flat(const struct call *c)
{
    size_t n = run_list_count(c->run, c->args[0]), count = 0;
    for (size_t i = 0; i < n; i++)
        count += run_list_count(c->run, run_list_at(c->run, c->args[0], i));
    struct value out = {.kind = VALUE_LIST};
    out.list.items = ARENA_ARRAY(c->run->arena, struct value, count + 1);
    for (size_t i = 0; out.list.items && i < n; i++) {
        struct value inner = run_list_at(c->run, c->args[0], i);
        size_t size = run_list_count(c->run, inner);
        for (size_t k = 0; k < size; k++)
            out.list.items[out.list.count++] = run_list_at(c->run, inner, k);
    }
    return out;
}

/* every(list, v): whether all its elements equal v. */
struct value list_every(const struct call *c)
{
    size_t n = run_list_count(c->run, c->args[0]);
    for (size_t i = 0; i < n; i++) {
        int order;
        if (!value_compare(run_list_at(c->run, c->args[0], i), c->args[1], c->run->arena, &order) ||
            order != 0)
            return value_bool(false);
    }
    return value_bool(true);
}

/* "12", "12.50": no sign, no exponent, no bare point. */
static bool decimal(struct str text)
{
    struct str rest = text;
    struct str parts[2] = {str_cut(&rest, '.'), rest};
    for (size_t p = 0; p < 2 && parts[p].p; p++) {
        for (size_t i = 0; i < parts[p].n; i++)
            if (parts[p].p[i] < '0' || parts[p].p[i] > '9')
                return false;
        if (parts[p].n == 0)
            return false;
    }
    return text.p != NULL;
}

/* decimals(list): whether all its elements are texts of unsigned decimal numbers. */
struct value list_decimals(const struct call *c)
{
    size_t n = run_list_count(c->run, c->args[0]);
    for (size_t i = 0; i < n; i++)
        if (!decimal(value_str(run_list_at(c->run, c->args[0], i), c->run->arena)))
            return value_bool(false);
    return value_bool(true);
}

static struct value extreme(const struct call *c, int wanted)
{
    struct value best = c->args[0];
    for (size_t i = 1; i < c->count; i++) {
        int order;
        if (!value_exists(best))
            best = c->args[i];
        else if (value_exists(c->args[i]) &&
                 value_compare(c->args[i], best, c->run->arena, &order) && order == wanted)
            best = c->args[i];
    }
    return best;
}

struct value list_min(const struct call *c)
{
    return extreme(c, -1);
}

struct value list_max(const struct call *c)
{
    return extreme(c, 1);
}
