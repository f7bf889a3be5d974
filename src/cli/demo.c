/*
 * demo: the sandbox and the proxy in one process, and a first translated call shown.
 *
 * The request goes over a socket, signed, as an app would send it; what went upstream is what
 * the sandbox saw. All credentials are the sandbox's made-up ones. Goes on serving until
 * interrupted, unless --once.
 */
#include "cli/curl_line.h"
#include "cli/demo_request.h"
#include "cli/demo_show.h"
#include "cli/print.h"
#include "cli/proxy.h"
#include "cli/tables.h"
#include "cli/verbs.h"
#include "sandbox/sandbox.h"

#include <curl/curl.h>
#include <signal.h>
#include <unistd.h>

enum { MEMORY = 64 * 1024 * 1024, A_DAY_S = 86400, MOST_ANSWER = 32 * 1024 * 1024 };

struct demo_options {
    bool once;
    bool takes_unsigned;
};

struct demo {
    const struct run *run;
    struct arena *arena;
    struct demo_request request;
    struct demo_seen seen;
    struct sandbox *sandbox;
    struct proxy proxy;
    char url[PROXY_URL], admin[PROXY_URL];
};

static void *fresh(void)
{
    static struct demo_options options;
    options = (struct demo_options){0};
    return &options;
}

static void preset(struct config *config)
{
    config->server.listen = config->admin = "127.0.0.1:0";
    config->server.workers = 1;
    config->log_level = LOG_WARN;
    /* The line to paste carries a timestamp, and people read before they paste. */
    config->exchange.time_before_s = A_DAY_S;
}

static const struct option own_options[] = {
    {.group = "Only this command",
     .flag = "once",
     .type = OPTION_SWITCH,
     OPTION_AT(struct demo_options, once),
     .verbs = VERB_ANY,
     .help = "show the call, then end"},
    {.group = "Only this command",
     .flag = "unsigned",
     .type = OPTION_SWITCH,
     OPTION_AT(struct demo_options, takes_unsigned),
     .verbs = VERB_ANY,
     .help = "requests need no sign and no timestamp, so that they can be typed"},
};

/* Sandbox and proxy, listening; else an exit code after words. */
static int start(struct demo *demo)
{
    struct config *config = demo->run->config;
    struct findings findings;
    findings_init(&findings);
    struct fault fault = {0};
    struct plans *plans = NULL;
    config_load(config, &(struct config_want){VERB_DEMO, demo->run->args, false}, &findings);
    const char *mappings = config_mappings(config);
    const struct demo_options *own = demo->run->own;
    if (own->takes_unsigned)
        config->exchange.check_sign = config->exchange.check_time = false;
    if (!findings.errors && demo_request_read(&demo->request, mappings, demo->arena, &findings))
        plans = tables_in(config, &findings);
    const struct sandbox_options options = {
        .mappings = mappings, .seed = 1, .on_exchange = demo_seen_upstream, .ctx = &demo->seen};
    if (plans)
        demo->sandbox = sandbox_start(&options, &findings, &fault);
    print_findings(&findings);
    int code = findings.errors ? EXIT_CONFIG : EXIT_LISTEN;
    findings_clear(&findings);
    if (demo->sandbox) {
        config->server.upstream.api = config->server.upstream.auth = sandbox_url(demo->sandbox);
        config->apps = &demo->request.app;
        config->app_count = 1;
        code = proxy_start(&demo->proxy, config, plans);
    } else if (code == EXIT_LISTEN)
        print_fault("sandbox", &fault);
    plans_unref(plans);
    return code;
}

static size_t take(char *bytes, size_t size, size_t count, void *to)
{
    buf_add(to, bytes, size * count);
    return buf_failed(to) ? 0 : size * count;
}

