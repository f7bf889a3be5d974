/* Writer: commas, escapes, every kind of value, a buffer that fills up. */
#include "json/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void write_all(struct json_writer *w)
{
    json_open_object(w);
    json_put_key(w, STR("a\"b"));
    json_put_i64(w, -5);
    json_put_key_raw(w, STR("\"raw\":"));
    json_put_raw(w, STR("576461302937453663"));
    json_put_key(w, STR("list"));
    json_open_array(w);
    json_put_bool(w, true);
    json_put_bool(w, false);
    json_put_null(w);
    json_put_string(w, STR("x"));
    json_open_array(w);
    json_close_array(w);
    json_open_object(w);
    json_close_object(w);
    json_put_raw(w, STR("[\"a raw value of more than thirty-two bytes\"]"));
    json_close_array(w);
    json_put_key(w, STR(""));
    json_open_object(w);
    json_put_key_raw(w, STR("\"k\":"));
    json_put_string(w, STR(""));
    json_close_object(w);
    json_close_object(w);
}

static const struct str all =
    STR_C("{\"a\\\"b\":-5,\"raw\":576461302937453663,\"list\":[true,false,null,\"x\",[],{},"
          "[\"a raw value of more than thirty-two bytes\"]],\"\":{\"k\":\"\"}}");

static void places_commas(void **state)
{
    struct json_writer w;
    struct buf out;
    (void)state;
    buf_init(&out, 1000);
    json_writer_init(&w, &out);
    write_all(&w);
    assert_true(str_eq(buf_str(&out), all));
    buf_clear(&out);
}

static void a_full_buffer_fails_for_good(void **state)
{
    (void)state;
    for (size_t maximum = 0; maximum < all.n + 20; maximum++) {
        struct json_writer w;
        struct buf out;
        buf_init(&out, maximum);
        json_writer_init(&w, &out);
        write_all(&w);
        assert_int_equal(buf_failed(&out), maximum < all.n);
        assert_true(str_eq(buf_str(&out), maximum < all.n ? STR("") : all));
        buf_clear(&out);
    }
}

static void escapes(void **state)
{
    static const struct {
        struct str text;
        const char *expected;
    } rows[] = {
        {STR_C(""), "\"\""},
        {STR_C("a"), "\"a\""},
        {STR_C("\"\\/"), "\"\\\"\\\\/\""},
        {STR_C("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
        {STR_C("\0\x01\x1f"), "\"\\u0000\\u0001\\u001f\""},
        {STR_C(" ~\x7f"), "\" ~\x7f\""},
        {STR_C("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {STR_C("0123456789abcde\n0123456789abcdef\xC3\xA9"
               "0123456789abcdef0123456789abcdef\"end"),
         "\"0123456789abcde\\n0123456789abcdef\xC3\xA9"
         "0123456789abcdef0123456789abcdef\\\"end\""},
        {STR_C("</script>"), "\"</script>\""},
    };
    struct buf out;
    (void)state;
    buf_init(&out, 1000);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_writer w;
        buf_reset(&out);
        json_quote(rows[i].text, &out);
        assert_true(str_eq(buf_str(&out), str_from(rows[i].expected)));
        buf_reset(&out);
        json_writer_init(&w, &out);
        json_put_string(&w, rows[i].text);
        assert_true(str_eq(buf_str(&out), str_from(rows[i].expected)));
    }
    buf_clear(&out);
}

/* Every byte, and every place of it: what is written is read as the same. */
static void what_is_written_is_read_back(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 1000);
    for (unsigned byte = 0; byte < 0x80; byte++) {
        for (size_t n = 1; n < 70; n += 3) {
            for (size_t at = 0; at < n; at += 1 + n / 9) {
                char text[70];
                struct json_doc doc;
                struct json_error error;
                struct arena *arena = arena_new(1 << 16);
                memset(text, 'x', sizeof text);
                text[at] = (char)byte;
                buf_reset(&out);
                json_quote(str_of(text, n), &out);
                assert_true(json_parse(&doc, buf_str(&out), NULL, arena, &error));
                assert_true(str_eq(json_text(json_root(&doc), arena), str_of(text, n)));
                arena_free(arena);
            }
        }
    }
    buf_clear(&out);
}

static void integers(void **state)
{
    static const struct {
        int64_t value;
        const char *expected;
    } rows[] = {
        {0, "[0,0]"},
        {-1, "[-1,-1]"},
        {INT64_MAX, "[9223372036854775807,9223372036854775807]"},
        {INT64_MIN, "[-9223372036854775808,-9223372036854775808]"},
    };
    struct buf out;
    (void)state;
    buf_init(&out, 1000);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_writer w;
        buf_reset(&out);
        json_writer_init(&w, &out);
        json_open_array(&w);
        json_put_i64(&w, rows[i].value);
        json_put_i64(&w, rows[i].value);
        json_close_array(&w);
        assert_true(str_eq(buf_str(&out), str_from(rows[i].expected)));
    }
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_commas), cmocka_unit_test(a_full_buffer_fails_for_good),
        cmocka_unit_test(escapes),       cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
