/*
 * What the fuzz targets share: the check that ends a run, and the smallest errors.json.
 */
#ifndef SHOPSHIM_TESTS_FUZZ_H
#define SHOPSHIM_TESTS_FUZZ_H

#include "base/buf.h"
#include "base/fault.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline void fuzz_write_errors(struct buf *out)
{
    buf_add_str(out, STR("{\"kinds\":{"));
    for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++)
        buf_printf(out, "%s\"%s\":{\"code\":%d,\"status\":400}", kind > 1 ? "," : "",
                   fault_name((enum fault_kind)kind), kind);
    buf_add_str(out, STR("}}"));
}

#endif
