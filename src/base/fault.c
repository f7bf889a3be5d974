/*
 * Faults: the names of the kinds and the filling of one. Owns nothing; texts are cut where a
 * character ends.
 */
#include "base/fault.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const names[FAULT_KINDS] = {
    [FAULT_NONE] = "none",
    [FAULT_HTTP] = "http",
    [FAULT_TOO_LARGE] = "too_large",
    [FAULT_ROUTE] = "route",
    [FAULT_METHOD] = "method",
    [FAULT_VERSION] = "version",
    [FAULT_APP] = "app",
    [FAULT_SIGN_MISSING] = "sign_missing",
    [FAULT_SIGN] = "sign",
    [FAULT_TIME] = "time",
    [FAULT_TOKEN] = "token",
    [FAULT_SHOP] = "shop",
    [FAULT_PARAMETER] = "parameter",
    [FAULT_BODY] = "body",
    [FAULT_CURSOR] = "cursor",
    [FAULT_REFUSED] = "refused",
    [FAULT_UPSTREAM] = "upstream",
    [FAULT_UPSTREAM_BAD] = "upstream_bad",
    [FAULT_UNREACHABLE] = "unreachable",
    [FAULT_TIMEOUT] = "timeout",
    [FAULT_LOST] = "lost",
    [FAULT_BUSY] = "busy",
    [FAULT_INTERNAL] = "internal",
};

/* Takes a UTF-8 sequence that the end of the array cut in two off text. */
static void drop_half_character(char *text, size_t n)
{
    size_t start = n;
    while (start > 0 && n - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t needs = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (n - start < needs)
        text[start - 1] = '\0';
}

static void set_text(struct fault *fault, const char *format, va_list args)
{
    int n = vsnprintf(fault->text, sizeof fault->text, format, args);
    if (n < 0)
        fault->text[0] = '\0';
    else if ((size_t)n >= sizeof fault->text)
        drop_half_character(fault->text, sizeof fault->text - 1);
}

static void set_where(struct fault *fault, struct str where)
{
    bool cut = where.n > sizeof fault->where - 1;
    size_t n = cut ? sizeof fault->where - 1 : where.n;
    if (n > 0)
        memcpy(fault->where, where.p, n);
    fault->where[n] = '\0';
    if (cut)
        drop_half_character(fault->where, n);
}

bool fault_set(struct fault *fault, enum fault_kind kind, const char *format, ...)
{
    struct fault made = {.kind = kind}; /* the arguments may point into *fault */
    va_list args;
    va_start(args, format);
    set_text(&made, format, args);
    va_end(args);
    *fault = made;
    return false;
}

bool fault_at(struct fault *fault, enum fault_kind kind, struct str where, const char *format, ...)
{
    struct fault made = {.kind = kind};
    va_list args;
    set_where(&made, where);
    va_start(args, format);
    set_text(&made, format, args);
    va_end(args);
    *fault = made;
    return false;
}

const char *fault_name(enum fault_kind kind)
{
    assert(kind >= FAULT_NONE && kind < FAULT_KINDS);
    return names[kind];
}

enum fault_kind fault_by_name(struct str name)
{
    for (int kind = FAULT_NONE; kind < FAULT_KINDS; kind++)
        if (str_eq(name, str_from(names[kind])))
            return (enum fault_kind)kind;
    return FAULT_NONE;
}
