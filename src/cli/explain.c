/*
 * explain: what a legacy request would cause upstream, as curl commands; nothing is sent.
 *
 * A real exchange runs over ports that print. The look-up of the shop is answered with a
 * made-up shop, because otherwise nothing else could be shown; every other answer is unknown,
 * and calls that need one are listed by what they wait for.
 */
#include "base/log.h"
#include "cli/curl_line.h"
#include "cli/print.h"
#include "cli/request.h"
#include "cli/tables.h"
#include "cli/verbs.h"
#include "json/writer.h"

#include <stdlib.h>
#include <unistd.h>

enum { MOST_SENDS = 64, CIPHER = 256, MEMORY = 256 * 1024 * 1024 };

struct explain_options {
    bool strict;
};

struct explain {
    const struct run *run;
    const struct explain_options *options;
    struct arena *arena;
    struct plans *plans;
    struct request request;
    struct pairs query;
    const struct plan *plan; /* NULL: no such endpoint */
    struct str shop_id;
    char cipher[CIPHER]; /* of the made-up shop, percent-coded as it goes into a query */
    char cipher_name[CIPHER];
    const struct exchange_send *sends[MOST_SENDS];
    size_t send_count, told;
    unsigned lookup; /* tag of the call that is to be answered */
    bool looking;
    const struct exchange_answer *answer;
    struct buf out;
};

static void *fresh(void)
{
    static struct explain_options options;
    options = (struct explain_options){false};
    return &options;
}

static const struct option own_options[] = {
    {.group = "Only this command",
     .flag = "strict",
     .type = OPTION_SWITCH,
     OPTION_AT(struct explain_options, strict),
     .verbs = VERB_ANY,
     .help = "check app, signature and time as `serve` would"},
};

/* ---- ports: what the exchange wants of the world ---- */

static void on_send(void *ctx, struct exchange *x, const struct exchange_send *send)
{
    (void)x;
    struct explain *e = ctx;
    if (e->send_count < MOST_SENDS)
        e->sends[e->send_count++] = send;
}

static void on_cancel(void *ctx, struct exchange *x, unsigned tag)
{
    (void)ctx;
    (void)x;
    (void)tag;
}

static void on_reply(void *ctx, struct exchange *x, const struct exchange_answer *answer)
{
    (void)x;
    ((struct explain *)ctx)->answer = answer;
}

static void on_wake(void *ctx, struct exchange *x)
{
    (void)ctx;
    (void)x;
}

static const struct ports ports = {on_send, on_cancel, on_reply, on_wake};

/* ---- reading ---- */

static bool read_request(struct explain *e, struct fault *fault)
{
    const struct args *args = e->run->args;
    if (args->operand_count == 0)
        return fault_set(fault, FAULT_HTTP, "expected a request: a curl command, a file, or -");
    if (args->operand_count > 1) {
        struct str *words = ARENA_ARRAY(e->arena, struct str, (size_t)args->operand_count);
        for (int i = 0; words && i < args->operand_count; i++)
            words[i] = str_from(args->operands[i]);
        return words &&
               request_of_words(&e->request, words, (size_t)args->operand_count, e->arena, fault);
    }
    const char *word = args->operands[0];
    struct str text = str_from(word);
    if (strcmp(word, "-") == 0 || access(word, R_OK) == 0)
        text = request_read_file(word, e->arena, fault);
    return text.p && request_of_text(&e->request, text, e->arena, fault);
}

static bool has(const struct explain *e, struct str name)
{
    return pairs_get(&e->query, name).n > 0;
}

static void find_plan(struct explain *e)
{
    struct str path;
    struct plan_match match = {0};
    if (!url_decode_path(e->request.http.path, e->arena, &path))
        return;
    if (plans_route(e->plans, e->request.http.method, path, pairs_get(&e->query, STR("version")),
                    &match) == PLAN_FOUND)
        e->plan = match.plan;
    if (!e->plan)
        return;
    buf_printf(&e->out, "# " STR_FMT " is served by the table " STR_FMT,
               STR_ARG(plan_legacy(e->plan)), STR_ARG(plan_name(e->plan)));
    if (plan_version(e->plan).n)
        buf_printf(&e->out, " (version " STR_FMT ")", STR_ARG(plan_version(e->plan)));
    buf_printf(&e->out, ":\n# " STR_FMT "\n", STR_ARG(plan_about(e->plan)));
}

/* Adds what every real request carries, so that a bare line can be explained too. */
static void complete(struct explain *e)
{
    static const struct pair usual[] = {{STR_C("app_key"), STR_C("APP_KEY")},
                                        {STR_C("access_token"), STR_C("ACCESS_TOKEN")}};
    const struct plan_profile *profile = e->plan ? plan_profile(e->plan) : NULL;
    const bool wanted[] = {profile && profile->sign, profile && profile->token};
    struct exchange_request *http = &e->request.http;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0] && !e->options->strict; i++) {
        if (!wanted[i] || has(e, usual[i].name))
            continue;
        http->query =
            arena_printf(e->arena, STR_FMT "%s" STR_FMT "=" STR_FMT, STR_ARG(http->query),
                         http->query.n ? "&" : "", STR_ARG(usual[i].name), STR_ARG(usual[i].value));
        buf_printf(&e->out, "# made up, because the request has none: " STR_FMT "\n",
                   STR_ARG(usual[i].name));
    }
    url_parse_query(http->query, e->arena, 1000, &e->query);
}

