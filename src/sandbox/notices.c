/*
 * The webhooks of a call that succeeded: each with its envelope and signature, to the address
 * that the shop has set for its type, else to the sandbox's own.
 *
 *   {"type", "tts_notification_id", "shop_id", "timestamp", "data"}
 * signed with HMAC-SHA256 of the app's key and the body, the key being its secret, for the app
 * that made the change.
 */
#include "sandbox/change.h"
#include "sandbox/notifier.h"
#include "sandbox/signature.h"

#include "json/writer.h"

enum { BODY_MAX = 1 << 20, ID_DIGITS = 19 };

/* Absent when nobody hears of it. */
static struct str address_of(struct visit *v, int64_t type)
{
    const struct hearer *hearer = &v->core->tables->hearer;
    uint64_t count = hearer->entity ? run_count(&v->run, hearer->entity) : 0;
    for (uint64_t i = 0; i < count; i++) {
        struct record *record = run_record(&v->run, hearer->entity, v->shop, i);
        struct place *scope =
            record ? run_with(&v->run, record->root, value_int(type), VALUE_NONE) : NULL;
        if (!scope || !value_true(run_eval(&v->run, hearer->when, scope)))
            continue;
        return value_str(run_eval(&v->run, hearer->address, scope), v->arena);
    }
    return v->core->webhook ? str_from(v->core->webhook) : STR_NONE;
}

static struct str shop_id(struct visit *v)
{
    struct record *shop = run_record(&v->run, v->core->tables->shop, 0, v->shop);
    struct value id = VALUE_NONE;
    if (shop)
        run_member(&v->run, value_place(shop->root), v->core->tables->shop->key, &id);
    struct str text = value_str(id, v->arena);
    return text.p ? text : STR("");
}

static void write_body(struct visit *v, const struct notice *notice, struct buf *out)
{
    struct json_writer w;
    uint64_t number = (uint64_t)v->now % 100000000 * 1000000 + v->core->world.notices++ % 1000000;
    json_writer_init(&w, out);
    json_open_object(&w);
    json_put_key(&w, STR("type"));
    json_put_i64(&w, notice->type);
    json_put_key(&w, STR("tts_notification_id"));
    json_put_string(&w, id_make(v->arena, STR("7327"), ID_DIGITS, number));
    json_put_key(&w, STR("shop_id"));
    json_put_string(&w, shop_id(v));
    json_put_key(&w, STR("timestamp"));
    json_put_i64(&w, v->now);
    json_put_key(&w, STR("data"));
    json_put_raw(&w, notice->data);
    json_close_object(&w);
}

static bool sign_body(struct visit *v, struct str body, char hex[SIGNATURE_HEX + 1])
{
    struct str text = arena_printf(v->arena, STR_FMT STR_FMT, STR_ARG(v->app->key), STR_ARG(body));
    return text.p && signature_hex(v->app->secret, text, hex);
}

void notices_send(struct visit *v)
{
    for (const struct notice *n = v->notices; n; n = n->next) {
        struct buf body;
        char hex[SIGNATURE_HEX + 1];
        buf_init_arena(&body, BODY_MAX, v->arena);
        if (!n->data.p)
            continue;
        write_body(v, n, &body);
        if (!buf_failed(&body) && sign_body(v, buf_str(&body), hex))
            notifier_send(v->core->notifier,
                          &(struct notification){.time = v->now,
                                                 .type = n->type,
                                                 .url = address_of(v, n->type),
                                                 .body = buf_str(&body),
                                                 .signature = str_of(hex, SIGNATURE_HEX)});
    }
}
