/*
 * Rules of trouble: reading them. See trouble.h.
 *
 * Which members a rule has is decided by what it does; anything else is refused with the
 * nearest name. The short form becomes JSON first, so that there is one set of rules. Owns
 * nothing; texts go to the set's arena.
 */
#include "sandbox/trouble_inside.h"

#include "sandbox/tables.h"
#include "json/writer.h"

#include <stdio.h>

enum { DELAY_MAX = 600000, BYTES_MAX = 64 << 20, SKEW_MAX = 10 * 366 * 86400, MEMBERS = 2 };

/* How the text of a member is read. */
enum member_kind { MEMBER_NUMBER, MEMBER_DELAY, MEMBER_WHEN, MEMBER_BODY, MEMBER_TEXT };

struct member {
    const char *name;
    enum member_kind kind;
    int64_t low, high;
    bool required;
};

/* The first member is the one that the short form writes behind the colon. */
static const struct deed {
    const char *name;
    int64_t preset;
    struct member members[MEMBERS];
} deeds[TROUBLE_DEEDS] = {
    {"delay", 0, {{"ms", MEMBER_DELAY, 0, DELAY_MAX, true}}},
    {"status", 0, {{"status", MEMBER_NUMBER, 500, 599, true}, {"body", MEMBER_BODY, 0, 0, false}}},
    {"rate_limit", 1, {{"retry_after", MEMBER_NUMBER, 0, 86400, false}}},
    {"reset", 0, {{"when", MEMBER_WHEN, 0, 0, false}}},
    {"truncate", 0, {{"bytes", MEMBER_NUMBER, 0, BYTES_MAX, false}}},
    {"garble", 1, {{"bytes", MEMBER_NUMBER, 1, BYTES_MAX, false}}},
    {"slow", 0, {{"bytes_per_second", MEMBER_NUMBER, 1, INT32_MAX, true}}},
    {"expire_token", 0, {{NULL, MEMBER_TEXT, 0, 0, false}}},
    {"clock_skew", 0, {{"seconds", MEMBER_NUMBER, -SKEW_MAX, SKEW_MAX, true}}},
    {"unknown_enum", 0, {{"field", MEMBER_TEXT, 0, 0, false}, {"value", MEMBER_TEXT, 0, 0, false}}},
    {"retired", 0, {{NULL, MEMBER_TEXT, 0, 0, false}}},
};

static const char *const common[] = {"do", "endpoint", "probability", "times"};

struct reading {
    struct trouble *trouble;
    struct trouble_rule *rule;
    struct fault *fault;
};

static bool refuse(struct reading *r, struct str where, const char *expected)
{
    return fault_at(r->fault, FAULT_PARAMETER, where, "Rule %zu: " STR_FMT " must be %s.",
                    r->trouble->count + 1, STR_ARG(where), expected);
}

/* "'x' is no what; did you mean 'y'?" */
static bool unknown(struct reading *r, const char *what, struct str name, const struct str *known,
                    size_t count)
{
    struct str near = str_nearest(name, known, count);
    struct buf all;
    buf_init(&all, 400);
    for (size_t i = 0; i < count; i++)
        buf_printf(&all, "%s" STR_FMT, i ? ", " : "", STR_ARG(known[i]));
    fault_at(r->fault, FAULT_PARAMETER, name,
             near.p ? "Rule %zu: '" STR_FMT "' is no %s; did you mean '" STR_FMT "'?"
                    : "Rule %zu: '" STR_FMT "' is no %s; there are " STR_FMT ".",
             r->trouble->count + 1, STR_ARG(name), what, STR_ARG(near.p ? near : buf_str(&all)));
    buf_clear(&all);
    return false;
}

/* ---- values ---- */

