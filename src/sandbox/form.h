/*
 * Multipart forms (RFC 7578, RFC 2046), read strictly: the body is exactly the parts between
 * the boundaries, nothing before or behind them; every part is a form-data part with a name
 * of its own. Parts borrow from the body.
 */
#ifndef SHOPSHIM_SANDBOX_FORM_H
#define SHOPSHIM_SANDBOX_FORM_H

#include "base/str.h"

enum { FORM_PARTS = 16 };

struct part {
    struct str name;
    struct str file; /* absent: no file */
    struct str type; /* Content-Type, absent when not given */
    struct str body;
};

struct form {
    struct part parts[FORM_PARTS];
    size_t count;
};

/* False and a sentence in *why when `body` is no such form. */
bool form_parse(struct str content_type, struct str body, struct form *form, const char **why);

/* NULL when there is no part of that name. */
const struct part *form_part(const struct form *form, struct str name);

/* Whether a Content-Type has this media type, parameters and case ignored. */
bool media_type_is(struct str content_type, struct str type);

#endif
