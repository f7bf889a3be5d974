/*
 * What a picture is, from its first bytes; its size too, for PNG and JPEG.
 */
#ifndef SHOPSHIM_SANDBOX_IMAGE_H
#define SHOPSHIM_SANDBOX_IMAGE_H

#include "base/str.h"

struct image {
    const char *format; /* "PNG", "JPEG", "WEBP", "BMP", "HEIC", "MP4", "PDF" */
    unsigned width;     /* 0: not read from this format */
    unsigned height;
};

/* "image/png", ...; for anything unknown application/octet-stream. */
struct str image_media_type(struct str bytes);

/* False when the bytes are none of these. */
bool image_read(struct str bytes, struct image *image);

#endif
