/* Signatures: order, lengths, arrays, comparison; held against OpenSSL's one-shot HMAC. */
#include "sign/sign.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;
static struct sign_key *key;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(4 << 20);
    key = sign_key_new(STR("app"), STR("secret"));
    return arena && key ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    sign_key_free(key);
    arena_free(arena);
    return 0;
}

static struct pairs parse(struct str query)
{
    struct pairs pairs;
    assert_true(url_parse_query(query, arena, 4096, &pairs));
    return pairs;
}

static void expect_hmac(struct str secret, struct str text, const char *hex)
{
    unsigned char digest[32];
    char expected[65];
    assert_non_null(HMAC(EVP_sha256(), secret.p, (int)secret.n, (const unsigned char *)text.p,
                         text.n, digest, NULL));
    for (int i = 0; i < 32; i++)
        snprintf(expected + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(hex, expected);
}

/* What is signed for a query, between path "/p" and body "B". */
static void parameters_are_put_in_order(void **state)
{
    static const struct {
        const char *query, *expected;
    } table[] = {
        {"", ""},
        {"b=2&a=1", "a1b2"},
        {"a=1&a=0", "a1a0"},
        {"a=&b", "ab"},
        {"sign=x&access_token=y&z=1", "z1"},
        {"sign=x&sign=y", ""},
        {"Sign=1&signs=2&Access_token=3", "Access_token3Sign1signs2"},
        {"a_b=1&ab=2&aB=3&a=4", "a4aB3a_b1ab2"},
        {"a.=1&a=2&a-=3", "a2a-3a.1"},
        {"%C3%A9=1&z=2", "z2\xC3\xA9"
                         "1"},
        {"a%3D=b%26c", "a=b&c"},
        {"a[]=1&b=2", "a[]1b2"},
        {"=x&a=1", "xa1"},
    };
    (void)state;
    struct buf out, whole;
    buf_init(&out, 1000);
    buf_init(&whole, 1000);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct pairs query = parse(str_from(table[i].query));
        char hex[SIGN_HEX + 1];
        buf_reset(&out);
        buf_reset(&whole);
        buf_printf(&whole, "secret/p%sBsecret", table[i].expected);
        sign_string(key, STR("/p"), &query, STR("B"), false, &out);
        assert_int_equal(out.n, whole.n);
        assert_memory_equal(out.p, whole.p, whole.n);
        assert_true(sign_request(key, STR("/p"), &query, STR("B"), hex));
        expect_hmac(STR("secret"), buf_str(&whole), hex);
    }
    buf_clear(&out);
    buf_clear(&whole);
}

/* Counts around the bound of in-place sorting: doubled names must keep their order. */
static void many_parameters_are_put_in_order(void **state)
{
    static const size_t counts[] = {31, 32, 33, 64, 1000};
    (void)state;
    struct buf query, expected;
    buf_init(&query, 1 << 20);
    buf_init(&expected, 1 << 20);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        size_t count = counts[i];
        buf_reset(&query);
        buf_reset(&expected);
        for (size_t j = 0; j < count; j++)
            buf_printf(&query, "n%03zu=%zu&", (count - 1 - j) / 2, j);
        buf_add_str(&expected, STR("secret/p"));
        /* Name k was given by j = count - 2 - 2k, then j = count - 1 - 2k. */
        for (size_t k = 0; k < (count + 1) / 2; k++) {
            if (2 * k + 1 < count)
                buf_printf(&expected, "n%03zu%zu", k, count - 2 - 2 * k);
            buf_printf(&expected, "n%03zu%zu", k, count - 1 - 2 * k);
        }
        buf_add_str(&expected, STR("secret"));
        struct pairs pairs = parse(buf_str(&query));
        char hex[SIGN_HEX + 1];
        assert_int_equal(pairs.count, count);
        assert_true(sign_request(key, STR("/p"), &pairs, STR_NONE, hex));
        expect_hmac(STR("secret"), buf_str(&expected), hex);
    }
    buf_clear(&query);
    buf_clear(&expected);
}

/* Parts of every length around the size in which they are gathered. */
static void long_parts_are_whole(void **state)
{
    static const size_t lengths[] = {0, 1, 63, 64, 500, 506, 511, 512, 513, 1024, 5000};
    static char bytes[5000];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7 + i / 256);
    struct buf expected;
    buf_init(&expected, 1 << 16);
    enum { LENGTHS = sizeof lengths / sizeof lengths[0] };
    for (size_t i = 0; i < LENGTHS * LENGTHS; i++) {
        struct str value = str_of(bytes, lengths[i % LENGTHS]);
        struct str body = str_of(bytes, lengths[i / LENGTHS]);
        struct pair pair = {STR("v"), value};
        struct pairs query = {&pair, 1};
        char hex[SIGN_HEX + 1];
        buf_reset(&expected);
        buf_add_str(&expected, STR("secret/pv"));
        buf_add_str(&expected, value);
        buf_add_str(&expected, body);
        buf_add_str(&expected, STR("secret"));
        assert_true(sign_request(key, STR("/p"), &query, body, hex));
        expect_hmac(STR("secret"), buf_str(&expected), hex);
    }
    buf_clear(&expected);
}

static void one_key_signs_many_kinds(void **state)
{
    char request[SIGN_HEX + 1], push[SIGN_HEX + 1], again[SIGN_HEX + 1];
    struct pairs query = parse(STR("a=1"));
    (void)state;
    assert_true(sign_request(key, STR("/p"), &query, STR_NONE, request));
    expect_hmac(STR("secret"), STR("secret/pa1secret"), request);
    assert_true(sign_webhook(key, STR("{}"), push));
    expect_hmac(STR("secret"), STR("app{}"), push);
    assert_true(sign_request(key, STR("/p"), &query, STR_NONE, again));
    assert_string_equal(request, again);
}

