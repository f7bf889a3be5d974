/*
 * What stands beside a wrong name or value in a refusal: what was sent, and what would have been
 * right: the nearest name, the other part of the request where the name belongs, or all names
 * that there are.
 *
 * Owns nothing. What was sent is quoted short, and never where it could be a credential.
 */
#include "sandbox/visit.h"

enum { NAMES_SHOWN = 12, QUOTED = 48, PATH_QUOTED = 256, TEXT_MAX = 2048 };

/* Where else in the request the contract has a field of that name; absent when nowhere. */
static struct str place_elsewhere(const struct visit *v, const struct contract_fields *fields,
                                  struct str name)
{
    const struct contract *c = v->contract;
    if (fields != &c->query && contract_member(&c->query, NULL, name))
        return STR("query");
    if (fields != &c->body && contract_member(&c->body, NULL, name))
        return c->form ? STR("form") : STR("body");
    return STR_NONE;
}

static void list_names(struct buf *out, const struct contract_fields *fields,
                       const struct contract_field *parent)
{
    const struct contract_field *f = parent ? parent->child : fields->first;
    buf_printf(out, f ? "; there are " : "; there are none");
    for (unsigned i = 0; f; f = f->next, i++) {
        if (i == NAMES_SHOWN) {
            buf_printf(out, ", ...");
            return;
        }
        buf_printf(out, "%s" STR_FMT, i ? ", " : "", STR_ARG(f->name));
    }
}

bool visit_deny_name(struct visit *v, const char *where, const struct contract_fields *fields,
                     const struct contract_field *parent, struct str name)
{
    struct buf text;
    struct str near = contract_nearest_member(fields, parent, name);
    struct str other = parent ? STR_NONE : place_elsewhere(v, fields, name);
    buf_init(&text, TEXT_MAX);
    if (other.p)
        buf_printf(&text, ", did you mean " STR_FMT "." STR_FMT "?", STR_ARG(other), STR_ARG(name));
    else if (near.p)
        buf_printf(&text, ", did you mean " STR_FMT "?", STR_ARG(near));
    else
        list_names(&text, fields, parent);
    visit_deny(v, REFUSE_PARAMETER, "%s is not a parameter of this call" STR_FMT, where,
               STR_ARG(buf_str(&text)));
    buf_clear(&text);
    return false;
}

bool visit_deny_path(struct visit *v, struct str nearest)
{
    bool cut = v->path.n > PATH_QUOTED;
    struct str sent = str_of(v->path.p, cut ? PATH_QUOTED : v->path.n);
    return visit_deny(v, REFUSE_PATH, "%s" STR_FMT "; asked for was " STR_FMT " " STR_FMT "%s",
                      nearest.p ? "The nearest endpoint is " : "No endpoint is like it",
                      STR_ARG(nearest), STR_ARG(v->request->method), STR_ARG(sent),
                      cut ? "..." : "");
}

bool visit_deny_method(struct visit *v, struct str pattern)
{
    struct buf text;
    const struct contracts *contracts = v->core->tables->contracts;
    buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < contracts_count(contracts); i++) {
        const struct contract *c = contracts_at(contracts, i);
        if (str_eq(c->path, pattern))
            buf_printf(&text, "%s" STR_FMT, text.n ? ", " : "", STR_ARG(c->method));
    }
    visit_deny(v, REFUSE_METHOD, "This path has " STR_FMT " " STR_FMT ", not " STR_FMT,
               STR_ARG(buf_str(&text)), STR_ARG(pattern), STR_ARG(v->request->method));
    buf_clear(&text);
    return false;
}

/* The nearest of the enum, which is in capitals more often than not. */
static struct str nearest_value(const struct contract_field *f, struct str value)
{
    char upper[QUOTED];
    struct str near = str_nearest(value, f->values, f->value_count);
    if (near.p || value.n > QUOTED)
        return near;
    for (size_t i = 0; i < value.n; i++)
        upper[i] = (char)(value.p[i] >= 'a' && value.p[i] <= 'z' ? value.p[i] - 32 : value.p[i]);
    return str_nearest(str_of(upper, value.n), f->values, f->value_count);
}

bool visit_deny_value(struct visit *v, const struct contract_field *f, const char *where,
                      struct str value)
{
    struct buf text;
    struct str near = nearest_value(f, value);
    buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < f->value_count; i++)
        buf_printf(&text, "%s" STR_FMT, i ? ", " : "", STR_ARG(f->values[i]));
    buf_printf(&text, "; it is '%.*s%s'", value.n > QUOTED ? QUOTED : (int)value.n, value.p,
               value.n > QUOTED ? "..." : "");
    if (near.p)
        buf_printf(&text, ", did you mean " STR_FMT "?", STR_ARG(near));
    visit_deny(v, REFUSE_PARAMETER, "%s must be one of " STR_FMT, where, STR_ARG(buf_str(&text)));
    buf_clear(&text);
    return false;
}
