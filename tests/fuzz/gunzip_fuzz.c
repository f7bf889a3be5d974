/*
 * gunzip on hostile bytes: the maximum holds, and the verdict and the text are the same
 * however the stream is cut.
 */
#include "http1/gunzip.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 40000 };

/* "done", "open" or "refused" stands behind what was unpacked. */
static struct buf unpack(struct str input, size_t step)
{
    struct gunzip *gunzip = gunzip_new();
    struct buf out;
    bool good = true;
    if (!gunzip)
        abort();
    buf_init(&out, MOST);
    for (size_t at = 0; at < input.n && good; at += step)
        good = gunzip_add(gunzip, str_of(input.p + at, input.n - at < step ? input.n - at : step),
                          &out);
    if (out.n > MOST || out.room > MOST)
        abort();
    const char *verdict = gunzip_done(gunzip) ? "done" : good ? "open" : "refused";
    /* How much came before a refusal depends on the cuts. */
    buf_reset(&out);
    if (good) {
        gunzip_reset(gunzip);
        for (size_t at = 0; at < input.n; at += step)
            if (!gunzip_add(gunzip, str_of(input.p + at, input.n - at < step ? input.n - at : step),
                            &out))
                abort();
    }
    out.maximum += 16;
    buf_add_str(&out, str_from(verdict));
    gunzip_free(gunzip);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct str input = str_of((const char *)data + 1, size - 1);
    struct buf whole = unpack(input, size);
    struct buf cut = unpack(input, (size_t)data[0] + 1);
    if (!str_eq(buf_str(&whole), buf_str(&cut))) {
        fprintf(stderr, "%zu and %zu bytes\n", whole.n, cut.n);
        abort();
    }
    buf_clear(&whole);
    buf_clear(&cut);
    return 0;
}
