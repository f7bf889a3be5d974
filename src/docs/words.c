/*
 * Expressions in words: what a person reads in place of "a | or b | text". See inside.h.
 *
 * Words that lead along a path are shown in the path itself; every other word has a phrase.
 * A word without one is told by its name, so a new word is never left out.
 */
#include "docs/inside.h"

/* %1, %2, %3: an argument; %*: all of them; %+: all but the first. */
static const struct phrase {
    const char *word, *phrase;
} phrases[] = {
    {"or", ", else %1"},
    {"enum", ", by %1"},
    {"known", " is in %1"},
    {"filled", " when it is not empty"},
    {"text", " as text"},
    {"number", " as a number"},
    {"int", " as a whole number"},
    {"bool", " as true or false"},
    {"bit", " as 1 or 0"},
    {"add", " plus %1"},
    {"negate", " with the sign turned"},
    {"round", " rounded to %1 places"},
    {"thousandth", " divided by 1000, to %1 places"},
    {"s_to_ms", " in milliseconds"},
    {"ms_to_s", " in seconds"},
    {"time_in", " in seconds, read in the zone %1"},
    {"join", " joined by %1"},
    {"split", " split at %1"},
    {"first", ", the first"},
    {"last", ", the last"},
    {"count", ", how many"},
    {"unique", ", each once"},
    {"collect", ", %1 of each"},
    {"flat", ", all in one list"},
    {"plus", " and %1"},
    {"chunk", " in lists of at most %1"},
    {"where", " where %1 is %2"},
    {"without", " where %1 is not %2"},
    {"find", ", %3 where %1 is %2"},
    {"sum", " added up"},
    {"is", " is %1"},
    {"is_not", " is not %1"},
    {"one_of", " is one of %*"},
    {"has", " is there"},
    {"not", ", turned round"},
    {"if", " when %1 is %+"},
    {"unless", " unless %1 is %+"},
    {"upper", " in capitals"},
    {"lower", " in small letters"},
    {"prefix", " with %1 before it"},
    {"suffix", " with %1 behind it"},
    {"trim", " without blanks around it"},
    {"clean_name", " as a clean name of a file"},
    {"parse", " unpacked"},
    {"json", " packed as JSON"},
};

static const char *phrase_of(const char *word, size_t arguments)
{
    if (arguments == 1 && strcmp(word, "where") == 0)
        return " where %1 holds";
    if (arguments == 1 && strcmp(word, "without") == 0)
        return " where %1 does not hold";
    if (arguments == 1 && strcmp(word, "if") == 0)
        return " when %1 is set";
    if (arguments == 1 && strcmp(word, "unless") == 0)
        return " unless %1 is set";
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (strcmp(word, phrases[i].word) == 0)
            return phrases[i].phrase;
    return NULL;
}

bool docs_knows_word(struct str word)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (str_eq(word, str_from(phrases[i].word)))
            return true;
    return false;
}

/* ---- operands ---- */

void tell_constant(const struct constant *constant, struct buf *out)
{
    buf_printf(out, "`" STR_FMT "`", STR_ARG(constant->json));
}

void tell_trail(const struct teller *t, struct trail trail, struct buf *out)
{
    if (trail.all)
        buf_add_str(out, STR("the group's "));
    else if (trail.origin == FROM_SHOP)
        buf_add_str(out, STR("the shop's "));
    else if (trail.origin == FROM_CLIENT || (trail.origin == FROM_REQUEST && t->answering))
        buf_add_str(out, STR("the request's "));
    buf_printf(out, "`" STR_FMT "`", STR_ARG(trail.path));
}

void tell_operand(const struct teller *t, const struct operand *operand, const struct scene *scene,
                  struct buf *out)
{
    struct trail trail = trail_of(t, operand, scene);
    if (operand->constant)
        tell_constant(&operand->value, out);
    else if (trail.path.n)
        tell_trail(t, trail, out);
    else
        buf_printf(out, "`" STR_FMT "`", STR_ARG(operand->text));
}

static void tell_argument(const struct teller *t, const struct use *use, size_t index,
                          const struct scene *scene, struct buf *out)
{
    const struct operand *argument = &use->arguments[index];
    enum argument_kind kind = use->word->arguments[index < 3 ? index : 2];
    if (kind == ARGUMENT_ENUM)
        buf_printf(out, "[" STR_FMT "](#enum-" STR_FMT ")", STR_ARG(argument->text),
                   STR_ARG(argument->text));
    else if (kind == ARGUMENT_PATH)
        buf_printf(out, "`" STR_FMT "`", STR_ARG(argument->text));
    else
        tell_operand(t, argument, scene, out);
}

/* ---- words ---- */

