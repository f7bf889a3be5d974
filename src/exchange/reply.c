/*
 * Replies: legacy envelopes, good and bad. The body is written into the exchange's reply
 * buffer, which outlives the arena's failures; a bad reply is made in any case, in the last
 * resort as a fixed text.
 */
#include "base/log.h"
#include "exchange/life.h"
#include "json/writer.h"
#include <inttypes.h>
#include <stdio.h>

static void begin(struct exchange *x, struct json_writer *w, int64_t code, struct str message)
{
    buf_reset(&x->out);
    json_writer_init(w, &x->out);
    json_open_object(w);
    json_put_key_raw(w, STR("\"code\":"));
    json_put_i64(w, code);
    json_put_key_raw(w, STR("\"message\":"));
    json_put_string(w, message);
    json_put_key_raw(w, STR("\"request_id\":"));
    json_put_string(w, str_of(x->id, REQUEST_ID));
    json_put_key_raw(w, STR("\"data\":"));
}

static void add_field(struct exchange *x, struct str name, struct str value)
{
    if (value.n > 0)
        x->reply_fields[x->answer.field_count++] = (struct exchange_field){name, value};
}

static void add_shown(struct exchange *x, struct str name, struct str text, size_t most)
{
    struct buf value;
    if (text.n == 0)
        return;
    buf_init_arena(&value, most, x->arena);
    show_field(x, text, most, &value);
    if (!buf_failed(&value))
        add_field(x, name, buf_str(&value));
}

/* Told here and in the log, never in the message: clients compare that with "Success". */
static void add_left_out(struct exchange *x)
{
    struct buf left;
    buf_init_arena(&left, (size_t)16 * NOTES_LENGTH, x->arena);
    plan_left_out(x->run, &left);
    if (buf_failed(&left) || left.n == 0 || x->fault.kind != FAULT_NONE)
        return;
    add_shown(x, STR("X-Shopshim-Left-Out"), buf_str(&left), NOTES_LENGTH);
    log_warn("part answer endpoint=%s request_id=%s left_out=" STR_FMT, x->endpoint, x->id,
             (int)(left.n < NOTES_LENGTH ? left.n : NOTES_LENGTH), left.p);
}

static void add_fields(struct exchange *x)
{
    x->answer.fields = x->reply_fields;
    x->answer.field_count = 0;
    add_field(x, STR("Content-Type"), STR("application/json"));
    add_field(x, STR("X-Shopshim-Upstream-Id"), str_of(x->ids, x->ids_length));
    if (x->run) {
        struct buf unused, lost;
        buf_init_arena(&unused, (size_t)16 * NOTES_LENGTH, x->arena);
        buf_init_arena(&lost, (size_t)16 * NOTES_LENGTH, x->arena);
        plan_notes(x->run, &unused, &lost);
        add_shown(x, STR("X-Shopshim-Unused"), buf_str(&unused), NOTES_LENGTH);
        add_shown(x, STR("X-Shopshim-Lost"), buf_str(&lost), NOTES_LENGTH);
        add_left_out(x);
    }
    if (once_answered(x))
        add_field(x, STR("X-Shopshim-Repeated"), x->once.first);
    if (x->fault.kind != FAULT_NONE && x->fault.retry_after > 0)
        add_field(x, STR("Retry-After"), arena_printf(x->arena, "%d", x->fault.retry_after));
}

static bool write_data(struct exchange *x, struct json_writer *w)
{
    struct plan_page_given given;
    if (once_answered(x)) {
        json_put_raw(w, x->once.data);
        return true;
    }
    bool paged = x->pages.style != PLAN_PAGE_NONE;
    if (paged && !pages_given(x, &given))
        return false;
    size_t before = x->out.n;
    if (!plan_reply(x->run, paged ? &given : NULL, w, &x->fault))
        return false;
    if (!buf_failed(&x->out) && x->out.n == before)
        json_put_raw(w, STR("{}"));
    return true;
}

bool reply_success(struct exchange *x)
{
    struct json_writer w;
    size_t likely = x->received < x->out.maximum ? x->received : 0;
    buf_reserve(&x->out, likely); /* about as long as what it is made of: need not grow */
    begin(x, &w, 0, x->profile->success);
    size_t before = x->out.n;
    if (!write_data(x, &w))
        return false;
    size_t written = x->out.n - before;
    json_close_object(&w);
    if (arena_failed(x->arena)) /* something may be left out */
        return fault_no_memory(x);
    if (buf_failed(&x->out))
        return fault_set(&x->fault, FAULT_TOO_LARGE,
                         "The answer is larger than %zu bytes (setting exchange.answer).",
                         settings_of(x)->answer);
    x->fault.kind = FAULT_NONE;
    once_keep(x, str_of(x->out.p + before, written));
    x->status = 200;
    add_fields(x);
    x->answer.status = x->status;
    x->answer.body = buf_str(&x->out);
    return true;
}

/* The fault in words for the client, masked. */
static struct str message_of(struct exchange *x)
{
    struct buf message;
    struct str where = str_from(x->fault.where), text = str_from(x->fault.text);
    buf_init_arena(&message, 8192, x->arena);
    if (x->error.message.p) {
        show_text(x, x->error.message, 4096, &message);
    } else {
        if (where.n > 0 && !strstr(x->fault.text, x->fault.where)) {
            show_text(x, where, sizeof x->fault.where, &message);
            buf_add_str(&message, STR(": "));
        }
        show_text(x, text, sizeof x->fault.text, &message);
    }
    if (x->detail.n > 0) {
        buf_add_char(&message, ' ');
        show_text(x, x->detail, 4096, &message);
    }
    return buf_failed(&message) || message.n == 0 ? STR("The request failed.") : buf_str(&message);
}

void reply_fault(struct exchange *x)
{
    struct json_writer w;
    plans_error(x->plans, &x->fault, &x->error);
    x->status = x->error.status;
    x->words = message_of(x);
    begin(x, &w, x->error.code, x->words);
    json_put_raw(&w, STR("{}"));
    json_close_object(&w);
    add_fields(x);
    x->answer.status = x->status;
    x->answer.body = buf_str(&x->out);
    if (buf_failed(&x->out)) {
        int n = snprintf(x->last_resort, sizeof x->last_resort,
                         "{\"code\":%" PRId64 ",\"message\":\"The request failed, and there is no "
                         "memory to say why.\",\"request_id\":\"%s\",\"data\":{}}",
                         x->error.code, x->id);
        x->answer.body = str_of(x->last_resort, (size_t)n);
    }
}
