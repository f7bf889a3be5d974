/*
 * What a visit is asked and what it answers, and how the answer goes out: the only things
 * that connections and visits know of each other.
 */
#ifndef SHOPSHIM_SANDBOX_MESSAGE_H
#define SHOPSHIM_SANDBOX_MESSAGE_H

#include "base/buf.h"
#include "base/url.h"

struct visit_request {
    struct str method;
    struct str target; /* path and query as sent */
    struct str body;
    struct pairs headers;
    int broken;        /* status for a message that could not be read; 0: it could */
    const char *words; /* ... and why */
};

/* Where an answer ends. */
enum answer_end {
    END_WHOLE,
    END_BEFORE_HEAD, /* a reset instead of an answer */
    END_AFTER_HEAD,  /* the head, then a reset */
    END_CUT          /* the head and `cut` bytes of the body, then an orderly end */
};

/* All zero but status, content_type and body is an answer that goes out as it should. */
struct visit_answer {
    int status;
    struct str content_type; /* static, or living as long as the tables */
    struct buf body;
    unsigned retry_after; /* seconds; 0: no such field */
    int64_t delay_ms;     /* before its first byte */
    uint64_t rate;        /* bytes a second; 0: as fast as they go */
    enum answer_end end;
    size_t cut;
};

#endif
