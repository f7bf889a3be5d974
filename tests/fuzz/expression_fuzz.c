/*
 * Expressions of any bytes, over documents of any bytes: never a crash, and
 *   - what is refused leaves a finding;
 *   - what an expression makes is JSON.
 * The input is an expression, a NUL byte, and the document that it reads.
 */
#include "base/log.h"
#include "fuzz.h"
#include "plan/expression.h"
#include "plan/plan.h"

/* By itself: the parser reads bytes that no JSON text could hold. */
static bool parse_alone(struct str text)
{
    struct arena *arena = arena_new(1 << 20);
    struct findings findings;
    struct expression expression;
    MUST(arena);
    findings_init(&findings);
    struct place place = {&findings, "f", "$"};
    bool good = expression_parse(text, arena, &place, &expression);
    MUST(good == (findings_count(&findings, FINDING_ERROR) == 0));
    if (good)
        expression_reads(&expression);
    findings_clear(&findings);
    arena_free(arena);
    return good;
}

static const char profiles[] =
    "{\"profiles\":{\"p\":{\"host\":\"api\",\"sign\":true,\"token\":true,\"shop\":\"none\","
    "\"success\":\"S\"}},\"common\":[]}";

static struct plans *make_plans(struct str expression)
{
    struct buf table, errors;
    struct findings findings;
    buf_init(&table, 1 << 24);
    buf_init(&errors, 1 << 16);
    findings_init(&findings);
    fuzz_write_errors(&errors);
    buf_add_str(&table, STR("{\"legacy\":\"GET /o\",\"about\":\"A.\",\"uses\":\"p\",\"enums\":"
                            "{\"e\":{\"pairs\":[[1,\"A\"]],\"unknown\":0}},\"calls\":{\"c\":"
                            "{\"send\":\"GET /n\"}},\"reply\":{\"u\":\"c.never | enum e\","
                            "\"o\":{\"each\":\"c.s\",\"make\":{\"v\":"));
    json_quote(expression, &table);
    buf_add_str(&table, STR("}}}}"));
    const struct plan_text texts[] = {{"profiles.json", str_from(profiles)},
                                      {"errors.json", buf_str(&errors)},
                                      {"a/t.json", buf_str(&table)}};
    struct plans *plans = plans_load_texts(texts, 3, &findings);
    MUST((plans != NULL) == (findings_count(&findings, FINDING_ERROR) == 0));
    findings_clear(&findings);
    buf_clear(&table);
    buf_clear(&errors);
    return plans;
}

static void evaluate(const struct plans *plans, struct str document)
{
    struct arena *arena = arena_new(8 << 20);
    struct plan_request request = {0};
    struct fault fault = {0};
    struct plan_answer answer;
    struct buf body, reply;
    struct json_writer w;
    struct json_doc doc;
    struct json_limits limits = {.depth = 200};
    struct json_error error;
    MUST(arena);
    buf_init(&body, 1 << 24);
    buf_init(&reply, 1 << 24);
    buf_add_str(&body, STR("{\"code\":0,\"data\":{\"s\":["));
    buf_add_str(&body, document);
    buf_add_str(&body, STR("]}}"));
    struct plan_run *run = plan_begin(plans_at(plans, 0), &request, arena, &fault);
    MUST(run);
    json_writer_init(&w, &reply);
    if (plan_take(run, (struct plan_slot){0}, buf_str(&body), &answer, &fault) &&
        answer.code == 0 && plan_reply(run, NULL, &w, &fault) && !buf_failed(&reply) &&
        !json_parse(&doc, buf_str(&reply), &limits, arena, &error))
        MUST(arena_failed(arena));
    buf_clear(&body);
    buf_clear(&reply);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_of((const char *)data, size);
    struct str expression = str_cut(&rest, '\0');
    log_set_level(LOG_OFF);
    if (!parse_alone(expression))
        return 0;
    struct plans *plans = make_plans(expression);
    if (plans)
        evaluate(plans, rest.p ? rest : STR("{}"));
    plans_unref(plans);
    return 0;
}
