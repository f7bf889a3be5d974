/*
 * Growing byte buffer with a maximum. Owns its bytes; room doubles from 64 bytes on and never
 * exceeds the maximum. Refuses, by turning failed, what does not fit.
 */
#include "base/buf.h"
#include "base/arena.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { SMALLEST_ROOM = 64, MOST_DIGITS = 20 };

void buf_init(struct buf *buf, size_t maximum)
{
    *buf = (struct buf){.maximum = maximum};
}

void buf_init_arena(struct buf *buf, size_t maximum, struct arena *arena)
{
    *buf = (struct buf){.maximum = maximum, .arena = arena};
}

struct buf buf_beside(const struct buf *other, size_t maximum)
{
    struct buf buf;
    buf_init(&buf, maximum);
    buf.arena = other->arena;
    return buf;
}

void buf_clear(struct buf *buf)
{
    if (!buf->arena)
        free(buf->p);
    buf_init_arena(buf, buf->maximum, buf->arena);
}

void buf_reset(struct buf *buf)
{
    buf->n = 0;
    buf->failed = false;
}

static char *fail(struct buf *buf)
{
    buf->n = 0;
    buf->failed = true;
    return NULL;
}

char *buf_reserve(struct buf *buf, size_t n)
{
    if (buf->failed)
        return NULL;
    if (n > buf->maximum - buf->n)
        return fail(buf);
    if (buf->p && n <= buf->room - buf->n)
        return buf->p + buf->n;
    size_t room = buf->room > buf->maximum / 2 ? buf->maximum : buf->room * 2;
    if (room < buf->n + n)
        room = buf->n + n;
    if (room < SMALLEST_ROOM)
        room = SMALLEST_ROOM < buf->maximum ? SMALLEST_ROOM : buf->maximum;
    room = room ? room : 1;
    char *p =
        buf->arena ? arena_resize(buf->arena, buf->p, buf->room, room) : realloc(buf->p, room);
    if (!p)
        return fail(buf);
    buf->p = p;
    buf->room = room;
    return p + buf->n;
}

void buf_added(struct buf *buf, size_t n)
{
    if (buf->failed)
        return;
    assert(n <= buf->room - buf->n);
    buf->n += n;
}

void buf_add(struct buf *buf, const char *p, size_t n)
{
    if (n == 0)
        return;
    char *place = buf_reserve(buf, n);
    if (!place)
        return;
    memcpy(place, p, n);
    buf->n += n;
}

void buf_add_str(struct buf *buf, struct str s)
{
    buf_add(buf, s.p, s.n);
}

void buf_add_char(struct buf *buf, char c)
{
    char *place = buf_reserve(buf, 1);
    if (!place)
        return;
    *place = c;
    buf->n++;
}

void buf_add_u64(struct buf *buf, uint64_t value)
{
    char digits[MOST_DIGITS];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buf_add(buf, digits + at, sizeof digits - at);
}

void buf_add_i64(struct buf *buf, int64_t value)
{
    if (value < 0)
        buf_add_char(buf, '-');
    buf_add_u64(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        fail(buf);
        return;
    }
    /* vsnprintf ends with a NUL, which may not fit under the maximum: write it elsewhere. */
    char small[256];
    char *text = (size_t)n < sizeof small ? small : malloc((size_t)n + 1);
    if (!text) {
        fail(buf);
        return;
    }
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    buf_add(buf, text, (size_t)n);
    if (text != small)
        free(text);
}

void buf_drop(struct buf *buf, size_t n)
{
    if (buf->failed)
        return;
    assert(n <= buf->n);
    buf->n -= n;
    if (n > 0 && buf->n > 0)
        memmove(buf->p, buf->p + n, buf->n);
}