/* "0.25" as 250000 of a million; whole digits only, so that nothing is rounded. */
static bool read_chance(struct str text, uint64_t *out)
{
    struct str rest = text;
    struct str whole = str_cut(&rest, '.');
    uint64_t units = 0, parts = 0;
    if (!str_to_u64(whole, &units) || (rest.p && (rest.n > 6 || !str_to_u64(rest, &parts))))
        return false;
    for (size_t i = rest.p ? rest.n : 6; i < 6; i++)
        parts *= 10;
    *out = units > 1 ? UINT64_MAX : units * WHOLE_MILLION + parts;
    return *out <= WHOLE_MILLION;
}

static bool read_number(struct reading *r, const struct member *m, struct json value, int64_t *out)
{
    char expected[80];
    if (json_type(value) == JSON_NUMBER && str_to_i64(json_raw(value), out) && *out >= m->low &&
        *out <= m->high)
        return true;
    snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)m->low,
             (long long)m->high);
    return refuse(r, str_from(m->name), expected);
}

/* {"uniform": [50, 200]}, {"normal": [mean, deviation]}, {"exponential": mean}, {"fixed": n} */
static bool read_spread(struct reading *r, const struct member *m, struct json value)
{
    static const struct str known[] = {STR_C("fixed"), STR_C("uniform"), STR_C("exponential"),
                                       STR_C("normal")};
    struct json inner = json_first(value);
    struct str name = json_exists(inner) ? json_key(inner, r->trouble->arena) : STR("");
    size_t kind = 0;
    while (kind < 4 && !str_eq(name, known[kind]))
        kind++;
    if (kind == 4 || json_count(value) != 1)
        return unknown(r, "distribution of ms", name, known, 4);
    r->rule->kind = (enum trouble_spread)kind;
    bool two = kind == SPREAD_UNIFORM || kind == SPREAD_NORMAL;
    if (!two)
        return read_number(r, m, inner, &r->rule->number);
    if (json_type(inner) != JSON_ARRAY || json_count(inner) != 2)
        return refuse(r, STR("ms"), "two numbers for this distribution");
    return read_number(r, m, json_at(inner, 0), &r->rule->number) &&
           read_number(r, m, json_at(inner, 1), &r->rule->spread) &&
           (kind == SPREAD_NORMAL || r->rule->number <= r->rule->spread ||
            refuse(r, STR("ms"), "two numbers, the smaller one first"));
}

static bool read_text(struct reading *r, const struct member *m, struct json value)
{
    struct str text =
        json_type(value) == JSON_STRING ? json_text(value, r->trouble->arena) : STR_NONE;
    if (m->kind == MEMBER_WHEN) {
        r->rule->after = str_eq(text, STR("after"));
        return r->rule->after || str_eq(text, STR("before")) ||
               refuse(r, STR("when"), "\"before\" or \"after\" (the head)");
    }
    if (m->kind == MEMBER_BODY) {
        r->rule->html = str_eq(text, STR("html"));
        r->rule->empty = str_eq(text, STR("empty"));
        return r->rule->html || r->rule->empty || str_eq(text, STR("json")) ||
               refuse(r, STR("body"), "\"json\", \"html\" or \"empty\"");
    }
    if (!text.p || text.n == 0)
        return refuse(r, str_from(m->name), "a text");
    if (str_eq(str_from(m->name), STR("field")))
        r->rule->field = text;
    else
        r->rule->value = text;
    return true;
}

static bool read_member(struct reading *r, const struct member *m, struct json value)
{
    r->rule->given = true;
    if (m->kind == MEMBER_NUMBER)
        return read_number(r, m, value, &r->rule->number);
    if (m->kind == MEMBER_DELAY && json_type(value) == JSON_OBJECT)
        return read_spread(r, m, value);
    if (m->kind == MEMBER_DELAY)
        return read_number(r, m, value, &r->rule->number);
    return read_text(r, m, value);
}

/* ---- one rule ---- */

