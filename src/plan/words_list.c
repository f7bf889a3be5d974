/*
 * Words on lists.
 */
#include "plan/words.h"

/* A list that elements can be read of; false after a fault. */
static bool need_list(struct plan_run *run, const struct use *use, const struct value *in)
{
    if (value_is_list(in))
        return true;
    run_fault(run, use->from, "expected a list, found %s", json_type_name(value_type(in)));
    return false;
}

static struct value at(struct value element, const struct operand *path)
{
    return value_at(element, path->names, path->count);
}

struct value word_join(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct elements elements = value_elements(in);
    struct value item;
    struct buf out;
    if (!need_list(run, use, in))
        return VALUE_NONE;
    buf_init_arena(&out, UINT32_MAX, run->arena);
    bool more = false;
    while (elements_next(run, &elements, &item)) {
        struct str text = value_as_text(run, &item);
        if (!value_there(&item))
            continue;
        if (!text.p)
            return run_fault(run, use->from, "expected a list of scalars, found %s in it",
                             json_type_name(value_type(&item)));
        if (more)
            buf_add_str(&out, use->arguments[0].value.text);
        buf_add_str(&out, text);
        more = true;
    }
    if (buf_failed(&out))
        run_no_memory(run);
    return value_text(buf_str(&out));
}

struct value word_split(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = value_as_text(run, in), by = use->arguments[0].value.text;
    if (!text.p)
        return run_fault(run, use->from, "expected a text, found %s",
                         json_type_name(value_type(in)));
    size_t parts = 1;
    for (size_t i = 0; by.n && i + by.n <= text.n; i++)
        parts += memcmp(text.p + i, by.p, by.n) == 0;
    struct list *out = value_new_list(run, parts);
    if (!out || !text.n)
        return value_list(out);
    size_t from = 0;
    for (size_t i = 0; by.n && i + by.n <= text.n;) {
        if (memcmp(text.p + i, by.p, by.n) != 0) {
            i++;
            continue;
        }
        out->items[out->count++] = value_text(str_of(text.p + from, i - from));
        from = i += by.n;
    }
    out->items[out->count++] = value_text(str_of(text.p + from, text.n - from));
    return value_list(out);
}

struct value word_first(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct elements elements = value_elements(in);
    struct value item = VALUE_NONE;
    if (need_list(run, use, in))
        elements_next(run, &elements, &item);
    return item;
}

struct value word_last(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct elements elements = value_elements(in);
    struct value item = VALUE_NONE;
    if (need_list(run, use, in))
        while (elements_next(run, &elements, &item))
            continue;
    return item;
}

struct value word_count(struct plan_run *run, const struct use *use, const struct value *in)
{
    if (!value_there(in))
        return value_digits(STR("0"));
    if (!need_list(run, use, in))
        return VALUE_NONE;
    return value_digits(arena_printf(run->arena, "%zu", value_count(run, in)));
}

/* Open hash of texts, for lists of any length. */
struct seen {
    struct str *texts;
    size_t mask;
};

static bool seen_init(struct seen *seen, size_t count, struct arena *arena)
{
    size_t size = 8;
    while (size < count * 2)
        size *= 2;
    seen->mask = size - 1;
    seen->texts = ARENA_ARRAY(arena, struct str, size);
    return seen->texts != NULL;
}

/* True when it was not there before. */
static bool seen_add(struct seen *seen, struct str text)
{
    uint64_t h = str_hash(text);
    for (size_t i = (size_t)(h ^ h >> 32) & seen->mask;; i = (i + 1) & seen->mask) {
        if (!seen->texts[i].p) {
            seen->texts[i] = text;
            return true;
        }
        if (str_eq(seen->texts[i], text))
            return false;
    }
}

struct value word_unique(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct elements elements = value_elements(in);
    struct seen seen;
    struct value item;
    if (!need_list(run, use, in))
        return VALUE_NONE;
    struct list *out = value_new_list(run, value_count(run, in));
    if (!out || !seen_init(&seen, value_count(run, in), run->arena))
        return VALUE_NONE;
    while (elements_next(run, &elements, &item)) {
        struct str text = value_as_text(run, &item);
        if (!value_there(&item))
            continue;
        if (!text.p)
            return run_fault(run, use->from, "expected a list of scalars, found %s in it",
                             json_type_name(value_type(&item)));
        if (seen_add(&seen, text))
            out->items[out->count++] = item;
    }
    return value_list(out);
}

