/*
 * Signatures as the sandbox checks them, see signature.h. Owns nothing.
 */
#include "sandbox/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

enum { TEXT_MAX = 32 << 20, BODY_SHOWN = 256 };

bool signature_mac(struct str key, struct str text, unsigned char mac[SIGNATURE_BYTES])
{
    unsigned size = 0;
    return HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)text.p, text.n, mac,
                &size) &&
           size == SIGNATURE_BYTES;
}

bool signature_hex(struct str key, struct str text, char hex[SIGNATURE_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char mac[SIGNATURE_BYTES];
    if (!signature_mac(key, text, mac))
        return false;
    for (size_t i = 0; i < SIGNATURE_BYTES; i++) {
        hex[i * 2] = digits[mac[i] >> 4];
        hex[i * 2 + 1] = digits[mac[i] & 15];
    }
    hex[SIGNATURE_HEX] = '\0';
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct pair *const *x = a, *const *y = b;
    int order = str_cmp((*x)->name, (*y)->name);
    return order ? order : (*x > *y) - (*x < *y);
}

/* The parameters that count, sorted; a NULL ends them. To be freed. */
static const struct pair **sorted(const struct pairs *query)
{
    const struct pair **list = calloc(query->count + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; list && i < query->count; i++) {
        struct str name = query->items[i].name;
        if (!str_eq(name, STR("sign")) && !str_eq(name, STR("access_token")))
            list[n++] = &query->items[i];
    }
    if (list)
        qsort(list, n, sizeof *list, by_name);
    return list;
}

static bool add_parameters(const struct pairs *query, bool masked, struct buf *out)
{
    const struct pair **list = sorted(query);
    for (const struct pair **p = list; p && *p; p++) {
        bool secret = masked && str_eq((*p)->name, STR("shop_cipher"));
        buf_add_str(out, (*p)->name);
        buf_add_str(out, secret ? STR("***") : (*p)->value);
    }
    free((void *)list);
    return list != NULL;
}

bool signature_make(const struct signed_request *request, struct str secret,
                    char hex[SIGNATURE_HEX + 1])
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_add_str(&text, secret);
    buf_add_str(&text, request->path);
    bool good = add_parameters(request->query, false, &text);
    buf_add_str(&text, request->body);
    buf_add_str(&text, secret);
    good = good && !buf_failed(&text) && signature_hex(secret, buf_str(&text), hex);
    buf_clear(&text);
    return good;
}

void signature_explain(const struct signed_request *request, struct buf *out)
{
    buf_add_str(out, STR("***"));
    buf_add_str(out, request->path);
    add_parameters(request->query, true, out);
    bool cut = request->body.n > BODY_SHOWN;
    buf_add(out, request->body.p, cut ? BODY_SHOWN : request->body.n);
    if (cut)
        buf_printf(out, "(and %zu bytes more)", request->body.n - BODY_SHOWN);
    buf_add_str(out, STR("***"));
}
