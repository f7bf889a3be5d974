/*
 * The states of a reader (private to this room).
 */
#ifndef SHOPSHIM_HTTP1_STATES_H
#define SHOPSHIM_HTTP1_STATES_H

enum http1_state {
    AT_START,      /* between messages: no byte of one was seen */
    IN_FIRST_LINE, /* request or status line */
    IN_FIELDS,     /* the lines behind it */
    IN_BODY,       /* of a known length: reader->left */
    IN_BODY_TO_CLOSE,
    AT_CHUNK_SIZE,   /* its first digit */
    IN_CHUNK_SIZE,   /* reader->scanned counts the digits */
    IN_CHUNK_BLANKS, /* between size and extension */
    IN_CHUNK_EXTENSION,
    AT_CHUNK_SIZE_LF,
    IN_CHUNK,
    AT_CHUNK_CR,
    AT_CHUNK_LF,
    AT_TRAILER,
    IN_TRAILER_NAME,
    IN_TRAILER_VALUE,
    AT_TRAILER_LF,
    AT_LAST_LF,
    AT_END, /* whole, HTTP1_END not yet told */
    IS_BROKEN
};

#endif
