/*
 * Routes: from method, path and version to a plan. Sorted by path, found by hash.
 */
#include "plan/compile.h"

#include <stdlib.h>

static int by_path(const void *a, const void *b)
{
    const struct route *x = a, *y = b;
    int order = str_cmp(x->path, y->path);
    if (!order)
        order = str_cmp(x->method, y->method);
    if (!order)
        order = (x->plan->version.from > y->plan->version.from) -
                (x->plan->version.from < y->plan->version.from);
    return order ? order : str_cmp(x->plan->file, y->plan->file);
}

static uint32_t hash(struct str path)
{
    uint64_t h = str_hash(path);
    return (uint32_t)(h ^ h >> 32);
}

static bool overlap(const struct plan *a, const struct plan *b)
{
    const struct version_range *x = &a->version, *y = &b->version;
    bool apart = a->generation != GENERATION_ANY && b->generation != GENERATION_ANY &&
                 a->generation != b->generation;
    return !apart && (!x->before || y->from < x->before) && (!y->before || x->from < y->before);
}

static bool serves(const struct plans *plans, const struct plan *plan, uint64_t version)
{
    bool newest = plans->target == PLAN_TARGET_NEWEST;
    enum generation other = newest ? GENERATION_202309 : GENERATION_NEWEST;
    return plan->generation != other && version >= plan->version.from &&
           (!plan->version.before || version < plan->version.before);
}

static bool check_overlaps(const struct plans *plans, struct findings *findings)
{
    bool good = true;
    for (size_t i = 0; i < plans->route_count; i++)
        for (size_t j = i + 1; j < plans->route_count; j++) {
            const struct route *a = &plans->routes[i], *b = &plans->routes[j];
            if (!str_eq(a->path, b->path))
                break;
            if (!str_eq(a->method, b->method) || a->plan == b->plan || !overlap(a->plan, b->plan))
                continue;
            good = findings_add(findings, FINDING_ERROR, b->plan->file.p, "$.legacy",
                                STR_FMT " " STR_FMT " is served by " STR_FMT " too",
                                STR_ARG(b->method), STR_ARG(b->path), STR_ARG(a->plan->file));
            findings_hint(findings,
                          "give both a `version` that does not overlap, or another `upstream`");
        }
    return good;
}

static bool fill_table(struct plans *plans)
{
    uint32_t size = 4;
    while (size < plans->route_count * 2)
        size *= 2;
    plans->route_mask = size - 1;
    plans->route_table = ARENA_ARRAY(plans->arena, uint32_t, size);
    if (!plans->route_table)
        return false;
    for (size_t i = 0; i < plans->route_count; i++) {
        if (i && str_eq(plans->routes[i].path, plans->routes[i - 1].path))
            continue;
        uint32_t at = hash(plans->routes[i].path) & plans->route_mask;
        while (plans->route_table[at])
            at = (at + 1) & plans->route_mask;
        plans->route_table[at] = (uint32_t)i + 1;
    }
    return true;
}

bool routes_compile(struct plans *plans, struct findings *findings)
{
    size_t count = 0;
    for (size_t i = 0; i < plans->count; i++)
        count += plans->plans[i]->legacy_count;
    plans->routes = ARENA_ARRAY(plans->arena, struct route, count + 1);
    plans->route_names = ARENA_ARRAY(plans->arena, struct str, count + 1);
    if (!plans->routes || !plans->route_names)
        return findings_add(findings, FINDING_ERROR, NULL, NULL, "out of memory");
    for (size_t i = 0; i < plans->count; i++) {
        const struct plan *plan = plans->plans[i];
        for (size_t j = 0; j < plan->legacy_count; j++) {
            struct str path = plan->legacy[j];
            struct str method = str_cut(&path, ' ');
            plans->routes[plans->route_count++] = (struct route){method, path, plan};
        }
    }
    if (count)
        qsort(plans->routes, count, sizeof *plans->routes, by_path);
    for (size_t i = 0; i < count; i++) {
        const struct route *route = &plans->routes[i];
        plans->route_names[i] =
            str_of(route->method.p, route->method.n + 1 + route->path.n); /* one text */
    }
    if (!fill_table(plans))
        return findings_add(findings, FINDING_ERROR, NULL, NULL, "out of memory");
    generations_pair(plans);
    return check_overlaps(plans, findings);
}

static const struct route *find_path(const struct plans *plans, struct str path)
{
    for (uint32_t at = hash(path) & plans->route_mask; plans->route_table[at];
         at = (at + 1) & plans->route_mask) {
        const struct route *route = &plans->routes[plans->route_table[at] - 1];
        if (str_eq(route->path, path))
            return route;
    }
    return NULL;
}

bool routes_have(const struct plans *plans, struct str path)
{
    return find_path(plans, path) != NULL;
}

static void find_nearest(const struct plans *plans, struct str method, struct str path,
                         struct plan_match *match)
{
    char text[256];
    size_t n = method.n + 1 + path.n;
    if (n > sizeof text)
        return;
    memcpy(text, method.p, method.n);
    text[method.n] = ' ';
    memcpy(text + method.n + 1, path.p, path.n);
    match->nearest = str_nearest(str_of(text, n), plans->route_names, plans->route_count);
}

enum plan_found plans_route(const struct plans *plans, struct str method, struct str path,
                            struct str version, struct plan_match *match)
{
    *match = (struct plan_match){0};
    uint64_t number = 0;
    const struct route *route = find_path(plans, path);
    if (!route) {
        find_nearest(plans, method, path, match);
        return PLAN_NO_PATH;
    }
    const struct route *end = plans->routes + plans->route_count;
    bool known = false;
    bool numeric = !version.n || str_to_u64(version, &number);
    match->nearest = plans->route_names[route - plans->routes];
    for (; route < end && str_eq(route->path, path); route++) {
        if (!str_eq(route->method, method))
            continue;
        known = true;
        match->nearest = plans->route_names[route - plans->routes];
        if (!numeric || !serves(plans, route->plan, number))
            continue;
        const struct plan *newer = plan_gone(route->plan) ? plan_newer(route->plan) : NULL;
        match->plan = newer ? newer : route->plan;
        return PLAN_FOUND;
    }
    return known ? PLAN_BAD_VERSION : PLAN_NO_METHOD;
}
