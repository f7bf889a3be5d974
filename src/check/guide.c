/*
 * The guide against the contracts: its calls are there on both sides, and no endpoint of the
 * retired API is missing in it. See check.h.
 */
#include "check/check.h"
#include "plan/compiled.h"

static bool has_upstream(const struct contracts *upstream, struct str call,
                         struct contract_match *match)
{
    struct str rest = call, method = str_cut(&rest, ' ');
    return rest.p && contracts_find(upstream, method, rest, match) == CONTRACT_FOUND;
}

static void tell(const struct place *place, const char *what, struct str call, struct str near)
{
    place_error(place, "%s '" STR_FMT "'", what, STR_ARG(call));
    if (near.n)
        findings_hint(place->findings, "did you mean " STR_FMT "?", STR_ARG(near));
}

/* One call stands as a text, several as a list. */
static struct place call_place(const struct place *place, const struct guide_texts *texts,
                               size_t index)
{
    return texts->count > 1 ? place_index(place, index) : *place;
}

static void check_upstream(const struct guide_texts *texts, const struct check_sides *sides,
                           const struct place *row, const char *key)
{
    struct place list = place_key(row, key);
    for (size_t i = 0; i < texts->count; i++) {
        struct place at = call_place(&list, texts, i);
        struct contract_match match;
        if (!has_upstream(sides->upstream, texts->items[i], &match))
            tell(&at, "v202309 has no", texts->items[i],
                 contracts_nearest(sides->upstream, texts->items[i]));
    }
}

static bool served(const struct plans *plans, struct str call)
{
    for (size_t i = 0; i < plans->count; i++)
        for (size_t k = 0; k < plans->plans[i]->legacy_count; k++)
            if (str_eq(plans->plans[i]->legacy[k], call))
                return true;
    return false;
}

static void check_row(const struct guide_row *row, const struct plans *plans,
                      const struct check_sides *sides, const struct place *place)
{
    struct place list = place_key(place, "call");
    for (size_t i = 0; i < row->calls.count; i++) {
        struct place at = call_place(&list, &row->calls, i);
        if (!contracts_by_call(sides->legacy, row->calls.items[i]) &&
            !served(plans, row->calls.items[i]))
            tell(&at, "no legacy contract of", row->calls.items[i],
                 contracts_nearest(sides->legacy, row->calls.items[i]));
    }
    check_upstream(&row->upstream, sides, place, "v202309");
    check_upstream(&row->instead, sides, place, "instead");
}

void check_guide(const struct guide *guide, const struct plans *plans,
                 const struct check_sides *sides, const char *file, struct findings *findings)
{
    struct place root = {findings, file, "$"}, areas = place_key(&root, "areas");
    for (size_t a = 0; a < guide->count; a++) {
        struct place area = place_index(&areas, a), rows = place_key(&area, "rows");
        for (size_t r = 0; r < guide->areas[a].count; r++) {
            struct place at = place_index(&rows, r);
            check_row(&guide->areas[a].rows[r], plans, sides, &at);
        }
    }
    for (size_t i = 0; i < contracts_count(sides->legacy); i++) {
        const struct contract *contract = contracts_at(sides->legacy, i);
        const struct guide_area *area;
        if (!guide_find(guide, contract->call, &area))
            place_error(&areas, "no row has '" STR_FMT "', of which there is a legacy contract",
                        STR_ARG(contract->call));
    }
}
