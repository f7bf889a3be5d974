/*
 * Request: a legacy request as people have it at hand, for `explain`.
 *
 * Three forms: the words of a curl command, the same as one text (read by a shell's rules of
 * quoting, nothing expanded), and an HTTP request as text (`POST /path?query`, header lines,
 * an empty line, the body; line ends as they come). Options of curl that change nothing of
 * the request are passed over; options that are unknown are refused by name.
 */
#ifndef SHOPSHIM_CLI_REQUEST_H
#define SHOPSHIM_CLI_REQUEST_H

#include "exchange/exchange.h"

enum { REQUEST_FIELDS = 64, REQUEST_WORDS = 512, REQUEST_BYTES = 64 * 1024 * 1024 };

struct request {
    struct exchange_request http;
    struct exchange_field fields[REQUEST_FIELDS];
};

/* "curl -X POST URL ..." or "POST URL body"; words[0] is the first. False fills *fault. */
bool request_of_words(struct request *request, const struct str *words, size_t count,
                      struct arena *arena, struct fault *fault);

/* One text of either form. */
bool request_of_text(struct request *request, struct str text, struct arena *arena,
                     struct fault *fault);

/* A whole file, "-" for standard input; the absent string and a fault when it cannot be read. */
struct str request_read_file(const char *name, struct arena *arena, struct fault *fault);

/* Splits a text into words by a shell's rules; false for an open quote or too many words. */
bool request_split(struct str text, struct arena *arena, struct str words[REQUEST_WORDS],
                   size_t *count, struct fault *fault);

#endif
