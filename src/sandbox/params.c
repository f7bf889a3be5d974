/*
 * Parameters against the contract: query, body and form. Strict: what the contract does not
 * name is refused, with the nearest name, and so is every wrong type, range and value.
 */
#include "sandbox/visit.h"

#include <stdio.h>

enum { NAME_MAX_BYTES = 256, DEPTH_MAX = 32, FILE_MAX_BYTES = 10 << 20 };

/* Beyond it no number of v202309 lies, and templates may calculate with what is within. */
#define NUMBER_MAX INT64_C(10000000000000000)

static bool wrong(struct visit *v, const char *where, const char *what)
{
    return visit_deny(v, REFUSE_PARAMETER, "%s %s", where, what);
}

static bool check_range(struct visit *v, const struct contract_field *f, const char *where,
                        struct str digits)
{
    int64_t number;
    if (!str_to_i64(digits, &number))
        return wrong(v, where, "must be a whole number");
    if (f->has_unlimited && number == f->unlimited)
        return true;
    if (f->has_min && number < f->min)
        return visit_deny(v, REFUSE_PARAMETER, "%s must be at least %lld; it is %lld", where,
                          (long long)f->min, (long long)number);
    if (f->has_max && number > f->max)
        return visit_deny(v, REFUSE_PARAMETER, "%s must be at most %lld; it is %lld", where,
                          (long long)f->max, (long long)number);
    if (number > NUMBER_MAX || number < -NUMBER_MAX)
        return visit_deny(v, REFUSE_LIMIT, "%s must have at most 16 digits", where);
    return true;
}

static bool check_enum(struct visit *v, const struct contract_field *f, const char *where,
                       struct str text)
{
    return contract_allows(f, text) || visit_deny_value(v, f, where, text);
}

static bool check_length(struct visit *v, const struct contract_field *f, const char *where,
                         struct str text)
{
    uint64_t characters = 0;
    for (size_t i = 0; i < text.n; i++)
        characters += ((unsigned char)text.p[i] & 0xc0) != 0x80;
    if (f->max_length && characters > f->max_length)
        return visit_deny(v, REFUSE_PARAMETER, "%s has %llu characters, at most %llu may be", where,
                          (unsigned long long)characters, (unsigned long long)f->max_length);
    return true;
}

static bool check_text(struct visit *v, const struct contract_field *f, const char *where,
                       struct str text)
{
    bool ranged = f->has_min || f->has_max; /* a number that the contract has as text */
    return check_length(v, f, where, text) && (!ranged || check_range(v, f, where, text)) &&
           check_enum(v, f, where, text);
}

/* Truth values of the query: v202309's own samples write both forms. */
static bool read_truth(struct str text, bool *out)
{
    *out = str_eq(text, STR("true")) || str_eq(text, STR("1"));
    return *out || str_eq(text, STR("false")) || str_eq(text, STR("0"));
}

/* One value of the query or of a form, which are texts whatever the type. */
static bool check_query_value(struct visit *v, const struct contract_field *f, const char *where,
                              struct str text)
{
    bool truth;
    switch (f->type) {
    case CONTRACT_INT:
        return check_range(v, f, where, text) && check_enum(v, f, where, text);
    case CONTRACT_FLOAT:
        return json_is_number(text) || wrong(v, where, "must be a number");
    case CONTRACT_BOOL:
        return read_truth(text, &truth) || wrong(v, where, "must be true or false");
    default:
        return check_text(v, f, where, text);
    }
}

/* More elements than the contract allows, or than templates can make of them. */
static bool check_count(struct visit *v, const struct contract_field *f, const char *where,
                        uint64_t count)
{
    if (f->max_items && count > f->max_items)
        return visit_deny(v, REFUSE_PARAMETER, "%s has %llu elements, at most %llu may be", where,
                          (unsigned long long)count, (unsigned long long)f->max_items);
    if (count > RUN_LIST_MAX)
        return visit_deny(v, REFUSE_LIMIT, "%s has %llu elements, the sandbox takes %d", where,
                          (unsigned long long)count, RUN_LIST_MAX);
    return true;
}

static bool check_query_field(struct visit *v, const struct contract_field *f, struct str text)
{
    char where[NAME_MAX_BYTES];
    snprintf(where, sizeof where, "query." STR_FMT, STR_ARG(f->name));
    if (f->required && text.n == 0)
        return wrong(v, where, "must not be empty");
    if (!f->list)
        return check_query_value(v, f, where, text);
    uint64_t count = 0;
    while (text.p) {
        struct str element = str_cut(&text, ',');
        count++;
        if (element.n == 0)
            return wrong(v, where, "has an empty element");
        if (!check_query_value(v, f, where, element))
            return false;
    }
    return check_count(v, f, where, count);
}