static bool read_deed(struct reading *r, struct json rule)
{
    struct str names[TROUBLE_DEEDS];
    struct json value = json_get(rule, STR("do"));
    struct str name =
        json_type(value) == JSON_STRING ? json_text(value, r->trouble->arena) : STR_NONE;
    for (int i = 0; i < TROUBLE_DEEDS; i++) {
        names[i] = str_from(deeds[i].name);
        if (str_eq(names[i], name)) {
            r->rule->deed = (enum trouble_deed)i;
            r->rule->number = deeds[i].preset;
            return true;
        }
    }
    if (!name.p)
        return refuse(r, STR("do"), "the name of what goes wrong");
    return unknown(r, "trouble", name, names, TROUBLE_DEEDS);
}

static bool any_call_matches(const struct contracts *contracts, struct str glob)
{
    for (size_t i = 0; i < contracts_count(contracts); i++)
        if (glob_match(glob, contracts_at(contracts, i)->call))
            return true;
    return false;
}

static bool read_endpoint(struct reading *r, struct json value)
{
    const struct contracts *contracts = r->trouble->contracts;
    struct str text =
        json_type(value) == JSON_STRING ? json_text(value, r->trouble->arena) : STR_NONE;
    if (!text.p)
        return refuse(r, STR("endpoint"), "a call such as \"GET /a/b\", * for any characters");
    r->rule->endpoint = text;
    if (any_call_matches(contracts, text))
        return true;
    struct str near = str_find(text, '*') < text.n ? STR_NONE : contracts_nearest(contracts, text);
    return fault_at(r->fault, FAULT_PARAMETER, STR("endpoint"),
                    "Rule %zu: endpoint '" STR_FMT "' is none of the shop%s" STR_FMT "%s",
                    r->trouble->count + 1, STR_ARG(text), near.p ? "; did you mean '" : "",
                    STR_ARG(near), near.p ? "'?" : ".");
}

static bool read_common(struct reading *r, struct str name, struct json value)
{
    if (str_eq(name, STR("endpoint")))
        return read_endpoint(r, value);
    if (str_eq(name, STR("probability")))
        return (json_type(value) == JSON_NUMBER &&
                read_chance(json_raw(value), &r->rule->chance)) ||
               refuse(r, name, "a number from 0 to 1 with at most 6 decimals");
    if (str_eq(name, STR("times")))
        return (str_to_u64(json_raw(value), &r->rule->times) && r->rule->times > 0) ||
               refuse(r, name, "a whole number of at least 1");
    return true;
}

static bool read_members(struct reading *r, struct json rule)
{
    enum { COMMON = sizeof common / sizeof *common };
    const struct member *members = deeds[r->rule->deed].members;
    struct str known[COMMON + MEMBERS];
    size_t own = 0;
    for (size_t i = 0; i < COMMON; i++)
        known[i] = str_from(common[i]);
    for (; own < MEMBERS && members[own].name; own++)
        known[COMMON + own] = str_from(members[own].name);
    for (struct json m = json_first(rule); json_exists(m); m = json_next(m)) {
        struct str name = json_key(m, r->trouble->arena);
        size_t i = 0;
        while (i < COMMON + own && !str_eq(name, known[i]))
            i++;
        if (i == COMMON + own)
            return unknown(r, "member of this rule", name, known, COMMON + own);
        if (i < COMMON ? !read_common(r, name, m) : !read_member(r, &members[i - COMMON], m))
            return false;
    }
    for (size_t i = 0; i < own; i++)
        if (members[i].required && !json_exists(json_get(rule, known[COMMON + i])))
            return refuse(r, known[COMMON + i], "there");
    return true;
}

