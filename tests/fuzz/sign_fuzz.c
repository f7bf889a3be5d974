/*
 * Queries, signatures and seals on hostile bytes.
 *
 * The input is taken as a query: what is signed is what sign_string shows, recomputed with
 * OpenSSL's one-shot call. It is taken as a seal: it must not open. It is taken as text: its
 * seal opens, and no longer does when one byte is changed. It is taken as a given signature
 * and as a content type.
 */
#include "sign/seal.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static void sign_query(struct sign_key *key, struct arena *arena, struct str input)
{
    struct pairs query;
    if (!url_parse_query(input, arena, 200, &query))
        return;
    struct buf text;
    unsigned char digest[32];
    char hex[SIGN_HEX + 1], expected[SIGN_HEX + 1];
    buf_init(&text, 1 << 20);
    sign_string(key, STR("/path"), &query, input, false, &text);
    REQUIRE(!buf_failed(&text));
    REQUIRE(HMAC(EVP_sha256(), "secret", 6, (const unsigned char *)text.p, text.n, digest, NULL));
    for (int i = 0; i < 32; i++)
        snprintf(expected + 2 * i, 3, "%02x", digest[i]);
    REQUIRE(sign_request(key, STR("/path"), &query, input, hex));
    REQUIRE(strcmp(hex, expected) == 0);
    REQUIRE(sign_equal(str_of(hex, SIGN_HEX), expected));

    REQUIRE(sign_request(key, STR("/path"), &query, STR_NONE, expected));
    REQUIRE(sign_by_habit(key, STR("/path"), &query, SIGN_AS_ASKED, hex));
    REQUIRE(strcmp(hex, expected) == 0);
    REQUIRE(sign_by_habit(key, STR("/path"), &query, SIGN_ONE_SECRET, hex));
    REQUIRE(strcmp(hex, expected) != 0);
    REQUIRE(sign_by_habit(key, STR("/path"), &query, SIGN_NO_ARRAYS, hex));
    REQUIRE(sign_by_habit(key, STR("/path"), &query, SIGN_FIRST_VALUES, hex));
    buf_clear(&text);
}

static void seal_text(struct sign_key *key, struct arena *arena, struct str input, uint8_t at)
{
    struct str text;
    struct buf sealed;
    REQUIRE(!seal_open(key, STR("context"), input, arena, &text));
    buf_init(&sealed, 1 << 20);
    REQUIRE(seal_close(key, STR("context"), input, &sealed));
    REQUIRE(seal_open(key, STR("context"), buf_str(&sealed), arena, &text));
    REQUIRE(str_eq(text, input));
    sealed.p[at % sealed.n] ^= 1;
    REQUIRE(!seal_open(key, STR("context"), buf_str(&sealed), arena, &text));
    buf_clear(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sign_key *key;
    static struct arena *arena;
    if (size < 1 || size > 16384)
        return 0;
    if (!key) {
        key = sign_key_new(STR("app"), STR("secret"));
        arena = arena_new(1 << 20);
        REQUIRE(key && arena);
    }
    arena_reset(arena);
    struct str input = str_of((const char *)data + 1, size - 1);
    sign_query(key, arena, input);
    seal_text(key, arena, input, data[0]);
    static const char digits[] = "f79cf0529718ccb700bcd74a40c0887bc4b83a81d97d471ac3c7cef635d1d435";
    REQUIRE(sign_equal(input, digits) == str_ieq(input, str_of(digits, SIGN_HEX)));
    (void)sign_is_multipart(input);
    return 0;
}
