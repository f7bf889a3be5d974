/*
 * The calls of a plan: each is made when the answers it reads are there, side by side up to a
 * bound, its answers kept in the order of its elements whatever the order they come in. Any
 * failed call fails the request.
 */
#include "exchange/life.h"
#include <assert.h>

static bool is_read_only(const struct sent *sent)
{
    return sent->send.repeatable;
}

void stage_finish(struct exchange *x, unsigned call)
{
    x->stages[call].state = STAGE_FINISHED;
    x->finished |= UINT32_C(1) << call;
}

bool calls_finished(const struct exchange *x)
{
    return x->finished == (UINT32_C(1) << plan_call_count(x->plan)) - 1;
}

/* The answers that the call needs are there: whether it is made, and how many times. */
static bool open_stage(struct exchange *x, unsigned call)
{
    struct stage *stage = &x->stages[call];
    const struct plan_call *what = plan_call_at(x->plan, call);
    stage->times = 0;
    if (plan_call_wanted(x->run, call) &&
        (!plan_call_times(x->run, call, &stage->times, &x->fault) ||
         !send_room(x, what->paged ? 0 : stage->times)))
        return false;
    if (what->nested) /* as often as its outer list has rows */
        stage->times = plan_call_wanted(x->run, call);
    stage->left = stage->times;
    stage->state = STAGE_RUNNING;
    if (stage->times == 0 && !what->paged)
        stage_finish(x, call);
    return true;
}

static bool open_stages(struct exchange *x)
{
    uint32_t before;
    do {
        before = x->finished;
        for (unsigned i = 0; i < plan_call_count(x->plan); i++) {
            const struct plan_call *call = plan_call_at(x->plan, i);
            uint32_t needs = call->needs;
            if (call->nested) /* is walked together with its outer list */
                needs &= ~(UINT32_C(1) << call->outer);
            if (x->stages[i].state == STAGE_WAITING && (needs & ~x->finished) == 0 &&
                !open_stage(x, i))
                return false;
        }
    } while (x->finished != before);
    return true;
}

static bool send_elements(struct exchange *x, unsigned call)
{
    struct stage *stage = &x->stages[call];
    const struct plan_call *what = plan_call_at(x->plan, call);
    while (stage->next < stage->times && x->under_way < settings_of(x)->side_by_side) {
        struct plan_slot slot = {.call = call, .element = (unsigned)stage->next};
        struct plan_message message;
        if (!plan_build(x->run, slot, NULL, &message, &x->fault) ||
            !send_message(x, slot, &message, what))
            return false;
        stage->next++;
    }
    return true;
}

bool calls_go(struct exchange *x)
{
    uint32_t before;
    do {
        before = x->finished;
        if (!open_stages(x))
            return false;
        for (unsigned i = 0; i < plan_call_count(x->plan); i++)
            if (x->stages[i].state == STAGE_RUNNING && !plan_call_at(x->plan, i)->paged &&
                !send_elements(x, i))
                return false;
        if (!pages_go(x))
            return false;
    } while (x->finished != before); /* pages that ended may let others begin */
    assert(calls_finished(x) || x->under_way > 0 || x->pages.where == WHERE_WAITS);
    return true;
}

void forget_shop(struct exchange *x, int64_t code)
{
    const struct plan_shops *shops = plans_shops(x->plans);
    if (!shops || !x->ask.token.p)
        return;
    for (size_t i = 0; i < shops->stale_count; i++)
        if (shops->stale[i] == code) {
            x->ask.now_ms = now_ms(x);
            shop_forget(x->host->common.book, &x->ask);
        }
}

static bool take(struct exchange *x, const struct sent *sent,
                 const struct exchange_upstream *answer)
{
    struct plan_answer read = {0};
    struct fault why = {0};
    if (!plan_take(x->run, sent->slot, answer->body, &read, &why))
        return fault_bad_answer(x, answer, &why);
    note_upstream_id(x, read.request_id);
    if (read.code != 0 && !read.forgiven) {
        forget_shop(x, read.code);
        return fault_of_upstream(x, answer, read.code, read.message, read.request_id);
    }
    if (read.code == 0 && answer->status >= 400)
        return fault_bad_answer(x, answer, NULL);
    return true;
}

bool calls_spare(struct exchange *x, const struct sent *sent)
{
    if (arena_failed(x->arena) || !ahead_came(x, sent, false))
        return false;
    x->fault = (struct fault){0};
    return true;
}

bool calls_answer(struct exchange *x, const struct sent *sent,
                  const struct exchange_upstream *answer)
{
    struct stage *stage = &x->stages[sent->slot.call];
    if (!take(x, sent, answer)) {
        if (calls_spare(x, sent) || pages_refused(x, sent))
            return true;
        fault_name_call(x, sent);
        return false;
    }
    if (!is_read_only(sent))
        x->writes_done++;
    if (plan_call_at(x->plan, sent->slot.call)->paged)
        return pages_came(x, sent);
    if (--stage->left == 0)
        stage_finish(x, sent->slot.call);
    return true;
}

void call_cancel(struct exchange *x, unsigned tag)
{
    x->sent[tag]->under_way = false;
    x->under_way--;
    x->ports->cancel(x->owner, x, tag);
}

void calls_cancel(struct exchange *x)
{
    for (unsigned i = 0; i < x->sent_count; i++)
        if (x->sent[i]->under_way)
            call_cancel(x, i);
}