static void secrets_of_any_length_sign(void **state)
{
    static const size_t lengths[] = {1, 31, 32, 63, 64, 65, 200};
    char bytes[200], hex[SIGN_HEX + 1];
    (void)state;
    memset(bytes, 's', sizeof bytes);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct str secret = str_of(bytes, lengths[i]);
        struct sign_key *other = sign_key_new(STR("k"), secret);
        assert_non_null(other);
        assert_true(sign_webhook(other, STR("body"), hex));
        expect_hmac(secret, STR("kbody"), hex);
        sign_key_free(other);
    }
    assert_null(sign_key_new(STR("k"), STR("")));
    assert_null(sign_key_new(STR("k"), STR_NONE));
    sign_key_free(NULL);
}

/* Each habit signs a query like the plain one that the app had in mind. */
static void habits_of_apps(void **state)
{
    static const struct {
        enum sign_habit habit;
        const char *query, *same_as;
    } table[] = {
        {SIGN_AS_ASKED, "b=2&a=1&sign=x&access_token=y", "a=1&b=2"},
        {SIGN_AS_ASKED, "ids[]=5&ids[]=6", "ids[]=5&ids[]=6"},
        {SIGN_NO_ARRAYS, "a=1&ids[]=5&ids[]=6", "a=1"},
        {SIGN_NO_ARRAYS, "ids%5B0%5D=5&ids%5B1%5D=6&b=2", "b=2"},
        {SIGN_NO_ARRAYS, "a[b][c]=1", ""},
        {SIGN_NO_ARRAYS, "a=1&b=2&a=3", "a=1&b=2&a=3"},
        {SIGN_NO_ARRAYS, "a]=1", "a]=1"},
        {SIGN_NO_ARRAYS, "[a=1&a[0]x=2", "[a=1&a[0]x=2"},
        {SIGN_FIRST_VALUES, "b=2&a=3&a=1&b=0&a=2", "a=3&b=2"},
        {SIGN_FIRST_VALUES, "a=&a=1", "a="},
        {SIGN_FIRST_VALUES, "a=1&ab=2&a[]=3&a[]=4", "a=1&ab=2&a[]=3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct pairs query = parse(str_from(table[i].query));
        struct pairs same_as = parse(str_from(table[i].same_as));
        char hex[SIGN_HEX + 1], expected[SIGN_HEX + 1];
        assert_true(sign_by_habit(key, STR("/p"), &query, table[i].habit, hex));
        assert_true(sign_request(key, STR("/p"), &same_as, STR_NONE, expected));
        assert_string_equal(hex, expected);
    }
}

static void a_habit_with_one_secret(void **state)
{
    char hex[SIGN_HEX + 1];
    struct pairs query = parse(STR("b=2&a=1&a=3&sign=x"));
    (void)state;
    assert_true(sign_by_habit(key, STR("/p"), &query, SIGN_ONE_SECRET, hex));
    expect_hmac(STR("secret"), STR("secret/pa1a3b2"), hex);
}

static void a_full_buffer_is_told(void **state)
{
    struct pairs query = parse(STR("a=1"));
    struct buf out;
    (void)state;
    buf_init(&out, 10);
    sign_string(key, STR("/p"), &query, STR_NONE, false, &out);
    assert_true(buf_failed(&out));
    buf_clear(&out);
}

#define DIGITS "f79cf0529718ccb700bcd74a40c0887bc4b83a81d97d471ac3c7cef635d1d43"

static void equality_is_exact(void **state)
{
    static const struct {
        const char *given;
        bool equal;
    } table[] = {
        {DIGITS "5", true},
        {"F79CF0529718CCB700BCD74A40C0887BC4B83A81D97D471AC3C7CEF635D1D435", true},
        {DIGITS "4", false},
        {"e79cf0529718ccb700bcd74a40c0887bc4b83a81d97d471ac3c7cef635d1d435", false},
        {DIGITS, false},
        {DIGITS "55", false},
        {DIGITS "\x15", false},
        {"", false},
        {NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(sign_equal(str_from(table[i].given), DIGITS "5"), table[i].equal);
    /* Any one byte changed in any one bit, but for the case of a letter. */
    for (size_t i = 0; i < SIGN_HEX; i++)
        for (int bit = 0; bit < 8; bit++) {
            char given[] = DIGITS "5";
            given[i] = (char)(given[i] ^ 1 << bit);
            bool letter_case = bit == 5 && given[i] >= 'A';
            assert_int_equal(sign_equal(str_of(given, SIGN_HEX), DIGITS "5"), letter_case);
        }
}

static void multipart_is_known_by_its_media_type(void **state)
{
    static const struct {
        const char *value;
        bool multipart;
    } table[] = {
        {"multipart/form-data", true},
        {"multipart/form-data; boundary=X", true},
        {"Multipart/Form-Data ;boundary=X", true},
        {" multipart/form-data", true},
        {"multipart/form-data-x; boundary=X", false},
        {"multipart/mixed; boundary=multipart/form-data", false},
        {"application/json", false},
        {"", false},
        {NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(sign_is_multipart(str_from(table[i].value)), table[i].multipart);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_put_in_order),
        cmocka_unit_test(many_parameters_are_put_in_order),
        cmocka_unit_test(long_parts_are_whole),
        cmocka_unit_test(one_key_signs_many_kinds),
        cmocka_unit_test(secrets_of_any_length_sign),
        cmocka_unit_test(habits_of_apps),
        cmocka_unit_test(a_habit_with_one_secret),
        cmocka_unit_test(a_full_buffer_is_told),
        cmocka_unit_test(equality_is_exact),
        cmocka_unit_test(multipart_is_known_by_its_media_type),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
