/*
 * Evaluation of expressions: operators. Names are found by run.c, words run in words.c.
 * Money keeps its decimals through + - * /; a division rounds half away from zero.
 */
#include "sandbox/run.h"

enum { DEPTH_MAX = 200 };

static bool numeric(struct value v)
{
    return v.kind == VALUE_INT || v.kind == VALUE_MONEY;
}

/* True when it does not fit, as the compiler's own checks have it. */
static bool divide_overflow(int64_t a, int64_t b, int64_t *out)
{
    unsigned __int128 x = a < 0 ? 0 - (unsigned __int128)a : (unsigned __int128)a;
    unsigned __int128 y = b < 0 ? 0 - (unsigned __int128)b : (unsigned __int128)b;
    uint64_t rounded = (uint64_t)((x * 2 + y) / (y * 2));
    if (rounded > INT64_MAX)
        return true;
    *out = (a < 0) == (b < 0) ? (int64_t)rounded : -(int64_t)rounded;
    return false;
}

static struct value join_texts(struct run *run, struct value a, struct value b)
{
    struct str s = value_str(a, run->arena), t = value_str(b, run->arena);
    if (!s.p || !t.p)
        return rule_fault(run, "cannot add %s and %s", value_kind_name(a.kind),
                          value_kind_name(b.kind));
    char *text = arena_alloc(run->arena, s.n + t.n + 1);
    if (!text)
        return VALUE_NONE;
    memcpy(text, s.p, s.n);
    memcpy(text + s.n, t.p, t.n);
    return value_text(str_of(text, s.n + t.n));
}

static struct value join_lists(struct run *run, struct value a, struct value b)
{
    size_t first = run_list_count(run, a), second = run_list_count(run, b);
    struct value list = {.kind = VALUE_LIST};
    list.list.items = ARENA_ARRAY(run->arena, struct value, first + second + 1);
    for (size_t i = 0; list.list.items && i < first; i++)
        list.list.items[list.list.count++] = run_list_at(run, a, i);
    for (size_t i = 0; list.list.items && i < second; i++)
        list.list.items[list.list.count++] = run_list_at(run, b, i);
    return list;
}

static struct value calculate(struct run *run, enum expr_op op, struct value a, struct value b)
{
    if (op == EXPR_ADD && (run_is_list(a) || !value_exists(a)) &&
        (run_is_list(b) || (!value_exists(b) && run_is_list(a))))
        return join_lists(run, a, b);
    if (!value_exists(a) || !value_exists(b))
        return VALUE_NONE;
    if (op == EXPR_ADD && (a.kind == VALUE_TEXT || b.kind == VALUE_TEXT))
        return join_texts(run, a, b);
    if (!numeric(a) || !numeric(b))
        return rule_fault(run, "cannot calculate with %s and %s", value_kind_name(a.kind),
                          value_kind_name(b.kind));
    if (a.kind == VALUE_MONEY && b.kind == VALUE_MONEY && a.decimals != b.decimals)
        return rule_fault(run, "money of two currencies");
    if ((op == EXPR_DIV || op == EXPR_MOD) && b.number == 0)
        return rule_fault(run, "division by zero");
    struct value out = a.kind == VALUE_MONEY ? a : b;
    bool over = false;
    if (op == EXPR_ADD)
        over = __builtin_add_overflow(a.number, b.number, &out.number);
    else if (op == EXPR_SUB)
        over = __builtin_sub_overflow(a.number, b.number, &out.number);
    else if (op == EXPR_MUL)
        over = __builtin_mul_overflow(a.number, b.number, &out.number);
    else if (op == EXPR_DIV)
        over = divide_overflow(a.number, b.number, &out.number);
    else
        out.number = b.number == -1 ? 0 : a.number % b.number; /* the smallest one would trap */
    return over ? rule_fault(run, "a number became too large") : out;
}

static struct value compare(struct run *run, enum expr_op op, struct value a, struct value b)
{
    if (!value_exists(a) || !value_exists(b)) {
        bool same = value_exists(a) == value_exists(b);
        return value_bool(op == EXPR_EQ ? same : op == EXPR_NE ? !same : false);
    }
    int order;
    if (!value_compare(a, b, run->arena, &order))
        return rule_fault(run, "cannot compare %s and %s", value_kind_name(a.kind),
                          value_kind_name(b.kind));
    switch (op) {
    case EXPR_EQ:
        return value_bool(order == 0);
    case EXPR_NE:
        return value_bool(order != 0);
    case EXPR_LT:
        return value_bool(order < 0);
    case EXPR_LE:
        return value_bool(order <= 0);
    case EXPR_GT:
        return value_bool(order > 0);
    default:
        return value_bool(order >= 0);
    }
}

