/*
 * The values that a call sets: computed from the record as it was, then stored in the overlay.
 *
 * A path may lead through every element of a list ("parts[].price"); what was set as a whole
 * before is written anew when something inside of it changes. Refused: more than the overlay
 * keeps. Owns nothing.
 */
#include "sandbox/change.h"

enum { KEPT_MAX = 8 << 20 };

/* ---- storing ---- */

static struct overlay_key key_of(const struct record *record)
{
    return (struct overlay_key){record->entity, record->entity->global ? 0 : record->shop,
                                record->index};
}

struct str setting_json(struct visit *v, struct value value)
{
    struct buf text;
    buf_init_arena(&text, KEPT_MAX, v->arena);
    stored_write(&v->run, value, &text);
    return buf_failed(&text) ? STR_NONE : buf_str(&text);
}

static bool full(struct visit *v)
{
    return visit_deny(v, REFUSE_LIMIT, "At most %d fields of at most %d bytes are kept",
                      OVERLAY_FIELDS, OVERLAY_BYTES);
}

/* Inside of an object or list that was set as a whole: that one is written anew. */
static bool store_inside(struct visit *v, struct overlay_key key, const struct change *around,
                         struct str rest, struct value value)
{
    struct buf text;
    struct str old = around->value.kind == VALUE_RAW ? around->value.text : STR("null");
    struct str outer = arena_str(v->arena, str_from(around->path)), json = setting_json(v, value);
    buf_init_arena(&text, KEPT_MAX, v->arena);
    if (!json.p || !outer.p || !stored_replace(&v->run, old, rest, json, &text))
        return visit_deny(v, REFUSE_INTERNAL, "nothing can be set at '" STR_FMT "'",
                          STR_ARG(outer));
    struct value whole = {.kind = VALUE_RAW, .text = buf_str(&text)};
    return world_set(&v->core->world, key, outer, whole) || full(v);
}

static bool store(struct visit *v, struct overlay_key key, struct str path, struct value value)
{
    if (value.kind == VALUE_ABSENT)
        return true;
    struct str rest;
    const struct changes *changes = overlay_changes(&v->core->world.overlay, key);
    const struct change *around = changes_around(changes, path, &rest);
    if (around)
        return store_inside(v, key, around, rest, value);
    if (value.kind == VALUE_RAW && !value.text.p)
        return full(v);
    return world_set(&v->core->world, key, path, value) || full(v);
}

/* ---- computing ---- */

struct setting {
    struct str path;
    struct value value;
};

struct settings { /* of one record, before they are stored */
    struct visit *visit;
    struct record *record;
    struct value item;
    struct setting *list;
    size_t count, room;
};

static bool add_setting(struct settings *s, struct str path, struct value value)
{
    if (s->count == s->room) {
        size_t room = s->room ? s->room * 2 : 16;
        struct setting *more =
            arena_resize(s->visit->arena, s->list, s->room * sizeof *more, room * sizeof *more);
        if (!more)
            return visit_out_of_memory(s->visit);
        s->list = more;
        s->room = room;
    }
    s->list[s->count++] = (struct setting){path, value};
    return path.p != NULL;
}

static bool compute(struct settings *s, struct place *place, struct str outer, struct str path,
                    const struct shape *form);

/* "parts[].price": the same for every element of the list. */
static bool compute_each(struct settings *s, struct place *place, struct str outer, struct str path,
                         const struct shape *form)
{
    struct run *run = &s->visit->run;
    size_t end = 0;
    while (path.p[end] != '[')
        end++;
    struct str name = str_of(path.p, end), rest = str_of(path.p + end + 3, path.n - end - 3);
    struct value list;
    if (!run_member(run, value_place(place), name, &list))
        return true;
    size_t count = run_list_count(run, list);
    struct str stem = arena_printf(run->arena, STR_FMT "%s" STR_FMT, STR_ARG(outer),
                                   outer.n ? "." : "", STR_ARG(name));
    if (count && list.kind != VALUE_PLACE && !add_setting(s, stem, list))
        return false; /* what no template makes is kept whole before it is changed */
    for (size_t i = 0; i < count; i++) {
        struct value element = run_list_at(run, list, i);
        struct place *inner = run_element_place(run, place, element, name, (uint32_t)i);
        struct str at = arena_printf(run->arena, STR_FMT "[%zu]", STR_ARG(stem), i);
        if (inner && !compute(s, inner, at, rest, form))
            return false;
    }
    return true;
}

