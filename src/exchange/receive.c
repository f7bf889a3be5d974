/*
 * The request's query and body: decoded, parsed, bounded. Takes bodies as old clients send them:
 * JSON whatever the content type says, with a byte order mark before it, nothing at all under a
 * JSON content type, `[]` and `""` for no fields, and forms, whose pairs count as parameters.
 * Refuses multipart bodies, packed ones, and JSON that holds a key twice, because readers differ
 * on which one counts.
 */
#include "exchange/life.h"

struct str request_field(const struct exchange *x, struct str name)
{
    for (size_t i = 0; i < x->request.field_count; i++)
        if (str_ieq(x->request.fields[i].name, name))
            return x->request.fields[i].value;
    return STR_NONE;
}

static size_t pieces(struct str text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.n; i++)
        count += text.p[i] == '&';
    return count;
}

/* Query and form alike; `room` is what is left of settings.query_pairs. */
static bool parse_pairs(struct exchange *x, struct str text, const char *what, size_t room,
                        struct pairs *pairs)
{
    *pairs = (struct pairs){0};
    if (text.n == 0 || url_parse_query(text, x->arena, room, pairs))
        return true;
    if (arena_failed(x->arena))
        return fault_no_memory(x);
    if (pieces(text) > room)
        return fault_set(&x->fault, FAULT_TOO_LARGE,
                         "The request has more than %u parameters (setting exchange.query_pairs).",
                         settings_of(x)->query_pairs);
    return fault_set(&x->fault, FAULT_PARAMETER,
                     "The %s is not properly percent-coded: a %% must stand before two hexadecimal "
                     "digits, and %%00 is not allowed.",
                     what);
}

bool receive_query(struct exchange *x)
{
    if (!parse_pairs(x, x->request.query, "query", settings_of(x)->query_pairs, &x->query))
        return false;
    x->fields = x->query;
    return true;
}

static struct str trim_json(struct str text)
{
    static const struct str blanks = STR_C(" \t\r\n"), mark = STR_C("\xEF\xBB\xBF");
    if (str_starts(text, mark))
        text = str_of(text.p + mark.n, text.n - mark.n);
    while (text.n > 0 && str_find(blanks, text.p[0]) < blanks.n)
        text = str_of(text.p + 1, text.n - 1);
    while (text.n > 0 && str_find(blanks, text.p[text.n - 1]) < blanks.n)
        text.n--;
    return text;
}

static bool refuse_json(struct exchange *x, const struct json_error *error)
{
    if (arena_failed(x->arena))
        return fault_no_memory(x);
    if (error->key.p)
        return fault_at(&x->fault, FAULT_BODY, error->key,
                        "The body holds the key \"" STR_FMT "\" twice in one object (byte %zu).",
                        (int)(error->key.n < 100 ? error->key.n : 100), error->key.p,
                        error->offset);
    return fault_set(&x->fault, FAULT_BODY, "The body is not JSON: %s expected at byte %zu.",
                     error->expected, error->offset);
}

static bool parse_json(struct exchange *x, struct str text)
{
    struct json_limits limits = {.depth = settings_of(x)->json_depth, .unique_keys = true};
    struct json_error error = {0};
    if (!json_parse(&x->document, text, &limits, x->arena, &error))
        return refuse_json(x, &error);
    struct json root = json_root(&x->document);
    enum json_type type = json_type(root);
    if (type == JSON_OBJECT) {
        x->asked.body = root;
        return true;
    }
    bool empty = type == JSON_NULL || (type == JSON_ARRAY && json_count(root) == 0) ||
                 (type == JSON_STRING && json_raw(root).n == 2);
    if (empty)
        return true; /* what PHP makes of no fields */
    return fault_set(&x->fault, FAULT_BODY, "The body is %s; it must be a JSON object.",
                     json_type_name(type));
}

bool is_form(struct str content_type)
{
    struct str rest = content_type;
    return str_ieq(str_trim(str_cut(&rest, ';')), STR("application/x-www-form-urlencoded"));
}

bool is_packed(const struct exchange *x)
{
    struct str coding = request_field(x, STR("content-encoding"));
    return coding.n > 0 && !str_ieq(coding, STR("identity"));
}

bool refuse_packed(struct exchange *x)
{
    return fault_set(&x->fault, FAULT_BODY, "The body has a Content-Encoding. Send it as it is.");
}

static bool join_pairs(struct exchange *x, const struct pairs *form)
{
    size_t count = x->query.count + form->count;
    struct pair *items = ARENA_ARRAY(x->arena, struct pair, count);
    if (!items)
        return fault_no_memory(x);
    if (x->query.count > 0)
        memcpy(items, x->query.items, x->query.count * sizeof *items);
    if (form->count > 0)
        memcpy(items + x->query.count, form->items, form->count * sizeof *items);
    x->fields = (struct pairs){items, count};
    return true;
}

bool receive_body(struct exchange *x)
{
    struct str text = trim_json(x->request.body);
    if (text.n == 0)
        return true;
    struct str content_type = request_field(x, STR("content-type"));
    if (is_packed(x))
        return refuse_packed(x);
    if (sign_is_multipart(content_type))
        return fault_set(&x->fault, FAULT_BODY,
                         "The body is a multipart form. This API takes files as base64 text in a "
                         "JSON body.");
    bool looks_json = text.p[0] == '{' || text.p[0] == '[';
    if (looks_json || !is_form(content_type))
        return parse_json(x, text);
    struct pairs form;
    size_t room = settings_of(x)->query_pairs - x->query.count;
    return parse_pairs(x, text, "form in the body", room, &form) && join_pairs(x, &form);
}
