/*
 * Upstream calls: that v202309 has them, that everything given exists there, that everything
 * required is given, and that the shop's cipher, the host and the form of the body are right.
 */
#include "check/inside.h"

/* ---- which contract ---- */

/* "/x/{id | text}/y" as "/x/{}/y": what stands in braces here is an expression. */
static struct str path_shape(struct check *c, const struct call *call)
{
    struct buf out;
    buf_init_arena(&out, 1024, c->arena);
    for (size_t i = 0; i < call->path_count; i++) {
        buf_add_str(&out, call->path[i].literal);
        if (call->path[i].has_expression)
            buf_add_str(&out, STR("{}"));
    }
    return buf_str(&out);
}

static void find_contract(struct check *c, unsigned index)
{
    const struct call *call = &c->plan->calls[index];
    struct place calls = place_key(&c->table, "calls");
    struct place here = place_key(&calls, call->public.name.p), at = place_key(&here, "send");
    struct contract_match match;
    bool told;
    switch (contracts_find(c->sides.upstream, call->public.method, path_shape(c, call), &match)) {
    case CONTRACT_FOUND:
        c->called[index] = match.contract;
        return;
    case CONTRACT_NO_METHOD:
        told = report(c, &at, "v202309 has no '" STR_FMT "'", STR_ARG(call->public.send));
        match.nearest = contracts_nearest(c->sides.upstream, call->public.send);
        if (told && !str_starts(match.nearest, call->public.method))
            findings_hint(c->findings, "this path is served with " STR_FMT,
                          STR_ARG(match.contract->method));
        else
            report_nearest(c, told, match.nearest);
        return;
    default:
        told = report(c, &at, "v202309 has no '" STR_FMT "'", STR_ARG(call->public.send));
        report_nearest(c, told, match.nearest);
    }
}

/* ---- what the proxy adds ---- */

static void grant(const struct contract_fields *section, bool *given, struct str name)
{
    const struct contract_field *field = contract_member(section, NULL, name);
    if (field)
        given[field->index] = true;
}

static void grant_page(const struct contract *contract, const struct page_spot *spot,
                       bool *given_query, bool *given_body)
{
    if (spot->place == PAGE_IN_QUERY)
        grant(&contract->query, given_query, spot->name);
    else if (spot->place == PAGE_IN_BODY)
        grant(&contract->body, given_body, spot->name);
}

static bool in_query(const struct call *call, struct str name)
{
    for (size_t i = 0; call->query && i < call->query->count; i++)
        if (str_eq(call->query->members[i].name, name))
            return true;
    return false;
}

static void check_cipher(struct check *c, const struct call *call, const struct contract *contract,
                         const struct place *place)
{
    const struct contract_field *cipher =
        contract_member(&contract->query, NULL, STR("shop_cipher"));
    bool given = in_query(call, STR("shop_cipher"));
    if (call->public.cipher && given) {
        struct place query = place_key(place, "query"), at = place_key(&query, "shop_cipher");
        report(c, &at, "the proxy adds shop_cipher itself");
    } else if (call->public.cipher && !cipher) {
        if (report(c, place, STR_FMT " takes no shop_cipher, and the proxy would add one",
                   STR_ARG(contract->call)))
            findings_hint(c->findings, "add it to `no_cipher` of profiles.json");
    } else if (!call->public.cipher && !given && cipher && cipher->required) {
        if (report(c, place, STR_FMT " requires a shop_cipher, and the proxy would add none",
                   STR_ARG(contract->call)))
            findings_hint(c->findings, "see `uses`, and `no_cipher` of profiles.json");
    }
}

static void check_manner(struct check *c, const struct call *call, const struct contract *contract,
                         const struct place *place)
{
    struct place at = place_key(place, "send");
    bool auth = c->plan->profile->auth_host;
    if (auth != contract->auth_host)
        report(c, &at,
               STR_FMT " is served by the %s host, but the profile '" STR_FMT "' asks the "
                       "%s host",
               STR_ARG(contract->call), contract->auth_host ? "auth" : "api",
               STR_ARG(c->plan->profile->name), auth ? "auth" : "api");
    at = place_key(place, call->form_count ? "form" : "body");
    if (call->form_count && !contract->form)
        report(c, &at, STR_FMT " takes a body of JSON, not a form", STR_ARG(contract->call));
    if (call->body && contract->form)
        report(c, &at, STR_FMT " takes a form, not a body of JSON", STR_ARG(contract->call));
}

/* ---- path, query, body, form ---- */

