/*
 * The reader of texts, private to this room: what json_parse() (parse.c) hands to it (index.c).
 */
#ifndef SHOPSHIM_JSON_READER_H
#define SHOPSHIM_JSON_READER_H

#include "json/node.h"
#include "json/scan.h"

struct reader {
    const byte *text, *end;         /* *end is a NUL, or end[-1] a closing bracket */
    struct json_node *nodes, *last; /* `last`: a place where two more entries still fit */
    unsigned depth, most_depth;
    bool unique_keys;
    const struct json_node *doubled; /* the key that made it stop, if one did */
    struct arena *arena;
    struct snag snag;
};

/*
 * Reads the whole text. The number of entries; or 0 with r->snag filled, and r->doubled when it
 * was a doubled key.
 */
size_t read_text(struct reader *r);

#endif
