/*
 * `calls`: the upstream messages of a table. See compile.h.
 */
#include "plan/compile.h"

static bool known_method(struct str method)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_eq(method, str_from(methods[i])))
            return true;
    return false;
}

/* What needs no escape in a path (RFC 3986, 3.3), but for what nobody uses there. */
static bool is_plain_path(struct str literal)
{
    for (size_t i = 0; i < literal.n; i++) {
        char c = literal.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            !strchr("/-._~", c))
            return false;
    }
    return true;
}

/* "/x/{a}/y" into literals with an expression behind each. */
static bool compile_path(struct compiler *c, struct str path, const struct view *view,
                         const struct place *place, struct call *call)
{
    size_t parts = 1;
    for (size_t i = 0; i < path.n; i++)
        parts += path.p[i] == '{';
    call->path = ARENA_ARRAY(c->arena, struct path_part, parts);
    if (!call->path)
        return place_error(place, "out of memory");
    bool good = true;
    while (path.n) {
        struct path_part *part = &call->path[call->path_count++];
        size_t open = str_find(path, '{'), close = str_find(path, '}');
        part->literal = arena_str(c->arena, str_of(path.p, open));
        if (close >= open && !is_plain_path(part->literal))
            return place_error(place, "'" STR_FMT "' holds what must not stand in a path",
                               STR_ARG(part->literal));
        if (open == path.n && close == path.n)
            return good;
        if (close < open || close == path.n)
            return place_error(place, "'{' and '}' do not match");
        char *inside = arena_cstr(c->arena, str_of(path.p + open + 1, close - open - 1));
        if (!inside)
            return place_error(place, "out of memory");
        part->has_expression = true;
        good = compile_expression(c, inside, view, place, &part->expression, NULL) && good;
        path = str_of(path.p + close + 1, path.n - close - 1);
    }
    return good;
}

static bool compile_send(struct compiler *c, const cJSON *send, const struct view *view,
                         const struct place *place, struct call *call)
{
    struct place at = place_key(place, "send");
    if (!cJSON_IsString(send))
        return place_error(&at, "expected a text such as \"GET /x/{id}\", found %s",
                           place_kind(send));
    struct str rest = call->public.send = keep(c, send->valuestring);
    struct str method = str_cut(&rest, ' ');
    if (!known_method(method) || !rest.n || rest.p[0] != '/' || str_find(rest, '?') < rest.n)
        return place_error(&at, "expected a method and a path such as \"GET /x/{id}\", found '%s'",
                           send->valuestring);
    call->public.method = method;
    return compile_path(c, rest, view, &at, call);
}

static bool compile_query(struct compiler *c, const cJSON *query, const struct view *view,
                          const struct place *place, struct call *call)
{
    struct place at = place_key(place, "query");
    if (!query)
        return true;
    if (!cJSON_IsObject(query))
        return place_error(&at, "expected an object of leaves, found %s", place_kind(query));
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, query)
    {
        struct place below = place_key(&at, child->string);
        bool choice = cJSON_GetObjectItemCaseSensitive(child, "choose") != NULL;
        if (cJSON_IsArray(child) || cJSON_IsNull(child) || (cJSON_IsObject(child) && !choice))
            good = place_error(&below, "expected a leaf, found %s", place_kind(child));
    }
    call->query = ARENA_NEW(c->arena, struct shape);
    return good && call->query && compile_shape(c, query, view, &at, call->query);
}

static bool compile_body(struct compiler *c, const cJSON *node, const struct view *view,
                         const struct place *place, struct call *call)
{
    const cJSON *body = cJSON_GetObjectItemCaseSensitive(node, "body");
    const cJSON *form = cJSON_GetObjectItemCaseSensitive(node, "form");
    struct place at = place_key(place, body ? "body" : "form");
    if (body && form)
        return place_error(place, "a call has a `body` or a `form`, not both");
    if ((body || form) && str_eq(call->public.method, STR("GET")))
        return place_error(&at, "a GET has no body");
    if (form)
        return compile_form(c, form, view, &at, call);
    if (!body)
        return true;
    call->body = ARENA_NEW(c->arena, struct shape);
    return call->body && compile_shape(c, body, view, &at, call->body);
}

