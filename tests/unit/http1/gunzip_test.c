/* gunzip: round trips in any cut, several members, the maximum, and broken streams. */
#include "http1/gunzip.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

enum { MOST = 1 << 20 };

static struct buf packed;
static struct buf unpacked;

static int set_up(void **state)
{
    (void)state;
    buf_init(&packed, 2 * MOST);
    buf_init(&unpacked, MOST);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_clear(&packed);
    buf_clear(&unpacked);
    return 0;
}

/* Appends one member (window 15 + 16) or a zlib or raw stream (15, -15) to `packed`. */
static void pack(struct str text, int window)
{
    z_stream stream = {.next_in = (z_const unsigned char *)text.p, .avail_in = (unsigned)text.n};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&stream, text.n) + 32;
    char *at = buf_reserve(&packed, room);
    assert_non_null(at);
    stream.next_out = (unsigned char *)at;
    stream.avail_out = (unsigned)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    buf_added(&packed, room - stream.avail_out);
    deflateEnd(&stream);
}

/* Unpacks `input` in pieces of `step` bytes, each in memory of its own. */
static bool unpack(struct gunzip *gunzip, struct str input, size_t step)
{
    bool good = true;
    for (size_t at = 0; at < input.n && good; at += step) {
        size_t n = input.n - at < step ? input.n - at : step;
        char *piece = malloc(n);
        assert_non_null(piece);
        memcpy(piece, input.p + at, n);
        good = gunzip_add(gunzip, str_of(piece, n), &unpacked);
        free(piece);
    }
    return good;
}

static void expect_unpacked(struct str text, size_t step)
{
    struct gunzip *gunzip = gunzip_new();
    assert_non_null(gunzip);
    assert_false(gunzip_done(gunzip));
    for (int twice = 0; twice < 2; twice++) {
        buf_reset(&unpacked);
        assert_true(unpack(gunzip, buf_str(&packed), step));
        assert_true(gunzip_done(gunzip));
        assert_int_equal(unpacked.n, text.n);
        assert_memory_equal(buf_str(&unpacked).p, text.p, text.n);
        gunzip_reset(gunzip);
        assert_false(gunzip_done(gunzip));
    }
    gunzip_free(gunzip);
}

/* Text that packs somewhat, repeatable. */
static char *sample(size_t n)
{
    char *text = malloc(n + 1);
    uint32_t seed = 1;
    assert_non_null(text);
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525 + 1013904223;
        text[i] = (char)('a' + (seed >> 28));
    }
    return text;
}

static void round_trips(void **state)
{
    static const size_t lengths[] = {0, 1, 100, 16383, 16384, 16385, 200000};
    static const size_t steps[] = {1, 7, 1000, MOST};
    char *text = sample(200000);
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        buf_reset(&packed);
        pack(str_of(text, lengths[i]), 31);
        for (size_t j = 0; j < sizeof steps / sizeof steps[0]; j++)
            expect_unpacked(str_of(text, lengths[i]), steps[j]);
    }
    free(text);
}

static void members_are_one_body(void **state)
{
    (void)state;
    buf_reset(&packed);
    pack(STR("one "), 31);
    pack(STR(""), 31);
    pack(STR("two"), 31);
    expect_unpacked(STR("one two"), 1);
    expect_unpacked(STR("one two"), MOST);
}

static void a_prefix_is_not_done(void **state)
{
    (void)state;
    buf_reset(&packed);
    pack(STR("some text"), 31);
    for (size_t n = 0; n < packed.n; n++) {
        struct gunzip *gunzip = gunzip_new();
        buf_reset(&unpacked);
        assert_true(unpack(gunzip, str_of(packed.p, n), MOST));
        assert_false(gunzip_done(gunzip));
        gunzip_free(gunzip);
    }
    /* One byte behind the end may begin a member: not wrong yet, but not done either. */
    struct gunzip *gunzip = gunzip_new();
    buf_reset(&unpacked);
    buf_add_char(&packed, 'x');
    assert_true(unpack(gunzip, buf_str(&packed), MOST));
    assert_false(gunzip_done(gunzip));
    gunzip_free(gunzip);
}

