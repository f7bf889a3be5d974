/*
 * Printable documents made on the spot: a page of A6 with some lines of text, as PDF
 * (ISO 32000) or as a label printer's ZPL. Their address holds the lines, so that nothing is
 * kept. Letters beyond ASCII are printed as '?'.
 */
#ifndef SHOPSHIM_SANDBOX_DOCUMENT_H
#define SHOPSHIM_SANDBOX_DOCUMENT_H

#include "base/arena.h"
#include "base/buf.h"

#define DOCUMENT_PATH "/sandbox/documents/"

enum { DOCUMENT_TEXT = 1500 }; /* bytes of all lines; what is more is left out */

/* "/sandbox/documents/....pdf": the address of these lines, which '\n' parts. */
struct str document_path(struct arena *arena, struct str lines, bool zpl);

/* The document behind such a path; false when it is none. */
bool document_write(struct str path, struct arena *arena, struct buf *out, struct str *media_type);

#endif
