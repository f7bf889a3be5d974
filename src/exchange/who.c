/*
 * Who the shop is: the cipher that the client sent, or what the book knows, or the call that
 * lists the token's shops, made once for all who ask at the same time. Which call that is and
 * how its answer is read is said by the profiles, not here.
 */
#include "exchange/life.h"
#include <assert.h>

static bool needs_shop(const struct exchange *x)
{
    if (is_native(x))
        return native_needs_shop(x);
    for (unsigned i = 0; i < plan_call_count(x->plan); i++)
        if (plan_call_at(x->plan, i)->cipher)
            return true;
    return false;
}

static bool known(struct exchange *x)
{
    struct plan_shop shop = {x->shop.id, x->shop.region, x->shop.cipher};
    if (x->run)
        plan_set_shop(x->run, &shop);
    x->who = WHO_KNOWN;
    return true;
}

static void on_shop(struct shop_waiter *waiter)
{
    struct exchange *x = (struct exchange *)((char *)waiter - offsetof(struct exchange, waiter));
    x->ports->wake(x->owner, x);
}

static bool ask_upstream(struct exchange *x)
{
    const struct plan_shops *shops = plans_shops(x->plans);
    x->who = WHO_FETCHES;
    if (x->fetched || !shops) {
        fault_set(&x->fault, FAULT_SHOP,
                  shops ? "The shops of the access token could not be kept. Try again in a moment."
                        : "The mapping tables name no call that lists the shops of a token.");
        who_failed(x);
        return false;
    }
    x->fetched = true;
    if (send_shops(x, shops))
        return true;
    who_failed(x);
    return false;
}

/* At x->ask.now_ms. */
static bool look(struct exchange *x)
{
    struct shop_book *book = x->host->common.book;
    x->waiter.wake = on_shop;
    switch (shop_find(book, &x->ask, x->arena, &x->shop, &x->waiter, &x->fault)) {
    case SHOP_FOUND:
        return known(x);
    case SHOP_WAIT:
        x->who = WHO_WAITS;
        return true;
    case SHOP_FETCH:
        return ask_upstream(x);
    default:
        return false;
    }
}

bool who_go(struct exchange *x)
{
    x->ask.now_ms = now_ms(x);
    if (x->who == WHO_WAITS) { /* woken, rightly or not */
        shop_leave(x->host->common.book, &x->waiter);
        return look(x);
    }
    assert(x->who == WHO_OPEN);
    struct str shop_id = pairs_get(&x->fields, STR("shop_id"));
    struct str cipher = pairs_get(&x->fields, STR("shop_cipher"));
    x->shop = (struct shop){.id = shop_id, .cipher = cipher};
    if (cipher.n > 0 || !needs_shop(x))
        return known(x);
    x->ask.app_key = x->asked.app_key;
    x->ask.token = x->token;
    x->ask.shop_id = shop_id;
    return look(x);
}

/* The shops out of `data`, by the names that the profiles give; false when it has no list. */
static bool read_shops(struct exchange *x, const struct plan_shops *names, struct json data,
                       struct shop **shops, size_t *count)
{
    struct json list = json_get(data, names->list);
    *count = 0;
    *shops = NULL;
    if (json_type(list) != JSON_ARRAY)
        return fault_set(&x->fault, FAULT_UPSTREAM_BAD,
                         "Upstream's answer holds no list of authorised shops.");
    *shops = ARENA_ARRAY(x->arena, struct shop, json_count(list));
    if (!*shops && json_count(list) > 0)
        return fault_no_memory(x);
    for (struct json item = json_first(list); json_exists(item); item = json_next(item))
        (*shops)[(*count)++] = (struct shop){json_text(json_get(item, names->id), x->arena),
                                             json_text(json_get(item, names->cipher), x->arena),
                                             json_text(json_get(item, names->region), x->arena),
                                             json_text(json_get(item, names->name), x->arena)};
    return !arena_failed(x->arena) || fault_no_memory(x);
}

static bool read_answer(struct exchange *x, const struct exchange_upstream *answer,
                        struct json *data)
{
    struct json_doc *document = ARENA_NEW(x->arena, struct json_doc);
    struct json_limits limits = {.depth = settings_of(x)->json_depth};
    struct json_error error;
    int64_t number;
    if (!document || !json_parse(document, answer->body, &limits, x->arena, &error))
        return fault_bad_answer(x, answer, NULL);
    struct json root = json_root(document);
    struct str id = json_text(json_get(root, STR("request_id")), x->arena);
    struct str code = json_text(json_get(root, STR("code")), x->arena);
    if (!code.p || !str_to_i64(code, &number))
        return fault_bad_answer(x, answer, NULL);
    note_upstream_id(x, id);
    if (number != 0)
        return fault_of_upstream(x, answer, number,
                                 json_text(json_get(root, STR("message")), x->arena), id);
    if (answer->status >= 400)
        return fault_bad_answer(x, answer, NULL);
    *data = json_get(root, STR("data"));
    return true;
}

bool who_answer(struct exchange *x, const struct sent *sent, const struct exchange_upstream *answer)
{
    struct json data;
    struct shop *shops;
    size_t count;
    if (!read_answer(x, answer, &data) ||
        !read_shops(x, plans_shops(x->plans), data, &shops, &count)) {
        fault_name_call(x, sent);
        who_failed(x);
        return false;
    }
    x->ask.now_ms = now_ms(x);
    x->who = WHO_OPEN; /* shop_fill ends the fetch, well or not */
    return shop_fill(x->host->common.book, &x->ask, shops, count, &x->fault) && look(x);
}

void who_failed(struct exchange *x)
{
    if (x->who != WHO_FETCHES)
        return;
    /* What only this request ran out of is nothing that others should be told. */
    bool ours = x->fault.kind == FAULT_INTERNAL || x->fault.kind == FAULT_TOO_LARGE;
    x->who = WHO_OPEN;
    x->ask.now_ms = now_ms(x);
    shop_fail(x->host->common.book, &x->ask, ours ? NULL : &x->fault);
}

void who_leave(struct exchange *x)
{
    if (x->who == WHO_WAITS)
        shop_leave(x->host->common.book, &x->waiter);
    if (x->who == WHO_FETCHES)
        shop_fail(x->host->common.book, &x->ask, NULL);
    x->who = WHO_OPEN;
}
