/*
 * explain: what a legacy request would cause upstream, as curl commands; nothing is sent.
 *
 * A real exchange runs over ports that print. The look-up of the shop is answered with a
 * made-up shop, because otherwise nothing else could be shown; every other answer is unknown,
 * and calls that need one are listed by what they wait for.
 */
#include "cli/explain.h"
#include "cli/print.h"
#include "cli/tables.h"
#include "cli/verbs.h"

#include <stdlib.h>
#include <unistd.h>

enum { MEMORY = 256 * 1024 * 1024 };

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
    if (e->send_count < EXPLAIN_SENDS)
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

/* A request has blanks in it: this is meant as a file, there or not. */
static bool is_file_name(const char *word)
{
    return strpbrk(word, "./") && !strpbrk(word, " \t\n");
}

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
    if (strcmp(word, "-") == 0 || access(word, R_OK) == 0 || is_file_name(word))
        text = request_read_file(word, e->arena, fault);
    return text.p && request_of_text(&e->request, text, e->arena, fault);
}

static bool has(const struct explain *e, struct str name)
{
    return pairs_get(&e->query, name).n > 0;
}

static void tell_plan(struct explain *e)
{
    buf_printf(&e->out, "# " STR_FMT " is served by the table " STR_FMT,
               STR_ARG(plan_legacy(e->plan)), STR_ARG(plan_name(e->plan)));
    if (plan_version(e->plan).n)
        buf_printf(&e->out, " (version " STR_FMT ")", STR_ARG(plan_version(e->plan)));
    buf_printf(&e->out, ":\n# " STR_FMT "\n", STR_ARG(plan_about(e->plan)));
}

static bool is_checked(const struct explain *e)
{
    return e->options->strict || !e->native.profile->sign;
}

static void tell_native(struct explain *e)
{
    static const char *const ciphers[] = {[PLAN_CIPHER_NONE] = "without shop_cipher",
                                          [PLAN_CIPHER_NAMED] =
                                              "with shop_cipher when the request names a shop",
                                          [PLAN_CIPHER_NEEDED] = "with shop_cipher"};
    struct str name = e->native.name.p ? e->native.name : STR("an endpoint without a contract");
    buf_printf(&e->out, "# of v202309 form: passed on without a table (" STR_FMT "), %s\n",
               STR_ARG(name), ciphers[e->native.cipher]);
    if (!is_checked(e))
        buf_printf(&e->out,
                   "# with a good v202309 signature it may pass untouched: see --strict\n");
}

static void find_plan(struct explain *e)
{
    struct str path;
    struct plan_match match = {0};
    const struct exchange_request *http = &e->request.http;
    if (!url_decode_path(http->path, e->arena, &path))
        return;
    if (plans_route(e->plans, http->method, path, pairs_get(&e->query, STR("version")), &match) ==
        PLAN_FOUND)
        e->plan = match.plan;
    if (e->plan)
        tell_plan(e);
    else if (plans_native(e->plans, http->method, path, &e->native))
        tell_native(e);
}

/* Adds what every real request carries, so that a bare line can be explained too. */
static void complete(struct explain *e)
{
    static const struct pair usual[] = {{STR_C("app_key"), STR_C("APP_KEY")},
                                        {STR_C("access_token"), STR_C("ACCESS_TOKEN")}};
    const struct plan_profile *profile = e->plan ? plan_profile(e->plan) : e->native.profile;
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

/* ---- running ---- */

static void drive(struct explain *e, struct exchange *x)
{
    buf_add_str(&e->out, e->out.n ? STR("\n") : STR(""));
    exchange_start(x, &e->request.http);
    for (;;) {
        explain_sends(e);
        if (e->answer || !e->looking)
            break;
        e->looking = false;
        const struct exchange_upstream answer = {.status = 200, .body = explain_shop_answer(e)};
        exchange_on_answer(x, e->lookup, &answer);
    }
    if (e->answer)
        explain_answer(e);
    else
        explain_waiting(e);
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
        explain_make_shop(e);
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
