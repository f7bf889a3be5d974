/*
 * Faults of upstream in words, and the showing of text that others wrote: secrets masked, also
 * those of this very request, bytes that are no text replaced, lengths bounded. What leaves the
 * proxy besides translated data comes through here.
 */
#include "base/log.h"
#include "exchange/life.h"
#include <stdio.h>

enum { LONGEST_MESSAGE = 4096, SHORTEST_SECRET = 4 };

void note_upstream_id(struct exchange *x, struct str id)
{
    size_t comma = x->ids_length > 0;
    if (id.n == 0 || id.n + comma >= sizeof x->ids - x->ids_length)
        return;
    if (comma)
        x->ids[x->ids_length++] = ',';
    for (size_t i = 0; i < id.n; i++)
        x->ids[x->ids_length++] = id.p[i] > ' ' && id.p[i] <= '~' ? id.p[i] : '?';
}

bool fault_no_memory(struct exchange *x)
{
    return fault_set(&x->fault, FAULT_INTERNAL,
                     "Out of memory for this request (setting exchange.memory: %zu bytes).",
                     settings_of(x)->memory);
}

bool fault_bad_answer(struct exchange *x, const struct exchange_upstream *answer,
                      const struct fault *why)
{
    int status = answer->status;
    struct fault *fault = &x->fault;
    if (arena_failed(x->arena)) {
        fault_no_memory(x);
    } else if (status == 429) {
        fault_set(fault, FAULT_BUSY, "Too many requests: upstream limits their rate.");
    } else if (status >= 500) {
        fault_set(fault, FAULT_UPSTREAM_BAD,
                  "Upstream is out of order: it answered HTTP %d without an error of its own.",
                  status);
    } else if (status >= 300) {
        fault_set(fault, FAULT_UPSTREAM_BAD,
                  "Upstream answered HTTP %d without an error of its own. Check the upstream "
                  "addresses in the configuration.",
                  status);
    } else if (why && why->kind != FAULT_NONE) {
        *fault = *why;
    } else {
        fault_set(fault, FAULT_UPSTREAM_BAD, "Upstream's answer is not the JSON it must be.");
    }
    fault->retry_after = answer->retry_after;
    return false;
}

bool fault_of_upstream(struct exchange *x, const struct exchange_upstream *answer, int64_t code,
                       struct str message, struct str request_id)
{
    struct fault *fault = &x->fault;
    if (message.n > LONGEST_MESSAGE)
        message.n = LONGEST_MESSAGE;
    fault_set(fault, FAULT_UPSTREAM, STR_FMT, STR_ARG(message)); /* cuts it with care */
    if (message.n == 0)
        fault_set(fault, FAULT_UPSTREAM, "Upstream refused the request without a message.");
    fault->code = code;
    fault->status = answer->status >= 400 ? answer->status : 0;
    fault->retry_after = answer->retry_after;
    snprintf(fault->upstream_id, sizeof fault->upstream_id, STR_FMT,
             (int)(request_id.n < 90 ? request_id.n : 90), request_id.p ? request_id.p : "");
    return false;
}

static bool is_alone(const struct exchange *x, const struct sent *sent)
{
    if (is_native(x))
        return !sent->shops;
    return !sent->shops && plan_call_count(x->plan) == 1 &&
           (!plan_call_at(x->plan, 0)->each || x->stages[0].times == 1);
}

void fault_name_call(struct exchange *x, const struct sent *sent)
{
    char before[sizeof x->fault.text], which[160], done[64] = "";
    if (is_alone(x, sent))
        return;
    if (sent->shops)
        snprintf(which, sizeof which, "The call that lists the shops of the token failed");
    else if (plan_call_at(x->plan, sent->slot.call)->each &&
             !plan_call_at(x->plan, sent->slot.call)->nested &&
             x->stages[sent->slot.call].times > 1)
        snprintf(which, sizeof which, "The upstream call " STR_FMT " failed for element %u of %zu",
                 STR_ARG(plan_call_at(x->plan, sent->slot.call)->name), sent->slot.element + 1,
                 x->stages[sent->slot.call].times);
    else
        snprintf(which, sizeof which, "The upstream call " STR_FMT " failed",
                 STR_ARG(plan_call_at(x->plan, sent->slot.call)->name));
    if (x->writes_done > 0)
        snprintf(done, sizeof done, " (%u other change%s made before)", x->writes_done,
                 x->writes_done == 1 ? " was" : "s were");
    struct fault *fault = &x->fault;
    memcpy(before, fault->text, sizeof before);
    /* Through fault_set for its care about cut characters; the rest is put back. */
    struct fault rest = *fault;
    fault_set(fault, rest.kind, "%s%s: %s", which, done, before);
    fault->code = rest.code;
    fault->status = rest.status;
    fault->retry_after = rest.retry_after;
    memcpy(fault->where, rest.where, sizeof rest.where);
    memcpy(fault->upstream_id, rest.upstream_id, sizeof rest.upstream_id);
}

