/*
 * The words of expressions: a closed list, the same for all entities. Each is one small
 * function over values that are already made; what cannot be done is a fault of the table.
 * Those over lists stand in words_list.c.
 */
#include "sandbox/document.h"
#include "sandbox/words_inside.h"

#include "table/contract.h"

#include <stdio.h>

enum { ID_DIGITS = 18, TEXT_MAX = 256 };

struct value call_wrong(const struct call *c, const char *expected)
{
    return rule_fault(c->run, STR_FMT "() expects %s", STR_ARG(c->expr->text), expected);
}

static bool number_at(const struct call *c, size_t i, int64_t low, int64_t high, int64_t *out)
{
    if (c->args[i].kind != VALUE_INT || c->args[i].number < low || c->args[i].number > high)
        return false;
    *out = c->args[i].number;
    return true;
}

/* roll(n): a number from 0 to n - 1. */
static struct value word_roll(const struct call *c)
{
    int64_t n;
    if (!number_at(c, 0, 1, INT64_MAX, &n))
        return call_wrong(c, "a number of at least 1");
    return value_int((int64_t)run_roll(c->scope, c->expr->ordinal, (uint64_t)n));
}

/* pick(list): one of its elements, by chance. */
static struct value word_pick(const struct call *c)
{
    size_t n = run_list_count(c->run, c->args[0]);
    if (n == 0)
        return VALUE_NONE;
    return run_list_at(c->run, c->args[0], run_roll(c->scope, c->expr->ordinal, n));
}

/* cycle(list[, n]): the element of the record's index (or of n), over and over. */
static struct value word_cycle(const struct call *c)
{
    size_t n = run_list_count(c->run, c->args[0]);
    int64_t index = (int64_t)c->scope->record->index;
    if (n == 0)
        return VALUE_NONE;
    if (c->count == 2 && !number_at(c, 1, 0, INT64_MAX, &index))
        return call_wrong(c, "a list and a number");
    return run_list_at(c->run, c->args[0], (size_t)index % n);
}

/* id(): of the record itself; id(prefix, n[, digits]): of something else. */
static struct value word_id(const struct call *c)
{
    const struct entity *entity = c->scope->record->entity;
    struct str prefix = entity ? entity->prefix : STR_NONE;
    int64_t number = 0, digits = entity && entity->prefix.p ? entity->digits : ID_DIGITS;
    if (c->count > 1 && !value_exists(c->args[1]))
        return VALUE_NONE;
    if (c->count == 0)
        number = (int64_t)record_number(c->scope->record);
    else if (c->count == 1 || c->args[0].kind != VALUE_TEXT ||
             !number_at(c, 1, 0, INT64_MAX, &number) ||
             (c->count == 3 && !number_at(c, 2, 2, 19, &digits)))
        return call_wrong(c, "its first digits, a number and a length");
    else {
        prefix = c->args[0].text;
        digits = c->count == 3 ? digits : ID_DIGITS;
    }
    if (!prefix.p || prefix.n >= (size_t)digits || (size_t)digits - prefix.n > 18)
        return call_wrong(c, "first digits that leave room for others");
    return value_text(run_make_id(c->run, prefix, (unsigned)digits, (uint64_t)number));
}

/* "12.5" with two decimals: 1250. False for a finer amount than the currency has, and no number. */
static bool smallest_units(struct str text, unsigned decimals, int64_t *out)
{
    struct str rest = text;
    bool minus = text.n && text.p[0] == '-';
    rest = minus ? str_of(text.p + 1, text.n - 1) : rest;
    struct str whole = str_cut(&rest, '.');
    char digits[24];
    if (whole.n == 0 || whole.n > 12 || (rest.p && rest.n == 0))
        return false;
    while (rest.n > decimals && rest.p[rest.n - 1] == '0')
        rest.n--; /* "1500.00" of a currency without decimals */
    if (rest.n > decimals)
        return false;
    snprintf(digits, sizeof digits, STR_FMT STR_FMT "%0*d", STR_ARG(whole), STR_ARG(rest),
             (int)(decimals - rest.n), 0);
    digits[whole.n + decimals] = '\0';
    uint64_t number;
    if (!str_to_u64(str_from(digits), &number))
        return false;
    *out = minus ? -(int64_t)number : (int64_t)number;
    return true;
}

/* As money in the shop's currency; absent for texts that are no amount of it. */
static struct value as_money(const struct call *c, struct value v)
{
    struct value shop = run_shop(c->run, c->scope), decimals;
    if (!value_exists(v) || v.kind == VALUE_MONEY)
        return v;
    if (!run_member(c->run, shop, STR("decimals"), &decimals) || decimals.kind != VALUE_INT)
        decimals = value_int(2);
    if ((v.kind != VALUE_INT && v.kind != VALUE_TEXT) || decimals.number < 0 || decimals.number > 6)
        return call_wrong(c, "a whole number or an amount");
    int64_t number = v.number;
    if (v.kind == VALUE_TEXT && !smallest_units(v.text, (unsigned)decimals.number, &number))
        return VALUE_NONE;
    return value_money(number, (unsigned)decimals.number);
}

