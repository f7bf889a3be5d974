/*
 * What a plan says about itself. See plan.h.
 */
#include "plan/compiled.h"

#include <assert.h>

const struct plan_profile *plan_profile(const struct plan *plan)
{
    return plan->profile;
}

struct str plan_name(const struct plan *plan)
{
    return plan->name;
}

struct str plan_legacy(const struct plan *plan)
{
    return plan->legacy[0];
}

struct str plan_about(const struct plan *plan)
{
    return plan->about;
}

struct str plan_version(const struct plan *plan)
{
    return plan->version.text;
}

struct str plan_upstream(const struct plan *plan)
{
    return plan->generation == GENERATION_ANY      ? STR_NONE
           : plan->generation == GENERATION_202309 ? STR("202309")
                                                   : STR("newest");
}

size_t plan_losses(const struct plan *plan)
{
    return plan->lost_in_request_count + plan->lost_in_answer_count;
}

struct plan_loss plan_loss_at(const struct plan *plan, size_t loss)
{
    assert(loss < plan_losses(plan));
    bool answer = loss >= plan->lost_in_request_count;
    const struct sentence *sentence =
        answer ? &plan->lost_in_answer[loss - plan->lost_in_request_count]
               : &plan->lost_in_request[loss];
    return (struct plan_loss){answer, sentence->key, sentence->text};
}

unsigned plan_call_count(const struct plan *plan)
{
    return plan->call_count;
}

const struct plan_call *plan_call_at(const struct plan *plan, unsigned call)
{
    assert(call < plan->call_count);
    return &plan->calls[call].public;
}

enum plan_page_style plan_page_style(const struct plan *plan)
{
    return plan->pages.form.style;
}
