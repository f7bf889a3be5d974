/*
 * check: the type checker of mapping tables.
 *
 * It holds every compiled table against the contracts of both API generations: what the app
 * may send, what v202309 takes and gives, what the app must get. Compiling (room plan) has
 * proved already that a table is sound in itself; here it is proved that it is true of both
 * sides. Everything that is wrong is a finding with file, place, expectation and, where one is
 * near, the right name. Nothing is changed, nothing is kept.
 *
 * Where a contract is vague (two types for a field, an object without members) the benefit of
 * the doubt goes to the table. A table silences a finding by confessing it in `loses`, or in
 * `assumes` by a sentence that names the field (mappings/README.md, "What check proves").
 */
#ifndef SHOPSHIM_CHECK_CHECK_H
#define SHOPSHIM_CHECK_CHECK_H

#include "plan/plan.h"
#include "table/contract.h"
#include "table/guide.h"

struct check_sides {
    const struct contracts *legacy;
    const struct contracts *upstream;
};

/* All plans; `mappings` is the directory they came from, for places in the shared files. */
void check_plans(const struct plans *plans, const struct check_sides *sides, const char *mappings,
                 struct findings *findings);

/* Every plan has at least one case: a "*.json" in `cases`/<area>/<name>/. */
void check_cases(const struct plans *plans, const char *cases, struct findings *findings);

/*
 * The guide's calls are in the contracts, or older names that a table serves; and every legacy
 * contract has a row. `file` names the guide in findings.
 */
void check_guide(const struct guide *guide, const struct plans *plans,
                 const struct check_sides *sides, const char *file, struct findings *findings);

/* Whether the checker knows what a word of the vocabulary takes and gives. */
bool check_knows_word(struct str name);

#endif