static void check_path(struct check *c, const struct call *call, const struct contract *contract,
                       const struct scene *scene, const struct place *place)
{
    struct place at = place_key(place, "send");
    size_t index = 0;
    for (size_t i = 0; i < call->path_count; i++) {
        const struct path_part *part = &call->path[i];
        struct target target = {.kind = TARGET_TEXT, .contract = contract};
        if (!part->has_expression)
            continue;
        if (contract && index < contract->params.count) {
            target.section = &contract->params;
            target.field = &contract->params.items[index++];
        }
        c->needing = true;
        struct fact fact = evaluate(c, &part->expression, scene, &at);
        c->needing = false;
        check_fit(c, fact.sort, &target, &at);
        if (fact.presence == OPTIONAL &&
            report(c, &at, "`" STR_FMT "` may be absent, but a path needs it",
                   STR_ARG(part->expression.text)))
            findings_hint(c->findings, "give a default with `or`, or guard the call with `when`");
    }
}

static void check_message(struct check *c, const struct shape *shape, struct target *target,
                          const struct scene *scene, const struct place *place, const char *key)
{
    struct place at = place_key(place, key);
    if (shape)
        check_shape(c, shape, scene, target, &at);
    else if (target->section)
        check_required(c, target, NULL, NULL, place);
}

static enum presence check_part(struct check *c, const struct form_part *part,
                                const struct target *target, const struct scene *scene,
                                const struct place *place)
{
    struct place at = place_key(place, part->file ? "file" : "");
    if (part->choice)
        return check_shape(c, part->choice, scene, target, place);
    struct fact fact = evaluate(c, &part->of, scene, part->file ? &at : place);
    bool file = target->field && target->field->type == CONTRACT_FILE;
    mark_whole(c, fact.sort);
    if (part->has_file_name) {
        at = place_key(place, "name");
        evaluate(c, &part->file_name, scene, &at);
    }
    if (!target->section)
        return fact.presence;
    struct str name = field_name(c, target->contract, target->section, target->field);
    if (part->file != file)
        report(c, place, "makes a part with %s, but `" STR_FMT "` of " STR_FMT " is %s",
               part->file ? "a file" : "a text", STR_ARG(name), STR_ARG(target->contract->call),
               contract_type_name(target->field->type));
    else if (!file)
        check_fit(c, fact.sort, target, place);
    return fact.presence;
}

/* A form is checked part by part; for what is required its parts count as members. */
static void check_parts(struct check *c, const struct call *call, const struct target *target,
                        const struct scene *scene, const struct place *place)
{
    struct place at = place_key(place, "form");
    struct shape members = {.kind = SHAPE_OBJECT, .count = call->form_count};
    enum presence *presence = ARENA_ARRAY(c->arena, enum presence, call->form_count + 1);
    members.members = ARENA_ARRAY(c->arena, struct shape, call->form_count + 1);
    for (size_t i = 0; members.members && presence && i < call->form_count; i++) {
        const struct form_part *part = &call->form[i];
        struct place here = place_key(&at, part->name.p);
        struct target below = {.kind = TARGET_TEXT};
        members.members[i].name = part->name;
        if (target->section)
            below = target_of_member(c, target, part->name, &here);
        bool before = c->needing;
        c->needing = below.section && below.field->required;
        presence[i] = check_part(c, part, &below, scene, &here);
        c->needing = before;
    }
    if (target->section && members.members && presence)
        check_required(c, target, &members, presence, &at);
}

/* ---- one call ---- */

static struct scene scene_of(struct check *c, unsigned index, const struct scene *outer)
{
    const struct call *call = &c->plan->calls[index];
    struct scene scene = *outer;
    if (call->public.each)
        scene.at = c->elements[index];
    return scene;
}

static void check_on_error(struct check *c, unsigned index, const struct scene *scene,
                           const struct place *place)
{
    const struct call *call = &c->plan->calls[index];
    struct place list = place_key(place, "on_error");
    for (size_t i = 0; i < call->forgive_count; i++) {
        struct place here = place_index(&list, i), at = place_key(&here, "data");
        struct scene inner = {.outer = scene, .at = scene->at, .element = error_element(c)};
        struct target target = {.kind = TARGET_ANSWER};
        struct guard_level before = guard_level(c);
        struct place when = place_key(&here, "when");
        check_condition(c, &call->forgive[i].when, &inner, &when);
        guard_holds(c, &call->forgive[i].when, &inner);
        check_shape(c, call->forgive[i].data, &inner, &target, &at);
        guard_reset(c, before);
    }
}

static void check_sent(struct check *c, unsigned index, const struct scene *scene,
                       const struct place *place)
{
    const struct call *call = &c->plan->calls[index];
    const struct contract *contract = c->called[index];
    struct target query = {.kind = TARGET_TEXT}, body = {.kind = TARGET_BODY};
    if (contract) {
        query.contract = body.contract = contract;
        query.section = &contract->query;
        body.section = &contract->body;
        query.given = ARENA_ARRAY(c->arena, bool, contract->query.count + 1);
        body.given = ARENA_ARRAY(c->arena, bool, contract->body.count + 1);
        if (!query.given || !body.given)
            return;
        grant(&contract->query, query.given, STR("shop_cipher"));
        if (call->public.paged) {
            grant_page(contract, &call->size, query.given, body.given);
            grant_page(contract, &call->token, query.given, body.given);
        }
    }
    check_path(c, call, contract, scene, place);
    check_message(c, call->query, &query, scene, place, "query");
    if (call->form_count)
        check_parts(c, call, &body, scene, place);
    else
        check_message(c, call->body, &body, scene, place, "body");
}

