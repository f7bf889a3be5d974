/*
 * Where each field of a request stands: in the body, which wins, or in the query. See accept.h.
 *
 * Lists come in queries in every way that clients write them: `ids=1,2`, `ids=1&ids=2`, `ids[]=1`
 * and `ids[0]=1`; their pieces are joined in the order in which they came. Refuses a parameter
 * that is there twice with two values and is no list, because readers differ on which one counts.
 */
#include "plan/accept.h"

static bool is_common(const struct plans *plans, struct str name)
{
    for (size_t i = 0; i < plans->common_count; i++)
        if (str_eq(plans->common[i], name))
            return true;
    return false;
}

static bool is_list(const struct field *field)
{
    return field->type.kind == TYPE_LIST || field->type.kind == TYPE_ITEMS;
}

/* "ids" of "ids[]" and "ids[12]"; absent when nothing or something else is in brackets. */
static struct str list_name(struct str name)
{
    size_t open = str_find(name, '[');
    if (open == 0 || open + 1 >= name.n || name.p[name.n - 1] != ']')
        return STR_NONE;
    for (size_t i = open + 1; i + 1 < name.n; i++)
        if (name.p[i] < '0' || name.p[i] > '9')
            return STR_NONE;
    return str_of(name.p, open);
}

const struct field *accept_field(const struct plan *plan, struct str name)
{
    int64_t index = json_keys_find(plan->field_keys, name);
    if (index >= 0)
        return &plan->fields[index];
    struct str list = list_name(name);
    index = list.p ? json_keys_find(plan->field_keys, list) : -1;
    return index >= 0 && is_list(&plan->fields[index]) ? &plan->fields[index] : NULL;
}

/* One more piece of a list. */
static void join(struct taking *t, struct str *text, struct str piece)
{
    struct buf out;
    buf_init_arena(&out, UINT32_MAX, t->run->arena);
    buf_add_str(&out, *text);
    buf_add_char(&out, ',');
    buf_add_str(&out, piece);
    if (buf_failed(&out))
        run_no_memory(t->run);
    else
        *text = buf_str(&out);
}

static void take_pair(struct taking *t, const struct field *field, struct source *source,
                      struct str value)
{
    if (json_exists(source->json))
        return;
    if (!source->text.p) {
        source->text = value;
    } else if (is_list(field)) {
        join(t, &source->text, value);
    } else if (!str_eq(source->text, value)) {
        t->label.n = 0;
        label_name(&t->label, field->name);
        taking_refuse(t, "is there twice, with two values");
    }
}

struct source *accept_find(struct taking *t)
{
    struct plan_run *run = t->run;
    const struct plan *plan = run->plan;
    struct source *found = ARENA_ARRAY(run->arena, struct source, plan->field_count + 1);
    if (!found)
        return NULL;
    for (struct json v = json_first(run->request.body); json_exists(v); v = json_next(v)) {
        struct str name = json_key(v, run->arena);
        int64_t index = json_keys_find(plan->field_keys, name);
        if (index >= 0 && json_type(v) != JSON_NULL)
            found[index].json = v;
        else if (index < 0 && !is_common(plan->plans, name))
            run->unused = true;
    }
    for (size_t i = 0; i < run->request.query.count; i++) {
        const struct pair *pair = &run->request.query.items[i];
        const struct field *field = accept_field(plan, pair->name);
        if (field)
            take_pair(t, field, &found[field - plan->fields], pair->value);
        else
            run->unused |= !is_common(plan->plans, pair->name);
    }
    return found;
}
