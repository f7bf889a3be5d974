/*
 * The corpus: every document's verdict and offset, at every place where a document can stand:
 * at the very end of a page before one that must not be touched, so that a byte read behind
 * the text ends the test.
 */
#include "json/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum verdict { ACCEPT, REJECT, DOUBLE };

struct document {
    size_t line;
    enum verdict verdict;
    size_t offset;
    char text[256];
    size_t n;
};

enum { MOST_DOCUMENTS = 1000, MEMORY = 1 << 20 };
static struct document documents[MOST_DOCUMENTS];
static size_t document_count;
static char *page_end; /* the first byte of a page that may not be touched */

static int hex(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

static void read_document(const char *line, size_t number)
{
    struct document *d = &documents[document_count++];
    const char *text = strstr(line, "| ");
    assert_non_null(text);
    d->line = number;
    d->verdict = line[0] == 'a' ? ACCEPT : line[0] == 'r' ? REJECT : DOUBLE;
    d->offset = d->verdict == ACCEPT ? 0 : strtoul(line + 7, NULL, 10);
    for (const char *p = text + 2; *p && *p != '\n'; p++) {
        if (*p == '~') {
            d->text[d->n++] = (char)(hex(p[1]) << 4 | hex(p[2]));
            p += 2;
        } else {
            d->text[d->n++] = *p;
        }
        assert_true(d->n < sizeof d->text);
    }
}

static int set_up(void **state)
{
    char line[1024];
    size_t page = (size_t)sysconf(_SC_PAGESIZE), number = 0;
    (void)state;
    FILE *file = fopen(TEST_ROOT "/tests/unit/json/corpus/documents.txt", "r");
    if (!file)
        return -1;
    while (fgets(line, sizeof line, file)) {
        number++;
        if (line[0] != '#' && line[0] != '\n')
            read_document(line, number);
    }
    fclose(file);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0)
        return -1;
    page_end = pages + page;
    return 0;
}

/* Parses a copy that ends where the page ends. */
static bool parse(const char *text, size_t n, bool unique_keys, struct json_error *error)
{
    struct json_limits limits = {.unique_keys = unique_keys};
    struct json_doc doc;
    struct arena *arena = arena_new(MEMORY);
    memcpy(page_end - n, text, n);
    bool good = json_parse(&doc, str_of(page_end - n, n), &limits, arena, error);
    assert_int_equal(json_exists(json_root(&doc)), good);
    arena_free(arena);
    return good;
}

static void fail_at(const struct document *d, const char *what, const struct json_error *error)
{
    fail_msg("documents.txt:%zu: %s (offset %zu, expected %s)", d->line, what, error->offset,
             error->expected ? error->expected : "nothing");
}

static void verdicts(void **state)
{
    struct json_error error;
    (void)state;
    assert_true(document_count > 300);
    for (size_t i = 0; i < document_count; i++) {
        const struct document *d = &documents[i];
        if (parse(d->text, d->n, false, &error) != (d->verdict != REJECT))
            fail_at(d, "wrong verdict", &error);
        if (d->verdict == REJECT && error.offset != d->offset)
            fail_at(d, "wrong offset", &error);
        if (parse(d->text, d->n, true, &error) != (d->verdict == ACCEPT))
            fail_at(d, "wrong verdict on doubled keys", &error);
        if (d->verdict != ACCEPT && error.offset != d->offset)
            fail_at(d, "wrong offset with doubled keys refused", &error);
        if (d->verdict == DOUBLE && (!error.key.p || error.key.p[-1] != '"'))
            fail_at(d, "the doubled key is not named", &error);
        if (d->verdict == REJECT && (error.key.p || !error.expected))
            fail_at(d, "no words, or a key for no reason", &error);
    }
}

/* What stands before the offset is the beginning of something valid; one byte more is not. */
static void offsets_are_the_first_wrong_byte(void **state)
{
    struct json_error error;
    (void)state;
    for (size_t i = 0; i < document_count; i++) {
        const struct document *d = &documents[i];
        if (d->verdict != REJECT)
            continue;
        if (!parse(d->text, d->offset, false, &error) && error.offset != d->offset)
            fail_at(d, "what stands before the offset is refused already", &error);
        if (d->offset < d->n &&
            (parse(d->text, d->offset + 1, false, &error) || error.offset != d->offset))
            fail_at(d, "up to the offset nothing is wrong", &error);
    }
}

/* A document that is cut off is refused at its end, unless it is a number. */
static void every_prefix_is_refused(void **state)
{
    struct json_error error;
    (void)state;
    for (size_t i = 0; i < document_count; i++) {
        const struct document *d = &documents[i];
        size_t n = d->n;
        while (n > 0 && strchr(" \t\r\n", d->text[n - 1]))
            n--;
        if (d->verdict == REJECT || strchr("0123456789", d->text[n - 1]))
            continue;
        for (size_t cut = 0; cut < n; cut++) {
            if (parse(d->text, cut, false, &error))
                fail_at(d, "a prefix is accepted", &error);
            if (error.offset != cut)
                fail_at(d, "a prefix is refused before its end", &error);
        }
    }
}

/* Whether what follows a value in a container could make it right or move the fault. */
static bool depends_on_what_follows(const struct document *d)
{
    return d->verdict == REJECT && (d->offset == d->n || memchr(",]}", d->text[d->offset], 3));
}

static void verdicts_inside_of_containers(void **state)
{
    static const char *const around[][2] = {
        {"[", "]"},
        {"{\"k\":", "}"},
        {"[{\"k\":1,\"l\":2},{\"k\":", ",\"l\":3}]"},
        {" [ 1 , ", " ] "},
    };
    char text[400];
    struct json_error error;
    (void)state;
    for (size_t i = 0; i < document_count; i++) {
        const struct document *d = &documents[i];
        if (depends_on_what_follows(d))
            continue;
        for (size_t j = 0; j < sizeof around / sizeof *around; j++) {
            size_t before = strlen(around[j][0]), behind = strlen(around[j][1]);
            memcpy(text, around[j][0], before);
            memcpy(text + before, d->text, d->n);
            memcpy(text + before + d->n, around[j][1], behind);
            if (parse(text, before + d->n + behind, true, &error) != (d->verdict == ACCEPT))
                fail_at(d, "another verdict inside of a container", &error);
            if (d->verdict != ACCEPT && error.offset != before + d->offset)
                fail_at(d, "another offset inside of a container", &error);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(offsets_are_the_first_wrong_byte),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(verdicts_inside_of_containers),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
