/*
 * Feeds bytes to a reader in given cuts and writes down what it says, as one line of text:
 *
 *   POST /a?b 1.1 keep len=5 | hello | end | idle
 *
 * head (path, query, version, flags), body, end of message, and at last what the end of the
 * connection means: idle, end or cut. A refusal is "!status words" and ends the line.
 * Each call sees exactly its bytes in memory of their own, so that the sanitizer notices a
 * look beyond them.
 */
#ifndef TESTS_HTTP1_FEED_H
#define TESTS_HTTP1_FEED_H

#include "http1/http1.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char cut_words[] = "The connection ended in the middle of a message.";

struct feed {
    enum http1_side side;
    const struct http1_limits *limits;
    bool to_head; /* every answer answers a HEAD */
};

struct notes {
    struct buf line;
    bool in_body;
};

static void note(struct notes *notes, struct str text)
{
    if (notes->line.n > 0)
        buf_add_str(&notes->line, STR(" | "));
    buf_add_str(&notes->line, text);
    notes->in_body = false;
}

static void note_head(struct notes *notes, const struct http1_head *head)
{
    if (head->method.p) {
        note(notes, head->method);
        buf_printf(&notes->line, " " STR_FMT, STR_ARG(head->path));
        if (head->query.p)
            buf_printf(&notes->line, "?" STR_FMT, STR_ARG(head->query));
    } else {
        note(notes, STR(""));
        buf_add_i64(&notes->line, head->status);
    }
    buf_printf(&notes->line, " 1.%d%s%s%s%s%s", head->minor, head->keep_alive ? " keep" : "",
               head->chunked ? " chunked" : "", head->gzip ? " gzip" : "",
               head->other_coding ? " coded" : "", head->expect_continue ? " expect" : "");
    if (head->content_length >= 0)
        buf_printf(&notes->line, " len=%lld", (long long)head->content_length);
}

static void note_event(struct notes *notes, const struct http1_reader *reader,
                       enum http1_event event, struct str body)
{
    switch (event) {
    case HTTP1_HEAD:
        note_head(notes, &reader->head);
        break;
    case HTTP1_BODY:
        assert_true(body.n > 0);
        if (!notes->in_body)
            note(notes, STR(""));
        notes->in_body = true;
        buf_add_str(&notes->line, body);
        break;
    case HTTP1_END:
        note(notes, STR("end"));
        break;
    case HTTP1_BROKEN:
        note(notes, STR(""));
        buf_printf(&notes->line, "!%d %s", reader->status, reader->words);
        break;
    case HTTP1_MORE:
        break;
    }
}

/* One call, on bytes of its own. */
static enum http1_event read_once(struct http1_reader *reader, struct notes *notes,
                                  struct str window, size_t *used)
{
    char *copy = malloc(window.n + (window.n == 0));
    assert_non_null(copy);
    memcpy(copy, window.p, window.n);
    struct str body;
    enum http1_event event = http1_read(reader, copy, window.n, used, &body);
    assert_true(*used <= window.n);
    note_event(notes, reader, event, body);
    free(copy);
    return event;
}

/*
 * Reads `input`, which arrives in pieces: `first` bytes, then `step` bytes at a time.
 * The result is the caller's to clear.
 */
static struct buf feed(const struct feed *feed, struct str input, size_t first, size_t step)
{
    struct http1_reader reader;
    struct notes notes = {.in_body = false};
    enum http1_event event = HTTP1_MORE;
    size_t done = 0, have = 0;
    buf_init(&notes.line, 1 << 20);
    http1_reader_init(&reader, feed->side, feed->limits);
    if (feed->to_head)
        http1_reader_answers_head(&reader, true);
    while (event != HTTP1_BROKEN && have < input.n) {
        size_t more = have == 0 && first > 0 ? first : step;
        have = input.n - have < more ? input.n : have + more;
        do {
            size_t used;
            event = read_once(&reader, &notes, str_of(input.p + done, have - done), &used);
            done += used;
            if (event == HTTP1_END && feed->to_head)
                http1_reader_answers_head(&reader, true);
        } while (event != HTTP1_MORE && event != HTTP1_BROKEN);
    }
    if (event != HTTP1_BROKEN) {
        bool busy = http1_reader_busy(&reader);
        event = http1_read_eof(&reader);
        assert_int_equal(event == HTTP1_MORE, !busy);
        note(&notes, event == HTTP1_END    ? STR("end")
                     : event == HTTP1_MORE ? STR("idle")
                                           : STR("cut"));
    }
    if (event == HTTP1_BROKEN) {
        if (feed->side == HTTP1_ANSWERS || strcmp(reader.words, cut_words) == 0)
            assert_int_equal(reader.status, feed->side == HTTP1_ANSWERS ? 502 : 400);
        /* Stays so, whatever comes. */
        size_t used;
        assert_int_equal(http1_read(&reader, "GET", 3, &used, &(struct str){0}), HTTP1_BROKEN);
        assert_int_equal(used, 0);
        assert_int_equal(http1_read_eof(&reader), HTTP1_BROKEN);
        assert_false(http1_reader_busy(&reader));
    }
    buf_add_char(&notes.line, '\0');
    assert_false(buf_failed(&notes.line));
    return notes.line;
}

/* "... | !400 bare LF" holds when the line has the same up to the status, and those words. */
static void expect_line(const char *name, const char *line, const char *expected)
{
    const char *mark = strchr(expected, '!');
    size_t n = mark ? (size_t)(mark - expected) + 4 : strlen(expected) + 1;
    if (strncmp(line, expected, n) != 0 || (mark && !strstr(line + n, expected + n)))
        fail_msg("%s:\n  read     %s\n  expected %s", name, line, expected);
}

/* Whole, cut in two at each place, byte by byte: the same line each time. */
static void expect_feed(const char *name, const struct feed *how, struct str input,
                        const char *expected)
{
    struct buf whole = feed(how, input, 0, input.n);
    expect_line(name, whole.p, expected);
    for (size_t first = 0; first < input.n; first++) {
        struct buf cut = feed(how, input, first, first == 0 ? 1 : input.n);
        if (strcmp(cut.p, whole.p) != 0)
            fail_msg("%s, cut at %zu:\n  read  %s\n  whole %s", name, first, cut.p, whole.p);
        buf_clear(&cut);
    }
    buf_clear(&whole);
}

#endif
