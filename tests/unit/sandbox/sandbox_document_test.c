/*
 * Printable documents: the address leads to the page, the page is a PDF whose table of
 * objects is right, and what is no address makes nothing.
 */
#include "sandbox/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;
static struct buf out;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    buf_init(&out, 1 << 20);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    buf_clear(&out);
    return 0;
}

static const char *make(struct str lines, bool zpl, struct str expected_type)
{
    struct str type, path = document_path(arena, lines, zpl);
    assert_true(str_starts(path, STR(DOCUMENT_PATH)));
    buf_reset(&out);
    assert_true(document_write(path, arena, &out, &type));
    assert_true(str_eq(type, expected_type));
    buf_add_char(&out, '\0');
    return out.p;
}

static void a_page_of_pdf(void **state)
{
    (void)state;
    const char *pdf =
        make(STR("Ship (to)\nZo\xc3\xab\n\xe0\xb8\xaa\\"), false, STR("application/pdf"));
    assert_memory_equal(pdf, "%PDF-1.4\n", 9);
    assert_non_null(strstr(pdf, "(Ship \\(to\\)) Tj T*\n(Zo?) Tj T*\n(?\\\\) Tj T*\nET"));
    size_t table = strtoul(strstr(pdf, "startxref\n") + 10, NULL, 10);
    assert_memory_equal(pdf + table, "xref\n0 6\n0000000000 65535 f \n", 29);
    for (int i = 1; i <= 5; i++) {
        char head[32];
        snprintf(head, sizeof head, "%d 0 obj\n", i);
        size_t offset = strtoul(pdf + table + 9 + i * 20, NULL, 10);
        assert_memory_equal(pdf + offset, head, strlen(head));
    }
    const char *stream = strstr(pdf, "stream\n") + 7;
    assert_int_equal(strtoul(strstr(pdf, "/Length ") + 8, NULL, 10),
                     strstr(stream, "\nendstream") - stream);
}

static void a_label_of_zpl(void **state)
{
    (void)state;
    assert_string_equal(
        make(STR("a^XZ~b (c)\nd"), true, STR("text/plain")),
        "^XA\n^FO40,40^A0N,28,28^FDa?XZ?b (c)^FS\n^FO40,76^A0N,28,28^FDd^FS\n^XZ\n");
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    char text[DOCUMENT_TEXT * 2];
    memset(text, 'x', sizeof text);
    const char *zpl = make(str_of(text, sizeof text), true, STR("text/plain"));
    size_t count = 0;
    for (; *zpl; zpl++)
        count += *zpl == 'x';
    assert_int_equal(count, DOCUMENT_TEXT);
}

static void nothing_else_is_a_document(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "/sandbox/documents/",
        "/sandbox/documents/pdf",
        "/sandbox/documents/YQ.txt",
        "/sandbox/documents/?.pdf",
        "/sandbox/files/YQ.pdf",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct str type;
        assert_false(document_write(str_from(paths[i]), arena, &out, &type));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_of_pdf),
        cmocka_unit_test(a_label_of_zpl),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(nothing_else_is_a_document),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
