/*
 * The shelf of uploaded files, see shelf.h.
 */
#include "sandbox/shelf.h"

#include <stdlib.h>

static void drop(struct shelf *shelf, size_t index)
{
    struct shelf_file *file = &shelf->files[index];
    shelf->bytes -= file->size;
    free(file->hash);
    free(file->bytes);
    shelf->count--;
    memmove(file, file + 1, (shelf->count - index) * sizeof *file);
}

void shelf_clear(struct shelf *shelf)
{
    while (shelf->count)
        drop(shelf, shelf->count - 1);
}

static size_t find(const struct shelf *shelf, struct str hash)
{
    size_t i = 0;
    while (i < shelf->count && !str_eq(str_from(shelf->files[i].hash), hash))
        i++;
    return i;
}

static char *copy(struct str text)
{
    char *out = malloc(text.n + 1);
    if (out) {
        memcpy(out, text.p, text.n);
        out[text.n] = '\0';
    }
    return out;
}

bool shelf_put(struct shelf *shelf, struct str hash, struct str bytes)
{
    if (bytes.n > SHELF_BYTES)
        return false;
    struct shelf_file file = {copy(hash), copy(bytes), bytes.n};
    if (!file.hash || !file.bytes) {
        free(file.hash);
        free(file.bytes);
        return false;
    }
    size_t known = find(shelf, hash);
    if (known < shelf->count)
        drop(shelf, known);
    while (shelf->count && (shelf->count == SHELF_FILES || shelf->bytes + bytes.n > SHELF_BYTES))
        drop(shelf, 0);
    shelf->files[shelf->count++] = file;
    shelf->bytes += bytes.n;
    return true;
}

struct str shelf_get(const struct shelf *shelf, struct str hash)
{
    size_t i = find(shelf, hash);
    return i < shelf->count ? str_of(shelf->files[i].bytes, shelf->files[i].size) : STR_NONE;
}
