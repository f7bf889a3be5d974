/*
 * Curl lines: an upstream request as a curl command that a person can read, nothing secret in
 * it: signatures, tokens and ciphers are replaced by what they are.
 */
#ifndef SHOPSHIM_CLI_CURL_LINE_H
#define SHOPSHIM_CLI_CURL_LINE_H

#include "exchange/exchange.h"

struct curl_line {
    struct str base;        /* "https://host", in front of the target */
    struct str cipher;      /* this value of shop_cipher ... */
    struct str cipher_name; /* ... is shown as that */
};

/* Appends the command with its line's end. */
void curl_line(const struct curl_line *how, const struct exchange_send *send, struct buf *out);

/* Appends a target with its secret parameters masked, still percent-coded. */
void curl_line_target(const struct curl_line *how, struct str target, struct buf *out);

/* Quotes for a shell. */
void curl_line_quote(struct str text, struct buf *out);

#endif
