/*
 * Trouble: the set of rules, when they strike and what they do. See trouble.h; rules are read
 * in trouble_read.c. Owns the rules' texts.
 */
#include "sandbox/trouble_inside.h"

#include "sandbox/run.h"
#include "json/writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX = 4 << 20, FILE_MAX = 1 << 20, PIECE = 16384, SEED = 1, DRAWS_OF_NORMAL = 12 };

/* ---- the set ---- */

struct trouble *trouble_new(const struct contracts *contracts)
{
    struct trouble *trouble = calloc(1, sizeof *trouble);
    if (!trouble)
        return NULL;
    *trouble =
        (struct trouble){.contracts = contracts, .arena = arena_new(ARENA_MAX), .seed = SEED};
    if (trouble->arena)
        return trouble;
    free(trouble);
    return NULL;
}

void trouble_free(struct trouble *trouble)
{
    if (trouble)
        arena_free(trouble->arena);
    free(trouble);
}

void trouble_seed(struct trouble *trouble, uint64_t seed)
{
    trouble->seed = seed;
    for (size_t i = 0; i < trouble->count; i++)
        trouble->rules[i].seen = trouble->rules[i].done = 0;
}

void trouble_forget(struct trouble *trouble)
{
    trouble->count = 0;
    arena_reset(trouble->arena);
}

static bool parse(struct str text, struct json_doc *doc, struct arena *arena, struct fault *fault)
{
    const struct json_limits limits = {.unique_keys = true};
    struct json_error error;
    text = arena_str(arena, text);
    if (text.p && json_parse(doc, text, &limits, arena, &error))
        return true;
    if (!text.p)
        return fault_set(fault, FAULT_BODY, "There is no room for so many rules.");
    return fault_set(fault, FAULT_BODY, "The rules are no JSON: byte %zu, expected %s.",
                     error.offset + 1, error.expected);
}

bool trouble_add(struct trouble *trouble, struct str text, struct fault *fault)
{
    struct json_doc doc;
    text = str_trim(text);
    if (!str_starts(text, STR("{"))) {
        text = trouble_long_form(text, trouble->arena, fault);
        if (!text.p)
            return false;
    }
    return parse(text, &doc, trouble->arena, fault) &&
           trouble_read(trouble, json_root(&doc), fault);
}

static bool read_all(struct trouble *made, struct json root, struct fault *fault)
{
    struct json rules = root;
    if (json_type(root) == JSON_OBJECT) {
        rules = json_get(root, STR("rules"));
        struct json seed = json_get(root, STR("seed"));
        for (struct json m = json_first(root); json_exists(m); m = json_next(m)) {
            struct str name = json_key(m, made->arena);
            if (!str_eq(name, STR("rules")) && !str_eq(name, STR("seed")))
                return fault_set(fault, FAULT_BODY,
                                 "'" STR_FMT "' is unknown here: expected \"seed\" and \"rules\".",
                                 STR_ARG(name));
        }
        if (json_exists(seed) &&
            (!str_to_u64(json_raw(seed), &made->seed) || made->seed > INT64_MAX))
            return fault_set(fault, FAULT_BODY, "seed must be a whole number below 2^63.");
    }
    if (json_type(rules) != JSON_ARRAY)
        return fault_set(fault, FAULT_BODY,
                         "Expected a list of rules, or {\"seed\": n, \"rules\": [...]}.");
    for (struct json rule = json_first(rules); json_exists(rule); rule = json_next(rule))
        if (!trouble_read(made, rule, fault))
            return false;
    return true;
}

bool trouble_put(struct trouble *trouble, struct str json, struct fault *fault)
{
    struct json_doc doc;
    struct trouble *made = trouble_new(trouble->contracts);
    if (!made)
        return fault_set(fault, FAULT_INTERNAL, "out of memory");
    made->seed = trouble->seed;
    bool good = parse(json, &doc, made->arena, fault) && read_all(made, json_root(&doc), fault);
    if (good) {
        struct trouble before = *trouble;
        *trouble = *made;
        *made = before;
    }
    trouble_free(made);
    return good;
}

bool trouble_load(struct trouble *trouble, const char *path, struct fault *fault)
{
    struct fault inner;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fault_set(fault, FAULT_PARAMETER, "%s: %s", path, strerror(errno));
    struct buf text;
    buf_init(&text, FILE_MAX);
    size_t n = 1;
    while (n > 0 && !buf_failed(&text)) {
        char *room = buf_reserve(&text, PIECE);
        n = room ? fread(room, 1, PIECE, file) : 0;
        buf_added(&text, n);
    }
    bool whole = !ferror(file) && !buf_failed(&text);
    fclose(file);
    bool good = whole && trouble_put(trouble, buf_str(&text), &inner);
    buf_clear(&text);
    return good || fault_set(fault, FAULT_PARAMETER, "%s: %s", path,
                             whole ? inner.text : "it cannot be read, or is longer than 1 MiB");
}

static void write_rule(const struct trouble_rule *rule, struct json_writer *w)
{
    json_open_object(w);
    json_put_key(w, STR("rule"));
    json_put_raw(w, rule->source);
    json_put_key(w, STR("seen"));
    json_put_i64(w, (int64_t)rule->seen);
    json_put_key(w, STR("done"));
    json_put_i64(w, (int64_t)rule->done);
    json_close_object(w);
}