static void tell_phrase(const struct teller *t, const struct use *use, const char *phrase,
                        const struct scene *scene, struct buf *out)
{
    for (const char *p = phrase; *p; p++) {
        if (*p != '%') {
            buf_add_char(out, *p);
            continue;
        }
        p++;
        size_t first = *p == '+' ? 1 : 0;
        bool several = *p == '*' || *p == '+';
        for (size_t i = first; i < use->count; i++) {
            if (!several && i != (size_t)(*p - '1'))
                continue;
            if (several && i > first)
                buf_add_str(out, i + 1 < use->count ? STR(", ") : STR(" or "));
            tell_argument(t, use, i, scene, out);
        }
    }
}

static void tell_use(const struct teller *t, const struct use *use, const struct scene *scene,
                     struct buf *out)
{
    const char *phrase = phrase_of(use->word->name, use->count);
    if (phrase) {
        tell_phrase(t, use, phrase, scene, out);
        return;
    }
    buf_printf(out, ", `%s`", use->word->name);
    for (size_t i = 0; i < use->count; i++) {
        buf_add_char(out, ' ');
        tell_argument(t, use, i, scene, out);
    }
}

static bool is(const struct use *use, const char *name)
{
    return strcmp(use->word->name, name) == 0;
}

/* What is left to say of a word that the path shows already. */
static const char *aside(const struct use *use)
{
    if (is(use, "find"))
        return " where %1 is %2";
    return is(use, "first") ? ", the first" : is(use, "last") ? ", the last" : "";
}

/* The trail that the first words lead along; what all words do goes to `tail`. */
static struct trail read_words(const struct teller *t, const struct expression *e,
                               const struct scene *scene, struct buf *tail)
{
    struct trail trail = trail_of(t, &e->from, scene);
    bool leading = trail.origin != FROM_NOWHERE;
    for (size_t i = 0; i < e->count; i++) {
        const struct use *use = &e->uses[i];
        if (leading && trail_step(t, use, &trail)) {
            tell_phrase(t, use, aside(use), scene, tail);
            continue;
        }
        leading = leading && (is(use, "where") || is(use, "without") || is(use, "unique"));
        tell_use(t, use, scene, tail);
    }
    return trail;
}

static struct buf new_tail(const struct teller *t)
{
    struct buf tail;
    buf_init_arena(&tail, 65536, t->arena);
    return tail;
}

void tell_expression(const struct teller *t, const struct expression *e, const struct scene *scene,
                     struct buf *out)
{
    struct buf tail = new_tail(t);
    struct trail trail = read_words(t, e, scene, &tail);
    if (e->from.constant || !trail.path.n)
        tell_operand(t, &e->from, scene, out);
    else
        tell_trail(t, trail, out);
    buf_add_str(out, buf_str(&tail));
}

struct trail tell_words(const struct teller *t, const struct expression *e,
                        const struct scene *scene, struct buf *out)
{
    return read_words(t, e, scene, out);
}

/* ---- conditions ---- */

static const struct predicate {
    const char *word, *holds, *fails;
} predicates[] = {
    {"is", " is %1", " is not %1"},
    {"is_not", " is not %1", " is %1"},
    {"one_of", " is one of %*", " is none of %*"},
    {"has", " is there", " is not there"},
};

static void tell_tested(const struct teller *t, const struct expression *e,
                        const struct scene *scene, struct buf *out)
{
    buf_add_str(out, e->count ? STR("(") : STR(""));
    tell_expression(t, e, scene, out);
    buf_add_str(out, e->count ? STR(")") : STR(""));
}

static void tell_test(const struct teller *t, const struct expression *test,
                      const struct scene *scene, struct buf *out)
{
    struct expression e = *test;
    bool holds = true;
    while (e.count && is(&e.uses[e.count - 1], "not")) {
        holds = !holds;
        e.count--;
    }
    const struct use *last = e.count ? &e.uses[e.count - 1] : NULL;
    for (size_t i = 0; last && i < sizeof predicates / sizeof *predicates; i++) {
        if (!is(last, predicates[i].word))
            continue;
        e.count--;
        tell_tested(t, &e, scene, out);
        tell_phrase(t, last, holds ? predicates[i].holds : predicates[i].fails, scene, out);
        return;
    }
    tell_tested(t, &e, scene, out);
    buf_add_str(out, holds ? STR(" is set") : STR(" is not set"));
}

void tell_condition(const struct teller *t, const struct condition *condition,
                    const struct scene *scene, struct buf *out)
{
    for (size_t i = 0; i < condition->count; i++) {
        buf_add_str(out, i ? STR(" and ") : STR(""));
        tell_test(t, &condition->all[i], scene, out);
    }
}
