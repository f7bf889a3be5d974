/*
 * Faults: what went wrong on the wire, on the disk or in a document. Filled once, by the
 * function that noticed, with words for a person; never with a secret.
 *
 * `kind` decides the legacy code and the HTTP status (mappings/errors.json holds the table,
 * by the kind's name); `code` and `status` override it when upstream itself gave an error.
 */
#ifndef SHOPSHIM_BASE_FAULT_H
#define SHOPSHIM_BASE_FAULT_H

#include "base/str.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_HTTP,         /* the client's HTTP is malformed */
    FAULT_TOO_LARGE,    /* a limit of ours; the words name the setting */
    FAULT_ROUTE,        /* no such legacy endpoint */
    FAULT_METHOD,       /* endpoint known, method not */
    FAULT_VERSION,      /* the `version` parameter is not a version */
    FAULT_APP,          /* app_key missing or unknown */
    FAULT_SIGN_MISSING, /* no `sign` */
    FAULT_SIGN,         /* `sign` is wrong */
    FAULT_TIME,         /* `timestamp` missing, malformed or outside the window */
    FAULT_TOKEN,        /* no access token */
    FAULT_SHOP,         /* shop_id unknown to this token, or needed and missing */
    FAULT_PARAMETER,    /* a field is missing, of the wrong type or out of range */
    FAULT_BODY,         /* the body is not the JSON it must be */
    FAULT_CURSOR,       /* a cursor is not ours, altered, or of other filters */
    FAULT_REFUSED,      /* the table refuses this request, with advice */
    FAULT_UPSTREAM,     /* upstream answered with an error of its own: see code, status */
    FAULT_UPSTREAM_BAD, /* upstream's answer breaks its contract (not JSON, wrong type) */
    FAULT_UNREACHABLE,  /* no connection to upstream */
    FAULT_TIMEOUT,      /* upstream took too long */
    FAULT_LOST,         /* the connection broke after a write may have arrived */
    FAULT_BUSY,         /* our own bounds: too many requests under way */
    FAULT_INTERNAL,     /* out of memory, or a bug */
    FAULT_KINDS         /* count */
};

struct fault {
    enum fault_kind kind;
    int64_t code;         /* upstream's code; 0: take the kind's */
    int status;           /* upstream's HTTP status; 0: take the kind's */
    int retry_after;      /* seconds to tell the client; 0: none */
    char where[160];      /* field or JSON path, empty when none */
    char text[512];       /* one or two sentences: what is wrong, what to do */
    char upstream_id[96]; /* upstream's request_id, empty when none */
};

/*
 * Sets kind and text (cut at the array's size, never in the middle of a UTF-8 sequence) and
 * clears the rest. Returns false, so that `return fault_set(f, ...);` reads well.
 */
bool fault_set(struct fault *fault, enum fault_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As fault_set, and names the field or JSON path. */
bool fault_at(struct fault *fault, enum fault_kind kind, struct str where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "parameter", "sign_missing", ...: the names used in errors.json, logs and metrics. */
const char *fault_name(enum fault_kind kind);

/* The kind with that name, or FAULT_NONE. */
enum fault_kind fault_by_name(struct str name);

#endif
