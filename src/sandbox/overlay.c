/*
 * The overlay, see overlay.h: hash chains of records, each with a short list of paths.
 */
#include "sandbox/overlay.h"

#include "sandbox/tables.h"

#include <stdlib.h>

static bool owns_text(struct value value)
{
    return value.kind == VALUE_TEXT || value.kind == VALUE_RAW;
}

static size_t size_of(const struct change *change)
{
    return sizeof *change + strlen(change->path) +
           (owns_text(change->value) ? change->value.text.n : 0);
}

static void free_change(struct overlay *overlay, struct change *change)
{
    overlay->bytes -= size_of(change);
    overlay->fields--;
    if (owns_text(change->value))
        free((char *)change->value.text.p);
    free(change);
}

void overlay_clear(struct overlay *overlay)
{
    for (size_t i = 0; i < OVERLAY_CHAINS; i++)
        while (overlay->chains[i]) {
            struct changes *changes = overlay->chains[i];
            overlay->chains[i] = changes->next;
            while (changes->first) {
                struct change *change = changes->first;
                changes->first = change->next;
                free_change(overlay, change);
            }
            free(changes);
        }
    *overlay = (struct overlay){0};
}

/* ---- reading ---- */

static size_t chain_of(struct overlay_key key)
{
    return (key.entity->number * 131u + key.shop * 31u + key.index * 7u) % OVERLAY_CHAINS;
}

static bool same(struct overlay_key a, struct overlay_key b)
{
    return a.entity == b.entity && a.shop == b.shop && a.index == b.index;
}

const struct changes *overlay_changes(const struct overlay *overlay, struct overlay_key key)
{
    const struct changes *c = overlay->chains[chain_of(key)];
    while (c && !same(c->key, key))
        c = c->next;
    return c;
}

bool changes_get(const struct changes *changes, struct str path, struct value *out)
{
    for (const struct change *c = changes ? changes->first : NULL; c; c = c->next)
        if (str_eq(str_from(c->path), path)) {
            *out = c->value;
            return true;
        }
    return false;
}

/* Whether `inner` is a path inside of `outer`; *rest is what stands behind it. */
static bool inside(struct str outer, struct str inner, struct str *rest)
{
    if (inner.n <= outer.n || !str_starts(inner, outer) ||
        (inner.p[outer.n] != '.' && inner.p[outer.n] != '['))
        return false;
    *rest = str_of(inner.p + outer.n, inner.n - outer.n);
    return true;
}

const struct change *changes_around(const struct changes *changes, struct str path,
                                    struct str *rest)
{
    for (const struct change *c = changes ? changes->first : NULL; c; c = c->next)
        if ((c->value.kind == VALUE_RAW || c->value.kind == VALUE_NULL) &&
            inside(str_from(c->path), path, rest))
            return c;
    return NULL;
}

/* ---- writing ---- */

static struct changes *changes_for(struct overlay *overlay, struct overlay_key key)
{
    struct changes *found = (struct changes *)overlay_changes(overlay, key);
    if (found)
        return found;
    struct changes *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    size_t chain = chain_of(key);
    *made = (struct changes){.next = overlay->chains[chain], .key = key};
    overlay->chains[chain] = made;
    return made;
}

/* What was set at the path and inside of it gives way. */
static void drop(struct overlay *overlay, struct changes *changes, struct str path)
{
    struct str rest;
    for (struct change **at = &changes->first; *at;) {
        struct change *change = *at;
        struct str own = str_from(change->path);
        if (!str_eq(own, path) && !inside(path, own, &rest)) {
            at = &change->next;
            continue;
        }
        *at = change->next;
        free_change(overlay, change);
    }
}

static struct change *new_change(struct str path, struct value value)
{
    struct change *made = calloc(1, sizeof *made + path.n + 1);
    char *copy = owns_text(value) ? malloc(value.text.n + 1) : NULL;
    if (!made || (owns_text(value) && !copy)) {
        free(made);
        free(copy);
        return NULL;
    }
    memcpy(made->path, path.p, path.n);
    made->value = value;
    if (copy) {
        memcpy(copy, value.text.p, value.text.n);
        made->value.text.p = copy;
    }
    return made;
}

bool overlay_set(struct overlay *overlay, struct overlay_key key, struct str path,
                 struct value value)
{
    struct change *made = new_change(path, value);
    if (!made)
        return false;
    overlay->fields++;
    overlay->bytes += size_of(made);
    bool room = overlay->fields <= OVERLAY_FIELDS && overlay->bytes <= OVERLAY_BYTES;
    struct changes *changes = room ? changes_for(overlay, key) : NULL;
    if (!changes) {
        free_change(overlay, made);
        return false;
    }
    drop(overlay, changes, path);
    made->next = changes->first;
    changes->first = made;
    return true;
}

bool overlay_add(struct overlay *overlay, const struct entity *entity, unsigned shop, uint64_t *nth)
{
    if (overlay->records == OVERLAY_RECORDS)
        return false;
    overlay->records++;
    *nth = overlay->added[entity->number][entity->global ? 0 : shop]++;
    return true;
}

uint32_t overlay_added(const struct overlay *overlay, const struct entity *entity, unsigned shop)
{
    return overlay->added[entity->number][entity->global ? 0 : shop];
}
