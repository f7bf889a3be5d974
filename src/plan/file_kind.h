/*
 * What kind of file some bytes are, for the head of their part in a multipart form.
 */
#ifndef SHOPSHIM_PLAN_FILE_KIND_H
#define SHOPSHIM_PLAN_FILE_KIND_H

#include "base/str.h"

struct file_kind {
    const char *type;   /* "image/png" */
    const char *ending; /* "png" */
};

/*
 * By the first bytes, or else by the ending of the name. Bytes that say nothing are of the kind
 * of unknown bytes when they have a name, and an image when they have none: whoever sends files
 * without names sends pictures, and is told by the other side when one is no picture.
 */
struct file_kind file_kind_of(struct str bytes, struct str name);

#endif
