/*
 * The settings of shopshim, one row each. What a row drives is in option.h; the defaults are
 * those of the rooms (server_default_settings and its like), taken in config_new().
 */
#include "cli/config.h"
#include "cli/verb.h"

static const char *const access_names[] = {
    [SERVER_ACCESS_NONE] = "none",
    [SERVER_ACCESS_FAILURES] = "failures",
    [SERVER_ACCESS_ALL] = "all",
    NULL,
};

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn",
    [LOG_ERROR] = "error", [LOG_OFF] = "off",   NULL,
};

static const char *const target_names[] = {
    [PLAN_TARGET_AUTO] = "auto",
    [PLAN_TARGET_202309] = "202309",
    [PLAN_TARGET_NEWEST] = "newest",
    NULL,
};

static const char *const native_names[] = {
    [EXCHANGE_NATIVE_OFF] = "off",
    [EXCHANGE_NATIVE_TRANSLATE] = "translate",
    [EXCHANGE_NATIVE_PASS] = "pass",
    NULL,
};

#define AT(member) OPTION_AT(struct config, member)

/* Rows whose name in the file is the member's own; flag and variable follow from it. */
#define SERVER(name, kind, text)  .path = #name, .type = kind, AT(server.name), .help = text
#define SETTING(name, kind, text) .path = #name, .type = kind, AT(name), .help = text

/* Rows that are called otherwise in the file. */
#define NAMED(name, called, kind, text) .path = called, .type = kind, AT(name), .help = text

#define GENERAL   .group = "General"
#define APPS      .group = "Apps"
#define UPSTREAM  .group = "Upstream", .verbs = VERB_SERVE
#define CLIENT    .group = "Clients", .verbs = VERB_SERVE
#define ADMISSION .group = "Admission", .verbs = VERB_SERVE
#define EXCHANGE  .group = "One request", .verbs = VERB_SERVE
#define SHOPS     .group = "Shops", .verbs = VERB_SERVE

