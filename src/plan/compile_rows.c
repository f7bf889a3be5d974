/*
 * Rows: the list of the legacy page, each row by the shape of the call that it comes from. See
 * compile.h. Refused are calls that are not there, or have no rows.
 */
#include "plan/compile.h"

static bool find_call(struct compiler *c, const char *name, const struct place *place,
                      unsigned *index)
{
    struct str names[PLAN_CALLS];
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        names[i] = c->plan->calls[i].public.name;
        if (str_eq(names[i], str_from(name))) {
            *index = i;
            return true;
        }
    }
    place_error(place, "no call '%s'", name);
    findings_did_you_mean(place->findings, str_from(name), names, c->plan->call_count);
    return false;
}

static bool compile_row(struct compiler *c, const cJSON *node, const struct view *view,
                        const struct place *place, struct shape *out)
{
    out->kind = SHAPE_ROW;
    out->reads = true;
    if (!find_call(c, node->string, place, &out->call))
        return false;
    struct call *call = &c->plan->calls[out->call];
    call->public.paged = true;
    bool good = call->has_rows || place_error(place, "the call has no `rows`");
    struct leads leads = {.upstream = true, .call = call->public.each ? (int)out->call : -1};
    leads.label = arena_printf(c->arena, STR_FMT "." STR_FMT, STR_ARG(call->public.name),
                               STR_ARG(call->rows.text));
    struct view inner = element_view(c, view, &leads, &out->scope);
    inner.row = out->call + 1;
    return compile_members(c, 1, out) && compile_shape(c, node, &inner, place, &out->members[0]) &&
           good;
}

bool compile_rows(struct compiler *c, const cJSON *node, const struct view *view,
                  const struct place *place, struct shape *out)
{
    bool good = true;
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(node, "rows");
    struct place at = place_key(place, "rows");
    out->kind = SHAPE_ROWS;
    out->reads = true;
    if (!cJSON_IsObject(rows) || !rows->child)
        return place_error(&at, "expected {call: shape}, found %s",
                           cJSON_IsObject(rows) ? "an empty object" : place_kind(rows));
    if (!compile_members(c, (size_t)cJSON_GetArraySize(rows), out))
        return false;
    struct shape *member = out->members;
    for (const cJSON *child = rows->child; child; child = child->next, member++) {
        struct place here = place_key(&at, child->string);
        good = compile_row(c, child, view, &here, member) && good;
    }
    return good;
}
