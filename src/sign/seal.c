/*
 * Seals. Owns nothing; the key made for them lives in the sign_key.
 * Refuses, without saying which, whatever was not sealed by the same secret for the same
 * context: the decoder takes one spelling of each byte string, so a seal has no second form.
 */
#include "sign/seal.h"
#include "base/base64.h"
#include "sign/key.h"
#include <openssl/crypto.h>

enum { TAG = 16 };

static bool make_tag(struct sign_key *key, struct str context, struct str text,
                     unsigned char digest[HMAC_SIZE])
{
    char length[8];
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (char)((uint64_t)context.n >> (56 - 8 * i));
    return hmac_start(key->seal) && hmac_add(key->seal, str_of(length, sizeof length)) &&
           hmac_add(key->seal, context) && hmac_add(key->seal, text) &&
           hmac_finish(key->seal, digest);
}

bool seal_close(struct sign_key *key, struct str context, struct str text, struct buf *out)
{
    unsigned char digest[HMAC_SIZE];
    if (!make_tag(key, context, text, digest))
        return false;
    struct buf plain = buf_beside(out, TAG + text.n);
    buf_add(&plain, (const char *)digest, TAG);
    buf_add_str(&plain, text);
    bool good = !buf_failed(&plain);
    if (good)
        base64url_encode(buf_str(&plain), out);
    buf_clear(&plain);
    return good && !buf_failed(out);
}

bool seal_open(struct sign_key *key, struct str context, struct str sealed, struct arena *arena,
               struct str *text)
{
    unsigned char digest[HMAC_SIZE];
    struct str plain;
    if (!base64url_decode(sealed, arena, &plain) || plain.n < TAG)
        return false;
    struct str inner = str_of(plain.p + TAG, plain.n - TAG);
    if (!make_tag(key, context, inner, digest) || CRYPTO_memcmp(digest, plain.p, TAG) != 0)
        return false;
    *text = inner;
    return true;
}
