/*
 * Keys: one app's secret and the HMAC contexts made from it.
 *
 * Owns a copy of app key and secret and two contexts, keyed once and started again for each
 * message: OpenSSL then keeps the blocks that depend on the key alone, and fetches nothing.
 * Refuses an empty secret. What held the secret is wiped before it is freed.
 */
#include "sign/key.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <stdlib.h>

static const struct str seal_purpose = STR_C("shopshim seal v1");

EVP_MAC_CTX *hmac_new(struct str key)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *mac = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
    EVP_MAC_free(algorithm); /* the context keeps its own reference */
    if (mac && !EVP_MAC_init(mac, (const unsigned char *)key.p, key.n, params)) {
        EVP_MAC_CTX_free(mac);
        return NULL;
    }
    return mac;
}

bool hmac_start(EVP_MAC_CTX *mac)
{
    return EVP_MAC_init(mac, NULL, 0, NULL) == 1;
}

bool hmac_add(EVP_MAC_CTX *mac, struct str part)
{
    return part.n == 0 || EVP_MAC_update(mac, (const unsigned char *)part.p, part.n) == 1;
}

bool hmac_finish(EVP_MAC_CTX *mac, unsigned char digest[HMAC_SIZE])
{
    size_t n = 0;
    return EVP_MAC_final(mac, digest, &n, HMAC_SIZE) == 1 && n == HMAC_SIZE;
}

/* The second key: what a client may see (seals) never comes from the signing key itself. */
static EVP_MAC_CTX *new_seal(EVP_MAC_CTX *mac)
{
    unsigned char derived[HMAC_SIZE];
    if (!hmac_start(mac) || !hmac_add(mac, seal_purpose) || !hmac_finish(mac, derived))
        return NULL;
    EVP_MAC_CTX *seal = hmac_new(str_of((const char *)derived, sizeof derived));
    OPENSSL_cleanse(derived, sizeof derived);
    return seal;
}

static bool copy(struct str from, struct str *to)
{
    char *p = malloc(from.n + 1);
    if (!p)
        return false;
    if (from.n > 0)
        memcpy(p, from.p, from.n);
    *to = str_of(p, from.n);
    return true;
}

struct sign_key *sign_key_new(struct str app_key, struct str secret)
{
    struct sign_key *key = secret.n > 0 ? calloc(1, sizeof *key) : NULL;
    if (!key)
        return NULL;
    if (copy(app_key, &key->app_key) && copy(secret, &key->secret))
        key->mac = hmac_new(secret);
    if (key->mac)
        key->seal = new_seal(key->mac);
    if (key->seal)
        return key;
    sign_key_free(key);
    return NULL;
}

void sign_key_free(struct sign_key *key)
{
    if (!key)
        return;
    EVP_MAC_CTX_free(key->mac);
    EVP_MAC_CTX_free(key->seal);
    if (key->secret.p)
        OPENSSL_cleanse((char *)key->secret.p, key->secret.n);
    free((char *)key->secret.p);
    free((char *)key->app_key.p);
    free(key);
}