/* ---- telling ---- */

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
           (!e->plan || plan_profile(e->plan)->shop);
}

static void tell_sends(struct explain *e)
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

/* Calls that wait for answers which nobody can know here, and those that wait for them. */
static void tell_waiting(struct explain *e)
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

static void tell_answer(struct explain *e)
{
    const char *words = e->send_count ? "then" : "answered without a call upstream";
    buf_printf(&e->out, "# %s: HTTP %d\n", words, e->answer->status);
    log_mask(e->answer->body, &e->out);
    buf_add_char(&e->out, '\n');
}

/* ---- the made-up shop ---- */

static void make_shop(struct explain *e)
{
    e->shop_id = pairs_get(&e->query, STR("shop_id"));
    if (e->shop_id.n == 0 || e->shop_id.n > 64)
        e->shop_id = STR("7000000000000000001");
    struct buf coded;
    buf_init(&coded, CIPHER - 1);
    snprintf(e->cipher_name, CIPHER, "<shop_cipher of shop " STR_FMT ">", STR_ARG(e->shop_id));
    url_encode(str_from(e->cipher_name), &coded);
    snprintf(e->cipher, CIPHER, STR_FMT, STR_ARG(buf_str(&coded)));
    buf_clear(&coded);
}

static void put_text(struct json_writer *w, struct str key, struct str value)
{
    if (!key.n)
        return;
    json_put_key(w, key);
    json_put_string(w, value);
}

/* The answer to the look-up, in the form that the profiles expect. */
static struct str shop_answer(struct explain *e)
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

/* ---- running ---- */

static void drive(struct explain *e, struct exchange *x)
{
    buf_add_str(&e->out, e->out.n ? STR("\n") : STR(""));
    exchange_start(x, &e->request.http);
    for (;;) {
        tell_sends(e);
        if (e->answer || !e->looking)
            break;
        e->looking = false;
        const struct exchange_upstream answer = {.status = 200, .body = shop_answer(e)};
        exchange_on_answer(x, e->lookup, &answer);
    }
    if (e->answer)
        tell_answer(e);
    else
        tell_waiting(e);
}

/* Whether the exchange ran; *refused when it ended in a refusal. */
static bool explain(struct explain *e, bool *refused, struct fault *fault)
{
    const struct config *config = e->run->config;
    struct exchange_settings settings = config->exchange;
    struct exchange_app made_up = {pairs_get(&e->query, STR("app_key")), STR("explain")};
    struct exchange_common common = {.settings = &settings,
                                     .apps = config->apps,
                                     .app_count = config->app_count,
                                     .book = shop_book_new(&config->shop),
                                     .clock = clock_system};
    if (!e->options->strict) {
        settings.check_sign = settings.check_time = false;
        common.apps = &made_up;
        common.app_count = 1;
    }
    struct exchange_host *host = common.book ? exchange_host_new(&common) : NULL;
    struct exchange *x = host ? exchange_new(host, e->plans, &ports, e) : NULL;
    if (x) {
        drive(e, x);
        struct exchange_report report;
        exchange_report(x, &report);
        *refused = e->answer && report.code != 0;
    } else
        fault_set(fault, FAULT_INTERNAL, "out of memory");
    exchange_free(x);
    exchange_host_free(host);
    shop_book_free(common.book);
    return x != NULL;
}

static int run_with(struct explain *e)
{
    struct fault fault = {0};
    bool refused = false;
    int code = EXIT_USAGE;
    if (read_request(e, &fault)) {
        url_parse_query(e->request.http.query, e->arena, 1000, &e->query);
        find_plan(e);
        complete(e);
        make_shop(e);
        if (explain(e, &refused, &fault))
            code = print_buf(stdout, &e->out) && !refused ? EXIT_GOOD : EXIT_FINDINGS;
    }
    if (fault.text[0])
        print_fault("explain", &fault);
    return code;
}

static int run(const struct run *run)
{
    struct explain *e = calloc(1, sizeof *e);
    struct plans *plans = tables_for(run, VERB_EXPLAIN);
    int code = EXIT_CONFIG;
    if (e && plans) {
        e->run = run;
        e->options = run->own;
        e->plans = plans;
        e->arena = arena_new(MEMORY);
        buf_init(&e->out, MEMORY);
        code = e->arena ? run_with(e) : EXIT_CONFIG;
        buf_clear(&e->out);
        arena_free(e->arena);
    }
    plans_unref(plans);
    free(e);
    return code;
}

const struct verb verb_explain = {
    .name = "explain",
    .synopsis = "[--config FILE] [--strict] FILE | - | 'curl ...' | -- curl ...",
    .about = "the upstream requests of a legacy request, nothing sent",
    .more = "The request is a curl command, as words behind -- or as one text, or a file that\n"
            "holds one, or the text of an HTTP request (`POST /path?query`, headers, an empty\n"
            "line, the body); - is standard input. Secrets are masked. App, signature and time\n"
            "are not checked unless --strict. Ends with 1 when the request would be refused.",
    .bit = VERB_EXPLAIN,
    .operands = -1,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
