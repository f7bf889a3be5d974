/*
 * What a start or a reload costs before the tables count: reading and compiling all of them, and
 * reading the contracts of v202309 for calls that are passed on. Medians of many rounds; the
 * files are in the page cache from the first round on.
 * usage: tables_bench [rounds [directory of mappings]]
 */
#include "plan/plan.h"
#include "table/contract.h"
#include "times.h"

#include <stdio.h>

enum { MOST_ROUNDS = 1000 };

static void give_up(const struct findings *findings)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    findings_print(findings, &text);
    fprintf(stderr, "tables_bench:\n" STR_FMT, STR_ARG(buf_str(&text)));
    exit(1);
}

struct round {
    double tables, contracts;
    size_t table_count, contract_count;
};

static struct round once(const char *mappings, const char *directory)
{
    struct findings findings;
    findings_init(&findings);
    double begin = now_us();
    struct plans *plans = plans_load(mappings, &findings);
    double compiled = now_us();
    struct contracts *contracts = plans ? contracts_load(directory, &findings) : NULL;
    if (!contracts || !plans_know(plans, contracts))
        give_up(&findings);
    struct round round = {(compiled - begin) / 1e3, (now_us() - compiled) / 1e3, plans_count(plans),
                          contracts_count(contracts)};
    contracts_free(contracts);
    plans_unref(plans);
    findings_clear(&findings);
    return round;
}

int main(int argc, char **argv)
{
    static double tables[MOST_ROUNDS], contracts[MOST_ROUNDS];
    long asked = argc > 1 ? atol(argv[1]) : 50;
    size_t rounds = asked < 1 ? 1 : asked > MOST_ROUNDS ? MOST_ROUNDS : (size_t)asked;
    const char *mappings = argc > 2 ? argv[2] : BENCH_ROOT "/mappings";
    char directory[4096];
    snprintf(directory, sizeof directory, "%s/contracts/v202309", mappings);
    struct round round = once(mappings, directory);
    for (size_t i = 0; i < rounds; i++) {
        round = once(mappings, directory);
        tables[i] = round.tables;
        contracts[i] = round.contracts;
    }
    double first = median(tables, rounds), second = median(contracts, rounds);
    printf("  %4zu tables     %8.2f ms\n", round.table_count, first);
    printf("  %4zu contracts  %8.2f ms\n", round.contract_count, second);
    printf("  %-15s %8.2f ms\n", "together", first + second);
    return 0;
}