void trouble_write(const struct trouble *trouble, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_open_object(&w);
    json_put_key(&w, STR("seed"));
    json_put_i64(&w, (int64_t)trouble->seed);
    json_put_key(&w, STR("rules"));
    json_open_array(&w);
    for (size_t i = 0; i < trouble->count; i++)
        write_rule(&trouble->rules[i], &w);
    json_close_array(&w);
    json_close_object(&w);
}

/* ---- chance ---- */

/* Of von Neumann: the length of a falling run of draws says whether its first one counts. */
static int64_t draw_exponential(int64_t mean, uint64_t chance)
{
    for (int64_t whole = 0;; whole++) {
        uint64_t first = (chance = mix(chance)) >> 32, before = first, length = 1;
        for (;; length++) {
            uint64_t next = (chance = mix(chance)) >> 32;
            if (next >= before)
                break;
            before = next;
        }
        if (length % 2 == 1)
            return mean * whole + (int64_t)((uint64_t)mean * first >> 32);
    }
}

/* The sum of twelve draws from 0 to 1 has a deviation of one. */
static int64_t draw_normal(int64_t mean, int64_t deviation, uint64_t chance)
{
    int64_t sum = 0;
    for (int i = 0; i < DRAWS_OF_NORMAL; i++)
        sum += (int64_t)((chance = mix(chance)) >> 44); /* 20 bits */
    sum -= (int64_t)DRAWS_OF_NORMAL / 2 << 20;
    return mean + sum * deviation / (1 << 20);
}

static int64_t draw_delay(const struct trouble_rule *rule, uint64_t chance)
{
    int64_t ms = rule->number;
    if (rule->kind == SPREAD_UNIFORM)
        ms += (int64_t)(mix(chance) % (uint64_t)(rule->spread - rule->number + 1));
    else if (rule->kind == SPREAD_EXPONENTIAL)
        ms = draw_exponential(rule->number, chance);
    else if (rule->kind == SPREAD_NORMAL)
        ms = draw_normal(rule->number, rule->spread, chance);
    return ms > 0 ? ms : 0;
}

/* ---- striking ---- */

static void end_answer(struct harm *harm, enum answer_end end)
{
    if (!harm->ends)
        harm->end = end;
    harm->ends = true;
}

static void strike_answer(const struct trouble_rule *rule, uint64_t chance, struct harm *harm)
{
    uint64_t rate = (uint64_t)rule->number;
    switch (rule->deed) {
    case DO_DELAY:
        harm->delay_ms += draw_delay(rule, chance);
        break;
    case DO_RESET:
        end_answer(harm, rule->after ? END_AFTER_HEAD : END_BEFORE_HEAD);
        break;
    case DO_TRUNCATE:
        end_answer(harm, END_CUT);
        harm->cut = (size_t)rule->number;
        harm->half = !rule->given;
        break;
    case DO_GARBLE:
        harm->garbled += (uint64_t)rule->number;
        harm->chance = chance;
        break;
    default: /* slow */
        if (harm->rate == 0 || rate < harm->rate)
            harm->rate = rate;
        break;
    }
}

static void strike(const struct trouble_rule *rule, uint64_t chance, struct harm *harm)
{
    switch (rule->deed) {
    case DO_STATUS:
        harm->status = (int)rule->number;
        harm->html = rule->html;
        harm->empty = rule->empty;
        break;
    case DO_RATE_LIMIT:
        harm->rate_limited = true;
        harm->retry_after = (unsigned)rule->number;
        break;
    case DO_EXPIRE_TOKEN:
        harm->token_expired = true;
        break;
    case DO_CLOCK_SKEW:
        harm->skew += rule->number;
        break;
    case DO_UNKNOWN_ENUM:
        harm->unknown = rule->value;
        harm->field = rule->field;
        break;
    case DO_RETIRED:
        harm->retired = true;
        break;
    default:
        strike_answer(rule, chance, harm);
        break;
    }
}

bool trouble_quiet(const struct trouble *trouble)
{
    return trouble->count == 0;
}

void trouble_draw(struct trouble *trouble, const struct contract *contract, struct harm *harm)
{
    for (size_t i = 0; i < trouble->count; i++) {
        struct trouble_rule *rule = &trouble->rules[i];
        if (!glob_match(rule->endpoint, contract ? contract->call : STR("")))
            continue;
        uint64_t chance = mix(trouble->seed ^ mix(rule->seen++ ^ mix(i)));
        if (chance % WHOLE_MILLION >= rule->chance || (rule->times && rule->done >= rule->times))
            continue;
        rule->done++;
        strike(rule, mix(chance), harm);
    }
}

void harm_answer(const struct harm *harm, struct visit_answer *answer)
{
    struct buf *body = &answer->body;
    uint64_t chance = harm->chance;
    for (uint64_t i = 0; i < harm->garbled && body->n > 0; i++) {
        chance = mix(chance);
        body->p[chance % body->n] ^= (char)(1 + (chance >> 32) % 255);
    }
    answer->delay_ms = harm->delay_ms;
    answer->rate = harm->rate;
    answer->end = harm->end;
    answer->cut = harm->half ? body->n / 2 : harm->cut;
}
