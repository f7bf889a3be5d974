/*
 * Coverage: the rows of the guide with the tables that serve them. See docs.h.
 */
#include "docs/inside.h"

const char *docs_state_name(enum docs_state state)
{
    static const char *const names[] = {
        [DOCS_WHOLE] = "whole",     [DOCS_LOSSES] = "with losses",
        [DOCS_REFUSED] = "refused", [DOCS_NOT_YET] = "not yet",
        [DOCS_NATIVE] = "native",   [DOCS_NO_COUNTERPART] = "no counterpart",
        [DOCS_PUSHED] = "pushed",
    };
    return names[state];
}

struct str docs_state_text(enum docs_state state, size_t losses, struct arena *arena)
{
    if (state == DOCS_LOSSES)
        return arena_printf(arena, "%zu loss%s", losses, losses == 1 ? "" : "es");
    return str_from(docs_state_name(state));
}

static enum docs_state state_of_plan(const struct plan *plan)
{
    if (!plan->reply)
        return DOCS_NO_COUNTERPART;
    return plan_losses(plan) ? DOCS_LOSSES : DOCS_WHOLE;
}

struct str docs_plan_state(const struct plan *plan, struct arena *arena)
{
    return docs_state_text(state_of_plan(plan), plan_losses(plan), arena);
}

/* The table for newer calls tells the same endpoint once more. */
static bool counts(const struct docs_row *row, const struct plan *plan)
{
    return plan->generation != GENERATION_NEWEST || row->plan_count == 1;
}

/* A row is as good as what its tables lose together; one that refuses makes no row of others. */
static enum docs_state state_of_row(const struct docs_row *row)
{
    enum docs_state state = DOCS_NOT_YET;
    if (row->row->native)
        return DOCS_NATIVE;
    if (row->row->type)
        return DOCS_PUSHED;
    for (size_t i = 0; i < row->plan_count; i++) {
        enum docs_state one = state_of_plan(row->plans[i]);
        if (!counts(row, row->plans[i]))
            continue;
        if (state == DOCS_NOT_YET || state == DOCS_NO_COUNTERPART || one == DOCS_LOSSES)
            state = one;
    }
    if (state == DOCS_NO_COUNTERPART && row->row->upstream.count)
        return DOCS_REFUSED;
    bool nothing = !row->row->upstream.count && !row->row->instead.count;
    return !row->plan_count && nothing ? DOCS_NO_COUNTERPART : state;
}

struct str docs_plan_versions(const struct plan *plan, struct arena *arena)
{
    struct str version = plan_version(plan), upstream = plan_upstream(plan);
    if (!upstream.p)
        return version.p ? version : STR("");
    return arena_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(version), version.p ? ", " : "",
                        STR_ARG(upstream));
}

static bool serves(const struct plan *plan, const struct guide_row *row)
{
    for (size_t i = 0; i < plan->legacy_count; i++)
        for (size_t k = 0; k < row->calls.count; k++)
            if (str_eq(plan->legacy[i], row->calls.items[k]))
                return true;
    return false;
}

struct covering {
    const struct docs_sources *sources;
    struct arena *arena;
    struct docs_coverage *out;
    bool *taken; /* by index of the plan: a row has it */
};

static bool add_row(struct covering *c, const struct guide_area *area, const struct guide_row *row)
{
    const struct plans *plans = c->sources->plans;
    struct docs_row *out = &c->out->rows[c->out->count++];
    *out = (struct docs_row){.area = area, .row = row};
    out->plans = ARENA_ARRAY(c->arena, const struct plan *, plans->count + 1);
    if (!out->plans)
        return false;
    for (size_t i = 0; i < plans->count; i++) {
        if (c->taken[i] || !serves(plans->plans[i], row))
            continue;
        c->taken[i] = true;
        out->plans[out->plan_count++] = plans->plans[i];
    }
    for (size_t i = 0; i < out->plan_count; i++)
        out->losses += counts(out, out->plans[i]) ? plan_losses(out->plans[i]) : 0;
    out->state = state_of_row(out);
    (row->beyond ? c->out->beyond : c->out->guide)[out->state]++;
    return true;
}

/* Tables of which the guide says nothing, in an area of their own. */
static bool add_others(struct covering *c)
{
    const struct plans *plans = c->sources->plans;
    struct guide_area *area = ARENA_NEW(c->arena, struct guide_area);
    if (!area)
        return false;
    *area = (struct guide_area){.name = STR("Other tables"), .page = STR("other")};
    for (size_t i = 0; i < plans->count; i++) {
        const struct plan *plan = plans->plans[i];
        struct guide_row *row = ARENA_NEW(c->arena, struct guide_row);
        if (c->taken[i])
            continue;
        if (!row)
            return false;
        *row = (struct guide_row){.name = plan->name, .beyond = true};
        row->calls = (struct guide_texts){plan->legacy, plan->legacy_count};
        if (!add_row(c, area, row))
            return false;
    }
    return true;
}

bool docs_cover(const struct docs_sources *sources, struct arena *arena,
                struct docs_coverage *coverage)
{
    const struct guide *guide = sources->guide;
    size_t rows = sources->plans->count;
    for (size_t a = 0; guide && a < guide->count; a++)
        rows += guide->areas[a].count;
    *coverage = (struct docs_coverage){.rows = ARENA_ARRAY(arena, struct docs_row, rows + 1)};
    struct covering c = {sources, arena, coverage,
                         ARENA_ARRAY(arena, bool, sources->plans->count + 1)};
    if (!coverage->rows || !c.taken)
        return false;
    for (size_t a = 0; guide && a < guide->count; a++)
        for (size_t r = 0; r < guide->areas[a].count; r++)
            if (!add_row(&c, &guide->areas[a], &guide->areas[a].rows[r]))
                return false;
    return add_others(&c);
}
