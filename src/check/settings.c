/*
 * profiles.json against the contracts: the calls that go without a cipher, and the call that
 * lists a token's shops.
 */
#include "check/inside.h"

#include <stdio.h>

static struct place settings_place(struct check *c, const char *key)
{
    struct str file =
        arena_printf(c->arena, "%s%sprofiles.json", c->mappings, *c->mappings ? "/" : "");
    struct place place = {c->findings, file.p ? file.p : "profiles.json", "$"};
    return place_key(&place, key);
}

static bool requires_cipher(const struct contract *contract)
{
    const struct contract_field *cipher =
        contract_member(&contract->query, NULL, STR("shop_cipher"));
    return cipher && cipher->required;
}

static void check_no_cipher(struct check *c)
{
    struct place list = settings_place(c, "no_cipher");
    for (size_t i = 0; i < c->plans->no_cipher_count; i++) {
        struct place at = place_index(&list, i);
        struct str rest = c->plans->no_cipher[i], method = str_cut(&rest, ' ');
        struct contract_match match;
        if (contracts_find(c->sides.upstream, method, rest, &match) != CONTRACT_FOUND)
            report_nearest(
                c, report(c, &at, "v202309 has no '" STR_FMT "'", STR_ARG(c->plans->no_cipher[i])),
                match.nearest);
        else if (requires_cipher(match.contract))
            report(c, &at, STR_FMT " requires a shop_cipher", STR_ARG(match.contract->call));
    }
}

static void check_shops(struct check *c)
{
    const struct plan_shops *shops = c->plans->shops;
    struct contract_match match;
    if (!shops)
        return;
    struct place place = settings_place(c, "shops"), at = place_key(&place, "send");
    if (contracts_find(c->sides.upstream, shops->method, shops->path, &match) != CONTRACT_FOUND) {
        report_nearest(c,
                       report(c, &at, "v202309 has no '" STR_FMT " " STR_FMT "'",
                              STR_ARG(shops->method), STR_ARG(shops->path)),
                       match.nearest);
        return;
    }
    const struct contract_fields *answer = &match.contract->answer;
    const struct contract_field *list = contract_member(answer, NULL, shops->list);
    const struct {
        const char *key;
        struct str name;
        const struct contract_field *parent;
    } names[] = {{"list", shops->list, NULL},
                 {"id", shops->id, list},
                 {"cipher", shops->cipher, list},
                 {"region", shops->region, list},
                 {"name", shops->name, list}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        at = place_key(&place, names[i].key);
        if (!names[i].name.p || (i && !list) ||
            contract_member(answer, names[i].parent, names[i].name))
            continue;
        report_nearest(c,
                       report(c, &at, "the answer of " STR_FMT " has no '" STR_FMT "' there",
                              STR_ARG(match.contract->call), STR_ARG(names[i].name)),
                       contract_nearest_member(answer, names[i].parent, names[i].name));
    }
}

/* A profile that no table uses. */
static void check_profiles(struct check *c)
{
    struct place place = settings_place(c, "profiles");
    for (size_t i = 0; i < c->plans->profile_count; i++) {
        bool used = false;
        for (size_t k = 0; k < c->plans->count; k++)
            used |= c->plans->plans[k]->profile == &c->plans->profiles[i].public;
        struct place at = place_key(&place, c->plans->profiles[i].public.name.p);
        if (!used)
            report(c, &at, "no table uses this profile");
    }
}

void check_settings(struct check *c, bool all)
{
    check_no_cipher(c);
    check_shops(c);
    if (all)
        check_profiles(c);
}
