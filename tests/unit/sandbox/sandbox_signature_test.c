/*
 * The sandbox's own signatures against known vectors, and what it shows of a signed string.
 */
#include "sandbox/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SECRET "made-up-secret-0001"
#define COMMON "app_key=6testkey0001&timestamp=1690000000"
#define SHOP   COMMON "&shop_cipher=ROW_madeUpCipher0001"

static const struct {
    const char *name, *secret, *path, *query, *body, *hex;
} rows[] = {
    {"no body", SECRET, "/authorization/202309/shops", COMMON "&sign=x", "",
     "732182eb9d4b67bfbb486e3c04ef25e30277dbfaa9859580adf487d8cc756b02"},
    {"parameters sorted", SECRET, "/event/202309/webhooks", SHOP, "",
     "83318fb1b69dd648a3c9bd4835fe44d02c6aae9cfe681f02d4c7c36c7a4524ee"},
    {"access_token left out", SECRET, "/event/202309/webhooks", SHOP "&access_token=t", "",
     "83318fb1b69dd648a3c9bd4835fe44d02c6aae9cfe681f02d4c7c36c7a4524ee"},
    {"body behind the parameters", SECRET, "/event/202309/webhooks", SHOP,
     "{\"address\":\"https://example.com/hook\",\"event_type\":\"PACKAGE_UPDATE\"}",
     "d245897fca238a3696d75d5239c2d23ebca642879972e15fcda0765da03e3009"},
    {"blanks of the body count", SECRET, "/event/202309/webhooks", SHOP,
     "{\"address\": \"https://example.com/hook\", \"event_type\": \"PACKAGE_UPDATE\"}",
     "d2574d8d3612a6e48c981333dfd671092b1e6b1feb9a9f78cdef30f6c90ed216"},
    {"values decoded", SECRET, "/product/202309/products/search",
     SHOP "&page_size=100&page_token=b2Zmc2V0PTA%3D", "{\"status\":\"ACTIVATE\"}",
     "d05b41b273258eb33e1ad20c49fb579fa6b23501496ae9863609cb2e007b04a5"},
    {"form: the body does not count", SECRET, "/product/202309/images/upload", COMMON, "",
     "67e48c97d427a8c472f985975f0f06b1d89580bd17c34d829b05c5e9fc84cc85"},
    {"DELETE with a body", SECRET, "/product/202309/products", SHOP,
     "{\"product_ids\":[\"1729592969712207008\"]}",
     "067b39514465650f7866445e67c18c496534fbbc9ffd0f87a0c6fe227944aaa6"},
    {"POST without a body", SECRET, "/promotion/202309/activities/7136104288010405633/deactivate",
     SHOP, "", "d9f80dc83a10b057f1ebfc5e793391a25093cf7ae3f394ffd349559deac52c15"},
    {"POST with {}", SECRET, "/promotion/202309/activities/7136104288010405633/deactivate", SHOP,
     "{}", "6ba13937dd8794e49664f01ed5b3bb5aa2458c710d92e098ebb2deb1f181f283"},
    {"UTF-8", SECRET, "/product/202309/brands", COMMON, "{\"name\":\"café\"}",
     "7e5f582de133fa42140b4657799fea9c71f623df5f61ca8c3ee55da35e0d7644"},
    {"published example", "e59af819cc", "/authorization/202309/shops",
     "app_key=29a39d&timestamp=1623812664", "",
     "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"},
};

static void makes_known_signatures(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pairs query;
        char hex[SIGNATURE_HEX + 1];
        print_message("  %s\n", rows[i].name);
        assert_true(url_parse_query(str_from(rows[i].query), arena, 20, &query));
        struct signed_request request = {str_from(rows[i].path), &query, str_from(rows[i].body)};
        assert_true(signature_make(&request, str_from(rows[i].secret), hex));
        assert_string_equal(hex, rows[i].hex);
    }
    arena_free(arena);
}

static void shows_the_signed_string_masked(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct pairs query;
    struct buf out;
    char body[400];
    memset(body, 'b', sizeof body);
    buf_init(&out, 4096);
    assert_true(url_parse_query(STR(SHOP "&sign=5"), arena, 20, &query));
    struct signed_request request = {STR("/event/202309/webhooks"), &query, STR("{}")};
    signature_explain(&request, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.p, "***/event/202309/webhooksapp_key6testkey0001shop_cipher***"
                               "timestamp1690000000{}***");
    buf_reset(&out);
    request.body = str_of(body, sizeof body);
    signature_explain(&request, &out);
    buf_add_char(&out, '\0');
    assert_non_null(strstr(out.p, "b(and 144 bytes more)***"));
    buf_clear(&out);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_known_signatures),
        cmocka_unit_test(shows_the_signed_string_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
