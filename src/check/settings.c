/*
 * profiles.json and errors.json against the contracts: the calls that go without a cipher, the
 * call that lists a token's shops, and the codes of v202309 that somebody looked at.
 */
#include "check/inside.h"

#include <inttypes.h>

static struct place place_in(struct check *c, const char *name, const char *key)
{
    struct str file = arena_printf(c->arena, "%s%s%s", c->mappings, *c->mappings ? "/" : "", name);
    struct place place = {c->findings, file.p ? file.p : name, "$"};
    return place_key(&place, key);
}

static struct place settings_place(struct check *c, const char *key)
{
    return place_in(c, "profiles.json", key);
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

/* ---- errors.json ---- */

static bool has_code(const struct plans *plans, int64_t code)
{
    for (size_t i = 0; i < plans->code_count; i++)
        if (plans->codes[i].code == code)
            return true;
    return false;
}

/* Marks the pass that a code falls under; false when none does. */
static bool mark_pass(const struct plans *plans, int64_t code, bool *met)
{
    bool passes = false;
    for (size_t i = 0; i < plans->pass_count; i++)
        if (code >= plans->passes[i].from && code <= plans->passes[i].to)
            passes = met[i] = true;
    return passes;
}

static bool told_before(const struct check *c, size_t contract, size_t error)
{
    int64_t code = contracts_at(c->sides.upstream, contract)->errors[error];
    for (size_t i = 0; i <= contract; i++) {
        const struct contract *before = contracts_at(c->sides.upstream, i);
        for (size_t k = 0; k < (i == contract ? error : before->error_count); k++)
            if (before->errors[k] == code)
                return true;
    }
    return false;
}

/* Once for each code, at the first endpoint that may give it; not when the file was not read. */
static void check_codes(struct check *c)
{
    if (!c->plans->code_count && !c->plans->pass_count)
        return;
    struct place codes = place_in(c, "errors.json", "codes"),
                 passes = place_in(c, "errors.json", "passes");
    bool *met = ARENA_ARRAY(c->arena, bool, c->plans->pass_count + 1);
    for (size_t i = 0; met && i < contracts_count(c->sides.upstream); i++) {
        const struct contract *contract = contracts_at(c->sides.upstream, i);
        for (size_t k = 0; k < contract->error_count; k++)
            if (!mark_pass(c->plans, contract->errors[k], met) &&
                !has_code(c->plans, contract->errors[k]) && !told_before(c, i, k))
                report(c, &codes,
                       STR_FMT " may give %" PRId64 ", which is neither here nor in `passes`",
                       STR_ARG(contract->call), contract->errors[k]);
    }
    for (size_t i = 0; met && i < c->plans->pass_count; i++) {
        struct place at = place_index(&passes, i);
        if (!met[i])
            report(c, &at, "no endpoint of v202309 gives a code from %" PRId64 " to %" PRId64,
                   c->plans->passes[i].from, c->plans->passes[i].to);
    }
}

void check_settings(struct check *c, bool all)
{
    check_no_cipher(c);
    check_shops(c);
    check_codes(c);
    if (all)
        check_profiles(c);
}