static bool common(const struct visit *v, struct str name)
{
    return !v->contract->auth_host && (str_eq(name, STR("app_key")) || str_eq(name, STR("sign")) ||
                                       str_eq(name, STR("timestamp")));
}

static bool check_query(struct visit *v)
{
    const struct contract_fields *fields = &v->contract->query;
    char where[NAME_MAX_BYTES];
    for (size_t i = 0; i < v->query.count; i++) {
        struct pair p = v->query.items[i];
        if (common(v, p.name))
            continue;
        const struct contract_field *f = contract_member(fields, NULL, p.name);
        snprintf(where, sizeof where, "query." STR_FMT, STR_ARG(p.name));
        if (!f && !visit_deny_name(v, where, fields, NULL, p.name))
            return false;
        if (f && !check_query_field(v, f, p.value))
            return false;
    }
    for (const struct contract_field *f = fields->first; f; f = f->next) {
        snprintf(where, sizeof where, "query." STR_FMT, STR_ARG(f->name));
        if (f->required && !pairs_get(&v->query, f->name).p)
            return wrong(v, where, "is missing");
    }
    return true;
}

/* ---- body ---- */

static bool fits(enum contract_type type, struct json value)
{
    switch (json_type(value)) {
    case JSON_STRING:
        return type == CONTRACT_STRING;
    case JSON_NUMBER: {
        int64_t whole;
        return type == CONTRACT_FLOAT ||
               (type == CONTRACT_INT && str_to_i64(json_raw(value), &whole));
    }
    case JSON_TRUE:
    case JSON_FALSE:
        return type == CONTRACT_BOOL;
    case JSON_OBJECT:
        return type == CONTRACT_OBJECT;
    default:
        return false;
    }
}

static bool check_object(struct visit *v, const struct contract_field *parent, struct json object,
                         const char *where, unsigned depth);

static bool check_body_value(struct visit *v, const struct contract_field *f, struct json value,
                             const char *where, unsigned depth)
{
    if (!fits(f->type, value) && !(f->also && fits(f->also, value)))
        return visit_deny(v, REFUSE_PARAMETER, "%s must be of type %s, found %s", where,
                          contract_type_name(f->type), json_type_name(json_type(value)));
    switch (json_type(value)) {
    case JSON_STRING:
        return check_text(v, f, where, json_text(value, v->arena));
    case JSON_NUMBER:
        return f->type != CONTRACT_INT || (check_range(v, f, where, json_raw(value)) &&
                                           check_enum(v, f, where, json_raw(value)));
    case JSON_OBJECT:
        return check_object(v, f, value, where, depth + 1);
    default:
        return true;
    }
}

static bool check_member(struct visit *v, const struct contract_field *f, struct json value,
                         const char *where, unsigned depth)
{
    if (!f->list)
        return check_body_value(v, f, value, where, depth);
    if (json_type(value) != JSON_ARRAY)
        return visit_deny(v, REFUSE_PARAMETER, "%s must be a list, found %s", where,
                          json_type_name(json_type(value)));
    if (!check_count(v, f, where, json_count(value)))
        return false;
    size_t at = 0;
    for (struct json e = json_first(value); json_exists(e); e = json_next(e), at++) {
        char below[NAME_MAX_BYTES];
        int n = snprintf(below, sizeof below, "%s[%zu]", where, at);
        if (n < 0 || n >= (int)sizeof below)
            return wrong(v, where, "nests too deeply");
        if (!check_body_value(v, f, e, below, depth))
            return false;
    }
    return true;
}

static bool check_object(struct visit *v, const struct contract_field *parent, struct json object,
                         const char *where, unsigned depth)
{
    const struct contract_fields *fields = &v->contract->body;
    char below[NAME_MAX_BYTES];
    if (depth > DEPTH_MAX)
        return wrong(v, where, "nests too deeply");
    for (struct json m = json_first(object); json_exists(m); m = json_next(m)) {
        struct str name = json_key(m, v->arena);
        snprintf(below, sizeof below, "%s." STR_FMT, where, STR_ARG(name));
        const struct contract_field *f = contract_member(fields, parent, name);
        if (!f)
            return visit_deny_name(v, below, fields, parent, name);
        if (!check_member(v, f, m, below, depth))
            return false;
    }
    const struct contract_field *f = parent ? parent->child : fields->first;
    for (; f; f = f->next) {
        snprintf(below, sizeof below, "%s." STR_FMT, where, STR_ARG(f->name));
        if (f->required && !json_exists(json_get(object, f->name)))
            return wrong(v, below, "is missing");
    }
    return true;
}

