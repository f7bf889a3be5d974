/*
 * Intake: one message as it arrives, for either direction (private to this room).
 *
 * The owner of a socket asks where to read to, says how much came, and is told the head and
 * the end. The body is one span in the end: small ones stay where they were read, in the
 * input; large ones of a known length are read straight into a buffer of that size, which
 * grows as bytes come, not on a promise; others are gathered. A packed answer is unpacked.
 */
#ifndef SHOPSHIM_NET_INTAKE_H
#define SHOPSHIM_NET_INTAKE_H

#include "net/memory.h"

enum intake_event {
    INTAKE_MORE,    /* read on */
    INTAKE_HEAD,    /* intake_head() is filled; go on with intake_next() */
    INTAKE_END,     /* the message is whole: intake_body() */
    INTAKE_BROKEN,  /* refused by the reader: its status and words */
    INTAKE_LONG,    /* the body, unpacked, is longer than the maximum */
    INTAKE_FULL,    /* no memory: client.memory_bytes, or malloc */
    INTAKE_UNPACKED /* the packed body is damaged or cut off */
};

struct intake {
    struct input_pool *pool;
    struct memory *memory;
    struct input *input; /* NULL: nothing is there */
    size_t filled;       /* bytes in it */
    size_t at;           /* of which are read */
    size_t base;         /* behind the head: where the space for the body begins */
    enum {
        INTAKE_TO_HEAD,
        INTAKE_AT_HEAD, /* it was told */
        INTAKE_IN_PLACE,
        INTAKE_GATHERED,
        INTAKE_DIRECT,
        INTAKE_WHOLE
    } state;
    struct str body; /* in place */
    struct buf big;  /* gathered or direct */
    struct gunzip *gunzip;
    size_t maximum;    /* of the body, unpacked */
    bool unpack;       /* set by the owner at the head: the body is gzip */
    bool packed;       /* a byte of such a body was there */
    bool answers_head; /* set by the owner before the first byte: no body will come */
};

void intake_init(struct intake *intake, struct input_pool *pool, struct memory *memory,
                 size_t maximum);
/* Gives all memory back; as after intake_init. */
void intake_clear(struct intake *intake);

/* Where to read to: *room bytes, 0 when it is full (only after INTAKE_END). NULL: no memory. */
char *intake_room(struct intake *intake, size_t *room);

/* n bytes were read there. After INTAKE_END they wait for intake_restart: INTAKE_END again. */
enum intake_event intake_added(struct intake *intake, size_t n);
enum intake_event intake_next(struct intake *intake);
/* The peer closed: INTAKE_MORE when nothing was under way. */
enum intake_event intake_closed(struct intake *intake);

static inline const struct http1_reader *intake_reader(const struct intake *intake)
{
    return &intake->input->reader;
}

static inline const struct http1_head *intake_head(const struct intake *intake)
{
    return &intake->input->reader.head;
}

/* Valid until intake_restart or intake_clear. */
struct str intake_body(const struct intake *intake);

/* Bytes behind the message. */
static inline size_t intake_left(const struct intake *intake)
{
    return intake->filled - intake->at;
}

/* Whether a byte of a message, or of what may become one, is there. */
static inline bool intake_begun(const struct intake *intake)
{
    return intake->input && (intake->filled > 0 || intake->state != INTAKE_TO_HEAD);
}

/*
 * After INTAKE_END: forgets the message. What stood behind it is read as the next one by
 * intake_next(); without such bytes the memory is given back.
 */
void intake_restart(struct intake *intake);

#endif
