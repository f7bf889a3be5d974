/*
 * Scripts of an upstream, short to write.
 */
#ifndef TESTS_UNIT_NET_SCRIPT_H
#define TESTS_UNIT_NET_SCRIPT_H

#include "stage.h"

#define GET         "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
#define POST        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"
#define OK          ANSWER("Content-Length: 2\r\n\r\nok")
#define SCRIPT(...) ((const struct act[]){__VA_ARGS__, {ACT_END, NULL, 0}})
#define ACCEPT                                                                                     \
    {                                                                                              \
        ACT_ACCEPT, NULL, 0                                                                        \
    }
#define READ                                                                                       \
    {                                                                                              \
        ACT_READ, NULL, 0                                                                          \
    }
#define SEND(x)                                                                                    \
    {                                                                                              \
        ACT_SEND, x, sizeof(x) - 1                                                                 \
    }
#define DROP                                                                                       \
    {                                                                                              \
        ACT_DROP, NULL, 0                                                                          \
    }
#define RESET                                                                                      \
    {                                                                                              \
        ACT_RESET, NULL, 0                                                                         \
    }
#define GONE                                                                                       \
    {                                                                                              \
        ACT_GONE, NULL, 0                                                                          \
    }
#define SIGNAL                                                                                     \
    {                                                                                              \
        ACT_SIGNAL, NULL, 0                                                                        \
    }
#define HOLD                                                                                       \
    {                                                                                              \
        ACT_HOLD, NULL, 0                                                                          \
    }
#define END                                                                                        \
    {                                                                                              \
        ACT_END, NULL, 0                                                                           \
    }

/* One request, one answer. */
struct row {
    const char *name;
    const struct act *acts;
    const char *request;
    int status;
    const char *body;
    const char *noted; /* what upstream saw */
};

/* Plays each row against a server of its own: `answer_bytes` is 8192. */
void expect_rows(const struct row *rows, size_t count);

#define EXPECT(rows) expect_rows((rows), sizeof(rows) / sizeof *(rows))

#endif
