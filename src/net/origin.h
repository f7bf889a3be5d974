/*
 * Origins: where upstream is, from a base URL "https://host[:port][/prefix]".
 */
#ifndef SHOPSHIM_NET_ORIGIN_H
#define SHOPSHIM_NET_ORIGIN_H

#include "base/str.h"

enum { ORIGIN_TEXT = 512 };

struct origin {
    bool tls;
    char url[ORIGIN_TEXT];    /* what libcurl connects to: scheme, host, port */
    char host[ORIGIN_TEXT];   /* as in the Host field and in words for people */
    char prefix[ORIGIN_TEXT]; /* what stands before every path: "" or "/x" */
};

/* NULL, or what is wrong as a static sentence. User names and queries are refused. */
const char *origin_parse(const char *url, struct origin *out);

#endif
