/*
 * A visit from request to answer: the order of the steps, refusals and the envelope.
 */
#include "sandbox/visit.h"

#include "json/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum { ARENA_MAX = 512 << 20, ANSWER_MAX = 64 << 20, QUERY_MAX = 200, WORDS_MAX = 512 };

/* Messages may quote what a client sent: only printable ASCII goes out. */
static void clean(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
            *text = '?';
}

bool visit_deny(struct visit *v, enum refusal refusal, const char *format, ...)
{
    const struct refusal_words *words = &v->core->tables->refusals[refusal];
    int n = snprintf(v->message, WORDS_MAX, STR_FMT " ", STR_ARG(words->message));
    size_t used = n < 0 ? 0 : n < WORDS_MAX ? (size_t)n : WORDS_MAX - 1;
    va_list args;
    va_start(args, format);
    vsnprintf(v->message + used, sizeof v->message - used, format, args);
    va_end(args);
    clean(v->message);
    v->refused = true;
    v->violation = refusal != REFUSE_INTERNAL;
    v->code = words->code;
    v->status = words->status;
    return false;
}

bool visit_out_of_memory(struct visit *v)
{
    return visit_deny(v, REFUSE_INTERNAL, "out of memory");
}

bool visit_faulty(struct visit *v)
{
    return visit_deny(v, REFUSE_INTERNAL, "%s: %s", v->rule->file, v->run.fault);
}

bool visit_fail(struct visit *v, const struct rule_error *error)
{
    v->refused = true;
    v->code = error->code;
    v->status = error->status;
    snprintf(v->message, sizeof v->message, STR_FMT, STR_ARG(error->message));
    return false;
}

struct str visit_header(const struct visit *v, struct str name)
{
    for (size_t i = 0; i < v->request->headers.count; i++)
        if (str_ieq(v->request->headers.items[i].name, name))
            return v->request->headers.items[i].value;
    return STR_NONE;
}

static bool read_target(struct visit *v)
{
    struct str query = v->request->target;
    struct str path = str_cut(&query, '?');
    v->query_text = query.p ? query : STR("");
    if (!url_decode_path(path, v->arena, &v->path))
        return visit_deny(v, REFUSE_PATH, "The path is badly escaped");
    if (v->query_text.n && !url_parse_query(v->query_text, v->arena, QUERY_MAX, &v->query))
        return visit_deny(v, REFUSE_PARAMETER, "The query is badly escaped or too long");
    return true;
}

/* The texts of a form, for the variable `body`. */
static struct value form_texts(struct visit *v)
{
    struct pairs *pairs = ARENA_NEW(v->arena, struct pairs);
    if (pairs)
        pairs->items = ARENA_ARRAY(v->arena, struct pair, FORM_PARTS);
    for (size_t i = 0; pairs && pairs->items && i < v->form.count; i++)
        if (!v->form.parts[i].file.p)
            pairs->items[pairs->count++] =
                (struct pair){v->form.parts[i].name, v->form.parts[i].body};
    return pairs ? value_pairs(pairs) : VALUE_NONE;
}

static void begin_run(struct visit *v)
{
    struct run *run = &v->run;
    run_init(run, v->arena, v->core->tables, &v->core->world);
    run->seed = v->core->seed;
    run->now = v->now;
    run->epoch = v->core->epoch;
    run->shop = v->shop;
    run->has_shop = v->has_shop;
    run->host = visit_own_host(v);
    run->variables[VARIABLE_QUERY] = value_pairs(&v->query);
    run->variables[VARIABLE_PARAMS] = value_pairs(&v->params);
    if (v->contract->form)
        run->variables[VARIABLE_BODY] = form_texts(v);
    if (json_exists(v->body))
        run->variables[VARIABLE_BODY] = (struct value){.kind = VALUE_JSON, .json = v->body};
    if (!v->contract->auth_host)
        visit_show_token(v);
}

static bool check_conditions(struct visit *v)
{
    struct place *place = run_answer_place(&v->run, NULL, v->contract->call);
    for (size_t i = 0; place && i < v->rule->refuse_count; i++)
        if (value_true(run_eval(&v->run, v->rule->refuse[i].when, place)))
            return visit_fail(v, &v->rule->refuse[i]);
    return place != NULL;
}

static bool follow_rule(struct visit *v)
{
    switch (v->rule->kind) {
    case RULE_LIST:
        return rows_list(v);
    case RULE_GET:
        return rows_get(v);
    case RULE_CHANGE:
    case RULE_CREATE:
        return change_records(v);
    case RULE_CODE:
    case RULE_REFRESH:
        return grant_token(v);
    default:
        return true;
    }
}

static void draw_trouble(struct visit *v)
{
    struct contract_match match;
    if (trouble_quiet(v->core->trouble))
        return;
    bool found = contracts_find(v->core->tables->contracts, v->request->method, v->path, &match) ==
                 CONTRACT_FOUND;
    trouble_draw(v->core->trouble, found ? match.contract : NULL, &v->harm);
}

