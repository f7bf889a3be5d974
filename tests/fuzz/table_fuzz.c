/*
 * A table file of any bytes, and when it is good, a run of it: never a crash, and
 *   - a table that is refused leaves a finding, one that is taken leaves no error;
 *   - what a run writes is JSON, as long as nothing is wrong with it.
 * The input is a table; behind NUL bytes may follow a request's query, its body, and the answer
 * to every call.
 */
#include "base/log.h"
#include "fuzz.h"
#include "plan/plan.h"

static const char profiles[] =
    "{\"profiles\":{\"desk\":{\"host\":\"api\",\"sign\":true,\"token\":true,\"shop\":\"cipher\","
    "\"success\":\"Success\",\"page\":{\"size\":\"query.n\",\"token\":\"query.t\","
    "\"next\":\"next\"}}},\"common\":[\"sign\"]}";

static const char enums[] =
    "{\"shelf\":{\"pairs\":[[1,\"NORTH\"],[2,\"SOUTH\"]],\"to_upstream\":[[0,null]],"
    "\"unknown\":7}}";

static bool is_json(struct str text, struct arena *arena, struct json_doc *doc)
{
    struct json_limits limits = {.depth = 200};
    struct json_error error;
    return json_parse(doc, text, &limits, arena, &error);
}

struct input {
    struct str query, body, answer;
};

static void check_message(const struct plan_message *message, struct arena *arena)
{
    struct json_doc doc;
    MUST(message->path.n && message->path.p[0] == '/');
    for (size_t i = 0; i < message->path.n; i++)
        MUST(message->path.p[i] > ' ' && message->path.p[i] != '?');
    if (message->body.n && !message->multipart && !is_json(message->body, arena, &doc))
        MUST(arena_failed(arena));
}

static bool run_call(struct plan_run *run, const struct plan_call *call, unsigned index,
                     const struct input *input, struct arena *arena)
{
    struct fault fault = {0};
    struct plan_page_ask ask = {.size = 3};
    size_t times;
    if (!plan_call_wanted(run, index))
        return true;
    if (!plan_call_times(run, index, &times, &fault))
        return false;
    for (unsigned i = 0; i < times && i < 4; i++) {
        struct plan_slot slot = {index, i, 0};
        struct plan_message message;
        struct plan_answer answer;
        if (!plan_build(run, slot, call->paged ? &ask : NULL, &message, &fault))
            return false;
        check_message(&message, arena);
        if (!plan_take(run, slot, input->answer, &answer, &fault))
            return false;
        if (answer.code != 0 && !answer.forgiven)
            return false;
        if (!call->paged)
            continue;
        plan_next_token(run, slot);
        plan_row_key(run, slot, 0);
        plan_pick(run, slot, 0, plan_rows(run, slot));
    }
    return true;
}

static void run_plan(const struct plan *plan, const struct input *input, struct arena *arena)
{
    struct plan_request request = {.app_key = STR("k")};
    struct plan_page_given given = {STR("N"), true};
    struct json_doc doc;
    struct fault fault = {0};
    struct buf reply, names;
    struct json_writer w;
    if (!url_parse_query(input->query, arena, 50, &request.query))
        return;
    if (input->body.n && is_json(input->body, arena, &doc))
        request.body = json_root(&doc);
    struct plan_run *run = plan_begin(plan, &request, arena, &fault);
    if (!run) {
        MUST(fault.kind != FAULT_NONE);
        return;
    }
    buf_init(&names, 1 << 20);
    plan_notes(run, &names, &names);
    buf_clear(&names);
    plan_filters(run);
    uint32_t done = 0, all = (UINT32_C(1) << plan_call_count(plan)) - 1;
    while (done != all)
        for (unsigned i = 0; i < plan_call_count(plan); i++) {
            const struct plan_call *call = plan_call_at(plan, i);
            if ((done & UINT32_C(1) << i) || (call->needs & ~done))
                continue;
            if (!call->nested && !run_call(run, call, i, input, arena))
                return;
            done |= UINT32_C(1) << i;
        }
    buf_init(&reply, 1 << 24);
    json_writer_init(&w, &reply);
    bool pages = plan_page_style(plan) != PLAN_PAGE_NONE;
    struct plan_page_asked asked;
    if ((!pages || plan_page_asked(run, &asked, &fault)) &&
        plan_reply(run, pages ? &given : NULL, &w, &fault) && !buf_failed(&reply) &&
        !is_json(buf_str(&reply), arena, &doc))
        MUST(arena_failed(arena));
    buf_clear(&reply);
}

static struct str cut_nul(struct str *rest)
{
    return rest->p ? str_cut(rest, '\0') : STR("");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_of((const char *)data, size);
    struct str table = cut_nul(&rest);
    struct input input;
    input.query = cut_nul(&rest);
    input.body = cut_nul(&rest);
    input.answer = cut_nul(&rest);
    struct buf errors, out;
    struct findings findings;
    log_set_level(LOG_OFF);
    buf_init(&errors, 1 << 16);
    buf_init(&out, 1 << 22);
    fuzz_write_errors(&errors);
    findings_init(&findings);
    const struct plan_text texts[] = {{"profiles.json", str_from(profiles)},
                                      {"errors.json", buf_str(&errors)},
                                      {"enums.json", str_from(enums)},
                                      {"a/t.json", table}};
    struct plans *plans = plans_load_texts(texts, 4, &findings);
    MUST((plans != NULL) == (findings_count(&findings, FINDING_ERROR) == 0));
    findings_print(&findings, &out);
    if (plans) {
        const struct plan *plan = plans_at(plans, 0);
        struct arena *arena = arena_new(16 << 20);
        MUST(arena);
        plan_print(plan, &out);
        run_plan(plan, &input, arena);
        arena_free(arena);
    }
    plans_unref(plans);
    findings_clear(&findings);
    buf_clear(&errors);
    buf_clear(&out);
    return 0;
}
