/*
 * The checker's round: the shared settings, then table by table, part by part. See check.h.
 *
 * Owns one arena for the time of a check. Parts are checked in an order in which each finds
 * what it needs: contracts, refusals (what they refuse is sure to be there behind them),
 * calls, the reply, pages, then what nobody reads.
 */
#include "check/inside.h"

enum { CHECK_MEMORY = 512 << 20 };

/* ---- the endpoint ---- */

static bool version_number(struct str text, uint64_t *out)
{
    return text.p && str_to_u64(text, out);
}

/* Whether a table serves versions for which the contract holds. */
static bool serves(const struct plan *plan, const struct contract *contract)
{
    uint64_t end = 0, from = 0;
    if (version_number(contract->before, &end))
        return plan->version.from < end;
    if (contract->other && version_number(contract->other->before, &from))
        return !plan->version.before || plan->version.before > from;
    return true;
}

static void add_contract(struct check *c, const struct contract *contract)
{
    for (size_t i = 0; i < c->legacy_count; i++)
        if (c->legacy[i] == contract)
            return;
    if (c->legacy_count < CHECK_SIDES)
        c->legacy[c->legacy_count++] = contract;
}

static void find_endpoint(struct check *c, struct str name, const struct place *place)
{
    const struct contract *contract = contracts_by_call(c->sides.legacy, name);
    if (!contract && c->plan->legacy_count > 1 && assumed_text(c, name))
        return; /* one more name, by hearsay */
    if (!contract) {
        report_nearest(c, report(c, place, "no legacy contract of '" STR_FMT "'", STR_ARG(name)),
                       contracts_nearest(c->sides.legacy, name));
        return;
    }
    const struct contract *other = contract->other;
    bool first = serves(c->plan, contract), second = other && serves(c->plan, other);
    if (first && second) {
        struct place at = place_key(&c->table, "version");
        const struct contract *older = contract->before.p ? contract : other;
        report(c, &at,
               "the endpoint had another shape before " STR_FMT ": a table serves one of them",
               STR_ARG(older->before));
    }
    add_contract(c, second && !first ? other : contract);
}

static void find_endpoints(struct check *c)
{
    struct place list = place_key(&c->table, "legacy");
    for (size_t i = 0; i < c->plan->legacy_count; i++) {
        struct place at = c->plan->legacy_count > 1 ? place_index(&list, i) : list;
        find_endpoint(c, c->plan->legacy[i], &at);
    }
}

/* ---- one table ---- */

/* What a refusal refuses before any call is sure not to be so behind it. */
static void check_refusals(struct check *c)
{
    static const struct scene outermost;
    struct place list = place_key(&c->table, "refuse");
    for (size_t i = 0; i < c->plan->refusal_count; i++) {
        const struct refusal *refusal = &c->plan->refusals[i];
        struct place here = place_index(&list, i), at = place_key(&here, "when");
        check_condition(c, &refusal->when, &outermost, &at);
        if (!refusal->needs)
            guard_fails(c, &refusal->when, &outermost);
    }
}

static void check_once(struct check *c)
{
    static const struct scene outermost;
    struct place at = place_key(&c->table, "once");
    if (c->plan->has_once)
        evaluate(c, &c->plan->once, &outermost, &at);
}

static void check_memories(struct check *c)
{
    static const struct scene outermost;
    static const struct target anything = {.kind = TARGET_TEXT};
    struct place list = place_key(&c->table, "remember");
    for (unsigned i = 0; i < c->plan->memory_count; i++) {
        const struct memory *memory = &c->plan->memories[i];
        struct place here = place_key(&list, memory->name.p);
        struct place of = place_key(&here, "of"), is = place_key(&here, "is");
        evaluate(c, &memory->of, &outermost, &of);
        check_shape(c, memory->is, &outermost, &anything, &is);
    }
}

static void begin(struct check *c, const struct plan *plan)
{
    c->plan = plan;
    c->table = (struct place){c->findings, plan->file.p, "$"};
    c->first = c->findings->count;
    c->legacy_count = c->mark_count = c->guard_count = c->group_count = 0;
    memset(c->called, 0, sizeof c->called);
    memset(c->answer_read, 0, sizeof c->answer_read);
    c->own_tallies = new_tallies(c, plan->enums, plan->enum_count);
}

static void check_plan(struct check *c, const struct plan *plan)
{
    begin(c, plan);
    find_endpoints(c);
    if (plan->reply) {
        check_request(c);
        find_calls(c);
        check_refusals(c);
        check_once(c);
        check_memories(c);
        check_calls(c);
        check_answer(c);
        check_pages(c);
    }
    check_confessions(c);
    if (plan->faulty) /* what its faulty expressions were to read is not known */
        return;
    if (plan->reply) {
        check_idle_calls(c);
        check_unread(c);
    }
    struct place enums = place_key(&c->table, "enums");
    check_tallies(c, c->own_tallies, plan->enum_count, &enums);
}

static void check_shared_enums(struct check *c)
{
    struct str file =
        arena_printf(c->arena, "%s%senums.json", c->mappings, *c->mappings ? "/" : "");
    struct place place = {c->findings, file.p ? file.p : "enums.json", "$"};
    c->plan = NULL;
    c->first = c->findings->count;
    check_tallies(c, c->tallies, c->plans->enum_count, &place);
}

void check_plans(const struct plans *plans, const struct check_sides *sides, const char *mappings,
                 struct findings *findings)
{
    struct check c = {.plans = plans, .sides = *sides, .findings = findings, .mappings = mappings};
    c.first = findings->count;
    c.arena = arena_new(CHECK_MEMORY);
    if (!c.arena) {
        findings_add(findings, FINDING_ERROR, mappings, NULL, "out of memory");
        return;
    }
    bool all = findings->errors == 0; /* else tables may be missing that did not compile */
    check_settings(&c, all);
    c.tallies = new_tallies(&c, plans->enums, plans->enum_count);
    for (size_t i = 0; i < plans->count; i++)
        check_plan(&c, plans->plans[i]);
    if (all)
        check_shared_enums(&c);
    if (arena_failed(c.arena))
        findings_add(findings, FINDING_ERROR, mappings, NULL, "out of memory");
    arena_free(c.arena);
}
