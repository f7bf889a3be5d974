/*
 * One upstream message: the parameters that the proxy adds, the signature over the exact bytes
 * that are sent, the header fields. A message of a profile that is not signed goes as the plan
 * made it. Everything of a message lives in the arena until the exchange goes.
 */
#include "exchange/life.h"

enum { LONGEST_TARGET = 64 * 1024, LONGEST_NUMBER = 24, ADDED_PAIRS = 3 };

bool send_room(struct exchange *x, size_t calls)
{
    unsigned most = settings_of(x)->calls;
    if (x->sent_count + calls <= most)
        return true;
    return fault_set(&x->fault, FAULT_TOO_LARGE,
                     "This request takes more than %u upstream calls (setting exchange.calls).",
                     most);
}

struct str send_seconds(struct exchange *x)
{
    struct buf seconds;
    buf_init_arena(&seconds, LONGEST_NUMBER, x->arena);
    buf_add_i64(&seconds, now_ms(x) / 1000);
    return buf_failed(&seconds) ? STR_NONE : buf_str(&seconds);
}

/* message->query and what is added to it, in x's arena. */
static bool add_pairs(struct exchange *x, const struct plan_message *message, bool cipher,
                      struct pairs *pairs)
{
    *pairs = message->query;
    if (!x->profile->sign)
        return true;
    struct pair *items = arena_alloc(x->arena, (pairs->count + ADDED_PAIRS) * sizeof *items);
    struct str seconds = send_seconds(x);
    if (!items || !seconds.p)
        return fault_no_memory(x);
    if (pairs->count > 0)
        memcpy(items, pairs->items, pairs->count * sizeof *items);
    size_t count = pairs->count;
    items[count++] = (struct pair){STR("app_key"), x->app->key};
    items[count++] = (struct pair){STR("timestamp"), seconds};
    if (cipher)
        items[count++] = (struct pair){STR("shop_cipher"), x->shop.cipher};
    *pairs = (struct pairs){items, count};
    return true;
}

bool send_target(struct exchange *x, const struct plan_message *message, const struct pairs *pairs,
                 struct str *target)
{
    char hex[SIGN_HEX + 1];
    struct buf out;
    buf_init_arena(&out, LONGEST_TARGET, x->arena);
    buf_add_str(&out, message->path);
    for (size_t i = 0; i < pairs->count; i++) {
        buf_add_char(&out, i == 0 ? '?' : '&');
        url_encode(pairs->items[i].name, &out);
        buf_add_char(&out, '=');
        url_encode(pairs->items[i].value, &out);
    }
    if (x->profile->sign) {
        struct str body = message->multipart ? STR_NONE : message->body;
        if (!sign_request(x->app->sign, message->path, pairs, body, hex))
            return fault_set(&x->fault, FAULT_INTERNAL, "The upstream request was not signed.");
        buf_add_str(&out, pairs->count == 0 ? STR("?sign=") : STR("&sign="));
        buf_add(&out, hex, SIGN_HEX);
    }
    if (arena_failed(x->arena))
        return fault_no_memory(x);
    if (buf_failed(&out))
        return fault_set(&x->fault, FAULT_TOO_LARGE,
                         "The parameters of an upstream call are longer than %d bytes.",
                         LONGEST_TARGET);
    *target = buf_str(&out);
    return true;
}

static void add_fields(struct exchange *x, const struct plan_message *message, struct sent *sent)
{
    size_t count = 0;
    if (x->profile->token)
        sent->fields[count++] = (struct exchange_field){STR("x-tts-access-token"), x->token};
    sent->fields[count++] = (struct exchange_field){
        STR("content-type"), message->multipart ? message->content_type : STR("application/json")};
    sent->send.fields = sent->fields;
    sent->send.field_count = count;
}

struct sent *send_new(struct exchange *x)
{
    if (!send_room(x, 1))
        return NULL;
    if (!x->sent)
        x->sent = ARENA_ARRAY(x->arena, struct sent *, settings_of(x)->calls);
    struct sent *sent = ARENA_NEW(x->arena, struct sent);
    if (x->sent && sent)
        return sent;
    fault_no_memory(x);
    return NULL;
}

void send_start(struct exchange *x, struct sent *sent)
{
    sent->send.tag = x->sent_count;
    sent->under_way = true;
    x->sent[x->sent_count++] = sent;
    x->under_way++;
    x->ports->send(x->owner, x, &sent->send);
}

static bool send_one(struct exchange *x, struct sent *sent, const struct plan_message *message,
                     bool cipher, bool changes)
{
    struct pairs pairs;
    sent->send = (struct exchange_send){.auth_host = x->profile->auth_host,
                                        .repeatable = !changes,
                                        .method = message->method,
                                        .body = message->body};
    if (!add_pairs(x, message, cipher, &pairs) ||
        !send_target(x, message, &pairs, &sent->send.target))
        return false;
    add_fields(x, message, sent);
    send_start(x, sent);
    return true;
}

bool send_message(struct exchange *x, struct plan_slot slot, const struct plan_message *message,
                  const struct plan_call *call)
{
    struct sent *sent = send_new(x);
    if (!sent)
        return false;
    sent->slot = slot;
    return send_one(x, sent, message, call->cipher, call->changes);
}

bool send_shops(struct exchange *x, const struct plan_shops *shops)
{
    struct plan_message message = {.method = shops->method, .path = shops->path};
    struct sent *sent = send_new(x);
    if (!sent)
        return false;
    sent->shops = true;
    return send_one(x, sent, &message, false, false);
}
