/*
 * Contracts: what the files of this room share and nobody else sees.
 */
#ifndef SHOPSHIM_TABLE_CONTRACT_INTERNAL_H
#define SHOPSHIM_TABLE_CONTRACT_INTERNAL_H

#include "base/arena.h"
#include "table/contract.h"

struct contracts {
    struct arena *arena;
    struct contract *items; /* sorted by id */
    size_t count;
    struct str *calls;  /* of all items, for "did you mean" */
    struct str *shapes; /* the same with {} for each parameter */
};

/*
 * Reads "int! s 1..100 =20 {1, 2}" into `field` (type to values; the rest stays). On failure
 * false and a sentence in `why`.
 */
bool contract_parse_spec(struct str spec, struct arena *arena, struct contract_field *field,
                         char *why, size_t room);

/*
 * "POST /x/{id}/y" and "POST /x/17/y" alike as "POST /x/{}/y", API versions kept; absent when
 * the arena is full.
 */
struct str contract_shape(struct arena *arena, struct str call);

/* By name; CONTRACT_NONE when there is none. */
enum contract_type contract_type_by_name(struct str name);

#endif