/* An answer in place of serving; what was asked did not happen. */
static bool harmed(struct visit *v)
{
    const struct harm *harm = &v->harm;
    if (harm->rate_limited)
        visit_deny(v, REFUSE_RATE, "(trouble on order)");
    else if (harm->retired)
        visit_deny(v, REFUSE_RETIRED, "(trouble on order)");
    else if (harm->status)
        visit_deny(v, REFUSE_INTERNAL, "(trouble on order)");
    v->violation = false;
    if (harm->status && !harm->rate_limited && !harm->retired)
        v->status = harm->status;
    return v->refused;
}

/* What stands around the data: a large answer is written once, at its place. */
static void begin_envelope(int64_t code, struct buf *out)
{
    buf_add_str(out, STR("{\"code\":"));
    buf_add_i64(out, code);
    buf_add_str(out, STR(",\"data\":"));
}

static bool serve(struct visit *v, struct buf *out)
{
    if (!read_target(v))
        return false;
    draw_trouble(v);
    if (harmed(v) || !gate_pass(v) || !params_check(v))
        return false;
    begin_run(v);
    if (v->rule->kind == RULE_UPLOAD && !upload_take(v))
        return false;
    if (!check_conditions(v) || !follow_rule(v))
        return v->refused ? false : visit_out_of_memory(v);
    begin_envelope(0, out);
    answer_write(v, out);
    if (v->run.faulty)
        return visit_faulty(v);
    if (arena_failed(v->arena) || buf_failed(out))
        return visit_out_of_memory(v);
    return true;
}

/* "20261122084721" and 18 digits, as the shop's service has them. */
static void add_request_id(const struct visit *v, struct buf *out)
{
    time_t seconds = (time_t)v->now;
    struct tm tm;
    char stamp[16];
    gmtime_r(&seconds, &tm);
    strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &tm);
    buf_printf(out, "%s%018llX", stamp, (unsigned long long)v->core->world.requests);
}

static void end_envelope(const struct visit *v, struct buf *out)
{
    bool auth = v->contract && v->contract->auth_host;
    buf_add_str(out, STR(",\"message\":"));
    json_quote(v->refused ? str_from(v->message) : auth ? STR("success") : STR("Success"), out);
    buf_add_str(out, STR(",\"request_id\":\""));
    add_request_id(v, out);
    buf_add_str(out, STR("\"}"));
}

static void write_refusal(const struct visit *v, struct buf *out)
{
    buf_reset(out);
    begin_envelope(v->code, out);
    buf_add_str(out, STR("null"));
    end_envelope(v, out);
}

static void finish(struct visit *v, struct visit_answer *answer)
{
    static const char page[] = "<html><body><h1>Something is out of order</h1></body></html>\n";
    const struct harm *harm = &v->harm;
    answer->status = v->status;
    answer->retry_after = harm->retry_after;
    if (!v->refused)
        end_envelope(v, &answer->body);
    else if (!harm->html && !harm->empty)
        write_refusal(v, &answer->body);
    if (v->refused && harm->html) {
        answer->content_type = STR("text/html");
        buf_add_str(&answer->body, str_from(page));
    }
    harm_answer(harm, answer);
}

static void remember_violation(struct visit *v)
{
    char request[256];
    struct str target = v->request->target;
    struct str path = str_cut(&target, '?');
    snprintf(request, sizeof request, STR_FMT " " STR_FMT, STR_ARG(v->request->method),
             STR_ARG(path));
    world_violation(&v->core->world, &(struct violation){.time = v->now,
                                                         .request = request,
                                                         .text = v->message,
                                                         .code = v->code,
                                                         .status = v->status});
}

static void deny_broken(struct visit *v)
{
    enum { TOO_LARGE = 413 };
    int status = v->request->broken;
    visit_deny(v, status == TOO_LARGE ? REFUSE_SIZE : REFUSE_REQUEST, "%s", v->request->words);
    v->status = status;
}

void sandbox_serve(struct core *core, const struct visit_request *request,
                   struct visit_answer *answer)
{
    *answer = (struct visit_answer){.status = 500, .content_type = STR("application/json")};
    buf_init(&answer->body, ANSWER_MAX);
    if (!request->broken && control_serve(core, request, answer))
        return;
    struct visit v = {.core = core, .request = request, .status = 200};
    core->world.requests++;
    v.now = clock_now_ms(core->clock) / 1000;
    v.arena = arena_new(ARENA_MAX);
    if (!v.arena)
        visit_out_of_memory(&v);
    else if (request->broken)
        deny_broken(&v);
    else
        serve(&v, &answer->body);
    if (v.violation)
        remember_violation(&v);
    finish(&v, answer);
    cJSON_Delete(v.token_data);
    arena_free(v.arena);
}