/* money(n): n of the smallest unit, in the shop's currency; money('12.50'): that amount. */
static struct value word_money(const struct call *c)
{
    return as_money(c, c->args[0]);
}

/* sum(list): of numbers or money. */
static struct value word_sum(const struct call *c)
{
    struct value total = value_int(0);
    size_t n = run_list_count(c->run, c->args[0]);
    for (size_t i = 0; i < n; i++) {
        struct value v = run_list_at(c->run, c->args[0], i);
        if (v.kind == VALUE_TEXT)
            v = as_money(c, v);
        if (v.kind != VALUE_INT && v.kind != VALUE_MONEY)
            return call_wrong(c, "a list of numbers or amounts");
        int64_t so_far = total.number;
        total = v;
        if (__builtin_add_overflow(so_far, v.number, &total.number))
            return call_wrong(c, "smaller numbers");
    }
    return total;
}

static const struct entity *entity_at(const struct call *c, size_t i)
{
    return c->args[i].kind == VALUE_TEXT ? tables_entity(c->run->tables, c->args[i].text) : NULL;
}

static struct value record_by(const struct call *c,
                              struct record *(*get)(struct run *run, const struct entity *entity,
                                                    unsigned shop, uint64_t index))
{
    const struct entity *entity = entity_at(c, 0);
    int64_t n;
    if (!entity || !number_at(c, 1, 0, INT64_MAX, &n))
        return call_wrong(c, "an entity and a number");
    struct record *r = get(c->run, entity, c->scope->record->shop, (uint64_t)n);
    return r ? value_place(r->root) : VALUE_NONE;
}

/* record(entity, n): the n-th record of the same shop. */
static struct value word_record(const struct call *c)
{
    return record_by(c, run_record);
}

/* original(entity, n): the same as the seed made it, whatever was changed since. */
static struct value word_original(const struct call *c)
{
    return record_by(c, run_original);
}

/* find(entity, id): the record with that id in the request's shop, or absent. */
static struct value word_find(const struct call *c)
{
    const struct entity *entity = entity_at(c, 0);
    struct str id = value_str(c->args[1], c->run->arena);
    uint64_t index;
    if (!entity)
        return call_wrong(c, "an entity and an id");
    if (!id.p || !run_find(c->run, entity, id, &index))
        return VALUE_NONE;
    struct record *r = run_record(c->run, entity, c->run->shop, index);
    return r ? value_place(r->root) : VALUE_NONE;
}

/* size(entity): how many records the seed makes in each shop. */
static struct value word_size(const struct call *c)
{
    const struct entity *entity = entity_at(c, 0);
    return entity ? value_int((int64_t)run_seeded(c->run, entity)) : call_wrong(c, "an entity");
}

static struct value random_text(const struct call *c, const char *alphabet, uint64_t size)
{
    char text[TEXT_MAX];
    int64_t n;
    if (!number_at(c, 0, 1, TEXT_MAX, &n))
        return call_wrong(c, "a length");
    for (int64_t i = 0; i < n; i++)
        text[i] = alphabet[run_roll(c->scope, c->expr->ordinal + (uint64_t)i * 1000, size)];
    return value_text(arena_str(c->run->arena, str_of(text, (size_t)n)));
}

static struct value word_hex(const struct call *c)
{
    return random_text(c, "0123456789abcdef", 16);
}

static struct value word_digits(const struct call *c)
{
    return random_text(c, "0123456789", 10);
}

/* pad(n, width): digits with zeros before them. */
static struct value word_pad(const struct call *c)
{
    int64_t n, width;
    if (!number_at(c, 0, 0, INT64_MAX, &n) || !number_at(c, 1, 1, 18, &width))
        return call_wrong(c, "a number and a width");
    return value_text(arena_printf(c->run->arena, "%0*lld", (int)width, (long long)n));
}

static struct value word_upper(const struct call *c)
{
    struct str text = arena_str(c->run->arena, value_str(c->args[0], c->run->arena));
    for (size_t i = 0; text.p && i < text.n; i++)
        if (text.p[i] >= 'a' && text.p[i] <= 'z')
            ((char *)text.p)[i] -= 'a' - 'A';
    return value_text(text);
}

/* text(v): a scalar as text. */
static struct value word_text(const struct call *c)
{
    return value_text(value_str(c->args[0], c->run->arena));
}

