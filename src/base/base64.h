/*
 * Base64, RFC 4648: the standard alphabet with padding, and the URL alphabet without.
 */
#ifndef SHOPSHIM_BASE_BASE64_H
#define SHOPSHIM_BASE_BASE64_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * Decodes what apps really send: line breaks anywhere (76-column MIME form) and blanks around
 * lines, a leading data URL ("data:image/png;base64,"), either alphabet; padding as it is due,
 * none, or more than is due, up to two '='. Anything else is refused: false, and *bad is the
 * offset of the first wrong byte. So is a digit behind a blank within a line, for that blank was
 * a '+' before some form decoded it. *out is in the arena. Works on `\n` already decoded from
 * JSON, not on the escape.
 */
bool base64_decode(struct str text, struct arena *arena, struct str *out, size_t *bad);

/*
 * The same piece by piece, for texts that are not in one place: `out` has room for three bytes
 * for every four that will be fed, and three more. A data URL's head must be in the first piece.
 */
struct base64_feed {
    char *out;
    size_t n;   /* bytes written to out */
    size_t fed; /* bytes of earlier pieces; behind a failure the offset of the wrong one */
    uint32_t bits;
    unsigned digits; /* 0 to 3 of the quadruple under way */
    unsigned pads;   /* '=' seen */
    bool in_line;    /* a digit was seen since the last line break */
    bool gap;        /* and a blank behind it */
};

void base64_feed_init(struct base64_feed *feed, char *out);
bool base64_feed(struct base64_feed *feed, struct str piece);
bool base64_feed_end(struct base64_feed *feed); /* false when the text ended too early */

void base64_encode(struct str bytes, struct buf *out);    /* standard, padded */
void base64url_encode(struct str bytes, struct buf *out); /* URL alphabet, no padding */
bool base64url_decode(struct str text, struct arena *arena, struct str *out); /* strict */

#endif
