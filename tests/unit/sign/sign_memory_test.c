/* Each allocation of OpenSSL failing in turn: refused or done right, never anything else. */
#include "sign/seal.h"
#include <openssl/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static long until_failure = -1; /* negative: none fails */
static bool failed;

static bool fails(void)
{
    if (until_failure < 0 || until_failure-- > 0)
        return false;
    failed = true;
    return true;
}

static void *allocate(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : malloc(n);
}

static void *reallocate(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : realloc(p, n);
}

static void release(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

static const char expected[] = "f79cf0529718ccb700bcd74a40c0887bc4b83a81d97d471ac3c7cef635d1d435";

static struct sign_key *new_key(void)
{
    return sign_key_new(STR("6testkey0001"), STR("made-up-secret-0001"));
}

static bool sign(struct sign_key *key, char hex[SIGN_HEX + 1])
{
    struct pair items[] = {{STR("timestamp"), STR("1690000000")},
                           {STR("app_key"), STR("6testkey0001")}};
    return sign_request(key, STR("/api/shop/get_authorized_shop"), &(struct pairs){items, 2},
                        STR_NONE, hex);
}

/* Runs with the first, then the second, ... allocation failing, until none does. */
static void for_each_failure(bool (*run)(struct sign_key *key), struct sign_key *key)
{
    long failures = 0;
    for (;; failures++) {
        failed = false;
        until_failure = failures;
        bool good = run(key);
        until_failure = -1;
        if (!failed) {
            assert_true(good);
            break;
        }
    }
    assert_true(failures > 0);
}

static bool make_and_use(struct sign_key *key)
{
    char hex[SIGN_HEX + 1];
    (void)key;
    struct sign_key *made = new_key();
    if (!made)
        return false;
    until_failure = -1;
    assert_true(sign(made, hex));
    assert_string_equal(hex, expected);
    sign_key_free(made);
    return true;
}

static bool use(struct sign_key *key)
{
    char hex[SIGN_HEX + 1];
    if (!sign(key, hex)) {
        assert_string_equal(hex, "");
        return false;
    }
    assert_string_equal(hex, expected);
    return true;
}

static bool open_and_close(struct sign_key *key)
{
    struct buf sealed;
    struct str text;
    struct arena *arena = arena_new(1 << 16);
    buf_init(&sealed, 100);
    bool closed = seal_close(key, STR("context"), STR("text"), &sealed);
    bool opened = closed && seal_open(key, STR("context"), buf_str(&sealed), arena, &text);
    if (opened)
        assert_true(str_eq(text, STR("text")));
    buf_clear(&sealed);
    arena_free(arena);
    return opened;
}

static void keys_are_made_or_refused(void **state)
{
    for_each_failure(make_and_use, *state);
}

static void signatures_are_right_or_refused(void **state)
{
    for_each_failure(use, *state);
}

static void seals_are_right_or_refused(void **state)
{
    for_each_failure(open_and_close, *state);
}

static int set_up(void **state)
{
    *state = new_key();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    sign_key_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_made_or_refused),
        cmocka_unit_test(signatures_are_right_or_refused),
        cmocka_unit_test(seals_are_right_or_refused),
    };
    /* Before OpenSSL allocates anything. */
    if (!CRYPTO_set_mem_functions(allocate, reallocate, release))
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