/* fresh(prefix, digits): an id that was never given before, not even by the seed. */
static struct value word_fresh(const struct call *c)
{
    struct str prefix = c->args[0].kind == VALUE_TEXT ? c->args[0].text : STR_NONE;
    int64_t digits;
    if (!number_at(c, 1, 10, 19, &digits) || prefix.n + 9 > (size_t)digits ||
        (size_t)digits - prefix.n > 18)
        return call_wrong(c, "first digits and a length that leaves 9 to 18 others");
    uint64_t high = 9;
    for (size_t i = 1; i < (size_t)digits - prefix.n; i++)
        high *= 10; /* the seed's ids are made from smaller numbers */
    uint64_t number = high + world_fresh(c->run->world);
    return value_text(run_make_id(c->run, prefix, (unsigned)digits, number));
}

/* has(text, part): whether it occurs there, the case of ASCII letters aside. */
static struct value word_has(const struct call *c)
{
    struct str text = value_str(c->args[0], c->run->arena);
    struct str part = value_str(c->args[1], c->run->arena);
    if (!text.p || !part.p)
        return VALUE_NONE;
    for (size_t i = 0; i + part.n <= text.n; i++)
        if (str_ieq(str_of(text.p + i, part.n), part))
            return value_bool(true);
    return value_bool(false);
}

/* hash(text): a number below 1,000,000,000, always the same for the same text. */
static struct value word_hash(const struct call *c)
{
    struct str text = value_str(c->args[0], c->run->arena);
    return text.p ? value_int((int64_t)(mix(str_hash(text)) % 1000000000)) : VALUE_NONE;
}

/* uploaded(text): the file with the hash that the text ends with. */
static struct value word_uploaded(const struct call *c)
{
    return run_uploaded(c->run, value_str(c->args[0], c->run->arena));
}

/* document(lines[, 'ZPL']): the address of a printable page with these lines. */
static struct value word_document(const struct call *c)
{
    struct buf text;
    buf_init_arena(&text, 1 << 16, c->run->arena);
    bool zpl =
        c->count == 2 && c->args[1].kind == VALUE_TEXT && str_eq(c->args[1].text, STR("ZPL"));
    for (size_t i = 0; i < run_list_count(c->run, c->args[0]); i++) {
        struct str line = value_str(run_list_at(c->run, c->args[0], i), c->run->arena);
        if (i)
            buf_add_char(&text, '\n');
        buf_add_str(&text, line.p ? line : STR(""));
    }
    if (buf_failed(&text))
        return call_wrong(c, "lines of 64 KiB at most");
    struct str path = document_path(c->run->arena, buf_str(&text), zpl);
    c->run->touched |= 1u << VARIABLE_FILE; /* the address is the caller's */
    return value_text(arena_printf(c->run->arena, "http://" STR_FMT STR_FMT, STR_ARG(c->run->host),
                                   STR_ARG(path)));
}

static const struct {
    const char *name;
    unsigned fewest, most;
    bool entity; /* the first argument names one */
    struct value (*run)(const struct call *c);
} words[] = {
    {"roll", 1, 1, false, word_roll},         {"pick", 1, 1, false, word_pick},
    {"cycle", 1, 2, false, word_cycle},       {"id", 0, 3, false, word_id},
    {"money", 1, 1, false, word_money},       {"sum", 1, 1, false, word_sum},
    {"count", 1, 1, false, list_count_of},    {"join", 2, 2, false, list_join},
    {"record", 2, 2, true, word_record},      {"find", 2, 2, true, word_find},
    {"size", 1, 1, true, word_size},          {"hex", 1, 1, false, word_hex},
    {"digits", 1, 1, false, word_digits},     {"pad", 2, 2, false, word_pad},
    {"upper", 1, 1, false, word_upper},       {"text", 1, 1, false, word_text},
    {"every", 2, 2, false, list_every},       {"decimals", 1, 1, false, list_decimals},
    {"fresh", 2, 2, false, word_fresh},       {"where", 3, 3, false, list_where},
    {"without", 3, 3, false, list_without},   {"merge", 2, 2, false, list_merge},
    {"unique", 1, 1, false, list_unique},     {"flat", 1, 1, false, list_flat},
    {"hash", 1, 1, false, word_hash},         {"has", 2, 2, false, word_has},
    {"original", 2, 2, true, word_original},  {"min", 1, 8, false, list_min},
    {"document", 1, 2, false, word_document}, {"max", 1, 8, false, list_max},
    {"uploaded", 1, 1, false, word_uploaded},
};

int rule_word_count(void)
{
    return (int)(sizeof words / sizeof *words);
}

struct str word_name(int word)
{
    return str_from(words[word].name);
}

int word_by_name(struct str name)
{
    for (int i = 0; i < rule_word_count(); i++)
        if (str_eq(name, word_name(i)))
            return i;
    return -1;
}

void word_arity(int word, unsigned *fewest, unsigned *most)
{
    *fewest = words[word].fewest;
    *most = words[word].most;
}

bool word_takes_entity(int word)
{
    return words[word].entity;
}

struct value word_run(struct run *run, const struct expr *expr, struct place *scope,
                      const struct value *args)
{
    struct call call = {run, expr, scope, args, expr->count};
    return words[expr->number].run(&call);
}
