/*
 * Showing JSON: one member a line, digits as they are. A long document shows the first
 * elements of its lists and the first members of its objects, and counts the others.
 */
#include "cli/show_json.h"
#include "json/json.h"

enum { LONG_DOCUMENT = 900, LONG_TEXT = 72, DEEP = 3, DEEP_MEMBERS = 3 };

struct showing {
    const struct show *show;
    size_t members, elements; /* most that are shown */
};

static void value(const struct showing *s, struct json v, unsigned depth, bool secret);

static void line(const struct showing *s, unsigned depth)
{
    struct buf *out = s->show->out;
    buf_add_char(out, '\n');
    for (unsigned i = 0; i < 4 + 2 * depth; i++)
        buf_add_char(out, ' ');
}

static void left_out(const struct showing *s, size_t count, unsigned depth)
{
    struct str text = arena_printf(s->show->arena, "\xe2\x80\xa6 %zu more", count);
    line(s, depth);
    show_styled(s->show, SHOW_DIM, text);
}

/* A string of the document with its quotes; a long one is cut between two characters. */
static void text(const struct showing *s, struct str raw)
{
    if (raw.n <= LONG_TEXT) {
        show_styled(s->show, SHOW_TEXT, raw);
        return;
    }
    size_t n = LONG_TEXT;
    while (n > 1 && ((unsigned char)raw.p[n] & 0xC0) == 0x80)
        n--;
    struct str cut = arena_printf(s->show->arena, STR_FMT "\xe2\x80\xa6\"", (int)n, raw.p);
    show_styled(s->show, SHOW_TEXT, cut);
    cut = arena_printf(s->show->arena, " (%zu bytes)", raw.n - 2);
    show_styled(s->show, SHOW_DIM, cut);
}

static void scalar(const struct showing *s, struct json v, bool secret)
{
    if (secret && json_type(v) == JSON_STRING && json_raw(v).n > 2)
        show_styled(s->show, SHOW_DIM, STR("\"***\""));
    else if (json_type(v) == JSON_STRING)
        text(s, json_raw(v));
    else
        show_styled(s->show, SHOW_NUMBER, json_raw(v));
}

static void children(const struct showing *s, struct json v, unsigned depth)
{
    bool object = json_type(v) == JSON_OBJECT;
    size_t count = json_count(v), most = object ? s->members : s->elements;
    if (object && depth > DEEP && most > DEEP_MEMBERS && most != SIZE_MAX)
        most = DEEP_MEMBERS;
    size_t shown = count > most ? most : count;
    struct json child = json_first(v);
    for (size_t i = 0; i < shown; i++, child = json_next(child)) {
        line(s, depth + 1);
        struct str key = object ? json_key(child, s->show->arena) : STR_NONE;
        if (object) {
            show_styled(s->show, SHOW_KEY,
                        arena_printf(s->show->arena, "\"" STR_FMT "\"", STR_ARG(key)));
            buf_add_str(s->show->out, STR(": "));
        }
        value(s, child, depth + 1, show_is_secret(key));
        if (i + 1 < count)
            buf_add_char(s->show->out, ',');
    }
    if (shown < count)
        left_out(s, count - shown, depth + 1);
    line(s, depth);
}

static void value(const struct showing *s, struct json v, unsigned depth, bool secret)
{
    enum json_type type = json_type(v);
    if (type != JSON_OBJECT && type != JSON_ARRAY) {
        scalar(s, v, secret);
        return;
    }
    buf_add_char(s->show->out, type == JSON_OBJECT ? '{' : '[');
    if (json_count(v))
        children(s, v, depth);
    buf_add_char(s->show->out, type == JSON_OBJECT ? '}' : ']');
}

bool show_json(const struct show *show, struct str body)
{
    struct json_doc document;
    struct json_limits limits = {.depth = 64};
    struct json_error error;
    if (!json_parse(&document, body, &limits, show->arena, &error))
        return false;
    bool whole = body.n <= LONG_DOCUMENT;
    const struct showing s = {show, whole ? SIZE_MAX : 9, whole ? SIZE_MAX : 1};
    buf_add_str(show->out, STR("    "));
    value(&s, json_root(&document), 0, false);
    buf_add_char(show->out, '\n');
    return true;
}
