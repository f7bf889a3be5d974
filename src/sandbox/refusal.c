/*
 * The names of refusals, in the order of the enum. Owns nothing.
 */
#include "sandbox/refusal.h"

#include <assert.h>

static const char *const names[REFUSALS] = {
    "rate_limit",    "retired",        "request",
    "path",          "method",         "unserved",
    "app",           "timestamp",      "sign_missing",
    "sign",          "token_missing",  "token",
    "token_expired", "token_revoked",  "token_in_query",
    "token_kind",    "cipher_missing", "cipher_unexpected",
    "cipher",        "cipher_foreign", "content_type",
    "form_type",     "size",           "body",
    "parameter",     "page_token",     "client",
    "auth_code",     "refresh",        "refresh_expired",
    "limit",         "internal",
};

struct str refusal_name(enum refusal refusal)
{
    assert(refusal < REFUSALS);
    return str_from(names[refusal]);
}
