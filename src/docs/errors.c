/*
 * The page of errors: what an app is told of faults of the proxy and of errors of v202309, and
 * which codes of v202309 pass as they are. See docs.h.
 */
#include "docs/inside.h"

#include <inttypes.h>
#include <stdlib.h>

static void put_kinds(const struct plans *plans, struct buf *out)
{
    buf_add_str(out, STR("\n## Faults of the proxy's own\n\n"
                         "The message says what was wrong, unless one stands here.\n\n"
                         "| fault | code | HTTP status | message |\n|---|--:|--:|---|\n"));
    for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
        const struct plan_error *told = &plans->kinds[kind].told;
        buf_printf(out, "| %s | %" PRId64 " | %d | " STR_FMT " |\n",
                   fault_name((enum fault_kind)kind), told->code, told->status,
                   STR_ARG(told->message.p ? told->message : STR("")));
    }
}

static void put_codes(const struct plans *plans, struct buf *out)
{
    buf_add_str(out, STR("\n## Errors of v202309 that are told in another way\n\n"
                         "| v202309 | code | HTTP status | message |\n|--:|--:|--:|---|\n"));
    for (size_t i = 0; i < plans->code_count; i++) {
        const struct error_rule *rule = &plans->codes[i];
        buf_printf(out, "| %" PRId64 " | %" PRId64 " | %d | " STR_FMT " |\n", rule->code,
                   rule->told.code, rule->told.status,
                   STR_ARG(rule->told.message.p ? rule->told.message : STR("as it is")));
    }
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* All codes of the contracts, each once, in order; NULL without memory. */
static int64_t *all_codes(const struct contracts *contracts, struct arena *arena, size_t *count)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; contracts && i < contracts_count(contracts); i++)
        total += contracts_at(contracts, i)->error_count;
    int64_t *codes = ARENA_ARRAY(arena, int64_t, total + 1);
    for (size_t i = 0; codes && contracts && i < contracts_count(contracts); i++) {
        const struct contract *contract = contracts_at(contracts, i);
        for (size_t k = 0; k < contract->error_count; k++)
            codes[at++] = contract->errors[k];
    }
    if (at)
        qsort(codes, at, sizeof *codes, by_number);
    *count = 0;
    for (size_t i = 0; i < at; i++)
        if (*count == 0 || codes[*count - 1] != codes[i])
            codes[(*count)++] = codes[i];
    return codes;
}

static void put_passes(const struct plans *plans, const int64_t *codes, size_t count,
                       struct buf *out)
{
    buf_add_str(out, STR("\n## Errors of v202309 that pass\n\n"
                         "With their number, their message and their HTTP status. Codes that stand "
                         "nowhere pass as well.\n"));
    for (size_t i = 0; i < plans->pass_count; i++) {
        const struct error_pass *pass = &plans->passes[i];
        size_t listed = 0;
        buf_printf(out, "\n%" PRId64, pass->from);
        if (pass->to > pass->from)
            buf_printf(out, " to %" PRId64, pass->to);
        buf_printf(out, ": " STR_FMT ".", STR_ARG(pass->about));
        for (size_t k = 0; k < count; k++)
            if (codes[k] >= pass->from && codes[k] <= pass->to)
                buf_printf(out, "%s%" PRId64, listed++ ? ", " : " The references list ", codes[k]);
        buf_add_str(out, listed ? STR(".\n") : STR("\n"));
    }
}

void put_errors(const struct docs_sources *sources, struct arena *arena, struct buf *out)
{
    size_t count = 0;
    int64_t *codes = all_codes(sources->upstream, arena, &count);
    buf_add_str(out, STR("\n# Errors\n\nWhat an app gets in `code` and `message` when something "
                         "goes wrong, from `mappings/errors.json`.\n"));
    put_kinds(sources->plans, out);
    if (sources->plans->code_count)
        put_codes(sources->plans, out);
    if (codes && sources->plans->pass_count)
        put_passes(sources->plans, codes, count, out);
}
