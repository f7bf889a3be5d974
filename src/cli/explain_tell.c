/*
 * explain: telling what goes upstream, what waits, what the app gets, and the shop that is
 * made up for it. Everything that might be secret passes curl_line or the log's redaction.
 */
#include "base/log.h"
#include "cli/curl_line.h"
#include "cli/explain.h"
#include "json/writer.h"

#include <stdio.h>

static struct str base_of(const struct explain *e, bool auth_host)
{
    const struct server_upstream_settings *upstream = &e->run->config->server.upstream;
    const char *url = auth_host ? upstream->auth : upstream->api;
    return url         ? str_from(url)
           : auth_host ? STR("https://<upstream.auth>")
                       : STR("https://<upstream.api>");
}

static bool is_lookup(const struct explain *e, const struct exchange_send *send)
{
    const struct plan_shops *shops = plans_shops(e->plans);
    struct str path = send->target;
    path.n = str_find(path, '?');
    return shops && str_eq(send->method, shops->method) && str_eq(path, shops->path) &&
           (e->plan             ? plan_profile(e->plan)->shop
            : e->native.profile ? e->native.cipher != PLAN_CIPHER_NONE
                                : true);
}

void explain_sends(struct explain *e)
{
    for (; e->told < e->send_count; e->told++) {
        const struct exchange_send *send = e->sends[e->told];
        const struct curl_line how = {base_of(e, send->auth_host), str_from(e->cipher),
                                      str_from(e->cipher_name)};
        e->looking = is_lookup(e, send);
        e->lookup = send->tag;
        if (e->looking)
            buf_printf(&e->out, "# once for each token, then remembered: which shops it is for\n");
        curl_line(&how, send, &e->out);
        if (e->looking)
            buf_printf(&e->out,
                       "# taken for the answer: shop " STR_FMT
                       " in the region GB with the cipher %s\n",
                       STR_ARG(e->shop_id), e->cipher_name);
        buf_add_char(&e->out, '\n');
    }
}

/* Whether a path is one of "GET /x/{id}/y"; parts in braces stand for any. */
static bool is_of(struct str send, struct str method, struct str path)
{
    struct str left = send;
    if (!str_eq(str_cut(&left, ' '), method))
        return false;
    while (left.p && path.p) {
        struct str part = str_cut(&left, '/');
        if (!str_eq(part, str_cut(&path, '/')) && str_find(part, '{') == part.n)
            return false;
    }
    return !left.p && !path.p;
}

static bool was_sent(const struct explain *e, const struct plan_call *call)
{
    for (size_t i = 0; i < e->send_count; i++) {
        struct str path = e->sends[i]->target;
        path.n = str_find(path, '?');
        if (is_of(call->send, e->sends[i]->method, path))
            return true;
    }
    return false;
}

static void tell_call(struct explain *e, const struct plan_call *call)
{
    buf_add_str(&e->out, STR("# then, from the answer of"));
    const char *between = " ";
    for (unsigned k = 0; k < plan_call_count(e->plan); k++)
        if (call->needs & 1u << k) {
            buf_printf(&e->out, "%s" STR_FMT, between, STR_ARG(plan_call_at(e->plan, k)->name));
            between = ", ";
        }
    if (call->each)
        buf_printf(&e->out, ", at most %u times", (unsigned)call->most);
    buf_printf(&e->out, ":\n#   " STR_FMT "\n", STR_ARG(call->send));
}

void explain_waiting(struct explain *e)
{
    uint32_t coming = 0;
    unsigned count = e->plan ? plan_call_count(e->plan) : 0;
    for (unsigned i = 0; i < count; i++) {
        const struct plan_call *call = plan_call_at(e->plan, i);
        bool sent = was_sent(e, call);
        if (!sent && !(call->needs & coming))
            continue;
        coming |= 1u << i;
        if (!sent)
            tell_call(e, call);
    }
}

void explain_answer(struct explain *e)
{
    const char *words = e->send_count ? "then" : "answered without a call upstream";
    buf_printf(&e->out, "# %s: HTTP %d\n", words, e->answer->status);
    log_mask(e->answer->body, &e->out);
    buf_add_char(&e->out, '\n');
}

void explain_make_shop(struct explain *e)
{
    e->shop_id = pairs_get(&e->query, STR("shop_id"));
    if (e->shop_id.n == 0 || e->shop_id.n > 64)
        e->shop_id = STR("7000000000000000001");
    struct buf coded;
    buf_init(&coded, EXPLAIN_CIPHER - 1);
    snprintf(e->cipher_name, EXPLAIN_CIPHER, "<shop_cipher of shop " STR_FMT ">",
             STR_ARG(e->shop_id));
    url_encode(str_from(e->cipher_name), &coded);
    snprintf(e->cipher, EXPLAIN_CIPHER, STR_FMT, STR_ARG(buf_str(&coded)));
    buf_clear(&coded);
}

static void put_text(struct json_writer *w, struct str key, struct str value)
{
    if (!key.n)
        return;
    json_put_key(w, key);
    json_put_string(w, value);
}

struct str explain_shop_answer(struct explain *e)
{
    const struct plan_shops *names = plans_shops(e->plans);
    struct buf text;
    buf_init(&text, 8192);
    struct json_writer w;
    json_writer_init(&w, &text);
    json_open_object(&w);
    json_put_key(&w, STR("code"));
    json_put_i64(&w, 0);
    put_text(&w, STR("message"), STR("Success"));
    put_text(&w, STR("request_id"), STR("explain"));
    json_put_key(&w, STR("data"));
    json_open_object(&w);
    json_put_key(&w, names->list);
    json_open_array(&w);
    json_open_object(&w);
    put_text(&w, names->id, e->shop_id);
    put_text(&w, names->cipher, str_from(e->cipher_name));
    put_text(&w, names->region, STR("GB"));
    put_text(&w, names->name, STR("made up"));
    json_close_object(&w);
    json_close_array(&w);
    json_close_object(&w);
    json_close_object(&w);
    struct str kept = arena_str(e->arena, buf_str(&text));
    buf_clear(&text);
    return kept;
}
