/*
 * The HTTP reader on hostile bytes, both sides.
 *
 * First byte: bit 0 the side, bit 1 answers to HEAD, bit 2 small limits, the rest seeds the
 * cuts. Everything behind it is input. Held to: the same events however the input is cut;
 * no look beyond the bytes of a call (each has memory of its own); `used` within them;
 * progress with every event; spans of a head inside them; a status with every refusal; and
 * our writer takes every field that our reader took.
 */
#include "http1/http1.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 4096 };

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static const struct http1_limits small_limits = {.line = 32, .head = 80, .fields = 4, .body = 16};

struct run {
    struct http1_reader reader;
    bool to_head;
    struct buf notes;
    uint32_t seed;
};

static void require_inside(struct str span, const char *p, size_t n)
{
    REQUIRE(span.p && span.p >= p && span.n <= n && span.p + span.n <= p + n);
}

static void check_head(const struct http1_head *head, const char *p, size_t n)
{
    struct buf out;
    buf_init(&out, 2 * LONGEST);
    REQUIRE(head->count <= HTTP1_FIELDS);
    for (size_t i = 0; i < head->count; i++) {
        require_inside(head->fields[i].name, p, n);
        require_inside(head->fields[i].value, p, n);
        http1_write_field(&out, head->fields[i].name, head->fields[i].value);
    }
    REQUIRE(!buf_failed(&out));
    REQUIRE(!(head->chunked && head->content_length >= 0));
    REQUIRE(!(head->gzip && head->other_coding));
    if (head->method.p) {
        require_inside(head->method, p, n);
        require_inside(head->target, p, n);
        REQUIRE(head->path.n > 0 && head->path.p[0] == '/');
        buf_reset(&out);
        http1_write_request(&out, head->method, head->path, http1_get(head, STR("Host")));
        REQUIRE(!buf_failed(&out));
    } else {
        REQUIRE(head->status >= 200 && head->status <= 599);
    }
    buf_clear(&out);
}

static void note_head(struct run *run)
{
    const struct http1_head *head = &run->reader.head;
    struct str parts[] = {head->method, head->target, head->path, head->query};
    buf_printf(&run->notes, "\nhead %d %d %d%d%d%d%d %lld", head->status, head->minor,
               head->keep_alive, head->expect_continue, head->chunked, head->gzip,
               head->other_coding, (long long)head->content_length);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buf_add_str(&run->notes, STR("\n"));
        buf_add_str(&run->notes, parts[i]);
    }
    for (size_t i = 0; i < head->count; i++) {
        buf_add_str(&run->notes, head->fields[i].name);
        buf_add_str(&run->notes, STR("="));
        buf_add_str(&run->notes, head->fields[i].value);
        buf_add_str(&run->notes, STR("\n"));
    }
}

static void note(struct run *run, enum http1_event event, struct str body)
{
    if (event == HTTP1_HEAD) {
        note_head(run);
    } else if (event == HTTP1_BODY) {
        buf_add_str(&run->notes, body);
    } else if (event == HTTP1_END) {
        buf_add_str(&run->notes, STR("\nend\n"));
    } else if (event == HTTP1_BROKEN) {
        REQUIRE(run->reader.words);
        REQUIRE(run->reader.status >= 400 && run->reader.status <= 599);
        buf_printf(&run->notes, "\nbroken %d %s", run->reader.status, run->reader.words);
    }
}

/* One call, on bytes of its own. */
static enum http1_event read_once(struct run *run, const uint8_t *p, size_t n, size_t *used)
{
    char *copy = malloc(n + (n == 0));
    struct str body;
    REQUIRE(copy);
    if (n > 0)
        memcpy(copy, p, n);
    enum http1_event event = http1_read(&run->reader, copy, n, used, &body);
    REQUIRE(*used <= n);
    if (event == HTTP1_HEAD) {
        REQUIRE(*used > 0);
        check_head(&run->reader.head, copy, n);
    } else if (event == HTTP1_BODY) {
        REQUIRE(body.n > 0 && body.n <= *used);
        require_inside(body, copy, n);
    } else {
        REQUIRE(!body.p);
    }
    note(run, event, body);
    free(copy);
    return event;
}

/* Cuts: 0 the whole, 1 byte by byte, else by chance. */
static size_t next_cut(struct run *run, int cuts)
{
    if (cuts < 2)
        return cuts == 0 ? LONGEST : 1;
    run->seed = run->seed * 1664525 + 1013904223;
    return (run->seed >> 24) % 40 + 1;
}

static void read_all(struct run *run, const uint8_t *data, size_t size, int cuts)
{
    size_t done = 0, have = 0;
    enum http1_event event = HTTP1_MORE;
    while (have < size && event != HTTP1_BROKEN) {
        size_t more = next_cut(run, cuts);
        have = size - have < more ? size : have + more;
        do {
            size_t used;
            event = read_once(run, data + done, have - done, &used);
            done += used;
            if (event == HTTP1_END && run->to_head)
                http1_reader_answers_head(&run->reader, true);
        } while (event != HTTP1_MORE && event != HTTP1_BROKEN);
    }
    event = http1_read_eof(&run->reader);
    buf_add_str(&run->notes, STR("\neof "));
    note(run, event, STR_NONE);
}

static struct buf transcript(const uint8_t *data, size_t size, int cuts)
{
    struct run run = {.seed = data[0] >> 3};
    bool answers = (data[0] & 1) != 0;
    run.to_head = answers && (data[0] & 2) != 0;
    buf_init(&run.notes, 1 << 20);
    http1_reader_init(&run.reader, answers ? HTTP1_ANSWERS : HTTP1_REQUESTS,
                      (data[0] & 4) != 0 ? &small_limits : NULL);
    if (run.to_head)
        http1_reader_answers_head(&run.reader, true);
    read_all(&run, data + 1, size - 1, cuts);
    REQUIRE(!buf_failed(&run.notes));
    return run.notes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > LONGEST)
        return 0;
    struct buf whole = transcript(data, size, 0);
    for (int cuts = 1; cuts <= 2; cuts++) {
        struct buf cut = transcript(data, size, cuts);
        if (!str_eq(buf_str(&whole), buf_str(&cut))) {
            fprintf(stderr, "whole: " STR_FMT "\ncut %d: " STR_FMT "\n", STR_ARG(buf_str(&whole)),
                    cuts, STR_ARG(buf_str(&cut)));
            abort();
        }
        buf_clear(&cut);
    }
    buf_clear(&whole);
    return 0;
}