static bool check_body(struct visit *v)
{
    const struct contract_fields *fields = &v->contract->body;
    struct json_limits limits = {.unique_keys = true};
    struct json_error error;
    if (v->request->body.n == 0) {
        for (const struct contract_field *f = fields->first; f; f = f->next)
            if (f->required)
                return visit_deny(v, REFUSE_PARAMETER, "body." STR_FMT " is missing",
                                  STR_ARG(f->name));
        return true;
    }
    if (str_eq(v->contract->method, STR("GET")))
        return visit_deny(v, REFUSE_BODY, "A GET request has no body");
    if (!json_parse(&v->doc, v->request->body, &limits, v->arena, &error))
        return visit_deny(v, REFUSE_BODY, "At byte %zu, expected %s", error.offset, error.expected);
    v->body = json_root(&v->doc);
    if (json_type(v->body) != JSON_OBJECT)
        return visit_deny(v, REFUSE_BODY, "The body must be a JSON object");
    return check_object(v, NULL, v->body, "body", 0);
}

/* ---- form ---- */

static bool check_part(struct visit *v, const struct part *part)
{
    const struct contract_fields *fields = &v->contract->body;
    const struct contract_field *f = contract_member(fields, NULL, part->name);
    char where[NAME_MAX_BYTES];
    snprintf(where, sizeof where, "form." STR_FMT, STR_ARG(part->name));
    if (!f)
        return visit_deny_name(v, where, fields, NULL, part->name);
    if (f->type != CONTRACT_FILE)
        return part->file.p ? wrong(v, where, "must be a text, not a file")
                            : check_query_value(v, f, where, part->body);
    if (part->file.n == 0)
        return wrong(v, where, "must be a file and have a file name");
    if (part->body.n == 0)
        return wrong(v, where, "is an empty file");
    if (part->body.n > FILE_MAX_BYTES)
        return visit_deny(v, REFUSE_SIZE, "%s has %zu bytes, at most %d may be", where,
                          part->body.n, FILE_MAX_BYTES);
    return true;
}

static bool check_form(struct visit *v)
{
    const char *why = "";
    struct str type = visit_header(v, STR("content-type"));
    if (!form_parse(type, v->request->body, &v->form, &why))
        return visit_deny(v, REFUSE_FORM_TYPE, "In the form, %s", why);
    for (size_t i = 0; i < v->form.count; i++)
        if (!check_part(v, &v->form.parts[i]))
            return false;
    for (const struct contract_field *f = v->contract->body.first; f; f = f->next)
        if (f->required && !form_part(&v->form, f->name))
            return visit_deny(v, REFUSE_PARAMETER, "form." STR_FMT " is missing", STR_ARG(f->name));
    return true;
}

bool params_check(struct visit *v)
{
    return check_query(v) && (v->contract->form ? check_form(v) : check_body(v));
}

/* ---- reading ---- */

static struct value typed(struct visit *v, const struct contract_field *f, struct str text)
{
    int64_t number;
    bool truth;
    if (f->list) {
        struct value list = {.kind = VALUE_LIST};
        size_t count = 1;
        for (size_t i = 0; i < text.n; i++)
            count += text.p[i] == ',';
        list.list.items = ARENA_ARRAY(v->arena, struct value, count);
        while (list.list.items && text.p)
            list.list.items[list.list.count++] = value_text(str_cut(&text, ','));
        return list;
    }
    if (f->type == CONTRACT_INT && str_to_i64(text, &number))
        return value_int(number);
    if (f->type == CONTRACT_BOOL && read_truth(text, &truth))
        return value_bool(truth);
    return value_text(text);
}

struct value visit_field(struct visit *v, struct str name)
{
    const struct contract_field *f = contract_member(&v->contract->query, NULL, name);
    struct str text = f ? pairs_get(&v->query, name) : STR_NONE;
    if (text.p)
        return typed(v, f, text);
    text = pairs_get(&v->params, name);
    if (text.p)
        return value_text(text);
    const struct part *part = form_part(&v->form, name);
    if (part)
        return value_text(part->body);
    if (json_exists(v->body) && json_exists(json_get(v->body, name)))
        return value_json(json_get(v->body, name), v->arena);
    if (!f)
        f = contract_member(&v->contract->body, NULL, name);
    return f && f->preset.p ? typed(v, f, f->preset) : VALUE_NONE;
}
