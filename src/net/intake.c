/*
 * Gathers one message from pieces. Owns the input, the large body and the inflater of the
 * message under way, and hands all of them back when it is cleared.
 *
 * Heads and their spans never move once they were told; only a head that outgrows its block
 * is moved, and only before it is told. Bytes behind a message are never read past what the
 * block holds, so that a client that sends ahead is held back by TCP.
 */
#include "net/intake.h"
#include <assert.h>

enum {
    FIRST_PROMISE = 256 << 10, /* reserved for a long body before a byte of it came */
    BEHIND_HEAD = 4096,        /* for a small body when a long head made the input grow */
    FIRST_UNPACKED = 16384
};

void intake_init(struct intake *intake, struct input_pool *pool, struct memory *memory,
                 size_t maximum)
{
    *intake = (struct intake){.pool = pool, .memory = memory, .maximum = maximum};
}

void intake_clear(struct intake *intake)
{
    if (intake->input) {
        bool clean =
            intake->state == INTAKE_WHOLE || (intake->filled == 0 && !intake->answers_head);
        input_give(intake->pool, intake->input, clean);
    }
    memory_give(intake->memory, &intake->big);
    memory_give_gunzip(intake->memory, intake->gunzip);
    intake_init(intake, intake->pool, intake->memory, intake->maximum);
}

/* ---- where to read to ---- */

static char *direct_room(struct intake *intake, size_t *room)
{
    struct buf *big = &intake->big;
    if (big->n == big->room && memory_grow(intake->memory, big, 1) != MEMORY_OK)
        return NULL;
    *room = big->room - big->n;
    return big->p + big->n;
}

/* Bytes that were not read yet move down to `to`. */
static void move_rest(struct intake *intake, size_t to)
{
    char *bytes = intake->input->bytes;
    size_t left = intake_left(intake);
    if (left > 0)
        memmove(bytes + to, bytes + intake->at, left);
    intake->at = to;
    intake->filled = to + left;
}

/* The body so far leaves the input, which then serves as a place to pass through. */
static bool leave_place(struct intake *intake)
{
    struct str body = intake->body;
    size_t room = body.n < intake->maximum / 4 ? body.n * 4 : intake->maximum;
    if (memory_take(intake->memory, &intake->big, room, intake->maximum) != MEMORY_OK)
        return false;
    buf_add_str(&intake->big, body);
    move_rest(intake, intake->base);
    intake->state = INTAKE_GATHERED;
    return true;
}

/* The input is full. */
static bool make_room(struct intake *intake)
{
    switch (intake->state) {
    case INTAKE_TO_HEAD: {
        size_t room = intake->pool->limits.head + BEHIND_HEAD;
        if (intake->at > 0)
            move_rest(intake, 0);
        if (intake->filled < intake->input->room)
            return true;
        struct input *grown = room > intake->input->room ? input_grow(intake->input, room) : NULL;
        if (grown)
            intake->input = grown;
        return grown != NULL;
    }
    case INTAKE_IN_PLACE:
        return leave_place(intake);
    case INTAKE_WHOLE:
        if (intake->big.p)
            move_rest(intake, intake->base);
        return true;
    default:
        return true;
    }
}

char *intake_room(struct intake *intake, size_t *room)
{
    if (!intake->input) {
        intake->input = input_take(intake->pool);
        if (!intake->input)
            return NULL;
        if (intake->answers_head)
            http1_reader_answers_head(&intake->input->reader, true);
    }
    if (intake->state == INTAKE_DIRECT)
        return direct_room(intake, room);
    if (intake->state == INTAKE_GATHERED)
        move_rest(intake, intake->base);
    if (intake->filled == intake->input->room && !make_room(intake))
        return NULL;
    *room = intake->input->room - intake->filled;
    return intake->input->bytes + intake->filled;
}

/* ---- what was read ---- */

static enum intake_event memory_event(enum memory_result result)
{
    return result == MEMORY_OK ? INTAKE_MORE : result == MEMORY_LONG ? INTAKE_LONG : INTAKE_FULL;
}

static enum intake_event begin_unpacking(struct intake *intake)
{
    int64_t length = intake_head(intake)->content_length;
    size_t guess =
        length > 0 && (size_t)length > FIRST_UNPACKED / 4 ? (size_t)length * 4 : FIRST_UNPACKED;
    if (guess > FIRST_PROMISE)
        guess = FIRST_PROMISE;
    if (guess > intake->maximum)
        guess = intake->maximum;
    intake->gunzip = memory_take_gunzip(intake->memory);
    if (!intake->gunzip)
        return INTAKE_FULL;
    intake->state = INTAKE_GATHERED;
    return memory_event(memory_take(intake->memory, &intake->big, guess, intake->maximum));
}

/* The owner saw the head: where will the body go? */
static enum intake_event begin_body(struct intake *intake)
{
    const struct http1_head *head = intake_head(intake);
    intake->base = intake->at;
    if (intake->unpack && !intake->answers_head)
        return begin_unpacking(intake);
    intake->state = INTAKE_IN_PLACE;
    intake->body = str_of(intake->input->bytes + intake->at, 0);
    int64_t length = head->chunked || intake->answers_head ? -1 : head->content_length;
    if (length > 0 && (uint64_t)length > intake->maximum)
        return INTAKE_LONG;
    /* One byte stays free, so that the peer's closing is seen while the message is used. */
    if (length < 0 || (uint64_t)length < intake->input->room - intake->at)
        return INTAKE_MORE;
    intake->state = INTAKE_DIRECT;
    size_t first = length < FIRST_PROMISE ? (size_t)length : FIRST_PROMISE;
    return memory_event(memory_take(intake->memory, &intake->big, first, (size_t)length));
}