bool trouble_read(struct trouble *trouble, struct json json, struct fault *fault)
{
    struct reading r = {trouble, &trouble->rules[trouble->count], fault};
    if (trouble->count == TROUBLE_RULES)
        return fault_set(fault, FAULT_PARAMETER, "There are more than %d rules.", TROUBLE_RULES);
    *r.rule = (struct trouble_rule){.endpoint = STR("*"),
                                    .chance = WHOLE_MILLION,
                                    .field = STR("*"),
                                    .value = STR("SANDBOX_UNKNOWN_VALUE")};
    if (json_type(json) != JSON_OBJECT)
        return refuse(&r, STR("it"), "an object with \"do\" and \"endpoint\"");
    if (!read_deed(&r, json) || !read_members(&r, json))
        return false;
    r.rule->source = json_raw(json);
    if (arena_failed(trouble->arena))
        return fault_set(fault, FAULT_INTERNAL, "There is no room for so many rules.");
    trouble->count++;
    return true;
}

/* ---- the short form ---- */

static bool plain_number(struct str text)
{
    return json_is_number(text);
}

/* 50, 50..200, exponential(80), normal(100,20) */
static void put_delay(struct str text, struct json_writer *w)
{
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == '.' && text.p[i + 1] == '.') {
            json_open_object(w);
            json_put_key(w, STR("uniform"));
            json_open_array(w);
            struct str ends[] = {str_of(text.p, i), str_of(text.p + i + 2, text.n - i - 2)};
            for (size_t k = 0; k < 2; k++)
                json_put_raw(w, plain_number(ends[k]) ? ends[k] : STR("null"));
            json_close_array(w);
            json_close_object(w);
            return;
        }
    struct str rest = text;
    struct str name = str_cut(&rest, '(');
    if (!rest.p || rest.n == 0 || rest.p[rest.n - 1] != ')') {
        json_put_raw(w, plain_number(text) ? text : STR("null"));
        return;
    }
    rest.n--;
    bool two = str_find(rest, ',') < rest.n;
    json_open_object(w);
    json_put_key(w, name);
    if (two)
        json_open_array(w);
    while (rest.p) {
        struct str number = str_trim(str_cut(&rest, ','));
        json_put_raw(w, plain_number(number) ? number : STR("null"));
    }
    if (two)
        json_close_array(w);
    json_close_object(w);
}

static void put_argument(const struct deed *deed, struct str text, struct json_writer *w)
{
    json_put_key(w, str_from(deed->members[0].name));
    if (deed->members[0].kind == MEMBER_DELAY)
        put_delay(text, w);
    else if (deed->members[0].kind == MEMBER_NUMBER && plain_number(text))
        json_put_raw(w, text);
    else
        json_put_string(w, text);
}

static const struct deed *deed_by_name(struct str name)
{
    for (int i = 0; i < TROUBLE_DEEDS; i++)
        if (str_eq(name, str_from(deeds[i].name)))
            return &deeds[i];
    return NULL;
}

/* DO[:ARGUMENT][@ENDPOINT[:PROBABILITY]] */
struct str trouble_long_form(struct str text, struct arena *arena, struct fault *fault)
{
    struct buf out;
    struct json_writer w;
    struct str endpoint = text;
    struct str argument = str_cut(&endpoint, '@');
    struct str name = str_cut(&argument, ':');
    const struct deed *deed = deed_by_name(name);
    if (argument.p && deed && !deed->members[0].name) {
        fault_set(fault, FAULT_PARAMETER, "'%s' takes nothing behind a colon.", deed->name);
        return STR_NONE;
    }
    buf_init(&out, 4096);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_put_key(&w, STR("do"));
    json_put_string(&w, name);
    if (argument.p && deed)
        put_argument(deed, argument, &w);
    if (endpoint.p) {
        struct str chance = endpoint;
        json_put_key(&w, STR("endpoint"));
        json_put_string(&w, str_cut(&chance, ':'));
        if (chance.p) {
            json_put_key(&w, STR("probability"));
            json_put_raw(&w, plain_number(chance) ? chance : STR("null"));
        }
    }
    json_close_object(&w);
    struct str copy = buf_failed(&out) ? STR_NONE : arena_str(arena, buf_str(&out));
    buf_clear(&out);
    if (!copy.p)
        fault_set(fault, FAULT_PARAMETER, "This rule is too long, or no UTF-8.");
    return copy;
}
