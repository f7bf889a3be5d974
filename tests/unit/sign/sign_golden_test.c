/* Signatures of tests/golden/signatures.json: the string and the digits of each. */
#include "sign/sign.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct world {
    cJSON *golden;
    struct arena *arena;
};

static struct str field(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    if (!text)
        fail_msg("no field %s", name);
    return str_from(text);
}

static int load(void **state)
{
    static struct world world;
    static char text[1 << 16];
    FILE *file = fopen(TEST_ROOT "/tests/golden/signatures.json", "rb");
    if (!file)
        return -1;
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    world.golden = cJSON_ParseWithLength(text, n);
    world.arena = arena_new(1 << 20);
    *state = &world;
    return world.golden && world.arena ? 0 : -1;
}

static int unload(void **state)
{
    struct world *world = *state;
    cJSON_Delete(world->golden);
    arena_free(world->arena);
    return 0;
}

static const cJSON *list(struct world *world, const char *name, int least)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(world->golden, name);
    assert_true(cJSON_GetArraySize(array) >= least);
    return array;
}

static struct sign_key *key_of(const cJSON *item)
{
    struct sign_key *key = sign_key_new(field(item, "app_key"), field(item, "secret"));
    assert_non_null(key);
    return key;
}

/* The body where the dialect signs it. */
static struct str signed_body(const cJSON *item)
{
    bool counts = str_eq(field(item, "dialect"), STR("v202309")) &&
                  !sign_is_multipart(field(item, "content_type"));
    return counts ? field(item, "body") : STR_NONE;
}

static struct pairs query_of(struct world *world, const cJSON *item)
{
    struct pairs query;
    assert_true(url_parse_query(field(item, "query"), world->arena, 100, &query));
    return query;
}

static void requests_have_their_sign(void **state)
{
    struct world *world = *state;
    const cJSON *item;
    cJSON_ArrayForEach(item, list(world, "requests", 21))
    {
        struct sign_key *key = key_of(item);
        struct pairs query = query_of(world, item);
        char hex[SIGN_HEX + 1];
        /* Twice: the second one starts from a used context. */
        for (int i = 0; i < 2; i++) {
            assert_true(sign_request(key, field(item, "path"), &query, signed_body(item), hex));
            assert_string_equal(hex, field(item, "sign").p);
        }
        sign_key_free(key);
    }
}

static void requests_have_their_string(void **state)
{
    struct world *world = *state;
    const cJSON *item;
    struct buf out;
    buf_init(&out, 1 << 16);
    cJSON_ArrayForEach(item, list(world, "requests", 21))
    {
        struct sign_key *key = key_of(item);
        struct pairs query = query_of(world, item);
        struct str secret = field(item, "secret");
        struct str whole = field(item, "string");

        buf_reset(&out);
        sign_string(key, field(item, "path"), &query, signed_body(item), false, &out);
        buf_add_char(&out, '\0');
        assert_string_equal(buf_str(&out).p, whole.p);

        struct str inner = str_of(whole.p + secret.n, whole.n - 2 * secret.n);
        buf_reset(&out);
        sign_string(key, field(item, "path"), &query, signed_body(item), true, &out);
        assert_int_equal(out.n, inner.n + 6);
        assert_memory_equal(out.p, "***", 3);
        assert_memory_equal(out.p + 3, inner.p, inner.n);
        assert_memory_equal(out.p + 3 + inner.n, "***", 3);
        sign_key_free(key);
    }
    buf_clear(&out);
}

static void deviant_signs_are_told_apart(void **state)
{
    struct world *world = *state;
    const cJSON *item;
    cJSON_ArrayForEach(item, list(world, "deviant", 2))
    {
        const cJSON *number = cJSON_GetObjectItemCaseSensitive(item, "request");
        const cJSON *request = cJSON_GetArrayItem(list(world, "requests", 21), number->valueint);
        const cJSON *equal = cJSON_GetObjectItemCaseSensitive(item, "equal");
        struct sign_key *key = key_of(request);
        struct pairs query = query_of(world, request);
        char hex[SIGN_HEX + 1];
        assert_true(sign_request(key, field(request, "path"), &query, signed_body(request), hex));
        assert_string_not_equal(hex, field(item, "sign").p);
        assert_int_equal(sign_equal(field(item, "sign"), hex), cJSON_IsTrue(equal));
        assert_true(sign_by_habit(key, field(request, "path"), &query, SIGN_ONE_SECRET, hex));
        assert_int_equal(sign_equal(field(item, "sign"), hex), !cJSON_IsTrue(equal));
        sign_key_free(key);
    }
}

static void webhooks_have_their_authorization(void **state)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list(*state, "webhooks", 3))
    {
        struct sign_key *key = key_of(item);
        char hex[SIGN_HEX + 1];
        assert_true(sign_webhook(key, field(item, "body"), hex));
        assert_string_equal(hex, field(item, "authorization").p);
        sign_key_free(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_have_their_sign),
        cmocka_unit_test(requests_have_their_string),
        cmocka_unit_test(deviant_signs_are_told_apart),
        cmocka_unit_test(webhooks_have_their_authorization),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
