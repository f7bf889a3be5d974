/*
 * Request: words of a text by a shell's rules: blanks part, '...' is literal, in "..." a
 * backslash protects " \ $ and `, $'...' knows \n \t \r \\ \' and \uXXXX, a backslash at a
 * line's end joins the lines. Nothing is expanded. See request.h.
 */
#include "cli/request.h"

struct split {
    struct str rest;
    struct buf word;
    struct fault *fault;
};

static char take(struct split *s)
{
    char c = s->rest.p[0];
    s->rest = str_of(s->rest.p + 1, s->rest.n - 1);
    return c;
}

static bool open_quote(struct split *s, char quote)
{
    return fault_set(s->fault, FAULT_HTTP, "a quote %c is opened and never closed", quote);
}

static bool single(struct split *s)
{
    size_t end = str_find(s->rest, '\'');
    if (end == s->rest.n)
        return open_quote(s, '\'');
    buf_add(&s->word, s->rest.p, end);
    s->rest = str_of(s->rest.p + end + 1, s->rest.n - end - 1);
    return true;
}

static bool doubled(struct split *s)
{
    while (s->rest.n) {
        char c = take(s);
        if (c == '"')
            return true;
        if (c == '\\' && s->rest.n && strchr("\"\\$`\n", s->rest.p[0])) {
            c = take(s);
            if (c == '\n')
                continue;
        }
        buf_add_char(&s->word, c);
    }
    return open_quote(s, '"');
}

static void add_utf8(struct buf *out, unsigned code)
{
    if (code < 0x80)
        buf_add_char(out, (char)code);
    else if (code < 0x800) {
        buf_add_char(out, (char)(0xC0 | code >> 6));
        buf_add_char(out, (char)(0x80 | (code & 0x3F)));
    } else {
        buf_add_char(out, (char)(0xE0 | code >> 12));
        buf_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (code & 0x3F)));
    }
}

/* Up to four hexadecimal digits behind \u. */
static unsigned hex4(struct split *s)
{
    unsigned code = 0;
    for (int i = 0; i < 4 && s->rest.n; i++) {
        char c = s->rest.p[0];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            break;
        code = code << 4 | (unsigned)digit;
        take(s);
    }
    return code;
}

static bool ansi(struct split *s)
{
    while (s->rest.n) {
        char c = take(s);
        if (c == '\'')
            return true;
        if (c != '\\' || s->rest.n == 0) {
            buf_add_char(&s->word, c);
            continue;
        }
        c = take(s);
        if (c == 'u')
            add_utf8(&s->word, hex4(s));
        else
            buf_add_char(&s->word, c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
    }
    return open_quote(s, '\'');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind a backslash: one literal character, or nothing at the end of a line. */
static void escaped(struct split *s, bool *any)
{
    if (str_starts(s->rest, STR("\r\n")))
        take(s);
    char c = take(s);
    if (c == '\n')
        return;
    buf_add_char(&s->word, c);
    *any = true;
}

static bool one_piece(struct split *s, bool *any)
{
    char c = take(s);
    if (c == '\\' && s->rest.n) {
        escaped(s, any);
        return true;
    }
    *any = true;
    if (c == '\'')
        return single(s);
    if (c == '"')
        return doubled(s);
    if (c == '$' && s->rest.n && s->rest.p[0] == '\'') {
        take(s);
        return ansi(s);
    }
    buf_add_char(&s->word, c);
    return true;
}

/* One word; *any is false when only blanks were left. */
static bool one_word(struct split *s, bool *any)
{
    *any = false;
    while (s->rest.n) {
        bool blank = is_blank(s->rest.p[0]);
        if (blank && *any)
            return true;
        if (blank)
            take(s);
        else if (!one_piece(s, any))
            return false;
    }
    return true;
}

bool request_split(struct str text, struct arena *arena, struct str words[REQUEST_WORDS],
                   size_t *count, struct fault *fault)
{
    struct split s = {.rest = text, .fault = fault};
    buf_init(&s.word, REQUEST_BYTES);
    bool good = true, any = true;
    for (*count = 0; good && any;) {
        buf_reset(&s.word);
        good = one_word(&s, &any);
        if (good && any && *count == REQUEST_WORDS)
            good = fault_set(fault, FAULT_HTTP, "more than %d words", REQUEST_WORDS);
        if (good && any)
            words[(*count)++] = arena_str(arena, buf_str(&s.word));
    }
    if (good && (buf_failed(&s.word) || arena_failed(arena)))
        good = fault_set(fault, FAULT_TOO_LARGE, "the text is too large");
    buf_clear(&s.word);
    return good;
}
