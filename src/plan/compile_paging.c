/*
 * What a call says about its pages: rows of other calls it goes over, sizes, places of the
 * position, order. See compile.h.
 */
#include "plan/compile.h"

/* "outer.list", where `list` is the path of the rows of the call `outer`. */
static bool is_rows_of(const struct expression *each, const struct call *outer)
{
    const struct operand *from = &each->from;
    if (each->count || from->constant || from->start == PATH_AT || !outer->has_rows ||
        from->count != outer->rows.count + 1 || !str_eq(from->names[0], outer->public.name))
        return false;
    for (size_t i = 0; i < outer->rows.count; i++)
        if (!str_eq(from->names[i + 1], outer->rows.names[i]))
            return false;
    return true;
}

/*
 * A call whose `each` is the rows of another is nested when it has `rows` itself: one list for
 * each row of the other. Else it is made for each of these rows that the legacy page holds.
 */
bool compile_nesting(struct compiler *c, const cJSON *node, const struct place *place,
                     struct call *call)
{
    struct place at = place_key(place, "most");
    if (!call->public.each)
        return true;
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        if (!is_rows_of(&call->each, &c->plan->calls[i]))
            continue;
        call->public.nested = call->has_rows;
        call->public.per_row = !call->has_rows;
        call->public.outer = i;
        return !(call->has_rows && cJSON_GetObjectItemCaseSensitive(node, "most")) ||
               place_error(&at, "a list in a list goes as far as the legacy page, so this applies "
                                "to nothing");
    }
    if (!call->has_rows)
        return true;
    at = place_key(place, "each");
    place_error(&at, "a call with `rows` is made for each row of another call with `rows`, and "
                     "for nothing else");
    findings_hint(place->findings, "\"each\": \"outer.list\", where `outer` has \"rows\": "
                                   "\"list\"");
    return false;
}

bool compile_limits(const cJSON *node, const struct place *place, struct call *call)
{
    const cJSON *limits = cJSON_GetObjectItemCaseSensitive(node, "limits");
    struct place at = place_key(place, "limits");
    uint64_t low = 1, high = 100;
    if (limits && !call->has_rows)
        return place_error(&at, "`limits` belongs to `rows`");
    if (limits && !compile_range(limits, &at, 1000000, &low, &high))
        return false;
    call->public.page_min = (uint32_t)low;
    call->public.page_max = (uint32_t)high;
    return true;
}

bool compile_spot(struct arena *arena, const cJSON *node, const struct place *place,
                  struct page_spot *out)
{
    if (!cJSON_IsString(node))
        return place_error(place, "expected \"query.name\" or \"body.name\", found %s",
                           place_kind(node));
    struct str rest = str_from(node->valuestring);
    struct str where = str_cut(&rest, '.');
    bool body = str_eq(where, STR("body"));
    if ((!body && !str_eq(where, STR("query"))) || !rest.n || str_find(rest, '.') < rest.n)
        return place_error(place, "expected \"query.name\" or \"body.name\", found '%s'",
                           node->valuestring);
    struct compiler c = {.arena = arena, .place = *place};
    out->place = body ? PAGE_IN_BODY : PAGE_IN_QUERY;
    out->name = arena_str(arena, rest);
    out->key = compile_key(&c, out->name.p ? out->name.p : "");
    return true;
}

/* Where the position goes: as the profile says, but for what the call says itself. */
bool compile_page(struct compiler *c, const cJSON *node, const struct place *place,
                  struct call *call)
{
    static const char *const known[] = {"size", "token", "next", NULL};
    const struct profile *profile = (const struct profile *)c->plan->profile;
    const cJSON *page = cJSON_GetObjectItemCaseSensitive(node, "page");
    struct place at = place_key(place, "page");
    if (page && !call->has_rows)
        return place_error(&at, "`page` belongs to `rows`");
    if (!call->has_rows)
        return true;
    if (page && !cJSON_IsObject(page))
        return place_error(&at, "expected an object, found %s", place_kind(page));
    if (profile && profile->has_page) {
        call->size = profile->size;
        call->token = profile->token;
        call->next = profile->next;
    }
    bool good = true;
    compile_known_keys(c, &at, page, known);
    const cJSON *child;
    cJSON_ArrayForEach(child, page)
    {
        struct place below = place_key(&at, child->string);
        if (strcmp(child->string, "next") != 0)
            good = compile_spot(c->arena, child, &below,
                                strcmp(child->string, "size") ? &call->token : &call->size) &&
                   good;
        else if (!cJSON_IsString(child))
            good = place_error(&below, "expected a path, found %s", place_kind(child));
        else
            good = path_parse(str_from(child->valuestring), c->arena, &below, &call->next) && good;
    }
    if (good && (!call->token.place || !call->next.count))
        return place_error(place, "neither the call nor its profile says where the page's token "
                                  "goes and where the next one stands");
    return good;
}

bool compile_order(struct compiler *c, const cJSON *node, const struct view *view,
                   const struct place *place, struct call *call)
{
    const cJSON *order = cJSON_GetObjectItemCaseSensitive(node, "order_by");
    struct place at = place_key(place, "order_by");
    if (!order)
        return true;
    if (!call->has_rows)
        return place_error(&at, "`order_by` belongs to `rows`");
    bool choice = cJSON_GetObjectItemCaseSensitive(order, "choose") != NULL;
    if (!cJSON_IsString(order) && !choice)
        return place_error(&at, "expected an expression or a choice of them, found %s",
                           place_kind(order));
    struct view row = *view;
    row.outer = view;
    row.element = call->row.element;
    row.upstream = true;
    row.label = call->public.name;
    call->has_order = true;
    if (choice) {
        call->order_choice = ARENA_NEW(c->arena, struct shape);
        return call->order_choice && compile_shape(c, order, &row, &at, call->order_choice);
    }
    return compile_expression(c, order->valuestring, &row, &at, &call->order, NULL);
}
