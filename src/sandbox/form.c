/*
 * Multipart forms, see form.h. Owns nothing.
 */
#include "sandbox/form.h"

static bool refuse(const char **why, const char *words)
{
    *why = words;
    return false;
}

bool media_type_is(struct str content_type, struct str type)
{
    return str_ieq(str_trim(str_cut(&content_type, ';')), type);
}

/* name=value or name="value" among parameters behind the first ';'; absent when not there. */
static struct str parameter(struct str field, struct str name)
{
    str_cut(&field, ';');
    while (field.p) {
        field = str_trim(field);
        size_t equals = str_find(field, '=');
        if (equals == field.n)
            return STR_NONE;
        struct str key = str_trim(str_of(field.p, equals));
        struct str rest = str_of(field.p + equals + 1, field.n - equals - 1), value;
        if (rest.n && rest.p[0] == '"') {
            rest = str_of(rest.p + 1, rest.n - 1);
            value = str_cut(&rest, '"');
            if (!rest.p)
                return STR_NONE;
            size_t semicolon = str_find(rest, ';');
            field = semicolon < rest.n ? str_of(rest.p + semicolon + 1, rest.n - semicolon - 1)
                                       : STR_NONE;
        } else {
            value = str_trim(str_cut(&rest, ';'));
            field = rest;
        }
        if (str_ieq(key, name))
            return value;
    }
    return STR_NONE;
}

/* A line up to CRLF; absent when there is none. Leaves in *rest what stands behind it. */
static struct str line(struct str *rest)
{
    for (size_t i = 0; i + 1 < rest->n; i++)
        if (rest->p[i] == '\r' && rest->p[i + 1] == '\n') {
            struct str out = str_of(rest->p, i);
            *rest = str_of(rest->p + i + 2, rest->n - i - 2);
            return out;
        }
    return STR_NONE;
}

static bool read_fields(struct str *rest, struct part *part, const char **why)
{
    for (;;) {
        struct str field = line(rest);
        if (!field.p)
            return refuse(why, "the head of a part has no end");
        if (field.n == 0)
            break;
        struct str value = field;
        struct str name = str_cut(&value, ':');
        if (!value.p)
            return refuse(why, "a field of a part has no colon");
        value = str_trim(value);
        if (str_ieq(name, STR("content-disposition"))) {
            if (!media_type_is(value, STR("form-data")))
                return refuse(why, "a part is no form-data");
            part->name = parameter(value, STR("name"));
            part->file = parameter(value, STR("filename"));
        } else if (str_ieq(name, STR("content-type"))) {
            part->type = value;
        } else if (!str_ieq(name, STR("content-length"))) {
            return refuse(why, "a part has a field that forms do not have");
        }
    }
    return part->name.n ? true : refuse(why, "a part has no name");
}

/* The bytes before CRLF "--" boundary, which is taken too. */
static struct str content(struct str *rest, struct str boundary)
{
    for (size_t i = 0; i + boundary.n + 4 <= rest->n; i++) {
        const char *p = rest->p + i;
        if (memcmp(p, "\r\n--", 4) != 0 || memcmp(p + 4, boundary.p, boundary.n) != 0)
            continue;
        struct str out = str_of(rest->p, i);
        *rest = str_of(p + 4 + boundary.n, rest->n - i - 4 - boundary.n);
        return out;
    }
    return STR_NONE;
}

const struct part *form_part(const struct form *form, struct str name)
{
    for (size_t i = 0; i < form->count; i++)
        if (str_eq(form->parts[i].name, name))
            return &form->parts[i];
    return NULL;
}

static bool read_part(struct str *rest, struct str boundary, struct form *form, const char **why)
{
    struct part part = {0};
    if (!read_fields(rest, &part, why))
        return false;
    part.body = content(rest, boundary);
    if (!part.body.p)
        return refuse(why, "a part has no end");
    if (form_part(form, part.name))
        return refuse(why, "two parts have the same name");
    if (form->count == FORM_PARTS)
        return refuse(why, "there are more than 16 parts");
    form->parts[form->count++] = part;
    return true;
}

bool form_parse(struct str content_type, struct str body, struct form *form, const char **why)
{
    form->count = 0;
    struct str boundary = parameter(content_type, STR("boundary"));
    if (boundary.n == 0 || boundary.n > 70)
        return refuse(why, "the content type names no boundary of 1 to 70 characters");
    struct str rest = body;
    if (rest.n < boundary.n + 2 || memcmp(rest.p, "--", 2) != 0 ||
        memcmp(rest.p + 2, boundary.p, boundary.n) != 0)
        return refuse(why, "the body does not begin with the boundary");
    rest = str_of(rest.p + boundary.n + 2, rest.n - boundary.n - 2);
    while (str_starts(rest, STR("\r\n"))) {
        rest = str_of(rest.p + 2, rest.n - 2);
        if (!read_part(&rest, boundary, form, why))
            return false;
    }
    if (str_eq(rest, STR("--")) || str_eq(rest, STR("--\r\n")))
        return form->count ? true : refuse(why, "the form has no part");
    return refuse(why, "the form does not end with its boundary");
}
