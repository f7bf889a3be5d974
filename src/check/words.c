/*
 * Expressions: the words of one, applied in order to what its path leads to. See words.h.
 */
#include "check/words.h"

static const struct sort *cannot_take(const struct asking *ask, const struct sort *in)
{
    struct str found = describe(ask->c, in);
    report(ask->c, ask->place, "`" STR_FMT "`: '%s' cannot take " STR_FMT,
           STR_ARG(ask->expression->text), ask->use->word->name, STR_ARG(found));
    return &sort_anything;
}

/* One alternative after the other; a list's elements where the word is meant for one value. */
static const struct sort *apply(const struct asking *ask, const struct word_rule *rule,
                                const struct sort *in)
{
    struct arena *arena = ask->c->arena;
    const struct sort *out = NULL;
    for (; in; in = in->other) {
        struct sort *alone = sort_copy(arena, in);
        const struct sort *one;
        if (in->kinds == SORT_LIST && !ask->use->word->of_lists)
            one = in->empty ? alone : sort_list_of(arena, apply(ask, rule, word_items(in)));
        else if (!(in->kinds & rule->takes))
            one = cannot_take(ask, alone);
        else if (strcmp(rule->word, "enum") == 0)
            one = enum_gives(ask->c, ask->use, alone);
        else
            one = rule->gives(ask, alone);
        out = sort_either(arena, out, one);
    }
    return out ? out : &sort_anything;
}

static bool is_word(const struct use *use, const char *name)
{
    return strcmp(use->word->name, name) == 0;
}

/* What stands before is always there, so the word does nothing. */
static void tell_idle(const struct asking *ask)
{
    report(ask->c, ask->place,
           "`" STR_FMT "`: '%s' applies to nothing: what stands before it is "
           "always there",
           STR_ARG(ask->expression->text), ask->use->word->name);
}

/* The last path was one of those that an `or` chooses from. */
static void note_try(struct asking *ask)
{
    if (ask->c->trail_count && ask->tried_count < CHECK_GROUP)
        ask->tried[ask->tried_count++] = ask->c->trail[ask->c->trail_count - 1];
}

static struct fact apply_or(const struct asking *ask, struct fact in, struct fact other)
{
    if (in.presence == PRESENT)
        tell_idle(ask);
    in.sort = sort_either(ask->c->arena, in.sort, other.sort);
    if (other.presence < in.presence)
        in.presence = other.presence;
    if (in.presence == OPTIONAL && guarded_any(ask->c, ask->tried, ask->tried_count))
        in.presence = PRESENT;
    return in;
}

/* One list of the elements of both; the second may be an element itself. */
static struct fact apply_plus(const struct asking *ask, struct fact in, struct fact other)
{
    struct arena *arena = ask->c->arena;
    const struct sort *items = sort_items(arena, in.sort), *more = sort_items(arena, other.sort);
    if (!(sort_kinds(in.sort) & SORT_LIST))
        cannot_take(ask, in.sort);
    for (const struct sort *one = other.sort; one; one = one->other)
        if (!(one->kinds & SORT_LIST))
            more = sort_either(arena, more, sort_copy(arena, one));
    items = items && more ? sort_either(arena, items, more) : items ? items : more;
    in.sort = sort_list_of(arena, items);
    in.presence = other.presence < in.presence ? other.presence : in.presence;
    return in;
}

/* The value as it is, or nothing; what is compared can be what it is compared with. */
static struct fact apply_if(struct asking *ask, struct fact in)
{
    const struct use *use = ask->use;
    struct fact asked = resolve(ask->c, &use->arguments[0], ask->scene, ask->place);
    for (size_t i = 1; i < use->count; i++)
        word_compare(ask, asked.sort, &use->arguments[i]);
    in.presence = OPTIONAL;
    return in;
}

/* A text that is known to hold something is never absent behind a word. */
static bool never_empty(const struct sort *sort)
{
    for (; sort; sort = sort->other)
        if (sort->kinds & SORT_STRING && !sort->digits)
            return false;
    return true;
}

static struct fact apply_word(struct asking *ask, struct fact in)
{
    const struct use *use = ask->use;
    const struct word_rule *rule = word_rule_named(str_from(use->word->name));
    struct fact other = {&sort_anything, UNDECLARED};
    for (size_t i = 0; i < use->count; i++)
        if (use->word->arguments[i < 3 ? i : 2] == ARGUMENT_OPERAND)
            other = resolve(ask->c, &use->arguments[i], ask->scene, ask->place);
    if (!rule)
        return (struct fact){&sort_anything, UNDECLARED};
    if (is_word(use, "or")) {
        note_try(ask);
        return apply_or(ask, in, other);
    }
    if (is_word(use, "plus"))
        return apply_plus(ask, in, other);
    if (is_word(use, "has") && in.presence == PRESENT)
        tell_idle(ask);
    if (is_word(use, "is") || is_word(use, "is_not") || is_word(use, "one_of"))
        for (size_t i = 0; i < use->count; i++)
            word_compare(ask, in.sort, &use->arguments[i]);
    if (is_word(use, "if") || is_word(use, "unless"))
        return apply_if(ask, in);
    if (is_word(use, "enum"))
        check_enum_use(ask->c, use, in.sort, ask->place);
    struct fact out = {apply(ask, rule, in.sort), in.presence};
    if (use->word->takes_absent)
        out.presence = PRESENT;
    else if (rule->at_best > out.presence &&
             (rule->takes & SORT_LIST || is_word(use, "enum") || !never_empty(in.sort)))
        out.presence = rule->at_best;
    return out;
}

struct fact evaluate(struct check *c, const struct expression *expression,
                     const struct scene *scene, const struct place *place)
{
    struct asking ask = {c, NULL, expression, scene, place, {NULL}, 0};
    if (expression->faulty) {
        c->trail_count = 0;
        return (struct fact){&sort_anything, UNDECLARED};
    }
    struct fact fact = resolve(c, &expression->from, scene, place);
    note_try(&ask);
    for (size_t i = 0; i < expression->count; i++) {
        ask.use = &expression->uses[i];
        fact = apply_word(&ask, fact);
    }
    return fact;
}
