/*
 * The parser of expressions, see expression.h. Everything it makes is in the arena that is
 * handed in. It refuses unknown words, wrong argument counts and malformed paths, each with a
 * finding that shows the piece in question.
 */
#include "plan/expression.h"
#include "plan/decimal.h"

const struct constant constant_true = {STR_C("true"), STR_C("true"), JSON_TRUE};
const struct constant constant_false = {STR_C("false"), STR_C("false"), JSON_FALSE};
const struct constant constant_null = {STR_C("null"), {NULL, 0}, JSON_NULL};
const struct constant constant_empty_list = {STR_C("[]"), {NULL, 0}, JSON_ARRAY};
const struct constant constant_empty_object = {STR_C("{}"), {NULL, 0}, JSON_OBJECT};

bool constant_text(struct constant *out, struct str text, struct arena *arena)
{
    struct buf quoted;
    buf_init_arena(&quoted, text.n * 6 + 2, arena);
    json_quote(text, &quoted);
    out->json = buf_str(&quoted);
    out->text = arena_str(arena, text);
    out->type = JSON_STRING;
    return !buf_failed(&quoted) && out->text.p;
}

bool constant_number(struct constant *out, struct str digits, struct arena *arena)
{
    out->text = arena_str(arena, digits);
    out->json = out->text;
    out->type = JSON_NUMBER;
    return out->text.p != NULL;
}

unsigned constant_count(const struct constant *constant)
{
    unsigned count = 0;
    for (size_t i = 0; i < constant->text.n; i++)
        count = count * 10 + (unsigned)(constant->text.p[i] - '0');
    return count;
}

struct parser {
    struct str rest;
    struct arena *arena;
    const struct place *place;
};

enum token_kind { TOKEN_END, TOKEN_PIPE, TOKEN_QUOTED, TOKEN_BARE, TOKEN_BAD };

struct token {
    enum token_kind kind;
    struct str text; /* quoted: with its quotes */
};

static struct token cut(struct parser *p, enum token_kind kind, size_t n)
{
    struct token token = {kind, str_of(p->rest.p, n)};
    p->rest = str_of(p->rest.p + n, p->rest.n - n);
    return token;
}

static struct token next_token(struct parser *p)
{
    while (p->rest.n && p->rest.p[0] == ' ')
        p->rest = str_of(p->rest.p + 1, p->rest.n - 1);
    if (!p->rest.n)
        return (struct token){TOKEN_END, STR("")};
    if (p->rest.p[0] == '|')
        return cut(p, TOKEN_PIPE, 1);
    size_t n = 0;
    if (p->rest.p[0] == '\'') {
        for (n = 1; n < p->rest.n; n++) {
            if (p->rest.p[n] != '\'')
                continue;
            if (n + 1 == p->rest.n || p->rest.p[n + 1] != '\'')
                return cut(p, TOKEN_QUOTED, n + 1);
            n++;
        }
        return cut(p, TOKEN_BAD, p->rest.n);
    }
    while (n < p->rest.n && p->rest.p[n] != ' ' && p->rest.p[n] != '|' && p->rest.p[n] != '\'')
        n++;
    return cut(p, TOKEN_BARE, n);
}

/* The inside of 'text', where '' stands for one quote. */
static bool parse_quoted(struct parser *p, struct str quoted, struct operand *out)
{
    char *text = arena_alloc(p->arena, quoted.n);
    if (!text)
        return place_error(p->place, "out of memory");
    size_t n = 0;
    for (size_t i = 1; i + 1 < quoted.n; i++) {
        text[n++] = quoted.p[i];
        if (quoted.p[i] == '\'')
            i++;
    }
    out->constant = true;
    return constant_text(&out->value, str_of(text, n), p->arena) ||
           place_error(p->place, "out of memory");
}

static bool name_char(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && ((c >= '0' && c <= '9') || c == '-'));
}

static bool parse_names(struct parser *p, struct str text, struct operand *out)
{
    struct str *names = ARENA_ARRAY(p->arena, struct str, EXPRESSION_NAMES);
    if (!names)
        return place_error(p->place, "out of memory");
    out->names = names;
    struct str rest = text;
    while (rest.p) {
        struct str name = str_cut(&rest, '.');
        bool good = name.n > 0;
        for (size_t i = 0; i < name.n; i++)
            good = good && name_char(name.p[i], i == 0);
        if (!good)
            return place_error(p->place, "expected a path, found '" STR_FMT "'",
                               STR_ARG(out->text));
        if (out->count == EXPRESSION_NAMES)
            return place_error(p->place, "a path of more than %d names", EXPRESSION_NAMES);
        names[out->count++] = arena_str(p->arena, name);
    }
    return true;
}