static struct value contains(struct run *run, struct value needle, struct value list)
{
    size_t count = run_list_count(run, list);
    for (size_t i = 0; value_exists(needle) && i < count; i++) {
        int order;
        if (value_compare(needle, run_list_at(run, list, i), run->arena, &order) && order == 0)
            return value_bool(true);
    }
    return value_bool(false);
}

static struct value make_list(struct run *run, const struct expr *e, struct place *scope)
{
    struct value list = {.kind = VALUE_LIST};
    list.list.items = ARENA_ARRAY(run->arena, struct value, e->count + 1);
    for (size_t i = 0; list.list.items && i < e->count; i++)
        list.list.items[list.list.count++] = run_eval(run, e->args[i], scope);
    return list;
}

static struct value choose(struct run *run, const struct expr *e, struct place *scope)
{
    if (value_true(run_eval(run, e->args[0], scope)))
        return run_eval(run, e->args[1], scope);
    return e->count == 3 ? run_eval(run, e->args[2], scope) : VALUE_NONE;
}

static struct value logic(struct run *run, const struct expr *e, struct place *scope)
{
    struct value left = run_eval(run, e->args[0], scope);
    if (e->op == EXPR_NOT)
        return value_bool(!value_true(left));
    if (e->op == EXPR_OR)
        return value_true(left) ? left : run_eval(run, e->args[1], scope);
    return value_bool(value_true(left) && value_true(run_eval(run, e->args[1], scope)));
}

static struct value member(struct run *run, const struct expr *e, struct place *scope)
{
    struct value parent = run_eval(run, e->args[0], scope), out;
    if (!value_exists(parent))
        return VALUE_NONE;
    bool strict = parent.kind == VALUE_PLACE || parent.kind == VALUE_TEXT || numeric(parent);
    if (!run_member_hashed(run, parent, e, &out) && strict)
        return rule_fault(run, "%s has no '" STR_FMT "'", value_kind_name(parent.kind),
                          STR_ARG(e->text));
    return out;
}

static struct value element(struct run *run, const struct expr *e, struct place *scope)
{
    struct value list = run_eval(run, e->args[0], scope);
    struct value index = run_eval(run, e->args[1], scope), out;
    if (!value_exists(list) || !value_exists(index))
        return VALUE_NONE;
    if (index.kind == VALUE_TEXT && !run_is_list(list))
        return run_member(run, list, index.text, &out) ? out : VALUE_NONE;
    if (index.kind != VALUE_INT || index.number < 0)
        return rule_fault(run, "an index is no whole number");
    return run_list_at(run, list, (size_t)index.number);
}

static struct value call(struct run *run, const struct expr *e, struct place *scope)
{
    struct value args[8];
    for (size_t i = 0; i < e->count; i++)
        args[i] = run_eval(run, e->args[i], scope);
    return word_run(run, e, scope, args);
}

static struct value eval(struct run *run, const struct expr *e, struct place *scope)
{
    switch (e->op) {
    case EXPR_NUMBER:
        return value_int(e->number);
    case EXPR_TEXT:
        return value_text(e->text);
    case EXPR_BOOL:
        return value_bool(e->number != 0);
    case EXPR_ABSENT:
        return VALUE_NONE;
    case EXPR_NONE:
        return (struct value){.kind = VALUE_NULL};
    case EXPR_NAME:
        return run_name(run, e, scope);
    case EXPR_MEMBER:
        return member(run, e, scope);
    case EXPR_INDEX:
        return element(run, e, scope);
    case EXPR_LIST:
        return make_list(run, e, scope);
    case EXPR_IF:
        return choose(run, e, scope);
    case EXPR_OR:
    case EXPR_AND:
    case EXPR_NOT:
        return logic(run, e, scope);
    case EXPR_IN:
        return contains(run, run_eval(run, e->args[0], scope), run_eval(run, e->args[1], scope));
    case EXPR_CALL:
        return call(run, e, scope);
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_MOD:
        return calculate(run, e->op, run_eval(run, e->args[0], scope),
                         run_eval(run, e->args[1], scope));
    default:
        return compare(run, e->op, run_eval(run, e->args[0], scope),
                       run_eval(run, e->args[1], scope));
    }
}

struct value run_eval(struct run *run, const struct expr *e, struct place *scope)
{
    if (run->depth == DEPTH_MAX)
        return rule_fault(run, "expressions nest too deeply");
    run->depth++;
    struct value v = eval(run, e, scope);
    run->depth--;
    return v;
}
