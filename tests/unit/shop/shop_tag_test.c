/* Tags: against OpenSSL's SipHash, and what must not make two pairs meet. */
#include "shop/tag.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/params.h>

static const struct shop_tag_key key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};

static void siphash_of(struct str text, unsigned char out[16])
{
    unsigned char bytes[16];
    size_t size = 16, n = 0;
    for (int i = 0; i < 16; i++)
        bytes[i] = (unsigned char)i;
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t("size", &size), OSSL_PARAM_construct_end()};
    assert_int_equal(EVP_MAC_init(ctx, bytes, sizeof bytes, params), 1);
    assert_int_equal(EVP_MAC_update(ctx, (const unsigned char *)text.p, text.n), 1);
    assert_int_equal(EVP_MAC_final(ctx, out, &n, 16), 1);
    assert_int_equal(n, 16);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
}

static void is_siphash(void **state)
{
    char text[100];
    (void)state;
    for (size_t n = 0; n <= sizeof text; n++) {
        unsigned char expected[16], got[16];
        for (size_t i = 0; i < n; i++)
            text[i] = (char)(i * 7 + 128);
        struct shop_tag tag = shop_tag_bytes(&key, str_of(text, n));
        for (int i = 0; i < 16; i++)
            got[i] = (unsigned char)(tag.word[i / 8] >> (8 * (i % 8)));
        siphash_of(str_of(text, n), expected);
        assert_memory_equal(got, expected, 16);
    }
}

static void tells_pairs_apart(void **state)
{
    static const struct {
        const char *a, *b, *c, *d;
        bool same;
    } cases[] = {
        {"app", "token", "app", "token", true},  {"app", "token", "app", "tokens", false},
        {"app", "token", "apt", "oken", false},  {"apptok", "en", "app", "token", false},
        {"", "apptoken", "app", "token", false}, {"app", "", "", "app", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct shop_tag x = shop_tag_of(&key, str_from(cases[i].a), str_from(cases[i].b));
        struct shop_tag y = shop_tag_of(&key, str_from(cases[i].c), str_from(cases[i].d));
        assert_int_equal(shop_tag_eq(&x, &y), cases[i].same);
    }
}

static void depends_on_the_key(void **state)
{
    const struct shop_tag_key other = {{0x0706050403020101, 0x0f0e0d0c0b0a0908}};
    struct shop_tag x = shop_tag_of(&key, STR("app"), STR("token"));
    struct shop_tag y = shop_tag_of(&other, STR("app"), STR("token"));
    (void)state;
    assert_false(shop_tag_eq(&x, &y));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_siphash),
        cmocka_unit_test(tells_pairs_apart),
        cmocka_unit_test(depends_on_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