static void broken_streams_are_refused(void **state)
{
    static const struct {
        const char *name;
        struct str before, behind;
        int window; /* 0: nothing packed */
        long flip;  /* byte to change, from the end when negative; 0: none */
    } table[] = {
        {"plain text", STR_C("{\"code\":0}"), STR_C(""), 0, 0},
        {"zlib", STR_C(""), STR_C(""), 15, 0},
        {"raw deflate", STR_C(""), STR_C(""), -15, 0},
        {"garbage before", STR_C("x"), STR_C(""), 31, 0},
        {"garbage behind", STR_C(""), STR_C("xy"), 31, 0},
        {"zeros behind", STR_C(""), STR_C("\0\0"), 31, 0},
        {"check sum", STR_C(""), STR_C(""), 31, -8},
        {"length", STR_C(""), STR_C(""), 31, -1},
        {"method", STR_C(""), STR_C(""), 31, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        for (size_t step = 1; step < 100; step += 98) {
            struct gunzip *gunzip = gunzip_new();
            buf_reset(&packed);
            buf_reset(&unpacked);
            buf_add_str(&packed, table[i].before);
            if (table[i].window != 0)
                pack(STR("some text"), table[i].window);
            buf_add_str(&packed, table[i].behind);
            size_t at =
                table[i].flip < 0 ? packed.n - (size_t)-table[i].flip : (size_t)table[i].flip;
            packed.p[at] = (char)(packed.p[at] ^ (table[i].flip != 0 ? 0x10 : 0));
            if (unpack(gunzip, buf_str(&packed), step))
                fail_msg("%s was taken", table[i].name);
            assert_false(gunzip_done(gunzip));
            /* Stays so. */
            assert_false(gunzip_add(gunzip, STR(""), &unpacked));
            gunzip_free(gunzip);
        }
}

static void the_maximum_holds(void **state)
{
    static const struct {
        size_t maximum, length;
        bool fits;
    } table[] = {
        {100, 99, true},       {100, 100, true},     {100, 101, false},    {16384, 16384, true},
        {16384, 16385, false}, {16384, MOST, false}, {70000, 70000, true}, {70000, 70001, false},
        {0, 0, true},          {0, 1, false},
    };
    char *zeros = calloc(1, MOST);
    assert_non_null(zeros);
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        for (size_t step = 1; step <= MOST; step *= MOST) {
            struct gunzip *gunzip = gunzip_new();
            struct buf out;
            bool good = true;
            buf_init(&out, table[i].maximum);
            buf_reset(&packed);
            pack(str_of(zeros, table[i].length), 31);
            for (size_t at = 0; at < packed.n && good; at += step)
                good = gunzip_add(
                    gunzip, str_of(packed.p + at, packed.n - at < step ? packed.n - at : step),
                    &out);
            assert_int_equal(good, table[i].fits);
            assert_int_equal(gunzip_done(gunzip), table[i].fits);
            assert_int_equal(buf_failed(&out), !table[i].fits);
            if (!table[i].fits) {
                gunzip_reset(gunzip); /* good again, but the buffer is not */
                assert_false(gunzip_add(gunzip, buf_str(&packed), &out));
            }
            assert_true(out.room <= table[i].maximum || table[i].maximum == 0);
            if (table[i].fits)
                assert_int_equal(out.n, table[i].length);
            buf_clear(&out);
            gunzip_free(gunzip);
        }
    free(zeros);
}

static void appends_to_what_is_there(void **state)
{
    struct gunzip *gunzip = gunzip_new();
    (void)state;
    buf_reset(&packed);
    buf_reset(&unpacked);
    pack(STR("behind"), 31);
    buf_add_str(&unpacked, STR("before "));
    assert_true(gunzip_add(gunzip, buf_str(&packed), &unpacked));
    assert_true(str_eq(buf_str(&unpacked), STR("before behind")));
    gunzip_free(gunzip);
    gunzip_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips),          cmocka_unit_test(members_are_one_body),
        cmocka_unit_test(a_prefix_is_not_done), cmocka_unit_test(broken_streams_are_refused),
        cmocka_unit_test(the_maximum_holds),    cmocka_unit_test(appends_to_what_is_there),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
