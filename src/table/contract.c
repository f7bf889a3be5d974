/*
 * Contracts: looking up endpoints and fields in the immutable set. See contract.h.
 *
 * Owns nothing; every answer borrows from the set. A look-up walks the few hundred calls in
 * order: it serves checking, tests and the sandbox, not the proxy's data path.
 */
#include "table/contract_internal.h"

size_t contracts_count(const struct contracts *contracts)
{
    return contracts->count;
}

const struct contract *contracts_at(const struct contracts *contracts, size_t index)
{
    return index < contracts->count ? &contracts->items[index] : NULL;
}

const struct contract *contracts_by_id(const struct contracts *contracts, struct str id)
{
    for (size_t i = 0; i < contracts->count; i++)
        if (str_eq(contracts->items[i].id, id))
            return &contracts->items[i];
    return NULL;
}

/* The shape that is served now, of several. */
static const struct contract *latest(const struct contract *c)
{
    return c && c->before.p && c->other ? c->other : c;
}

const struct contract *contracts_by_call(const struct contracts *contracts, struct str call)
{
    for (size_t i = 0; i < contracts->count; i++)
        if (str_eq(contracts->items[i].call, call))
            return latest(&contracts->items[i]);
    return NULL;
}

/* ---- paths ---- */

unsigned contract_fit(struct str pattern, struct str path, struct str params[CONTRACT_PARAMS])
{
    unsigned score = 1;
    size_t count = 0;
    while (pattern.p && path.p) {
        struct str want = str_cut(&pattern, '/');
        struct str have = str_cut(&path, '/');
        if (want.n && want.p[0] == '{') {
            if (have.n == 0 || count == CONTRACT_PARAMS)
                return 0;
            if (params)
                params[count] = have;
            count++;
        } else if (!str_eq(want, have)) {
            return 0;
        } else {
            score++;
        }
    }
    return pattern.p || path.p ? 0 : score;
}

/* Whether what stands before the first parameter is how the path begins: most are not. */
static bool begins_alike(struct str pattern, struct str path)
{
    size_t i = 0;
    while (i < pattern.n && i < path.n && pattern.p[i] == path.p[i] && pattern.p[i] != '{')
        i++;
    return i < pattern.n ? pattern.p[i] == '{' : i == path.n;
}

enum contract_found contracts_find(const struct contracts *contracts, struct str method,
                                   struct str path, struct contract_match *match)
{
    *match = (struct contract_match){0};
    unsigned best = 0;
    bool best_method = false;
    for (size_t i = 0; i < contracts->count; i++) {
        const struct contract *c = &contracts->items[i];
        struct str params[CONTRACT_PARAMS] = {0};
        if (!begins_alike(c->path, path))
            continue;
        unsigned score = contract_fit(c->path, path, params);
        bool same = str_eq(c->method, method);
        if (score == 0 || (best_method && !same) || (same == best_method && score <= best))
            continue;
        best = score;
        best_method = same;
        match->contract = latest(c);
        memcpy(match->params, params, sizeof params);
    }
    if (match->contract)
        return best_method ? CONTRACT_FOUND : CONTRACT_NO_METHOD;
    char call[256];
    if (method.n + path.n + 1 > sizeof call)
        return CONTRACT_NO_PATH;
    memcpy(call, method.p, method.n);
    call[method.n] = ' ';
    memcpy(call + method.n + 1, path.p, path.n);
    match->nearest = contracts_nearest(contracts, str_of(call, method.n + 1 + path.n));
    return CONTRACT_NO_PATH;
}

struct str contracts_nearest(const struct contracts *contracts, struct str call)
{
    struct arena *arena = arena_new(4096);
    struct str near = STR_NONE;
    struct str shape = arena ? contract_shape(arena, call) : STR_NONE;
    if (shape.p)
        near = str_nearest(shape, contracts->shapes, contracts->count);
    for (size_t i = 0; near.p && i < contracts->count; i++)
        if (contracts->shapes[i].p == near.p) {
            near = contracts->calls[i];
            break;
        }
    arena_free(arena);
    return near;
}

/* ---- fields ---- */

const struct contract_field *contract_field(const struct contract_fields *fields, struct str path)
{
    for (size_t i = 0; i < fields->count; i++)
        if (str_eq(fields->items[i].path, path))
            return &fields->items[i];
    return NULL;
}

static const struct contract_field *members(const struct contract_fields *fields,
                                            const struct contract_field *parent)
{
    if (!parent)
        return fields->first;
    return parent->recursive && parent->parent ? parent->parent->child : parent->child;
}

const struct contract_field *contract_member(const struct contract_fields *fields,
                                             const struct contract_field *parent, struct str name)
{
    for (const struct contract_field *f = members(fields, parent); f; f = f->next)
        if (str_eq(f->name, name))
            return f;
    return NULL;
}

struct str contract_nearest_path(const struct contract_fields *fields, struct str path)
{
    struct str best = STR_NONE;
    for (size_t i = 0; i < fields->count; i++) {
        struct str pair[2] = {best, fields->items[i].path};
        struct str near = best.p ? str_nearest(path, pair, 2) : str_nearest(path, pair + 1, 1);
        best = near.p ? near : best;
    }
    return best;
}

struct str contract_nearest_member(const struct contract_fields *fields,
                                   const struct contract_field *parent, struct str name)
{
    struct str best = STR_NONE;
    for (const struct contract_field *f = members(fields, parent); f; f = f->next) {
        struct str pair[2] = {best, f->name};
        struct str near = best.p ? str_nearest(name, pair, 2) : str_nearest(name, pair + 1, 1);
        best = near.p ? near : best;
    }
    return best;
}
