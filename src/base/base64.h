/*
 * Base64, RFC 4648: the standard alphabet with padding, and the URL alphabet without.
 */
#ifndef SHOPSHIM_BASE_BASE64_H
#define SHOPSHIM_BASE_BASE64_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * Decodes what apps really send: line breaks and blanks anywhere (76-column MIME form), a
 * leading data URL ("data:image/png;base64,"), either alphabet, padding present or not.
 * Anything else is refused: false, and *bad is the offset of the first wrong byte.
 * *out is in the arena. Works on `\n` already decoded from JSON, not on the escape.
 */
bool base64_decode(struct str text, struct arena *arena, struct str *out, size_t *bad);

void base64_encode(struct str bytes, struct buf *out);    /* standard, padded */
void base64url_encode(struct str bytes, struct buf *out); /* URL alphabet, no padding */
bool base64url_decode(struct str text, struct arena *arena, struct str *out); /* strict */

#endif
