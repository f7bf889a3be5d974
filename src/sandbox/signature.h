/*
 * Signatures as the sandbox checks them: its own code, apart from the proxy's, so that a
 * mistake on one side cannot hide itself on the other. HMAC-SHA256, one call each.
 *
 *   secret + path + name value name value ... + body + secret
 * with the parameters in the order of their names' bytes, `sign` and `access_token` left out,
 * values decoded, and the body left out of multipart forms. The key is the secret.
 */
#ifndef SHOPSHIM_SANDBOX_SIGNATURE_H
#define SHOPSHIM_SANDBOX_SIGNATURE_H

#include "base/buf.h"
#include "base/url.h"

enum { SIGNATURE_HEX = 64, SIGNATURE_BYTES = 32 };

struct signed_request {
    struct str path;
    const struct pairs *query;
    struct str body; /* empty where it does not count */
};

/* Lower-case digits and a NUL. False when memory or OpenSSL fails. */
bool signature_make(const struct signed_request *request, struct str secret,
                    char hex[SIGNATURE_HEX + 1]);

/*
 * The signed string for people: the secret and the cipher as ***, at most 256 bytes of body.
 */
void signature_explain(const struct signed_request *request, struct buf *out);

bool signature_mac(struct str key, struct str text, unsigned char mac[SIGNATURE_BYTES]);

/* The same as lower-case digits and a NUL. */
bool signature_hex(struct str key, struct str text, char hex[SIGNATURE_HEX + 1]);

#endif
