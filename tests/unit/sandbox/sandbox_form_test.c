/*
 * Multipart forms: what is taken and what is refused. And pictures by their first bytes.
 */
#include "sandbox/form.h"
#include "sandbox/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define TYPE "multipart/form-data; boundary=B"
#define FILE_PART                                                                                  \
    "--B\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a b.png\"\r\n"               \
    "Content-Type: image/png\r\n\r\n\x89PNG\r\n--no\r\n"
#define TEXT_PART "--B\r\ncontent-disposition: form-data; name=use\r\n\r\nMAIN\r\n"

static const struct {
    const char *name, *type, *body, *why; /* why NULL: taken */
    size_t parts;
} rows[] = {
    {"file and text", TYPE, FILE_PART TEXT_PART "--B--\r\n", NULL, 2},
    {"no line end behind the last boundary", TYPE, TEXT_PART "--B--", NULL, 1},
    {"quoted boundary", "Multipart/Form-Data; charset=x; boundary=\"B\"", TEXT_PART "--B--", NULL,
     1},
    {"empty text", TYPE, "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--B--", NULL,
     1},
    {"no boundary in the type", "multipart/form-data", TEXT_PART "--B--", "names no boundary", 0},
    {"another boundary", "multipart/form-data; boundary=C", TEXT_PART "--B--", "does not begin", 0},
    {"bytes before", TYPE, "x\r\n" TEXT_PART "--B--", "does not begin", 0},
    {"bytes behind", TYPE, TEXT_PART "--B--\r\nx", "does not end", 0},
    {"no end", TYPE, TEXT_PART "--B\r\n", "head of a part has no end", 0},
    {"cut in a part", TYPE, "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nMA",
     "part has no end", 0},
    {"no part", TYPE, "--B--\r\n", "has no part", 0},
    {"empty", TYPE, "", "does not begin", 0},
    {"no name", TYPE, "--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--", "has no name", 0},
    {"no form-data", TYPE, "--B\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--B--",
     "is no form-data", 0},
    {"no colon", TYPE, "--B\r\nContent-Disposition\r\n\r\nx\r\n--B--", "no colon", 0},
    {"other field", TYPE, "--B\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--B--",
     "forms do not have", 0},
    {"bare line feeds", TYPE, "--B\nContent-Disposition: form-data; name=a\n\nx\n--B--",
     "does not end", 0},
    {"doubled name", TYPE, TEXT_PART TEXT_PART "--B--", "same name", 0},
};

static void reads_forms_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct form form;
        const char *why = NULL;
        print_message("  %s\n", rows[i].name);
        bool taken = form_parse(str_from(rows[i].type), str_from(rows[i].body), &form, &why);
        assert_int_equal(taken, rows[i].why == NULL);
        if (taken)
            assert_int_equal(form.count, rows[i].parts);
        else
            assert_non_null(strstr(why, rows[i].why));
    }
}

static void gives_parts(void **state)
{
    (void)state;
    struct form form;
    const char *why;
    assert_true(form_parse(STR(TYPE), STR(FILE_PART TEXT_PART "--B--"), &form, &why));
    const struct part *file = form_part(&form, STR("data"));
    assert_true(str_eq(file->file, STR("a b.png")));
    assert_true(str_eq(file->type, STR("image/png")));
    assert_true(str_eq(file->body, STR("\x89PNG\r\n--no")));
    const struct part *text = form_part(&form, STR("use"));
    assert_true(str_eq(text->body, STR("MAIN")));
    assert_null(text->file.p);
    assert_null(form_part(&form, STR("other")));
}

static void knows_pictures(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct str bytes;
        const char *format;
        unsigned width, height;
    } pictures[] = {
        {"PNG", STR_C("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x58\0\0\x01\x90\x08\x06\0\0\0"),
         "PNG", 600, 400},
        {"JPEG with a comment before the frame",
         STR_C("\xff\xd8\xff\xfe\0\x04xy\xff\xc0\0\x11\x08\x01\x2c\x02\x58\x03\x01\x22\0"), "JPEG",
         600, 300},
        {"WEBP", STR_C("RIFF\0\0\0\0WEBPVP8 "), "WEBP", 0, 0},
        {"HEIC",
         STR_C("\0\0\0\x18"
               "ftypheic"),
         "HEIC", 0, 0},
        {"text", STR_C("not a picture at all, whatever the name says"), NULL, 0, 0},
        {"PNG cut short", STR_C("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0"), NULL, 0, 0},
        {"PNG of no width", STR_C("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\0\0\0\x01\x90\x08"), NULL,
         0, 0},
        {"JPEG without a frame", STR_C("\xff\xd8\xff\xfe\0\x04xy\xff\xd9"), NULL, 0, 0},
        {"empty", STR_C(""), NULL, 0, 0},
    };
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        struct image image;
        print_message("  %s\n", pictures[i].name);
        bool known = image_read(pictures[i].bytes, &image);
        assert_int_equal(known, pictures[i].format != NULL);
        if (!known)
            continue;
        assert_string_equal(image.format, pictures[i].format);
        assert_int_equal(image.width, pictures[i].width);
        assert_int_equal(image.height, pictures[i].height);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_forms_strictly),
        cmocka_unit_test(gives_parts),
        cmocka_unit_test(knows_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