static bool parse_path(struct parser *p, struct str text, struct operand *out)
{
    if (str_eq(text, STR(".")))
        return true;
    if (str_eq(text, STR("*"))) {
        out->start = PATH_ALL;
        return true;
    }
    size_t skip = 0;
    if (text.p[0] == '/') {
        out->start = PATH_ROOT;
        skip = 1;
    } else if (text.p[0] == '@') {
        out->start = PATH_AT;
        skip = 1;
    }
    while (skip < text.n && text.p[skip] == '^' && out->start != PATH_ROOT &&
           out->start != PATH_AT) {
        out->out++;
        skip++;
    }
    if (out->out)
        out->start = PATH_OUT;
    text = str_of(text.p + skip, text.n - skip);
    if (!text.n && (out->start == PATH_AT || out->start == PATH_OUT))
        return true;
    return parse_names(p, text, out);
}

static bool known_constant(struct str text, struct operand *out)
{
    static const struct {
        struct str name;
        const struct constant *value;
    } known[] = {{STR_C("true"), &constant_true},
                 {STR_C("false"), &constant_false},
                 {STR_C("[]"), &constant_empty_list},
                 {STR_C("{}"), &constant_empty_object}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!str_eq(text, known[i].name))
            continue;
        out->constant = true;
        out->value = *known[i].value;
        return true;
    }
    return false;
}

static bool parse_operand(struct parser *p, struct token token, struct operand *out)
{
    *out = (struct operand){.text = arena_str(p->arena, token.text)};
    if (token.kind == TOKEN_QUOTED)
        return parse_quoted(p, token.text, out);
    if (token.kind != TOKEN_BARE)
        return place_error(p->place, "expected a path or a constant, found %s",
                           token.kind == TOKEN_PIPE  ? "'|'"
                           : token.kind == TOKEN_END ? "the end"
                                                     : "a text without its second quote");
    if (known_constant(token.text, out))
        return true;
    char c = token.text.p[0];
    if (c == '-' || (c >= '0' && c <= '9')) {
        out->constant = true;
        if (!json_is_number(token.text) || !decimal_is_plain(token.text))
            return place_error(p->place, "expected a number, found '" STR_FMT "'",
                               STR_ARG(token.text));
        return constant_number(&out->value, token.text, p->arena);
    }
    if (str_eq(token.text, STR("null")) || c == '"') {
        place_error(p->place, "expected a path or a constant, found '" STR_FMT "'",
                    STR_ARG(token.text));
        findings_hint(p->place->findings,
                      c == '"' ? "texts stand in single quotes" : "what is absent is left out");
        return false;
    }
    return parse_path(p, token.text, out);
}

/* A constant of digits, in that range. */
static bool is_between(const struct operand *a, unsigned least, unsigned most)
{
    if (!a->constant || a->value.type != JSON_NUMBER || a->value.text.n > 4 ||
        !decimal_is_digits(a->value.text))
        return false;
    unsigned count = constant_count(&a->value);
    return count >= least && count <= most;
}

static bool check_argument(struct parser *p, const struct use *use, size_t index)
{
    const struct operand *a = &use->arguments[index];
    enum argument_kind kind = use->word->arguments[index < 3 ? index : 2];
    bool plain = !a->constant && a->start == PATH_HERE;
    bool text = a->constant && a->value.type == JSON_STRING;
    const char *expected =
        kind == ARGUMENT_TEXT && !text                       ? "a text in quotes"
        : kind == ARGUMENT_PATH && !plain                    ? "a plain path"
        : kind == ARGUMENT_ENUM && (!plain || a->count != 1) ? "the name of an enum"
        : kind == ARGUMENT_COUNT && !is_between(a, 1, 9999)  ? "a whole number from 1 to 9999"
        : kind == ARGUMENT_PLACES && !is_between(a, 0, 18)   ? "a whole number from 0 to 18"
                                                             : NULL;
    if (!expected)
        return true;
    return place_error(p->place, "'%s' expects %s, found " STR_FMT, use->word->name, expected,
                       STR_ARG(a->text));
}

