/*
 * Positions and their form inside a cursor: "1 size count", or of nested streams "2 size mark",
 * then for each stream " given done length token"; numbers in decimal, tokens as they are. Refuses
 * whatever page_seal() would not have written, although the seal already says that we wrote it: a
 * cursor may come from another version of this program.
 */
#include "page/page.h"
#include <assert.h>

enum { LONGEST_CURSOR = 16384 };

void page_start(struct page_position *position, unsigned count)
{
    assert(count >= 1 && count <= PAGE_STREAMS);
    *position = (struct page_position){.count = count};
    for (unsigned i = 0; i < count; i++)
        position->streams[i].token = STR("");
}

void page_start_nested(struct page_position *position)
{
    page_start(position, 2);
    position->nested = true;
}

bool page_moved(const struct page_position *a, const struct page_position *b)
{
    for (unsigned i = 0; i < a->count; i++)
        if (a->streams[i].given != b->streams[i].given ||
            a->streams[i].done != b->streams[i].done ||
            !str_eq(a->streams[i].token, b->streams[i].token))
            return true;
    return false;
}

bool page_done(const struct page_position *position)
{
    for (unsigned i = 0; i < position->count; i++)
        if (!position->streams[i].done)
            return false;
    return true;
}

bool page_seal(const struct page_position *position, struct sign_key *key, struct str context,
               struct buf *cursor)
{
    struct buf text = buf_beside(cursor, LONGEST_CURSOR / 2);
    buf_add_str(&text, position->nested ? STR("2 ") : STR("1 "));
    buf_add_u64(&text, position->size);
    buf_add_char(&text, ' ');
    buf_add_u64(&text, position->nested ? position->mark : position->count);
    for (unsigned i = 0; i < position->count; i++) {
        const struct page_stream *stream = &position->streams[i];
        buf_add_char(&text, ' ');
        buf_add_u64(&text, stream->given);
        buf_add_str(&text, stream->done ? STR(" 1 ") : STR(" 0 "));
        buf_add_u64(&text, stream->token.n);
        buf_add_char(&text, ' ');
        buf_add_str(&text, stream->token);
    }
    bool sealed = !buf_failed(&text) && seal_close(key, context, buf_str(&text), cursor);
    buf_clear(&text);
    return sealed;
}

/* The number before the next blank. */
static bool take_number(struct str *rest, uint64_t most, uint64_t *number)
{
    return rest->p && str_to_u64(str_cut(rest, ' '), number) && *number <= most;
}

/* The token, and the blank behind it unless it is the last one. */
static bool take_token(struct str *rest, size_t length, struct str *token)
{
    if (!rest->p || rest->n < length)
        return false;
    *token = str_of(rest->p, length);
    *rest = str_of(rest->p + length, rest->n - length);
    if (rest->n == 0) {
        *rest = STR_NONE;
        return true;
    }
    if (rest->p[0] != ' ')
        return false;
    *rest = str_of(rest->p + 1, rest->n - 1);
    return true;
}

static bool take_stream(struct str *rest, struct page_stream *stream)
{
    uint64_t given, done, length;
    if (!take_number(rest, UINT32_MAX, &given) || !take_number(rest, 1, &done) ||
        !take_number(rest, LONGEST_CURSOR, &length) || !take_token(rest, length, &stream->token))
        return false;
    stream->given = (uint32_t)given;
    stream->done = done;
    return true;
}

static bool parse(struct str text, struct page_position *position)
{
    struct str rest = text;
    uint64_t version, size, word;
    if (!take_number(&rest, 2, &version) || version != (position->nested ? 2 : 1) ||
        !take_number(&rest, UINT32_MAX, &size) || !take_number(&rest, UINT64_MAX, &word) ||
        (!position->nested && word != position->count))
        return false;
    position->size = (uint32_t)size;
    position->mark = position->nested ? word : 0;
    for (unsigned i = 0; i < position->count; i++)
        if (!take_stream(&rest, &position->streams[i]))
            return false;
    return !rest.p;
}

bool page_open(struct str cursor, struct sign_key *key, struct str context, struct arena *arena,
               struct page_position *position, struct fault *fault)
{
    struct str text;
    struct page_position found = *position;
    if (cursor.n <= LONGEST_CURSOR && seal_open(key, context, cursor, arena, &text) &&
        parse(text, &found)) {
        *position = found;
        return true;
    }
    if (arena_failed(arena))
        return fault_set(fault, FAULT_INTERNAL, "Out of memory.");
    return fault_set(
        fault, FAULT_CURSOR,
        "The cursor was not given by an answer to this request: it was altered, or the "
        "endpoint, shop, app, filters or order are not those of the first page. Begin "
        "again without a cursor.");
}
