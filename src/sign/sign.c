/*
 * The string to sign, its HMAC, and the comparison of signatures.
 *
 * Owns nothing. The string is not built in memory: its parts pass through a small buffer
 * into the HMAC, so that many short names and values cost few calls, and no length needs a
 * limit. The same walk writes the string out for people.
 * Refuses no parameter; who may call, and when, is decided elsewhere.
 */
#include "sign/key.h"
#include <stdlib.h>

enum {
    FEW = 32, /* parameters that are sorted without memory from malloc */
    GATHER = 512
};

/* Where the parts go: `out` when set, else the HMAC. */
struct sink {
    struct buf *out;
    EVP_MAC_CTX *mac;
    bool failed;
    size_t n;
    char gathered[GATHER];
};

/* Never after a failure: OpenSSL dereferences what a failed start has left out. */
static void pass_on(struct sink *sink, struct str part)
{
    sink->failed = sink->failed || !hmac_add(sink->mac, part);
}

static void flush(struct sink *sink)
{
    pass_on(sink, str_of(sink->gathered, sink->n));
    sink->n = 0;
}

static void add(struct sink *sink, struct str part)
{
    if (part.n == 0)
        return;
    if (sink->out) {
        buf_add_str(sink->out, part);
        return;
    }
    if (part.n > GATHER - sink->n)
        flush(sink);
    if (part.n > GATHER) {
        pass_on(sink, part);
        return;
    }
    memcpy(sink->gathered + sink->n, part.p, part.n);
    sink->n += part.n;
}

/* ---- parameters ---- */

static bool is_left_out(struct str name)
{
    return str_eq(name, STR("sign")) || str_eq(name, STR("access_token"));
}

static bool is_array(struct str name)
{
    return name.n > 2 && name.p[name.n - 1] == ']' && str_find(name, '[') < name.n;
}

/* By name; equal names by their place, which makes any sort a stable one. */
static int compare(const void *left, const void *right)
{
    const struct pair *a = *(const struct pair *const *)left;
    const struct pair *b = *(const struct pair *const *)right;
    int order = str_cmp(a->name, b->name);
    return order != 0 ? order : (a > b) - (a < b);
}

static void sort(const struct pair **items, size_t count)
{
    if (count > FEW) {
        qsort(items, count, sizeof *items, compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        const struct pair *item = items[i];
        size_t at = i;
        for (; at > 0 && str_cmp(items[at - 1]->name, item->name) > 0; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

static bool counts(const struct pair *item, enum sign_habit habit)
{
    return !is_left_out(item->name) && !(habit == SIGN_NO_ARRAYS && is_array(item->name));
}

static void add_query(struct sink *sink, const struct pairs *query, enum sign_habit habit)
{
    const struct pair *few[FEW];
    const struct pair **items = few;
    size_t count = 0;
    if (query->count > FEW && !(items = malloc(query->count * sizeof *items))) {
        sink->failed = true;
        return;
    }
    for (size_t i = 0; i < query->count; i++)
        if (counts(&query->items[i], habit))
            items[count++] = &query->items[i];
    sort(items, count);
    for (size_t i = 0; i < count; i++) {
        if (habit == SIGN_FIRST_VALUES && i > 0 && str_eq(items[i]->name, items[i - 1]->name))
            continue;
        add(sink, items[i]->name);
        add(sink, items[i]->value);
    }
    if (items != few)
        free(items);
}

/* ---- signatures ---- */

struct message {
    struct str path;
    const struct pairs *query;
    struct str body;
    enum sign_habit habit;
};

static void add_message(struct sink *sink, const struct message *message, struct str secret)
{
    add(sink, secret);
    add(sink, message->path);
    add_query(sink, message->query, message->habit);
    add(sink, message->body);
    if (message->habit != SIGN_ONE_SECRET)
        add(sink, secret);
}

static void begin(struct sink *sink, EVP_MAC_CTX *mac)
{
    sink->out = NULL;
    sink->mac = mac;
    sink->n = 0;
    sink->failed = !hmac_start(mac);
}

static bool finish(struct sink *sink, char hex[SIGN_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[HMAC_SIZE];
    flush(sink);
    explicit_bzero(sink->gathered, sizeof sink->gathered);
    hex[0] = '\0';
    if (sink->failed || !hmac_finish(sink->mac, digest))
        return false;
    for (size_t i = 0; i < HMAC_SIZE; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[SIGN_HEX] = '\0';
    return true;
}

static bool sign(struct sign_key *key, const struct message *message, char hex[SIGN_HEX + 1])
{
    struct sink sink;
    begin(&sink, key->mac);
    add_message(&sink, message, key->secret);
    return finish(&sink, hex);
}

bool sign_request(struct sign_key *key, struct str path, const struct pairs *query, struct str body,
                  char hex[SIGN_HEX + 1])
{
    return sign(key, &(struct message){path, query, body, SIGN_AS_ASKED}, hex);
}

bool sign_by_habit(struct sign_key *key, struct str path, const struct pairs *query,
                   enum sign_habit habit, char hex[SIGN_HEX + 1])
{
    return sign(key, &(struct message){path, query, STR_NONE, habit}, hex);
}

void sign_string(const struct sign_key *key, struct str path, const struct pairs *query,
                 struct str body, bool masked, struct buf *out)
{
    struct sink sink = {.out = out};
    add_message(&sink, &(struct message){path, query, body, SIGN_AS_ASKED},
                masked ? STR("***") : key->secret);
    if (sink.failed) {
        out->n = 0;
        out->failed = true;
    }
}

bool sign_webhook(struct sign_key *key, struct str body, char hex[SIGN_HEX + 1])
{
    struct sink sink;
    begin(&sink, key->mac);
    add(&sink, key->app_key);
    add(&sink, body);
    return finish(&sink, hex);
}

bool sign_equal(struct str given, const char hex[SIGN_HEX + 1])
{
    if (given.n != SIGN_HEX)
        return false;
    unsigned difference = 0;
    for (size_t i = 0; i < SIGN_HEX; i++) {
        char c = given.p[i];
        if (c >= 'A' && c <= 'F')
            c = (char)(c + ('a' - 'A'));
        difference |= (unsigned char)(c ^ hex[i]);
    }
    return difference == 0;
}

bool sign_is_multipart(struct str content_type)
{
    struct str media_type = str_trim(str_cut(&content_type, ';'));
    return str_ieq(media_type, STR("multipart/form-data"));
}
