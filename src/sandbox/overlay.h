/*
 * The overlay: what requests changed in the records and which records they added.
 *
 * Records are made from the seed; a field that was set wins over its template. A value is a
 * scalar or a whole JSON text (an object, a list, or null for "is absent now"), under its path
 * in the record ("parts[2].price.amount"). Added records have the indexes behind those that
 * the seed makes. Bounded in fields, bytes and records; the same seed and the same requests
 * give the same overlay. Owns copies of everything.
 */
#ifndef SHOPSHIM_SANDBOX_OVERLAY_H
#define SHOPSHIM_SANDBOX_OVERLAY_H

#include "sandbox/value.h"

enum {
    OVERLAY_FIELDS = 200000,
    OVERLAY_BYTES = 64 << 20,
    OVERLAY_RECORDS = 20000,
    OVERLAY_CHAINS = 4096,
    OVERLAY_ENTITIES = 100,
    OVERLAY_SHOPS = 64
};

struct entity;

struct overlay_key {
    const struct entity *entity;
    unsigned shop; /* 0 for entities that are the same in all shops */
    uint64_t index;
};

struct change {
    struct change *next;
    struct value value; /* VALUE_TEXT and VALUE_RAW own their text */
    char path[];
};

struct changes { /* of one record */
    struct changes *next;
    struct overlay_key key;
    struct change *first; /* the newest field first */
};

struct overlay {
    struct changes *chains[OVERLAY_CHAINS];
    size_t fields;
    size_t bytes;
    uint64_t records;                                /* added in all */
    uint32_t added[OVERLAY_ENTITIES][OVERLAY_SHOPS]; /* by the number of the entity */
    uint64_t seeded[OVERLAY_ENTITIES];               /* 1 + records of the seed, once counted */
    uint64_t fresh;                                  /* ids given by fresh() */
};

void overlay_clear(struct overlay *overlay);

const struct changes *overlay_changes(const struct overlay *overlay, struct overlay_key key);

/* The changed value of exactly that path; false when it was not changed. */
bool changes_get(const struct changes *changes, struct str path, struct value *out);

/*
 * The JSON that was set for an object or list around `path`, and in *rest the path inside of
 * it ("[2].price"); NULL when there is none.
 */
const struct change *changes_around(const struct changes *changes, struct str path,
                                    struct str *rest);

/*
 * Sets a path to a scalar, VALUE_NULL or VALUE_RAW (copied), and drops what was set inside of
 * it. False when memory or a limit ends it.
 */
bool overlay_set(struct overlay *overlay, struct overlay_key key, struct str path,
                 struct value value);

/* One more record of an entity; false when there are OVERLAY_RECORDS. */
bool overlay_add(struct overlay *overlay, const struct entity *entity, unsigned shop,
                 uint64_t *nth);
uint32_t overlay_added(const struct overlay *overlay, const struct entity *entity, unsigned shop);

#endif
