/*
 * Expressions: from text to a tree, by recursive descent. See expr.h.
 *
 * Owns nothing: nodes are in the caller's arena, names and texts borrow from the source.
 * Refused: anything left over, unknown words, wrong numbers of arguments, deep nesting, more
 * than PARTS_MAX parts.
 */
#include "sandbox/expr.h"
#include "sandbox/run.h"

#include <stdarg.h>
#include <stdio.h>

enum { DEPTH_MAX = 40, ARGS_MAX = 64, PARTS_MAX = 1000 };

struct parser {
    struct str source;
    size_t at;
    unsigned depth;
    unsigned ordinals;
    struct arena *arena;
    char *why;
    size_t room;
    bool failed;
};

static struct expr *parse_any(struct parser *p);

static struct expr *give_up(struct parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static struct expr *give_up(struct parser *p, const char *format, ...)
{
    if (p->failed)
        return NULL;
    p->failed = true;
    int n = snprintf(p->why, p->room, "at character %zu: ", p->at + 1);
    va_list args;
    va_start(args, format);
    if (n > 0 && (size_t)n < p->room)
        vsnprintf(p->why + n, p->room - (size_t)n, format, args);
    va_end(args);
    return NULL;
}

static void skip_blanks(struct parser *p)
{
    while (p->at < p->source.n && (p->source.p[p->at] == ' ' || p->source.p[p->at] == '\n'))
        p->at++;
}

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Takes a sign such as "<=" when it stands next. */
static bool take(struct parser *p, const char *sign)
{
    skip_blanks(p);
    struct str want = str_from(sign), rest = str_of(p->source.p + p->at, p->source.n - p->at);
    if (!str_starts(rest, want))
        return false;
    p->at += want.n;
    return true;
}

/* The name that stands next, without taking it; absent when there is none. */
static struct str peek_name(struct parser *p)
{
    skip_blanks(p);
    size_t end = p->at;
    while (end < p->source.n && name_char(p->source.p[end]))
        end++;
    if (end == p->at || (p->source.p[p->at] >= '0' && p->source.p[p->at] <= '9'))
        return STR_NONE;
    return str_of(p->source.p + p->at, end - p->at);
}

static bool take_name(struct parser *p, const char *word)
{
    struct str name = peek_name(p);
    if (!name.p || !str_eq(name, str_from(word)))
        return false;
    p->at += name.n;
    return true;
}

static struct expr *make(struct parser *p, enum expr_op op, struct expr *const *args, size_t count)
{
    if (p->ordinals == PARTS_MAX)
        return give_up(p, "more than %d parts", PARTS_MAX);
    struct expr *e = ARENA_NEW(p->arena, struct expr);
    struct expr **copy = ARENA_ARRAY(p->arena, struct expr *, count + 1);
    if (!e || !copy)
        return give_up(p, "out of memory");
    for (size_t i = 0; i < count; i++) {
        if (!args[i])
            return NULL;
        copy[i] = args[i];
    }
    *e = (struct expr){.op = op, .ordinal = ++p->ordinals, .args = copy, .count = count};
    return e;
}

static struct expr *make_two(struct parser *p, enum expr_op op, struct expr *a, struct expr *b)
{
    struct expr *args[2] = {a, b};
    return make(p, op, args, 2);
}

/* "a, b)" up to the closing sign; false when it went wrong. */
static bool parse_args(struct parser *p, const char *close, struct expr *args[ARGS_MAX],
                       size_t *count)
{
    *count = 0;
    if (take(p, close))
        return true;
    do {
        if (*count == ARGS_MAX) {
            give_up(p, "more than %d elements", ARGS_MAX);
            return false;
        }
        args[(*count)++] = parse_any(p);
        if (p->failed)
            return false;
    } while (take(p, ","));
    if (take(p, close))
        return true;
    give_up(p, "expected ',' or '%s'", close);
    return false;
}

static struct expr *parse_call(struct parser *p, struct str name)
{
    struct expr *args[ARGS_MAX];
    size_t count;
    unsigned fewest, most;
    int word = word_by_name(name);
    if (word < 0) {
        struct str names[64];
        int words = rule_word_count();
        for (int i = 0; i < words && i < 64; i++)
            names[i] = word_name(i);
        struct str near = str_nearest(name, names, (size_t)words);
        return give_up(p, "unknown word '" STR_FMT "'%s" STR_FMT "%s", STR_ARG(name),
                       near.p ? ", did you mean '" : "", STR_ARG(near), near.p ? "'?" : "");
    }
    if (!parse_args(p, ")", args, &count))
        return NULL;
    word_arity(word, &fewest, &most);
    if (count < fewest || count > most)
        return give_up(p, "'" STR_FMT "' takes %u to %u arguments", STR_ARG(name), fewest, most);
    struct expr *e = make(p, EXPR_CALL, args, count);
    if (e) {
        e->number = word;
        e->text = name;
    }
    return e;
}

static struct expr *parse_text(struct parser *p)
{
    size_t start = p->at;
    while (p->at < p->source.n && p->source.p[p->at] != '\'')
        p->at++;
    if (p->at == p->source.n)
        return give_up(p, "the text has no end");
    struct expr *e = make(p, EXPR_TEXT, NULL, 0);
    if (e)
        e->text = str_of(p->source.p + start, p->at - start);
    p->at++;
    return e;
}

static struct expr *parse_number(struct parser *p)
{
    size_t start = p->at;
    while (p->at < p->source.n && p->source.p[p->at] >= '0' && p->source.p[p->at] <= '9')
        p->at++;
    struct expr *e = make(p, EXPR_NUMBER, NULL, 0);
    if (e && !str_to_i64(str_of(p->source.p + start, p->at - start), &e->number))
        return give_up(p, "expected a whole number");
    return e;
}

static struct expr *parse_if(struct parser *p)
{
    struct expr *args[3] = {parse_any(p)};
    if (p->failed)
        return NULL;
    if (!take_name(p, "then"))
        return give_up(p, "expected 'then'");
    args[1] = parse_any(p);
    if (p->failed)
        return NULL;
    if (!take_name(p, "else"))
        return make(p, EXPR_IF, args, 2);
    args[2] = parse_any(p);
    return make(p, EXPR_IF, args, 3);
}

static struct expr *parse_name(struct parser *p)
{
    struct str name = peek_name(p);
    if (!name.p)
        return give_up(p, "expected a value");
    p->at += name.n;
    if (str_eq(name, STR("if")))
        return parse_if(p);
    if (str_eq(name, STR("absent")))
        return make(p, EXPR_ABSENT, NULL, 0);
    if (str_eq(name, STR("none")))
        return make(p, EXPR_NONE, NULL, 0);
    if (str_eq(name, STR("true")) || str_eq(name, STR("false"))) {
        struct expr *e = make(p, EXPR_BOOL, NULL, 0);
        if (e)
            e->number = name.n == 4;
        return e;
    }
    if (take(p, "("))
        return parse_call(p, name);
    struct expr *e = make(p, EXPR_NAME, NULL, 0);
    if (e) {
        e->text = name;
        e->hash = str_hash(name);
        e->number = variable_by_name(name);
    }
    return e;
}

static struct expr *parse_primary(struct parser *p)
{
    if (take(p, "'"))
        return parse_text(p);
    if (take(p, "(")) {
        struct expr *e = parse_any(p);
        return p->failed || take(p, ")") ? e : give_up(p, "expected ')'");
    }
    if (take(p, "[")) {
        struct expr *args[ARGS_MAX];
        size_t count;
        return parse_args(p, "]", args, &count) ? make(p, EXPR_LIST, args, count) : NULL;
    }
    skip_blanks(p);
    if (p->at < p->source.n && p->source.p[p->at] >= '0' && p->source.p[p->at] <= '9')
        return parse_number(p);
    return parse_name(p);
}

static struct expr *parse_postfix(struct parser *p)
{
    struct expr *e = parse_primary(p);
    while (!p->failed) {
        if (take(p, ".")) {
            struct str name = peek_name(p);
            if (!name.p)
                return give_up(p, "expected a name behind '.'");
            p->at += name.n;
            e = make(p, EXPR_MEMBER, &e, 1);
            if (e) {
                e->text = name;
                e->hash = str_hash(name);
            }
        } else if (take(p, "[")) {
            e = make_two(p, EXPR_INDEX, e, parse_any(p));
            if (!p->failed && !take(p, "]"))
                return give_up(p, "expected ']'");
        } else {
            return e;
        }
    }
    return NULL;
}

static struct expr *parse_unary(struct parser *p)
{
    if (take_name(p, "not")) {
        if (++p->depth > DEPTH_MAX)
            return give_up(p, "nests too deeply");
        struct expr *e = parse_unary(p);
        p->depth--;
        return p->failed ? NULL : make(p, EXPR_NOT, &e, 1);
    }
    if (take(p, "-")) {
        struct expr *zero = make(p, EXPR_NUMBER, NULL, 0);
        return make_two(p, EXPR_SUB, zero, parse_postfix(p));
    }
    return parse_postfix(p);
}

struct level {
    const char *signs[6];
    enum expr_op ops[6];
    bool names; /* the signs are words */
    bool once;  /* does not chain */
};

static const struct level levels[] = {
    {{"or"}, {EXPR_OR}, true, false},
    {{"and"}, {EXPR_AND}, true, false},
    {{"==", "!=", "<=", ">=", "<", ">"},
     {EXPR_EQ, EXPR_NE, EXPR_LE, EXPR_GE, EXPR_LT, EXPR_GT},
     false,
     true},
    {{"in"}, {EXPR_IN}, true, true},
    {{"+", "-"}, {EXPR_ADD, EXPR_SUB}, false, false},
    {{"*", "/", "%"}, {EXPR_MUL, EXPR_DIV, EXPR_MOD}, false, false},
};

static struct expr *parse_level(struct parser *p, size_t level)
{
    if (level == sizeof levels / sizeof *levels)
        return parse_unary(p);
    const struct level *l = &levels[level];
    struct expr *left = parse_level(p, level + 1);
    for (size_t i = 0; !p->failed && i < 6 && l->signs[i];) {
        if (!(l->names ? take_name(p, l->signs[i]) : take(p, l->signs[i]))) {
            i++;
            continue;
        }
        left = make_two(p, l->ops[i], left, parse_level(p, level + 1));
        if (l->once)
            break;
        i = 0;
    }
    return p->failed ? NULL : left;
}

static struct expr *parse_any(struct parser *p)
{
    if (++p->depth > DEPTH_MAX)
        return give_up(p, "nests too deeply");
    struct expr *e = parse_level(p, 0);
    p->depth--;
    return e;
}

struct expr *expr_parse(struct str source, struct arena *arena, char *why, size_t room)
{
    struct parser p = {.source = source, .arena = arena, .why = why, .room = room};
    struct expr *e = parse_any(&p);
    skip_blanks(&p);
    if (!p.failed && p.at != source.n)
        return give_up(&p, "unexpected '" STR_FMT "'",
                       STR_ARG(str_of(source.p + p.at, source.n - p.at)));
    return p.failed ? NULL : e;
}

void expr_walk(const struct expr *expr, void (*visit)(const struct expr *expr, void *ctx),
               void *ctx)
{
    visit(expr, ctx);
    for (size_t i = 0; i < expr->count; i++)
        expr_walk(expr->args[i], visit, ctx);
}