static const struct word *find_word(struct parser *p, struct token token)
{
    const struct word *word = token.kind == TOKEN_BARE ? word_named(token.text) : NULL;
    if (word)
        return word;
    if (token.kind == TOKEN_END) {
        place_error(p->place, "expected a word behind '|'");
        return NULL;
    }
    place_error(p->place, "unknown word '" STR_FMT "'", STR_ARG(token.text));
    struct str names[64];
    size_t count = 0;
    while (count < 64 && word_at(count)) {
        names[count] = str_from(word_at(count)->name);
        count++;
    }
    findings_did_you_mean(p->place->findings, token.text, names, count);
    return NULL;
}

/* One word with its arguments; *token is the token behind them. */
static bool parse_use(struct parser *p, struct use *use, struct token *token)
{
    use->word = find_word(p, next_token(p));
    if (!use->word)
        return false;
    use->arguments = ARENA_ARRAY(p->arena, struct operand, EXPRESSION_ARGUMENTS);
    if (!use->arguments)
        return place_error(p->place, "out of memory");
    bool good = true;
    *token = next_token(p);
    while (token->kind == TOKEN_BARE || token->kind == TOKEN_QUOTED) {
        if (use->count == use->word->most)
            return place_error(
                p->place, "'%s' takes %s%u argument%s, found '" STR_FMT "' too", use->word->name,
                use->word->least < use->word->most ? "at most " : "", use->word->most,
                use->word->most == 1 ? "" : "s", STR_ARG(token->text));
        if (!parse_operand(p, *token, &use->arguments[use->count]))
            return false;
        good = check_argument(p, use, use->count) && good;
        use->count++;
        *token = next_token(p);
    }
    if (token->kind == TOKEN_BAD)
        return place_error(p->place, "a text without its second quote: " STR_FMT,
                           STR_ARG(token->text));
    if (use->count < use->word->least)
        return place_error(p->place, "'%s' takes %s%u argument%s, found %zu", use->word->name,
                           use->word->least < use->word->most ? "at least " : "", use->word->least,
                           use->word->least == 1 ? "" : "s", use->count);
    return good;
}

bool expression_parse(struct str text, struct arena *arena, const struct place *place,
                      struct expression *out)
{
    struct parser parser = {text, arena, place};
    *out = (struct expression){.text = arena_str(arena, text)};
    out->uses = ARENA_ARRAY(arena, struct use, EXPRESSION_WORDS);
    if (!out->uses || !out->text.p)
        return place_error(place, "out of memory");
    if (!str_trim(text).n) {
        place_error(place, "an empty expression");
        findings_hint(place->findings, "an empty text is written as \"''\"");
        return false;
    }
    if (!parse_operand(&parser, next_token(&parser), &out->from))
        return false;
    struct token token = next_token(&parser);
    while (token.kind == TOKEN_PIPE) {
        if (out->count == EXPRESSION_WORDS)
            return place_error(place, "more than %d words", EXPRESSION_WORDS);
        if (!parse_use(&parser, &out->uses[out->count], &token))
            return false;
        out->count++;
    }
    if (token.kind == TOKEN_BAD)
        return place_error(place, "a text without its second quote: " STR_FMT, STR_ARG(token.text));
    if (token.kind != TOKEN_END)
        return place_error(place, "expected '|' before '" STR_FMT "'", STR_ARG(token.text));
    return !arena_failed(arena) || place_error(place, "out of memory");
}

bool path_parse(struct str text, struct arena *arena, const struct place *place,
                struct operand *out)
{
    struct parser parser = {STR(""), arena, place};
    *out = (struct operand){.text = arena_str(arena, text)};
    return parse_names(&parser, text, out);
}

bool expression_reads(const struct expression *expression)
{
    if (!expression->from.constant)
        return true;
    for (size_t i = 0; i < expression->count; i++)
        for (size_t j = 0; j < expression->uses[i].count; j++)
            if (!expression->uses[i].arguments[j].constant &&
                expression->uses[i].word->arguments[j < 3 ? j : 2] == ARGUMENT_OPERAND)
                return true;
    return false;
}
