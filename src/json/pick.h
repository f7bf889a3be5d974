/*
 * Picking: a tree of wanted keys out of an object and the objects in it, in one pass over its
 * members, into a flat array. For callers that want many keys of many objects of one kind,
 * whatever the order of the members and however many others there are between.
 */
#ifndef SHOPSHIM_JSON_PICK_H
#define SHOPSHIM_JSON_PICK_H

#include "json/json.h"

struct json_keys; /* immutable once made */

struct json_key {
    struct str name;
    uint32_t place;                /* in the array that is filled */
    const struct json_keys *below; /* what is wanted of the object under this key, or NULL */
};

/* In the arena; names must outlive it; no name twice. NULL when the arena is full. */
struct json_keys *json_keys_new(const struct json_key *keys, size_t count, struct arena *arena);

/* The place of a name on the first level, or -1. */
int64_t json_keys_find(const struct json_keys *keys, struct str name);

/* A member that was found; all zero when it is not there, or null. */
struct json_found {
    const char *p; /* its exact bytes, as json_raw() */
    uint32_t n;
    uint8_t type;    /* enum json_type */
    uint8_t escaped; /* a string that holds a backslash */
    uint16_t spare;  /* set to 0; the caller's */
    struct json value;
};

/*
 * Fills out[place] for every wanted member that is there; other places are left alone, so the
 * caller clears them first. Of a doubled key the last counts. Nothing when it is no object.
 * Keys with escapes are decoded in the arena (and passed over when it is full). What objects
 * look like is noted there too, 8 bytes a member of the widest of a kind: the arena must outlive
 * the document, and one thread at a time picks in a document.
 */
void json_pick(struct json object, const struct json_keys *keys, struct json_found *out,
               struct arena *arena);

/* A value as if it had been found. */
struct json_found json_as_found(struct json value);

#endif