static bool compute(struct settings *s, struct place *place, struct str outer, struct str path,
                    const struct shape *form)
{
    struct run *run = &s->visit->run;
    for (size_t i = 0; i + 3 < path.n; i++)
        if (path.p[i] == '.')
            break;
        else if (memcmp(path.p + i, "[].", 3) == 0)
            return compute_each(s, place, outer, path, form);
    struct place *scope = run_with(run, place, VALUE_NONE, s->item);
    if (!scope)
        return visit_out_of_memory(s->visit);
    struct value value = run_form(run, form, scope, path);
    if (value.kind == VALUE_ABSENT)
        return true;
    struct str whole = arena_printf(run->arena, STR_FMT "%s" STR_FMT, STR_ARG(outer),
                                    outer.n ? "." : "", STR_ARG(path));
    return add_setting(s, whole, value);
}

/* Lists and objects are evaluated before anything is stored: they may look at the record. */
static bool store_settings(struct settings *s)
{
    struct visit *v = s->visit;
    for (size_t i = 0; i < s->count; i++) {
        struct value *value = &s->list[i].value;
        if (value->kind != VALUE_TEXT && value->kind != VALUE_INT && value->kind != VALUE_BOOL &&
            value->kind != VALUE_MONEY && value->kind != VALUE_NULL)
            *value = (struct value){.kind = VALUE_RAW, .text = setting_json(v, *value)};
    }
    if (v->run.faulty)
        return visit_faulty(v);
    for (size_t i = 0; i < s->count; i++)
        if (!store(v, key_of(s->record), s->list[i].path, s->list[i].value))
            return false;
    return true;
}

/* ---- elements ---- */

/* The element of `list` whose field equals that of `item`; its index, or -1. */
static int64_t match_element(struct visit *v, struct value list, struct value item)
{
    struct value wanted, have;
    size_t count = run_list_count(&v->run, list);
    int order;
    if (!run_member(&v->run, item, v->rule->elements.by, &wanted))
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct value element = run_list_at(&v->run, list, i);
        if (run_member(&v->run, element, v->rule->elements.by, &have) &&
            value_compare(have, wanted, v->arena, &order) && order == 0)
            return (int64_t)i;
    }
    return -1;
}

static bool element_list(struct visit *v, struct record *record, struct value item,
                         struct value *items, struct value *list)
{
    const struct rule_elements *e = &v->rule->elements;
    struct value root = value_place(record->root);
    if (!run_member(&v->run, item, e->in, items))
        *items = VALUE_NONE;
    return run_member(&v->run, root, e->of, list) ||
           visit_deny(v, REFUSE_INTERNAL, "records have no such list");
}

bool setting_elements_known(struct visit *v, struct record *record, struct value item)
{
    struct value items, list;
    if (!v->rule->elements.in.p)
        return true;
    if (!element_list(v, record, item, &items, &list))
        return false;
    size_t count = run_list_count(&v->run, items);
    for (size_t i = 0; i < count; i++)
        if (match_element(v, list, run_list_at(&v->run, items, i)) < 0)
            return visit_fail(v, &v->rule->elements.unknown);
    return true;
}

static bool compute_elements(struct settings *s)
{
    struct visit *v = s->visit;
    const struct rule_elements *e = &v->rule->elements;
    struct value items, list, outer = s->item;
    if (!element_list(v, s->record, s->item, &items, &list))
        return false;
    size_t count = run_list_count(&v->run, items);
    if (count && list.kind != VALUE_PLACE && !add_setting(s, e->of, list))
        return false;
    for (size_t i = 0; i < count; i++) {
        s->item = run_list_at(&v->run, items, i);
        int64_t index = match_element(v, list, s->item);
        if (index < 0)
            continue; /* was there when it was asked: an element before this one changed it */
        struct value element = run_list_at(&v->run, list, (size_t)index);
        struct place *place =
            run_element_place(&v->run, s->record->root, element, e->of, (uint32_t)index);
        struct str at = arena_printf(v->arena, STR_FMT "[%lld]", STR_ARG(e->of), (long long)index);
        for (size_t k = 0; place && k < e->set_count; k++)
            if (!compute(s, place, at, e->set[k].path, e->set[k].form))
                return false;
    }
    s->item = outer;
    return true;
}

bool setting_make(struct visit *v, const struct effect *effect, struct record *record,
                  struct value item)
{
    struct settings s = {.visit = v, .record = record, .item = item};
    if (effect == &v->rule->effect && v->rule->elements.in.p && !compute_elements(&s))
        return false;
    for (size_t i = 0; i < effect->set_count; i++)
        if (!compute(&s, record->root, STR(""), effect->set[i].path, effect->set[i].form))
            return v->refused ? false : visit_out_of_memory(v);
    return store_settings(&s);
}