/* Sends the request as an app would; false after words. */
static bool call(struct demo *demo, struct str target, struct buf *answer, long *status)
{
    char words[CURL_ERROR_SIZE] = "";
    struct str url = arena_printf(demo->arena, "%s" STR_FMT, demo->url, STR_ARG(target));
    char *method = arena_cstr(demo->arena, demo->request.method);
    CURL *curl = curl_easy_init();
    struct curl_slist *fields = curl_slist_append(NULL, "Content-Type: application/json");
    if (!curl || !fields || !url.p || !method) {
        curl_slist_free_all(fields);
        curl_easy_cleanup(curl);
        fprintf(stderr, "shopshim: out of memory\n");
        return false;
    }
    curl_easy_setopt(curl, CURLOPT_URL, url.p);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    if (demo->request.body.n) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)demo->request.body.n);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, demo->request.body.p);
    }
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    bool good = curl_easy_perform(curl) == CURLE_OK;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    curl_slist_free_all(fields);
    curl_easy_cleanup(curl);
    if (!good)
        fprintf(stderr, "shopshim: the proxy does not answer: %s\n", words);
    return good;
}

/* A command that does the same again. The credentials are the sandbox's, known to all. */
static void tell_line(const struct demo *demo, struct str target, struct buf *out)
{
    struct str url = arena_printf(demo->arena, "%s" STR_FMT, demo->url, STR_ARG(target));
    buf_add_str(out, STR("\nThe same from another terminal, good for a day:\n\ncurl -X "));
    buf_add_str(out, demo->request.method);
    buf_add_char(out, ' ');
    curl_line_quote(url, out);
    if (demo->request.body.n) {
        buf_add_str(out, STR(" -H 'Content-Type: application/json' -d "));
        curl_line_quote(demo->request.body, out);
    }
    buf_add_char(out, '\n');
}

static int show(struct demo *demo, bool once)
{
    struct buf answer, out;
    buf_init(&answer, MOST_ANSWER);
    buf_init(&out, MEMORY);
    int64_t now_s = clock_now_ms(&clock_system) / 1000;
    struct str target = demo_request_target(&demo->request, now_s, demo->arena);
    long status = 0;
    int code = EXIT_UNREACHABLE;
    if (target.p && call(demo, target, &answer, &status)) {
        const struct show how = {&out, demo->arena, show_wants_colour(STDOUT_FILENO)};
        demo_show(&how, &demo->seen,
                  &(struct demo_side){demo->request.method, target, demo->request.body, (int)status,
                                      buf_str(&answer)});
        if (!once)
            tell_line(demo, target, &out);
        code = print_buf(stdout, &out) && status == 200 ? EXIT_GOOD : EXIT_UNREACHABLE;
    }
    buf_clear(&answer);
    buf_clear(&out);
    return code;
}

static int work(struct demo *demo)
{
    const struct demo_options *options = demo->run->own;
    proxy_urls(&demo->proxy, demo->url, demo->admin);
    printf("shopshim %s listening on %s (admin %s)\n", SHOPSHIM_VERSION, demo->url, demo->admin);
    printf("a made-up v202309 shop behind it on %s\n", sandbox_url(demo->sandbox));
    int code = show(demo, options->once);
    if (code == EXIT_GOOD && !options->once) {
        printf("\nServing until interrupted (Ctrl-C).\n");
        fflush(stdout);
        while (proxy_wait() == SIGHUP)
            ;
    }
    proxy_stop(&demo->proxy, options->once ? 0 : demo->run->config->drain_ms);
    return code;
}

static int run(const struct run *run)
{
    struct demo demo = {.run = run, .arena = arena_new(MEMORY)};
    if (!demo.arena || !demo_seen_init(&demo.seen)) {
        arena_free(demo.arena);
        fprintf(stderr, "shopshim: out of memory\n");
        return EXIT_CONFIG;
    }
    proxy_block_signals();
    int code = start(&demo);
    if (code == EXIT_GOOD)
        code = work(&demo);
    proxy_clear(&demo.proxy);
    sandbox_stop(demo.sandbox);
    run->config->apps = NULL; /* the arena that holds it goes first */
    run->config->app_count = 0;
    demo_seen_clear(&demo.seen);
    arena_free(demo.arena);
    return code;
}

const struct verb verb_demo = {
    .name = "demo",
    .synopsis = "[--once] [--unsigned] [--listen HOST:PORT]",
    .about = "a first look: sandbox and proxy together, and a translated call shown",
    .more = "Sends one legacy request through the proxy to the sandbox and prints both sides:\n"
            "what the app sent, what went upstream, what came back, what the app got. Then it\n"
            "serves until interrupted. The made-up app and tokens are the sandbox's.",
    .bit = VERB_DEMO,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .preset = preset,
    .run = run,
};
