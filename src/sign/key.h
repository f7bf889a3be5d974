/*
 * What a key holds, and the few steps of OpenSSL that this room takes (private to it).
 */
#ifndef SHOPSHIM_SIGN_KEY_H
#define SHOPSHIM_SIGN_KEY_H

#include "sign/sign.h"
#include <openssl/evp.h>

enum { HMAC_SIZE = 32 };

struct sign_key {
    EVP_MAC_CTX *mac;  /* keyed with the secret */
    EVP_MAC_CTX *seal; /* keyed with what is derived from it, see seal.h */
    struct str app_key;
    struct str secret;
};

/* A context for HMAC-SHA256, keyed; NULL when OpenSSL fails. */
EVP_MAC_CTX *hmac_new(struct str key);

/* Begins a message with the key of hmac_new. */
bool hmac_start(EVP_MAC_CTX *mac);
bool hmac_add(EVP_MAC_CTX *mac, struct str part);
bool hmac_finish(EVP_MAC_CTX *mac, unsigned char digest[HMAC_SIZE]);

#endif
