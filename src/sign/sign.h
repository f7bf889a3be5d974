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
 * What EcomPHP's legacy client signs: as sign_request without a body, and without parameters
 * whose name ends in brackets (`name[]`, `name[0]`), which it sends but does not sign. Only
 * worth a try where sign_has_arrays() says that there are any; they are then not covered.
 */
bool sign_without_arrays(struct sign_key *key, struct str path, const struct pairs *query,
                         char hex[SIGN_HEX + 1]);
bool sign_has_arrays(const struct pairs *query);

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
