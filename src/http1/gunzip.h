/*
 * Undoes Content-Encoding: gzip (RFC 1952) of a body that arrives in pieces, up to a
 * maximum, so that a small answer cannot become a huge one. Several members in a row are
 * one body; anything else behind a member is refused.
 */
#ifndef SHOPSHIM_HTTP1_GUNZIP_H
#define SHOPSHIM_HTTP1_GUNZIP_H

#include "base/buf.h"

struct gunzip;

struct gunzip *gunzip_new(void);         /* NULL when out of memory */
void gunzip_free(struct gunzip *gunzip); /* NULL is fine */

/* Ready for another body; an inflater costs 7 KiB and later 32 more, so keep it. */
void gunzip_reset(struct gunzip *gunzip);

/* Appends what a piece unpacks to; false when it is not gzip or `out` fails (its maximum). */
bool gunzip_add(struct gunzip *gunzip, struct str piece, struct buf *out);

/* Whether the stream ended as it must (check sums right, nothing behind it). */
bool gunzip_done(const struct gunzip *gunzip);

#endif
