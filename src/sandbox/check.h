/*
 * Check: the sandbox's tables held against the contracts, beyond what loading refuses.
 *
 *   a contract without an endpoint
 *   a field that no answer has and no expression reads
 *   a form that is a list or an object where its contract has none, and a text that its enum
 *   does not have
 *   a field of an answer's or a webhook's form that the contract does not have
 *   the code of a refusal that neither errors.json nor any contract has
 *   a fallback that fits no field, a list of words that nothing reads, a named error that no
 *   call has
 * `shopshim check` prints what it finds. Everything is a finding with file and place.
 */
#ifndef SHOPSHIM_SANDBOX_CHECK_H
#define SHOPSHIM_SANDBOX_CHECK_H

#include "table/finding.h"

/*
 * Loads mappings/sandbox/ and the contracts, and checks them. *endpoints is how many calls are
 * served. Nothing to check, and no finding, when there is no such directory.
 */
void sandbox_check(const char *mappings, struct findings *findings, size_t *endpoints);

#endif