static bool compile_each_call(struct compiler *c, const cJSON *node, const struct view *view,
                              const struct place *place, struct call *call, struct view *inside)
{
    const cJSON *each = cJSON_GetObjectItemCaseSensitive(node, "each");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(node, "most");
    struct place at = place_key(place, "most");
    uint64_t limit = 20;
    bool good = true;
    if (most && !each)
        good = place_error(&at, "`most` belongs to `each`");
    else if (most)
        good = compile_whole(most, &at, "a number", 1, 1000, &limit);
    call->public.most = (uint32_t)limit;
    if (!each)
        return good;
    at = place_key(place, "each");
    struct leads leads;
    if (!cJSON_IsString(each))
        return place_error(&at, "expected an expression, found %s", place_kind(each));
    if (!compile_expression(c, each->valuestring, view, &at, &call->each, &leads))
        return false;
    inside->at = call->element.element;
    inside->at_type = leads.type && leads.type->kind == TYPE_ITEMS ? leads.type->item : NULL;
    inside->at_upstream = leads.upstream;
    inside->at_label = arena_printf(c->arena, STR_FMT "[]", STR_ARG(leads.label));
    return good;
}

/* "/x/{a}/y" and "/x/{b}/y" are the same path. */
static bool same_send(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    while (i < a.n && j < b.n && a.p[i] == b.p[j]) {
        if (a.p[i] == '{') {
            while (i < a.n && a.p[i] != '}')
                i++;
            while (j < b.n && b.p[j] != '}')
                j++;
        }
        i++;
        j++;
    }
    return i >= a.n && j >= b.n;
}

static bool needs_cipher(const struct compiler *c, const struct call *call)
{
    if (!c->plan->profile || !c->plan->profile->shop)
        return false;
    for (size_t i = 0; i < c->plans->no_cipher_count; i++)
        if (same_send(c->plans->no_cipher[i], call->public.send))
            return false;
    return true;
}

/* A GET reads; other calls change something unless the table says that they do not. */
static bool compile_changes(const cJSON *node, const struct place *place, struct call *call)
{
    const cJSON *changes = cJSON_GetObjectItemCaseSensitive(node, "changes");
    struct place at = place_key(place, "changes");
    bool get = str_eq(call->public.method, STR("GET"));
    call->public.changes = !get && !changes;
    if (changes && !cJSON_IsFalse(changes))
        return place_error(&at, "expected false: a call changes something unless it says so");
    return !changes || !get || place_error(&at, "a GET changes nothing anyway");
}

/* Behind `changes`. */
static bool compile_part(struct compiler *c, const cJSON *node, const struct place *place,
                         struct call *call)
{
    const cJSON *part = cJSON_GetObjectItemCaseSensitive(node, "part");
    struct place at = place_key(place, "part");
    if (!part)
        return true;
    if (!cJSON_IsString(part) || !*part->valuestring)
        return place_error(&at, "expected a sentence, found %s", place_kind(part));
    call->public.part = keep(c, part->valuestring);
    if (!call->public.each)
        return place_error(&at, "`part` belongs to `each`");
    if (call->public.changes)
        return place_error(&at, "the call changes something: all of it is done, or nothing");
    return !call->has_rows ||
           place_error(&at, "the lists of `rows` are asked for one by one, without a bound");
}

static bool compile_call(struct compiler *c, const cJSON *node, const struct place *place,
                         struct call *call)
{
    static const char *const known[] = {"send",     "query",    "body",    "form",   "when",
                                        "each",     "most",     "rows",    "limits", "page",
                                        "order_by", "on_error", "changes", "part",   NULL};
    bool good = true;
    compile_known_keys(c, place, node, known);
    struct view outer = {0}, view = {0};
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    struct place at = place_key(place, "when");
    call->has_when = when != NULL;
    if (when)
        good = compile_condition(c, when, &outer, &at, &call->when) && good;
    good = compile_each_call(c, node, &outer, place, call, &view) && good;
    good = compile_nesting(c, node, place, call) && good;
    good =
        compile_send(c, cJSON_GetObjectItemCaseSensitive(node, "send"), &view, place, call) && good;
    good = compile_changes(node, place, call) && good;
    good = compile_part(c, node, place, call) && good;
    good = compile_query(c, cJSON_GetObjectItemCaseSensitive(node, "query"), &view, place, call) &&
           good;
    good = compile_body(c, node, &view, place, call) && good;
    good = compile_limits(node, place, call) && good;
    good = compile_page(c, node, place, call) && good;
    good = compile_order(c, node, &view, place, call) && good;
    at = place_key(place, "on_error");
    good = compile_forgiveness(c, cJSON_GetObjectItemCaseSensitive(node, "on_error"), &view, &at,
                               call) &&
           good;
    call->public.cipher = needs_cipher(c, call);
    call->public.multipart = call->form_count > 0;
    return good;
}

