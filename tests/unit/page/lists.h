/*
 * Lists that are made up by a seed, and an upstream that serves them: flat ones merged by a key
 * of which many are equal, or an outer list of which each row has an inner one, many of them
 * empty. Tokens are numbers as text; pages may come short of what was asked, or empty.
 */
#ifndef TESTS_UNIT_PAGE_LISTS_H
#define TESTS_UNIT_PAGE_LISTS_H

#include "page/page.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LISTS_ROWS = 600, LISTS_TOKENS = 4096 };

struct lists {
    uint64_t seed, random;
    unsigned count; /* streams */
    bool merged, nested, descending, ragged;
    int keys[PAGE_STREAMS][LISTS_ROWS]; /* nested: [0][outer row] is how many inner rows it has */
    size_t rows[PAGE_STREAMS];
    int all[LISTS_ROWS]; /* the rows of the whole list: stream * LISTS_ROWS + row */
    size_t all_count;
    size_t first[LISTS_ROWS]; /* nested: of each outer row, where its list begins in the whole */
    /* while it serves */
    size_t from[PAGE_STREAMS]; /* of the page in hand */
    size_t outer;              /* nested: the row whose list is in hand */
    unsigned fetches;
    char tokens[LISTS_TOKENS][24];
};

static inline uint64_t lists_random(struct lists *lists, uint64_t below)
{
    lists->random ^= lists->random << 13;
    lists->random ^= lists->random >> 7;
    lists->random ^= lists->random << 17;
    return below ? (lists->random >> 11) % below : 0;
}

static inline int lists_key(const struct lists *lists, unsigned stream, size_t row)
{
    int key = lists->keys[stream][row];
    return lists->descending ? -key : key;
}

/* All rows in order; of equal keys the lower stream's first. */
static inline void lists_merge(struct lists *lists)
{
    size_t at[PAGE_STREAMS] = {0};
    for (;;) {
        unsigned best = lists->count;
        for (unsigned i = 0; i < lists->count; i++)
            if (at[i] < lists->rows[i] &&
                (best == lists->count ||
                 (lists->merged && lists_key(lists, i, at[i]) < lists_key(lists, best, at[best]))))
                best = i;
        if (best == lists->count)
            return;
        lists->all[lists->all_count++] = (int)(best * LISTS_ROWS + at[best]++);
    }
}

static inline void lists_flat(struct lists *lists, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        lists->rows[lists_random(lists, lists->count)]++;
    for (unsigned i = 0; i < lists->count; i++) {
        int key = 1000;
        for (size_t row = 0; row < lists->rows[i]; row++) {
            key += lists_random(lists, 3) == 0 ? (lists->descending ? -1 : 1) : 0;
            lists->keys[i][row] = key;
        }
    }
    lists_merge(lists);
}

static inline void lists_nest(struct lists *lists, size_t rows)
{
    lists->rows[0] = lists_random(lists, 40);
    for (size_t row = 0; row < lists->rows[0]; row++) {
        size_t left = rows - lists->all_count;
        size_t inner = lists_random(lists, 3) == 0 ? 0 : lists_random(lists, 30);
        inner = inner < left ? inner : left;
        lists->first[row] = lists->all_count;
        lists->keys[0][row] = (int)inner;
        for (size_t i = 0; i < inner; i++) {
            lists->all[lists->all_count] = (int)lists->all_count;
            lists->all_count++;
        }
    }
}

static inline void lists_make(struct lists *lists, uint64_t seed)
{
    *lists = (struct lists){
        .seed = seed, .random = seed * UINT64_C(0x9e3779b97f4a7c15) + UINT64_C(0x632be59bd9b4e019)};
    lists->nested = lists_random(lists, 3) == 0;
    lists->merged = !lists->nested && lists_random(lists, 4) != 0;
    lists->count = lists->nested ? 2 : 1 + (unsigned)lists_random(lists, PAGE_STREAMS);
    lists->descending = lists_random(lists, 2);
    lists->ragged = lists_random(lists, 3) == 0;
    size_t rows = lists_random(lists, 4) == 0 ? lists_random(lists, 501) : lists_random(lists, 60);
    if (lists->nested)
        lists_nest(lists, rows);
    else
        lists_flat(lists, rows);
}

static inline int lists_compare(void *ctx, unsigned a, size_t row_a, unsigned b, size_t row_b)
{
    const struct lists *lists = ctx;
    return lists_key(lists, a, lists->from[a] + row_a) -
           lists_key(lists, b, lists->from[b] + row_b);
}

static inline struct page_position lists_start(const struct lists *lists, uint32_t size)
{
    struct page_position position;
    if (lists->nested)
        page_start_nested(&position);
    else
        page_start(&position, lists->count);
    position.size = size;
    return position;
}

/* Serves a page. Ragged upstreams cut it at a row of their own choice, the same each time. */
static inline void lists_serve(struct lists *lists, struct page_walk *walk,
                               const struct page_step *step)
{
    uint64_t from = 0;
    struct fault fault;
    unsigned i = step->stream;
    assert_true(step->token.n == 0 || str_to_u64(step->token, &from));
    if (lists->nested && i == 1) /* the outer page in hand began at from[0] */
        lists->outer = lists->from[0] + step->row;
    size_t rows = lists->nested && i == 1 ? (size_t)lists->keys[0][lists->outer] : lists->rows[i];
    size_t size = walk->position.size;
    if (lists->ragged)
        size -= (lists->seed + from) % size;
    size_t to = from + size < rows ? from + size : rows;
    lists->from[i] = from;
    assert_true(lists->fetches < LISTS_TOKENS);
    char *token = lists->tokens[lists->fetches++];
    token[0] = '\0';
    if (to < rows)
        snprintf(token, sizeof lists->tokens[0], "%zu", to);
    assert_true(page_walk_came(walk, i, to - from, str_from(token), &fault));
}

/* A row of the page in hand, as in `all`. */
static inline int lists_row(const struct lists *lists, unsigned stream, size_t row)
{
    if (lists->nested)
        return (int)(lists->first[lists->outer] + lists->from[1] + row);
    return (int)(stream * LISTS_ROWS + lists->from[stream] + row);
}

/* Walks one page; the rows given go to `out`. `reached` is the position of its first row. */
static inline size_t lists_walk(struct lists *lists, struct page_walk *walk, int *out,
                                struct page_position *reached)
{
    struct page_step step, asked[PAGE_STREAMS];
    unsigned waiting = 0;
    size_t count = 0;
    lists->fetches = 0;
    for (;;) {
        page_walk_step(walk, &step);
        switch (step.what) {
        case PAGE_FETCH:
            asked[waiting++] = step;
            break;
        case PAGE_WAIT:
            assert_true(waiting > 0);
            waiting--;
            size_t any = lists_random(lists, waiting + 1);
            struct page_step one = asked[any];
            asked[any] = asked[waiting];
            lists_serve(lists, walk, &one);
            break;
        case PAGE_REACHED:
            assert_int_equal(walk->skip, 0);
            assert_int_equal(count, 0);
            *reached = walk->position;
            break;
        case PAGE_GIVE:
            for (size_t row = step.from; row < step.to; row++)
                out[count++] = lists_row(lists, step.stream, row);
            break;
        case PAGE_END:
            assert_int_equal(waiting, 0);
            return count;
        }
    }
}

#endif
