/*
 * Sealing: text handed to a client that comes back later (cursors), protected against
 * change. base64url( HMAC-SHA256(key, length || context || text)[0..16) || text ), where the
 * length is that of the context (64 bits, high byte first: nothing can move between the two)
 * and the key is derived from the app secret (HMAC-SHA256(secret, "shopshim seal v1")). Not
 * encrypted.
 */
#ifndef SHOPSHIM_SIGN_SEAL_H
#define SHOPSHIM_SIGN_SEAL_H

#include "sign/sign.h"

/*
 * `context` binds the seal to what must not change between the calls (endpoint, shop,
 * filters): it is covered but not contained. False when OpenSSL or memory fails.
 */
bool seal_close(struct sign_key *key, struct str context, struct str text, struct buf *out);

/*
 * False when it is not one of ours, was altered, or belongs to another context or app. *text
 * is in the arena.
 */
bool seal_open(struct sign_key *key, struct str context, struct str sealed, struct arena *arena,
               struct str *text);

#endif