static bool read_rows(struct compiler *c, const cJSON *node, const struct place *place,
                      struct call *call)
{
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(node, "rows");
    struct place at = place_key(place, "rows");
    if (!rows)
        return true;
    if (!cJSON_IsString(rows))
        return place_error(&at, "expected the path of a list, found %s", place_kind(rows));
    call->has_rows = true;
    call->row.element = compile_want(c, ".");
    return path_parse(str_from(rows->valuestring), c->arena, &at, &call->rows);
}

bool compile_call_names(struct compiler *c, const cJSON *calls, const struct place *place)
{
    if (!calls)
        return true;
    if (!cJSON_IsObject(calls))
        return place_error(place, "expected an object of calls, found %s", place_kind(calls));
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, calls)
    {
        struct place at = place_key(place, child->string);
        struct operand name;
        if (c->plan->call_count == PLAN_CALLS)
            return place_error(&at, "more than %d calls", PLAN_CALLS);
        if (!cJSON_IsObject(child)) {
            good = place_error(&at, "expected an object with `send`, found %s", place_kind(child));
            continue;
        }
        if (!path_parse(str_from(child->string), c->arena, &at, &name) || name.count != 1)
            good = place_error(&at, "this name cannot stand in a path");
        struct call *call = &c->plan->calls[c->plan->call_count++];
        call->public.name = keep(c, child->string);
        call->public.each = cJSON_GetObjectItemCaseSensitive(child, "each") != NULL;
        call->want = compile_want(c, child->string);
        if (call->public.each)
            call->element.element = compile_want(c, "@");
        good = read_rows(c, child, &at, call) && good;
    }
    return good;
}

/* All calls that `call` waits for, itself not included unless it waits for itself. */
static uint32_t reach(const struct plan *plan, uint32_t calls)
{
    uint32_t all = calls, before;
    do {
        before = all;
        for (unsigned i = 0; i < plan->call_count; i++)
            if (all & UINT32_C(1) << i)
                all |= plan->calls[i].public.needs;
    } while (all != before);
    return all;
}

static bool check_cycles(struct compiler *c, const struct place *place)
{
    bool good = true;
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        const struct plan_call *call = &c->plan->calls[i].public;
        struct place at = place_key(place, call->name.p);
        if (reach(c->plan, call->needs) & UINT32_C(1) << i)
            good = place_error(&at, "the call waits for its own answer, by way of others");
    }
    return good;
}

/* A refusal that reads answers comes before all calls that it does not wait for itself. */
static void order_refusals(struct plan *plan)
{
    for (size_t r = 0; r < plan->refusal_count; r++) {
        uint32_t needs = plan->refusals[r].needs;
        uint32_t before = reach(plan, needs);
        for (unsigned i = 0; i < plan->call_count; i++)
            if (!(before & UINT32_C(1) << i))
                plan->calls[i].public.needs |= needs;
    }
}

bool compile_calls(struct compiler *c, const cJSON *calls, const struct place *place)
{
    bool good = true;
    unsigned index = 0;
    const cJSON *child;
    cJSON_ArrayForEach(child, calls)
    {
        if (!cJSON_IsObject(child) || index == c->plan->call_count)
            continue;
        struct place at = place_key(place, child->string);
        struct call *call = &c->plan->calls[index];
        c->needs = &call->public.needs;
        c->building = index++;
        good = compile_call(c, child, &at, call) && good;
    }
    c->needs = NULL;
    c->building = PLAN_CALLS;
    good = check_cycles(c, place) && good;
    if (good)
        order_refusals(c->plan);
    return good;
}