struct value word_collect(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct elements elements = value_elements(in);
    struct value item;
    if (!need_list(run, use, in))
        return VALUE_NONE;
    struct list *out = value_new_list(run, value_count(run, in));
    while (out && elements_next(run, &elements, &item)) {
        item = at(item, &use->arguments[0]);
        if (value_there(&item))
            out->items[out->count++] = item;
    }
    return value_list(out);
}

struct value word_flat(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct elements outer = value_elements(in), inner;
    struct value item, part;
    size_t count = 0;
    if (!need_list(run, use, in))
        return VALUE_NONE;
    while (elements_next(run, &outer, &item))
        count += value_is_list(&item) ? value_count(run, &item) : 1;
    struct list *out = value_new_list(run, count);
    outer = value_elements(in);
    while (out && elements_next(run, &outer, &item)) {
        if (!value_is_list(&item)) {
            if (value_there(&item))
                out->items[out->count++] = item;
            continue;
        }
        inner = value_elements(&item);
        while (elements_next(run, &inner, &part))
            if (value_there(&part))
                out->items[out->count++] = part;
    }
    return value_list(out);
}

/* Adds the elements of a list, or what is no list itself; nothing that is absent. */
static void add_all(struct plan_run *run, struct list *out, const struct value *from)
{
    struct elements elements = value_elements(from);
    struct value item;
    if (!value_is_list(from) && value_there(from))
        out->items[out->count++] = *from;
    while (elements_next(run, &elements, &item))
        if (value_there(&item))
            out->items[out->count++] = item;
}

struct value word_plus(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct value more = operand_read(run, &use->arguments[0]);
    if (value_there(in) && !need_list(run, use, in))
        return VALUE_NONE;
    if (!value_there(&more))
        return *in;
    struct list *out = value_new_list(run, value_count(run, in) + value_count(run, &more) + 1);
    if (!out)
        return VALUE_NONE;
    add_all(run, out, in);
    add_all(run, out, &more);
    return value_list(out);
}

struct value word_chunk(struct plan_run *run, const struct use *use, const struct value *in)
{
    size_t most = constant_count(&use->arguments[0].value), count = value_count(run, in);
    if (!need_list(run, use, in))
        return VALUE_NONE;
    struct list *out = value_new_list(run, (count + most - 1) / most), *part = NULL;
    struct elements elements = value_elements(in);
    struct value item;
    while (out && elements_next(run, &elements, &item)) {
        if (!value_there(&item))
            continue;
        if (!part || part->count == most) {
            part = value_new_list(run, most < count ? most : count);
            if (!part)
                return VALUE_NONE;
            out->items[out->count++] = value_list(part);
        }
        part->items[part->count++] = item;
    }
    return value_list(out);
}

static bool equals(struct plan_run *run, struct value element, const struct use *use,
                   struct str text)
{
    struct value value = at(element, &use->arguments[0]);
    struct str found = value_as_text(run, &value);
    return found.p && text.p && str_eq(found, text);
}

/* Whether the element is one of those that PATH, or PATH and X, speak of. */
static bool chosen(struct plan_run *run, struct value element, const struct use *use,
                   struct str text)
{
    if (use->count > 1)
        return equals(run, element, use, text);
    struct value value = at(element, &use->arguments[0]);
    return value_holds(&value);
}

static struct value choose(struct plan_run *run, const struct use *use, const struct value *in,
                           bool wanted)
{
    struct elements elements = value_elements(in);
    struct value item, with = VALUE_NONE;
    if (use->count > 1)
        with = operand_read(run, &use->arguments[1]);
    struct str text = value_as_text(run, &with);
    if (!need_list(run, use, in))
        return VALUE_NONE;
    struct list *out = value_new_list(run, value_count(run, in));
    while (out && elements_next(run, &elements, &item))
        if (chosen(run, item, use, text) == wanted)
            out->items[out->count++] = item;
    return value_list(out);
}

struct value word_where(struct plan_run *run, const struct use *use, const struct value *in)
{
    return choose(run, use, in, true);
}

struct value word_without(struct plan_run *run, const struct use *use, const struct value *in)
{
    return choose(run, use, in, false);
}

struct value word_find(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct elements elements = value_elements(in);
    struct value item, with = operand_read(run, &use->arguments[1]);
    struct str text = value_as_text(run, &with);
    if (!need_list(run, use, in))
        return VALUE_NONE;
    while (elements_next(run, &elements, &item))
        if (equals(run, item, use, text))
            return at(item, &use->arguments[2]);
    return VALUE_NONE;
}