static enum intake_event unpack_piece(struct intake *intake, struct str piece)
{
    struct buf *big = &intake->big;
    size_t room = big->room;
    intake->packed = true;
    bool good = gunzip_add(intake->gunzip, piece, big);
    bool full = memory_grown(intake->memory, big, room) != MEMORY_OK;
    if (buf_failed(big))
        return big->room == big->maximum ? INTAKE_LONG : INTAKE_FULL;
    return !good ? INTAKE_UNPACKED : full ? INTAKE_FULL : INTAKE_MORE;
}

static enum intake_event take_piece(struct intake *intake, struct str piece)
{
    struct buf *big = &intake->big;
    if (intake->state == INTAKE_IN_PLACE) {
        if (piece.n > intake->maximum - intake->body.n)
            return INTAKE_LONG;
        /* Pieces of chunks move together over the framing between them. */
        char *end = intake->input->bytes + intake->base + intake->body.n;
        if (piece.p != end)
            memmove(end, piece.p, piece.n);
        intake->body.n += piece.n;
        return INTAKE_MORE;
    }
    if (intake->gunzip)
        return unpack_piece(intake, piece);
    if (big->p && piece.p == big->p + big->n) {
        buf_added(big, piece.n);
        return INTAKE_MORE;
    }
    enum memory_result result = memory_grow(intake->memory, big, piece.n);
    if (result == MEMORY_OK)
        buf_add_str(big, piece);
    return memory_event(result);
}

static enum intake_event whole(struct intake *intake)
{
    if (intake->packed && !gunzip_done(intake->gunzip))
        return INTAKE_UNPACKED;
    if (intake->state != INTAKE_IN_PLACE)
        intake->body = buf_str(&intake->big);
    memory_give_gunzip(intake->memory, intake->gunzip);
    intake->gunzip = NULL;
    intake->state = INTAKE_WHOLE;
    return INTAKE_END;
}

/* Reads n bytes at p; *used of them are done with. */
static enum intake_event read_bytes(struct intake *intake, const char *p, size_t n, size_t *used)
{
    struct str piece = STR_NONE;
    switch (http1_read(&intake->input->reader, p, n, used, &piece)) {
    case HTTP1_HEAD:
        intake->state = INTAKE_AT_HEAD;
        return INTAKE_HEAD;
    case HTTP1_BODY:
        return take_piece(intake, piece);
    case HTTP1_END:
        return whole(intake);
    case HTTP1_BROKEN:
        return INTAKE_BROKEN;
    case HTTP1_MORE:
        break;
    }
    return INTAKE_MORE;
}

/* Reads what is in the input. */
static enum intake_event read_input(struct intake *intake)
{
    for (;;) {
        size_t used = 0;
        size_t n = intake_left(intake);
        enum intake_event event = read_bytes(intake, intake->input->bytes + intake->at, n, &used);
        intake->at += used;
        if (event != INTAKE_MORE || used == 0)
            return event;
    }
}

enum intake_event intake_next(struct intake *intake)
{
    if (intake->state == INTAKE_WHOLE)
        return INTAKE_END;
    if (!intake->input)
        return INTAKE_MORE;
    if (intake->state == INTAKE_AT_HEAD) {
        enum intake_event event = begin_body(intake);
        if (event != INTAKE_MORE)
            return event;
    }
    return read_input(intake);
}

static enum intake_event added_direct(struct intake *intake, size_t n)
{
    const char *p = intake->big.p + intake->big.n;
    for (;;) {
        size_t used = 0;
        enum intake_event event = read_bytes(intake, p, n, &used);
        p += used;
        n -= used;
        if (event != INTAKE_MORE || used == 0)
            return event;
    }
}

enum intake_event intake_added(struct intake *intake, size_t n)
{
    if (intake->state == INTAKE_DIRECT)
        return added_direct(intake, n);
    intake->filled += n;
    assert(intake->filled <= intake->input->room);
    return intake->state == INTAKE_WHOLE ? INTAKE_END : read_input(intake);
}

enum intake_event intake_closed(struct intake *intake)
{
    if (!intake->input)
        return INTAKE_MORE;
    switch (http1_read_eof(&intake->input->reader)) {
    case HTTP1_END:
        return whole(intake);
    case HTTP1_BROKEN:
        return INTAKE_BROKEN;
    default:
        return INTAKE_MORE;
    }
}

struct str intake_body(const struct intake *intake)
{
    return intake->body;
}

void intake_restart(struct intake *intake)
{
    assert(intake->state == INTAKE_WHOLE);
    size_t left = intake_left(intake);
    struct input *input = left > 0 ? intake->input : NULL;
    size_t at = intake->at;
    if (input)
        intake->input = NULL;
    intake_clear(intake);
    if (!input)
        return;
    memmove(input->bytes, input->bytes + at, left);
    intake->input = input;
    intake->filled = left;
}