/* Appends text without the secret; with it in full as ***. */
static void add_without(struct str text, struct str secret, struct buf *out)
{
    for (size_t i = 0; i < text.n;) {
        if (str_starts(str_of(text.p + i, text.n - i), secret)) {
            buf_add_str(out, STR("***"));
            i += secret.n;
        } else {
            buf_add_char(out, text.p[i++]);
        }
    }
}

/* Length of the UTF-8 sequence (RFC 3629) that begins at i; 0 when there is none. */
static size_t utf8_length(struct str text, size_t i)
{
    const unsigned char *p = (const unsigned char *)text.p + i;
    size_t left = text.n - i;
    if (p[0] < 0x80)
        return 1;
    size_t n = p[0] >= 0xC2 && p[0] <= 0xDF   ? 2
               : p[0] >= 0xE0 && p[0] <= 0xEF ? 3
               : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4
                                              : 0;
    if (n == 0 || n > left)
        return 0;
    for (size_t k = 1; k < n; k++)
        if ((p[k] & 0xC0) != 0x80)
            return 0;
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool outside = (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF4 && p[1] > 0x8F);
    return overlong || outside ? 0 : n;
}

static void cut_out(const struct exchange *x, struct str secret, struct str *text)
{
    struct buf out;
    if (secret.n < SHORTEST_SECRET)
        return;
    buf_init_arena(&out, (size_t)8 * LONGEST_MESSAGE, x->arena);
    add_without(*text, secret, &out);
    *text = buf_failed(&out) ? STR("") : buf_str(&out);
}

/* What an app sends where it asks for a token: upstream may repeat it in an error. */
static void cut_out_sent(const struct exchange *x, struct str *text)
{
    static const struct str names[] = {STR_C("access_token"), STR_C("app_secret"),
                                       STR_C("refresh_token"), STR_C("auth_code"),
                                       STR_C("shop_cipher")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cut_out(x, pairs_get(&x->fields, names[i]), text);
        cut_out(x, json_text(json_get(x->asked.body, names[i]), x->arena), text);
    }
}

/* Without secrets, in the arena; empty without memory. */
static struct str without_secrets(const struct exchange *x, struct str text)
{
    struct buf out;
    if (text.n > LONGEST_MESSAGE)
        text.n = LONGEST_MESSAGE;
    cut_out(x, x->token, &text);
    cut_out(x, x->shop.cipher, &text);
    if (x->app)
        cut_out(x, x->app->secret, &text);
    cut_out_sent(x, &text);
    buf_init_arena(&out, (size_t)8 * LONGEST_MESSAGE, x->arena);
    log_mask(text, &out);
    return buf_failed(&out) ? STR("") : buf_str(&out);
}

void show_text(const struct exchange *x, struct str text, size_t most, struct buf *out)
{
    struct str safe = without_secrets(x, text);
    for (size_t i = 0, n; i < safe.n; i += n) {
        size_t length = utf8_length(safe, i);
        n = length > 0 ? length : 1;
        if (n > most)
            break;
        most -= n;
        if (length > 0)
            buf_add(out, safe.p + i, n);
        else
            buf_add_char(out, '?');
    }
}

void show_field(const struct exchange *x, struct str text, size_t most, struct buf *out)
{
    struct str safe = without_secrets(x, text);
    for (size_t i = 0; i < safe.n && i < most; i++)
        buf_add_char(out, safe.p[i] >= ' ' && safe.p[i] <= '~' ? safe.p[i] : '?');
}
