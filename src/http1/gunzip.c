/*
 * gzip undone with zlib, in pieces.
 *
 * Owns one zlib stream. A file may be several members one after another (RFC 1952 section
 * 2.2); what stands behind a member must be another one, so bytes left over are refused.
 * The output never grows past the maximum of the caller's buffer: once that is full, one
 * spare byte tells a body that just fits from one that does not.
 */
#include "http1/gunzip.h"
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { STEP = 16384, WINDOW_BITS = 15, GZIP_ONLY = 16 };

struct gunzip {
    z_stream stream;
    bool between; /* at the end of a member */
    bool begun;
    bool broken;
};

struct gunzip *gunzip_new(void)
{
    struct gunzip *gunzip = calloc(1, sizeof *gunzip);
    if (gunzip && inflateInit2(&gunzip->stream, WINDOW_BITS + GZIP_ONLY) != Z_OK) {
        free(gunzip);
        return NULL;
    }
    return gunzip;
}

void gunzip_free(struct gunzip *gunzip)
{
    if (!gunzip)
        return;
    inflateEnd(&gunzip->stream);
    free(gunzip);
}

void gunzip_reset(struct gunzip *gunzip)
{
    /* Cannot fail for a stream that inflateInit2 made. */
    inflateReset(&gunzip->stream);
    gunzip->between = gunzip->begun = gunzip->broken = false;
}

/* One call of inflate() into what room `out` may still offer. */
static int inflate_step(z_stream *stream, struct buf *out)
{
    char spare;
    size_t room = out->maximum - out->n;
    if (room > STEP)
        room = STEP;
    char *at = room > 0 ? buf_reserve(out, room) : &spare;
    if (!at)
        return Z_MEM_ERROR;
    size_t offered = room > 0 ? room : 1;
    stream->next_out = (unsigned char *)at;
    stream->avail_out = (unsigned)offered;
    int result = inflate(stream, Z_NO_FLUSH);
    size_t made = offered - stream->avail_out;
    if (room > 0)
        buf_added(out, made);
    else if (made > 0)
        buf_add(out, &spare, 1); /* past the maximum: turns it failed */
    return result;
}

static bool unpack(struct gunzip *gunzip, struct buf *out)
{
    z_stream *stream = &gunzip->stream;
    for (;;) {
        if (gunzip->between) {
            if (stream->avail_in == 0)
                return true;
            if (inflateReset(stream) != Z_OK)
                return false;
            gunzip->between = false;
        }
        int result = inflate_step(stream, out);
        if (buf_failed(out))
            return false;
        if (result == Z_STREAM_END)
            gunzip->between = true;
        else if (result == Z_BUF_ERROR)
            return stream->avail_in == 0; /* no progress without more input */
        else if (result != Z_OK)
            return false;
    }
}

bool gunzip_add(struct gunzip *gunzip, struct str piece, struct buf *out)
{
    if (gunzip->broken || buf_failed(out))
        return false;
    gunzip->begun = gunzip->begun || piece.n > 0;
    while (piece.n > 0) {
        unsigned n = piece.n < UINT_MAX ? (unsigned)piece.n : UINT_MAX;
        gunzip->stream.next_in = (z_const unsigned char *)piece.p;
        gunzip->stream.avail_in = n;
        if (!unpack(gunzip, out)) {
            gunzip->broken = true;
            return false;
        }
        piece = str_of(piece.p + n, piece.n - n);
    }
    return true;
}

bool gunzip_done(const struct gunzip *gunzip)
{
    return gunzip->begun && gunzip->between && !gunzip->broken;
}
