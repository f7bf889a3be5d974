/*
 * Asking the admin listener of a running proxy. One short GET, through no proxy, for commands that
 * look at it from outside.
 */
#ifndef SHOPSHIM_CLI_FETCH_H
#define SHOPSHIM_CLI_FETCH_H

#include "base/arena.h"
#include "base/buf.h"

enum { FETCH_WORDS = 256 };

/*
 * "http://host:port/path" or "unix:/socket:/path" for the address of a listener, as one that can
 * be connected to; an address that is an URL already stays. Absent without memory.
 */
struct str fetch_url(const char *address, const char *path, struct arena *arena);

/* The status of the answer, its body in *body (NULL: dropped); 0 and words when there is none. */
long fetch(struct str url, struct buf *body, char words[FETCH_WORDS]);

#endif
