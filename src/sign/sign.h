/*
 * Signatures of both dialects and of webhooks: HMAC-SHA256 in lower-case hexadecimal.
 *
 *   legacy    secret + path + sorted(name value ...) + secret            body never signed
 *   v202309   the same with the new path, and the raw body before the last secret, unless
 *             the content type is multipart/form-data
 *   webhook   app_key + raw body
 * `sign` and `access_token` are left out of the parameters; all others count, decoded, an
 * empty value contributing its name alone. Sorted by the bytes of the name; doubles keep
 * their order. The key of the HMAC is always the app secret.
 */
#ifndef SHOPSHIM_SIGN_SIGN_H
#define SHOPSHIM_SIGN_SIGN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/url.h"

enum { SIGN_HEX = 64 };

/* One app's keyed context. Not for two threads at once: each worker makes its own. */
struct sign_key;

/*
 * Copies both; the secret is wiped when freed. NULL when the secret is empty, or OpenSSL or
 * malloc fails.
 */
struct sign_key *sign_key_new(struct str app_key, struct str secret);
void sign_key_free(struct sign_key *key);

/*
 * Signs a request. `body` is absent or empty where it does not count (legacy, multipart).
 * hex receives 64 digits and a NUL. False when OpenSSL or memory fails.
 */
bool sign_request(struct sign_key *key, struct str path, const struct pairs *query, struct str body,
                  char hex[SIGN_HEX + 1]);

/*
 * What apps of the retired API sign in place of what is asked for, and got along with: as
 * sign_request without a body, but for one thing. What it leaves out is not covered.
 */
enum sign_habit {
    SIGN_AS_ASKED,
    SIGN_NO_ARRAYS,    /* parameters like `name[]` and `name[0]` are sent, not signed */
    SIGN_FIRST_VALUES, /* of a name that is there several times the first value is signed */
    SIGN_ONE_SECRET,   /* no secret at the end; it is the key all the same */
    SIGN_HABITS
};

bool sign_by_habit(struct sign_key *key, struct str path, const struct pairs *query,
                   enum sign_habit habit, char hex[SIGN_HEX + 1]);

/*
 * The string that sign_request signs. With masked = true both secrets are written as ***
 * (what an error may show); with false, in full (for `shopshim sign`).
 */
void sign_string(const struct sign_key *key, struct str path, const struct pairs *query,
                 struct str body, bool masked, struct buf *out);

/* The Authorization value of a push. */
bool sign_webhook(struct sign_key *key, struct str body, char hex[SIGN_HEX + 1]);

/* Constant time for the 64 digits; upper-case digits of `given` are accepted. */
bool sign_equal(struct str given, const char hex[SIGN_HEX + 1]);

/* Whether a Content-Type value's media type is multipart/form-data (parameters ignored). */
bool sign_is_multipart(struct str content_type);

#endif
