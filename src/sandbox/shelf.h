/*
 * The shelf: files that were uploaded, by the hash of their bytes. Bounded: when it is full,
 * the oldest give way. Owns copies of the bytes.
 */
#ifndef SHOPSHIM_SANDBOX_SHELF_H
#define SHOPSHIM_SANDBOX_SHELF_H

#include "base/str.h"

enum { SHELF_FILES = 500, SHELF_BYTES = 64 << 20 };

struct shelf_file {
    char *hash;
    char *bytes;
    size_t size;
};

struct shelf {
    struct shelf_file files[SHELF_FILES]; /* the oldest first */
    size_t count;
    size_t bytes;
};

void shelf_clear(struct shelf *shelf);

/* Keeps a copy; one that is there already becomes the newest. False when memory is short or
 * it alone is larger than the shelf. */
bool shelf_put(struct shelf *shelf, struct str hash, struct str bytes);

/* Absent when it is not there; valid until the next shelf_put(). */
struct str shelf_get(const struct shelf *shelf, struct str hash);

#endif
