/*
 * The head of one message, once all its bytes are there (private to this room).
 */
#ifndef SHOPSHIM_HTTP1_HEAD_H
#define SHOPSHIM_HTTP1_HEAD_H

#include "http1/http1.h"

/*
 * Fills reader->head from the n bytes of a head: its empty line is included, every LF is
 * known to follow a CR, and no earlier line is empty. False when it was refused. Sets the
 * facts of framing (chunked, content_length, keep_alive) but applies no limit to the body.
 */
bool head_read(struct http1_reader *reader, const char *p, size_t n);

/*
 * Turns the reader broken and returns false. What is wrong with an answer is upstream's
 * fault: its status is always 502.
 */
bool http1_refuse(struct http1_reader *reader, int status, const char *words);

#endif