const struct option config_options[] = {
    {GENERAL, .flag = "config", .letter = 'c', .env = "SHOPSHIM_CONFIG", .type = OPTION_PATH,
     .value = "FILE", AT(file),
     .verbs = VERB_SERVE | VERB_CHECK | VERB_EXPLAIN | VERB_ROUTES | VERB_HEALTHCHECK,
     .help = "configuration file (JSON)"},
    {GENERAL, SERVER(listen, OPTION_TEXT, "where apps connect; port 0 takes a free one"),
     .value = "HOST:PORT", .verbs = VERB_SERVE | VERB_DEMO},
    {GENERAL, SETTING(admin, OPTION_TEXT, "where health and metrics are served"),
     .value = "HOST:PORT", .verbs = VERB_SERVE | VERB_DEMO | VERB_HEALTHCHECK},
    {GENERAL, SETTING(mappings, OPTION_PATH, "directory of the tables"), .value = "DIR",
     .verbs = VERB_SERVE | VERB_SANDBOX | VERB_DEMO | VERB_CHECK | VERB_EXPLAIN | VERB_ROUTES},
    {GENERAL,
     SETTING(target, OPTION_CHOICE,
             "which calls, where v202309 ones were replaced; auto: newer ones once these are gone"),
     .choices = target_names, .verbs = VERB_SERVE | VERB_EXPLAIN},
    {GENERAL, SERVER(workers, OPTION_UNSIGNED, "threads; 0: one for each CPU"), .least = 0,
     .most = 64, .verbs = VERB_SERVE | VERB_DEMO},
    {GENERAL, SETTING(drain_ms, OPTION_MS, "how long running requests may take at the end"),
     .verbs = VERB_SERVE},
    {GENERAL, NAMED(log_level, "log.level", OPTION_CHOICE, "least level that is logged"),
     .choices = level_names, .verbs = VERB_SERVE | VERB_SANDBOX | VERB_DEMO},
    {GENERAL,
     NAMED(server.access_log, "log.access", OPTION_CHOICE, "which requests get a line in the log"),
     .choices = access_names, .verbs = VERB_SERVE},

    {APPS, .path = "apps", .type = OPTION_APPS, .verbs = VERB_SERVE,
     .help = "the apps that may call: `[{\"key\": ..., \"secret_file\": ...}]`"},
    {APPS, .flag = "app", .env = "SHOPSHIM_APP", .type = OPTION_TEXT, .value = "KEY", AT(app),
     .verbs = VERB_SERVE | VERB_EXPLAIN,
     .help = "one app in place of the file's; its secret comes from SHOPSHIM_APP_SECRET"},
    {APPS, .env = "SHOPSHIM_APP_SECRET", .type = OPTION_TEXT, .secret = true, AT(app_secret),
     .verbs = VERB_SERVE | VERB_EXPLAIN,
     .help = "its secret, or with _FILE at the end the file that holds it"},

    {UPSTREAM, SERVER(upstream.api, OPTION_TEXT, "the v202309 API"), .flag = "upstream",
     .value = "URL"},
    {UPSTREAM, SERVER(upstream.auth, OPTION_TEXT, "the host of authorization"), .value = "URL"},
    {UPSTREAM,
     SERVER(upstream.ca_file, OPTION_PATH,
            "PEM file to trust in place of the system's authorities"),
     .value = "FILE"},
    {UPSTREAM, SERVER(upstream.connect_ms, OPTION_MS, "name, address and TLS together")},
    {UPSTREAM, SERVER(upstream.answer_ms, OPTION_MS, "longest silence while a call travels")},
    {UPSTREAM, SERVER(upstream.idle_ms, OPTION_MS, "how long an idle connection is kept")},
    {UPSTREAM, SERVER(upstream.connections, OPTION_UNSIGNED, "most for each worker and host")},
    {UPSTREAM, SERVER(upstream.idle, OPTION_UNSIGNED, "most idle ones for each worker and host")},
    {UPSTREAM, SERVER(upstream.waiting, OPTION_UNSIGNED, "most calls that wait for a connection")},
    {UPSTREAM, SERVER(upstream.answer_bytes, OPTION_BYTES, "largest answer, unpacked")},
    {UPSTREAM, SERVER(upstream.gzip, OPTION_BOOL, "ask for packed answers")},

    {CLIENT, SERVER(client.connections, OPTION_UNSIGNED, "most at once; more get a 429")},
    {CLIENT,
     SERVER(client.memory_bytes, OPTION_BYTES, "bodies and answers in memory, for each worker")},
    {CLIENT, SERVER(client.head_ms, OPTION_MS, "for the head of a request")},
    {CLIENT, SERVER(client.body_ms, OPTION_MS, "between two pieces of a body")},
    {CLIENT, SERVER(client.write_ms, OPTION_MS, "for an answer that nobody takes")},
    {CLIENT, SERVER(client.idle_ms, OPTION_MS, "kept open between two requests")},
    {CLIENT, SERVER(client.line_bytes, OPTION_BYTES, "longest request line; more: 414")},
    {CLIENT, SERVER(client.head_bytes, OPTION_BYTES, "largest head; more: 431")},
    {CLIENT, SERVER(client.fields, OPTION_SIZE, "most header fields; more: 431")},
    {CLIENT, SERVER(client.body_bytes, OPTION_BYTES, "largest body; more: 413")},

    {ADMISSION,
     NAMED(exchange.check_sign, "admission.sign", OPTION_BOOL, "check the signature of an app")},
    {ADMISSION, NAMED(exchange.check_time, "admission.time", OPTION_BOOL,
                      "check the window of the timestamp")},
    {ADMISSION,
     NAMED(exchange.time_before_s, "admission.time_before_s", OPTION_INT,
           "seconds that a timestamp may be old"),
     .least = 0, .most = 31536000},
    {ADMISSION,
     NAMED(exchange.time_after_s, "admission.time_after_s", OPTION_INT,
           "seconds that it may be ahead"),
     .least = 0, .most = 31536000},

    {ADMISSION,
     NAMED(exchange.native, "native", OPTION_CHOICE,
           "calls of v202309 form: refused, signed anew, or passed untouched when they are good"),
     .choices = native_names},

    {EXCHANGE, SETTING(exchange.deadline_ms, OPTION_MS, "for the whole request"), .least = 1,
     .most = 3600000},
    {EXCHANGE, SETTING(exchange.calls, OPTION_UNSIGNED, "most upstream calls"), .least = 1,
     .most = 1000},
    {EXCHANGE, SETTING(exchange.side_by_side, OPTION_UNSIGNED, "of these at the same time"),
     .least = 1, .most = 100},
    {EXCHANGE,
     SETTING(exchange.ahead, OPTION_UNSIGNED, "lists in lists fetched before it is their turn"),
     .least = 0, .most = 16},
    {EXCHANGE, SETTING(exchange.query_pairs, OPTION_UNSIGNED, "most query parameters"), .least = 8,
     .most = 10000},
    {EXCHANGE, SETTING(exchange.json_depth, OPTION_UNSIGNED, "deepest nesting of JSON"), .least = 4,
     .most = 1000},
    {EXCHANGE, SETTING(exchange.memory, OPTION_BYTES, "most memory"), .least = 65536,
     .most = 17179869184},
    {EXCHANGE, SETTING(exchange.answer, OPTION_BYTES, "largest answer to an app"), .least = 1024,
     .most = 17179869184},
    {EXCHANGE, SETTING(exchange.walk, OPTION_UNSIGNED, "most upstream calls to reach an offset"),
     .least = 1, .most = 1000},
    {EXCHANGE,
     SETTING(exchange.position_bytes, OPTION_BYTES, "positions in lists that are remembered"),
     .least = 0, .most = 17179869184},
    {EXCHANGE, SETTING(exchange.position_keep_ms, OPTION_MS, "how long a position is remembered")},
    {EXCHANGE,
     SETTING(exchange.once_bytes, OPTION_BYTES, "answers to requests that are made only once"),
     .least = 0, .most = 17179869184},
    {EXCHANGE, SETTING(exchange.once_keep_ms, OPTION_MS, "how long such an answer is remembered")},
    {EXCHANGE,
     SETTING(exchange.remember_ms, OPTION_MS, "how long is known what tables remember of a thing")},

    {SHOPS, NAMED(shop.tokens, "shops.tokens", OPTION_SIZE, "tokens whose shops are remembered"),
     .least = 1, .most = 10000000},
    {SHOPS, NAMED(shop.shops, "shops.shops", OPTION_SIZE, "most shops of one token"), .least = 1,
     .most = 100000},
    {SHOPS,
     NAMED(shop.keep_ms, "shops.keep_ms", OPTION_MS, "how long a list of shops is believed")},
    {SHOPS, NAMED(shop.retry_ms, "shops.retry_ms", OPTION_MS, "how long a failure is believed")},
    {SHOPS, NAMED(shop.wait_ms, "shops.wait_ms", OPTION_MS, "when a look-up counts as lost"),
     .least = 1, .most = 3600000},
};

const size_t config_option_count = sizeof config_options / sizeof config_options[0];
