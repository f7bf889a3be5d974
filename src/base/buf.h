/*
 * Growing byte buffer, born with its maximum (after curl's dynbuf).
 *
 * Adding past the maximum, or a failed malloc, turns the buffer `failed`: its content is
 * dropped and every later add is ignored until buf_reset. So a writer adds freely and its
 * caller checks buf_failed() once.
 * A buffer of an arena grows there: buf_clear() then frees nothing, the arena does.
 */
#ifndef SHOPSHIM_BASE_BUF_H
#define SHOPSHIM_BASE_BUF_H

#include "base/str.h"

struct arena;

struct buf {
    char *p;
    size_t n;       /* bytes in use */
    size_t room;    /* bytes allocated */
    size_t maximum; /* bytes it may ever hold */
    bool failed;
    struct arena *arena; /* where the bytes live; NULL: malloc */
};

void buf_init(struct buf *buf, size_t maximum); /* allocates nothing */
void buf_init_arena(struct buf *buf, size_t maximum, struct arena *arena);
/* An empty one whose bytes live where those of `other` do. */
struct buf buf_beside(const struct buf *other, size_t maximum);
void buf_clear(struct buf *buf); /* frees; usable again as after buf_init */
void buf_reset(struct buf *buf); /* n = 0, failed = false, keeps the memory */

void buf_add(struct buf *buf, const char *p, size_t n);
void buf_add_str(struct buf *buf, struct str s);
void buf_add_char(struct buf *buf, char c);
void buf_add_u64(struct buf *buf, uint64_t value);
void buf_add_i64(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * At least `n` writable bytes at the returned place, or NULL when failed. buf_added() then
 * says how many were written.
 */
char *buf_reserve(struct buf *buf, size_t n);
void buf_added(struct buf *buf, size_t n);

/* Back to the first n bytes, which it holds; nothing when failed. */
static inline void buf_cut(struct buf *buf, size_t n)
{
    if (!buf->failed)
        buf->n = n;
}

/* Drops the first n bytes (moves the rest to the front). */
void buf_drop(struct buf *buf, size_t n);

static inline bool buf_failed(const struct buf *buf)
{
    return buf->failed;
}

/* Valid until the next change of the buffer. */
static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->p ? buf->p : "", buf->n};
}

#endif