static void check_call(struct check *c, unsigned index, const struct place *place)
{
    static const struct scene outermost;
    const struct call *call = &c->plan->calls[index];
    struct guard_level before = guard_level(c);
    struct place at = place_key(place, "when");
    check_condition(c, &call->when, &outermost, &at);
    guard_holds(c, &call->when, &outermost);
    struct scene scene = scene_of(c, index, &outermost);
    if (call->public.each) {
        at = place_key(place, "each");
        struct fact each = evaluate(c, &call->each, &outermost, &at);
        if (!(sort_kinds(each.sort) & SORT_LIST)) {
            struct str found = describe(c, each.sort);
            report(c, &at, "`" STR_FMT "` is " STR_FMT ", not a list", STR_ARG(call->each.text),
                   STR_ARG(found));
        }
    }
    check_sent(c, index, &scene, place);
    check_on_error(c, index, &scene, place);
    if (c->called[index]) {
        check_cipher(c, call, c->called[index], place);
        check_manner(c, call, c->called[index], place);
    }
    check_page_of_call(c, index, &scene, place);
    guard_reset(c, before);
}

void check_calls(struct check *c)
{
    struct place calls = place_key(&c->table, "calls");
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        struct place at = place_key(&calls, c->plan->calls[i].public.name.p);
        check_call(c, i, &at);
    }
}

/* A GET changes nothing: it is there for its answer. */
void check_idle_calls(struct check *c)
{
    struct place calls = place_key(&c->table, "calls");
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        const struct plan_call *call = &c->plan->calls[i].public;
        struct place at = place_key(&calls, call->name.p);
        if (!c->answer_read[i] && str_eq(call->method, STR("GET")))
            report(c, &at, "nothing reads the answer of this GET, so it applies to nothing");
    }
}

/* ---- what calls answer ---- */

const struct sort *error_element(struct check *c)
{
    struct made *code = ARENA_NEW(c->arena, struct made);
    struct made *message = ARENA_NEW(c->arena, struct made);
    struct sort error = {.kinds = SORT_OBJECT};
    if (!code || !message)
        return &sort_anything;
    *code = (struct made){STR("code"), sort_scalar(c->arena, SORT_INT), NULL};
    *message = (struct made){STR("message"), sort_scalar(c->arena, SORT_STRING), code};
    error.made = message;
    return sort_copy(c->arena, &error);
}

/* A forgiven error answers with what the table makes of it. */
static void add_forgiven(struct check *c, unsigned index)
{
    static const struct scene outermost;
    const struct call *call = &c->plan->calls[index];
    struct scene scene = scene_of(c, index, &outermost);
    for (size_t i = 0; i < call->forgive_count; i++) {
        struct scene inner = {.outer = &scene, .at = scene.at, .element = error_element(c)};
        const struct sort *data = sort_of_shape(c, call->forgive[i].data, &inner);
        c->answers[index] = sort_either(c->arena, c->answers[index], data);
    }
}

static void find_element(struct check *c, unsigned index)
{
    static const struct scene outermost;
    struct place nowhere = c->table;
    const struct call *call = &c->plan->calls[index];
    const struct sort *items =
        sort_items(c->arena, evaluate(c, &call->each, &outermost, &nowhere).sort);
    c->elements[index] = items ? items : &sort_anything;
}

static void find_row(struct check *c, unsigned index)
{
    struct place nowhere = c->table;
    const struct call *call = &c->plan->calls[index];
    struct fact rows = resolve_in(c, c->answers[index], &call->rows, &nowhere);
    const struct sort *items = sort_items(c->arena, rows.sort);
    c->rows[index] = items ? items : &sort_anything;
}

void find_calls(struct check *c)
{
    const struct plan *plan = c->plan;
    for (unsigned i = 0; i < plan->call_count; i++) {
        find_contract(c, i);
        c->elements[i] = c->rows[i] = c->answers[i] = &sort_anything;
        if (c->called[i])
            c->answers[i] = sort_of_section(c->arena, &c->called[i]->answer);
    }
    c->silent++;
    for (unsigned i = 0; i < plan->call_count; i++)
        if (plan->calls[i].public.each)
            find_element(c, i);
    for (unsigned i = 0; i < plan->call_count; i++)
        add_forgiven(c, i);
    for (unsigned i = 0; i < plan->call_count; i++)
        if (plan->calls[i].has_rows)
            find_row(c, i);
    c->silent--;
}
