/*
 * Refusals: what the sandbox's gate and contract checks say no to. Code, HTTP status and the
 * first sentence stand in mappings/sandbox/errors.json under the names below; the C code adds
 * the particulars.
 */
#ifndef SHOPSHIM_SANDBOX_REFUSAL_H
#define SHOPSHIM_SANDBOX_REFUSAL_H

#include "base/str.h"

enum refusal {
    REFUSE_RATE,              /* trouble on order: too many requests */
    REFUSE_RETIRED,           /* trouble on order: the endpoint's version is gone */
    REFUSE_REQUEST,           /* no message of HTTP as it should be */
    REFUSE_PATH,              /* no endpoint has this path */
    REFUSE_METHOD,            /* the path has other methods */
    REFUSE_UNSERVED,          /* in the contracts, but no table serves it */
    REFUSE_APP,               /* app_key missing or unknown */
    REFUSE_TIMESTAMP,         /* missing, malformed, too old or too far ahead */
    REFUSE_SIGN_MISSING,      /* no sign */
    REFUSE_SIGN,              /* sign is wrong */
    REFUSE_TOKEN_MISSING,     /* no x-tts-access-token */
    REFUSE_TOKEN,             /* unknown */
    REFUSE_TOKEN_EXPIRED,     /* */
    REFUSE_TOKEN_REVOKED,     /* its owner has taken it back */
    REFUSE_TOKEN_IN_QUERY,    /* access_token as a parameter */
    REFUSE_TOKEN_KIND,        /* a token of another user type than the endpoint takes */
    REFUSE_CIPHER_MISSING,    /* the endpoint needs one */
    REFUSE_CIPHER_UNEXPECTED, /* the endpoint takes none */
    REFUSE_CIPHER,            /* unknown */
    REFUSE_CIPHER_FOREIGN,    /* of a shop that this token does not have */
    REFUSE_CONTENT_TYPE,      /* not application/json */
    REFUSE_FORM_TYPE,         /* not multipart/form-data, or not a well-formed one */
    REFUSE_SIZE,              /* a file too large */
    REFUSE_BODY,              /* no JSON object */
    REFUSE_PARAMETER,         /* missing, unknown, wrong type, range or value */
    REFUSE_PAGE_TOKEN,        /* not ours, altered, or of other filters */
    REFUSE_CLIENT,            /* auth host: app_key or app_secret */
    REFUSE_AUTH_CODE,         /* auth host: unknown code */
    REFUSE_REFRESH,           /* auth host: unknown refresh token */
    REFUSE_REFRESH_EXPIRED,   /* auth host */
    REFUSE_LIMIT,             /* more than the sandbox keeps */
    REFUSE_INTERNAL,          /* a fault in the tables */
    REFUSALS                  /* count */
};

struct refusal_words {
    int64_t code;
    int status;
    struct str message;
};

/* "sign_missing", ...: the keys of errors.json. */
struct str refusal_name(enum refusal refusal);

#endif
