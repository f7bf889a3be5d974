/* Configuration: every kind of fault, all of them at once, and which source wins. */
#include "cli/config.h"
#include "cli/print.h"
#include "cli/verb.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char directory[] = "/tmp/shopshim-config-XXXXXX";
static char file[64];

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(file, sizeof file, "%s/c.json", directory);
    write_file("secret", "from-the-file\n");
    write_file("windows", "from-windows\r\n");
    write_file("lines", "two\nlines\n\n");
    write_file("empty", "\n");
    return 0;
}

static int end(void **state)
{
    (void)state;
    static const char *const names[] = {"c.json", "secret", "windows", "lines", "empty"};
    char path[128];
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    return rmdir(directory);
}

/* What is said, with the directory's name taken out of it. */
static void said(const struct findings *findings, char *out, size_t room)
{
    struct buf text;
    buf_init(&text, 65536);
    print_findings_text(findings, &text);
    buf_add_char(&text, '\0');
    size_t n = strlen(directory);
    char *to = out;
    for (const char *at = text.p; *at && to < out + room - 1;) {
        if (strncmp(at, directory, n) == 0)
            at += n + 1;
        else
            *to++ = *at++;
    }
    *to = '\0';
    buf_clear(&text);
}

/* Everything that is wrong with a document alone. */
static void file_faults(void **state)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"{}", ""},
        {"[]", "error: c.json: $: expected an object, not a list\n"},
        {"{\"lisen\": \"x\"}",
         "error: c.json: $.lisen: there is no such setting (did you mean listen?)\n"},
        {"{\"zzzzzzzzzz\": 1}", "error: c.json: $.zzzzzzzzzz: there is no such setting\n"},
        {"{\"config\": \"x\"}", "error: c.json: $.config: there is no such setting\n"},
        {"{\"client\": {\"idel_ms\": 5}}",
         "error: c.json: $.client.idel_ms: there is no such setting (did you mean idle_ms?)\n"},
        {"{\"client\": 5}", "error: c.json: $.client: expected an object, not a number\n"},
        {"{\"listen\": 8080}", "error: c.json: $.listen: expected a text, not such a number\n"},
        {"{\"listen\": null}", "error: c.json: $.listen: expected a text, not null\n"},
        {"{\"listen\": {\"port\": 1}}",
         "error: c.json: $.listen: expected a text, not an object\n"},
        {"{\"listen\": \"\"}",
         "error: c.json: $.listen: expected a text that is not empty, not ``\n"},
        {"{\"workers\": \"2\"}", "error: c.json: $.workers: expected a whole number, not a text\n"},
        {"{\"workers\": 1.5}",
         "error: c.json: $.workers: expected a whole number, not such a number\n"},
        {"{\"workers\": 65}",
         "error: c.json: $.workers: expected a whole number from 0 to 64, not `65`\n"},
        {"{\"workers\": 1e300}",
         "error: c.json: $.workers: expected a whole number, not such a number\n"},
        {"{\"admission\": {\"sign\": \"true\"}}",
         "error: c.json: $.admission.sign: expected true or false, not a text\n"},
        {"{\"log\": {\"level\": \"loud\"}}",
         "error: c.json: $.log.level: expected one of debug, info, "
         "warn, error, off, not `loud`\n"},
        {"{\"client\": {\"body_bytes\": \"1x\"}}",
         "error: c.json: $.client.body_bytes: expected a number of bytes (64k, 16m) of 0 or more, "
         "not `1x`\n"},
        {"{\"client\": {\"body_bytes\": true}}", "error: c.json: $.client.body_bytes: expected a "
                                                 "number of bytes, not true or false\n"},
        {"{\"apps\": {}}", "error: c.json: $.apps: expected a list of 1 to 1000 apps\n"},
        {"{\"apps\": []}", "error: c.json: $.apps: expected a list of 1 to 1000 apps\n"},
        {"{\"apps\": [5]}",
         "error: c.json: $.apps[0]: expected an object with key and secret_file\n"},
        {"{\"apps\": [{\"key\": \"a\"}]}",
         "error: c.json: $.apps[0]: expected secret_file (or secret)\n"},
        {"{\"apps\": [{\"key\": 1, \"secret\": \"hidden99\"}]}",
         "error: c.json: $.apps[0].key: expected the app's key as a text\n"},
        {"{\"apps\": [{\"key\": \"a\", \"secret\": 5}]}",
         "error: c.json: $.apps[0].secret: expected the app's secret as a text\n"},
        {"{\"apps\": [{\"key\": \"a\", \"secret\": \"hidden99\", \"secret_file\": \"secret\"}]}",
         "error: c.json: $.apps[0]: expected secret or secret_file, not both\n"},
        {"{\"apps\": [{\"key\": \"a\", \"secrte\": \"hidden99\"}]}",
         "error: c.json: $.apps[0].secrte: there is no such setting (did you mean secret?)\n"
         "error: c.json: $.apps[0]: expected secret_file (or secret)\n"},
        {"{\"apps\": [{\"key\": \"a\", \"secret_file\": \"\"}]}",
         "error: c.json: $.apps[0].secret_file: expected the name of a file\n"},
        {"{\"apps\": [{\"key\": \"a\", \"secret_file\": \"nowhere\"}]}",
         "error: c.json: $.apps[0].secret_file: cannot read the secret's file (No such file "
         "or directory): nowhere (it must exist and be readable by the user that runs shopshim)\n"},
        {"{\"apps\": [{\"key\": \"a\", \"secret_file\": \"/nowhere/app_secret\"}]}",
         "error: c.json: $.apps[0].secret_file: cannot read the secret's file (No such file or "
         "directory): /nowhere/app_secret (it must exist and be readable by the user that runs "
         "shopshim)\n"},
        {"{\"apps\": [{\"key\": \"a\", \"secret_file\": \"empty\"}]}",
         "error: c.json: $.apps[0].secret_file: expected a secret of 1 to 4096 bytes in the file "
         "empty\n"},
        {"{\"apps\": [{\"key\": \"a\", \"secret\": \"hidden99\"}, {\"key\": \"a\", \"secret\": "
         "\"hidden88\"}]}",
         "error: c.json: $.apps[1].key: this app stands in the list twice\n"},
        {"{\"lisen\": 1, \"workers\": -1, \"client\": {\"x\": 1}, \"apps\": [{}], \"admin\": []}",
         "error: c.json: $.lisen: there is no such setting (did you mean listen?)\n"
         "error: c.json: $.workers: expected a whole number from 0 to 64, not `-1`\n"
         "error: c.json: $.client.x: there is no such setting\n"
         "error: c.json: $.apps[0].key: expected the app's key as a text\n"
         "error: c.json: $.apps[0]: expected secret_file (or secret)\n"
         "error: c.json: $.admin: expected a text, not a list\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file("c.json", cases[i].text);
        struct config *config = config_new();
        struct findings findings;
        findings_init(&findings);
        config_read_file(config, file, &findings);
        char text[4096];
        said(&findings, text, sizeof text);
        assert_string_equal(text, cases[i].said);
        findings_clear(&findings);
        config_free(config);
    }
}

static void unreadable_documents(void **state)
{
    static const char *const texts[] = {"", "{", "{\"listen\": \"a\", \"listen\": \"b\"}", "{} x"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        write_file("c.json", texts[i]);
        struct config *config = config_new();
        struct findings findings;
        findings_init(&findings);
        config_read_file(config, file, &findings);
        assert_int_equal(findings.errors, 1);
        assert_string_equal(findings.items[0].file, file);
        findings_clear(&findings);
        config_free(config);
    }
}

static void reads_values(void **state)
{
    (void)state;
    write_file("c.json",
               "{\"listen\": \"127.0.0.1:0\", \"workers\": 2, \"mappings\": \"tables\","
               " \"log\": {\"access\": \"all\", \"level\": \"warn\"},"
               " \"upstream\": {\"api\": \"http://a\", \"auth\": \"http://b\", \"gzip\": false,"
               "                \"ca_file\": \"/etc/ca.pem\"},"
               " \"client\": {\"body_bytes\": \"1m\", \"line_bytes\": 4096},"
               " \"admission\": {\"time\": false}, \"shops\": {\"keep_ms\": 5},"
               " \"apps\": [{\"key\": \"a\", \"secret_file\": \"secret\"},"
               "            {\"key\": \"b\", \"secret_file\": \"windows\"},"
               "            {\"key\": \"c\", \"secret_file\": \"lines\"},"
               "            {\"key\": \"d\", \"secret\": \"plain text \"}]}");
    struct config *config = config_new();
    struct findings findings;
    findings_init(&findings);
    config_read_file(config, file, &findings);
    assert_int_equal(findings.errors, 0);
    char tables[128];
    snprintf(tables, sizeof tables, "%s/tables", directory);
    assert_string_equal(config->mappings, tables);
    assert_string_equal(config->server.listen, "127.0.0.1:0");
    assert_int_equal(config->server.workers, 2);
    assert_int_equal(config->server.access_log, SERVER_ACCESS_ALL);
    assert_int_equal(config->log_level, LOG_WARN);
    assert_string_equal(config->server.upstream.api, "http://a");
    assert_string_equal(config->server.upstream.auth, "http://b");
    assert_string_equal(config->server.upstream.ca_file, "/etc/ca.pem");
    assert_false(config->server.upstream.gzip);
    assert_int_equal(config->server.client.body_bytes, 1 << 20);
    assert_int_equal(config->server.client.line_bytes, 4096);
    assert_false(config->exchange.check_time);
    assert_true(config->exchange.check_sign);
    assert_int_equal(config->shop.keep_ms, 5);
    static const char *const secrets[] = {"from-the-file", "from-windows", "two\nlines\n",
                                          "plain text "};
    assert_int_equal(config->app_count, COUNT(secrets));
    for (size_t i = 0; i < COUNT(secrets); i++)
        assert_true(str_eq(config->apps[i].secret, str_from(secrets[i])));
    struct buf masked;
    buf_init(&masked, 1000);
    log_mask(STR("a from-the-file b plain text c"), &masked);
    assert_true(str_eq(buf_str(&masked), STR("a *** b ***c")));
    buf_clear(&masked);
    findings_clear(&findings);
    config_free(config);
}

/* Loads with flags and variables; variables are unset again. */
struct load {
    const char *flags[8];
    const char *variables[8]; /* name, value, name, value */
    unsigned bits;
    bool complete;
};

static struct config *load(const struct load *with, char *text, size_t room)
{
    char *argv[8];
    int argc = 0;
    while (argc < 8 && with->flags[argc]) {
        argv[argc] = strdup(with->flags[argc]);
        argc++;
    }
    for (int i = 0; i < 8 && with->variables[i]; i += 2)
        setenv(with->variables[i], with->variables[i + 1], 1);
    struct config *config = config_new();
    unsigned bits = with->bits ? with->bits : VERB_SERVE;
    const struct option_table tables[ARGS_TABLES] = {{0}, config_table(config, bits)};
    struct args args;
    struct findings findings;
    findings_init(&findings);
    assert_true(
        args_read(&args, &(struct args_form){tables, 0}, argc, argv, config->arena, &findings));
    config_load(config, &(struct config_want){bits, &args, with->complete}, &findings);
    said(&findings, text, room);
    findings_clear(&findings);
    for (int i = 0; i < 8 && with->variables[i]; i += 2)
        unsetenv(with->variables[i]);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return config;
}

static void later_sources_win(void **state)
{
    (void)state;
    static const struct {
        struct load with;
        unsigned workers;
        const char *admin;
    } cases[] = {
        {{.flags = {NULL}}, 0, "127.0.0.1:8081"},
        {{.flags = {"--config", file}}, 3, "file:1"},
        {{.variables = {"SHOPSHIM_CONFIG", file}}, 3, "file:1"},
        {{.flags = {"--config", file}, .variables = {"SHOPSHIM_WORKERS", "4"}}, 4, "file:1"},
        {{.flags = {"--config", file, "--workers", "5"}, .variables = {"SHOPSHIM_WORKERS", "4"}},
         5,
         "file:1"},
        {{.flags = {"--workers=5"}, .variables = {"SHOPSHIM_ADMIN", "env:2"}}, 5, "env:2"},
        {{.flags = {"--admin", "flag:3", "--config", file},
          .variables = {"SHOPSHIM_ADMIN", "env:2"}},
         3,
         "flag:3"},
        {{.flags = {"--admin", "flag:3"},
          .variables = {"SHOPSHIM_WORKERS", "4"},
          .bits = VERB_HEALTHCHECK},
         0,
         "flag:3"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file("c.json", "{\"workers\": 3, \"admin\": \"file:1\"}");
        char text[1024];
        struct config *config = load(&cases[i].with, text, sizeof text);
        assert_string_equal(text, "");
        assert_int_equal(config->server.workers, cases[i].workers);
        assert_string_equal(config->admin, cases[i].admin);
        config_free(config);
    }
}

static void takes_an_app_from_outside(void **state)
{
    (void)state;
    char secret[128];
    snprintf(secret, sizeof secret, "%s/secret", directory);
    static const char one[] = "{\"apps\": [{\"key\": \"a\", \"secret\": \"in-the-file\"}]}";
    const struct {
        struct load with;
        const char *said, *key, *secret;
    } cases[] = {
        {{.flags = {"--config", file}}, "", "a", "in-the-file"},
        {{.flags = {"--app", "k"}, .variables = {"SHOPSHIM_APP_SECRET", "env-secret"}},
         "",
         "k",
         "env-secret"},
        {{.flags = {"--config", file},
          .variables = {"SHOPSHIM_APP", "k", "SHOPSHIM_APP_SECRET_FILE", secret}},
         "",
         "k",
         "from-the-file"},
        {{.flags = {"--app", "k"}},
         "error: environment: SHOPSHIM_APP_SECRET: expected the secret of app k (set "
         "SHOPSHIM_APP_SECRET_FILE (or SHOPSHIM_APP_SECRET))\n",
         NULL,
         NULL},
        {{.variables = {"SHOPSHIM_APP_SECRET", "env-secret"}},
         "error: environment: SHOPSHIM_APP_SECRET: there is a secret, but no app that it belongs "
         "to (name the app with --app KEY or SHOPSHIM_APP)\n",
         NULL,
         NULL},
        {{.flags = {"--app", "k"},
          .variables = {"SHOPSHIM_APP_SECRET", "env-secret", "SHOPSHIM_APP_SECRET_FILE", secret}},
         "error: environment: SHOPSHIM_APP_SECRET: both SHOPSHIM_APP_SECRET and "
         "SHOPSHIM_APP_SECRET_FILE are set\n"
         "error: environment: SHOPSHIM_APP_SECRET: expected the secret of app k (set "
         "SHOPSHIM_APP_SECRET_FILE (or SHOPSHIM_APP_SECRET))\n",
         NULL,
         NULL},
        {{.flags = {"--app", "k"}, .variables = {"SHOPSHIM_APP_SECRET_FILE", "/nowhere"}},
         "error: environment: SHOPSHIM_APP_SECRET_FILE: cannot read the secret's file (No such "
         "file or directory): /nowhere (it must exist and be readable by the user that runs "
         "shopshim)\n"
         "error: environment: SHOPSHIM_APP_SECRET: expected the secret of app k (set "
         "SHOPSHIM_APP_SECRET_FILE (or SHOPSHIM_APP_SECRET))\n",
         NULL,
         NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file("c.json", one);
        char text[2048];
        struct config *config = load(&cases[i].with, text, sizeof text);
        assert_string_equal(text, cases[i].said);
        assert_int_equal(config->app_count, cases[i].key ? 1 : 0);
        if (cases[i].key) {
            assert_true(str_eq(config->apps[0].key, str_from(cases[i].key)));
            assert_true(str_eq(config->apps[0].secret, str_from(cases[i].secret)));
        }
        config_free(config);
    }
}

/* Faults that need all sources name the source that the value came from. */
static void names_the_source(void **state)
{
    (void)state;
    static const struct {
        struct load with;
        const char *said;
    } cases[] = {
        {{.flags = {"--config", file}, .complete = true},
         "error: c.json: $.exchange.side_by_side: expected no more than exchange.calls\n"},
        {{.flags = {"--config", file},
          .complete = true,
          .variables = {"SHOPSHIM_EXCHANGE_SIDE_BY_SIDE", "60"}},
         "error: environment: SHOPSHIM_EXCHANGE_SIDE_BY_SIDE: expected no more than "
         "exchange.calls\n"},
        {{.flags = {"--config", file, "--exchange-side-by-side", "70"}, .complete = true},
         "error: command line: --exchange-side-by-side: expected no more than exchange.calls\n"},
        {{.flags = {"--config", file, "--exchange-calls", "80"}, .complete = true}, ""},
        {{.flags = {"--config", file, "--exchange-calls", "80", "--admin", "127.0.0.1:99999"},
          .complete = true},
         "error: command line: --admin: 127.0.0.1:99999: what stands behind the last ':' is not a "
         "port (0 to 65535)\n"},
        {{.flags = {"--config", file, "--exchange-calls", "80"},
          .complete = true,
          .variables = {"SHOPSHIM_ADMIN", "localhost:8080"}},
         "error: environment: SHOPSHIM_ADMIN: localhost:8080: that is the address of listen\n"},
        {{.flags = {"--config", file, "--exchange-calls", "80", "--admin=127.0.0.1:0",
                    "--listen=127.0.0.1:0"},
          .complete = true},
         ""},
        {{.flags = {"--config", file, "--exchange-calls", "80",
                    "--upstream=http://localhost:8080/x", "--upstream-auth=https://127.0.0.1:8080"},
          .complete = true},
         "error: command line: --upstream: http://localhost:8080/x: that is shopshim itself "
         "(listen)\n"},
        {{.flags = {"--config", file, "--exchange-calls", "80"},
          .complete = true,
          .variables = {"SHOPSHIM_EXCHANGE_DEADLINE", "1", "SHOPSHIM_PORT", "tcp://10.0.0.1:80",
                        "SHOPSHIM_UPSTREAM_ANSWER_MS", "1"}},
         "warning: environment: SHOPSHIM_EXCHANGE_DEADLINE is no setting (did you mean "
         "SHOPSHIM_EXCHANGE_DEADLINE_MS?)\n"},
        {{.flags = {"--config", file, "--exchange-calls", "80", "--app", "k"},
          .complete = true,
          .variables = {"SHOPSHIM_APP_SECRET_FIEL", "x", "SHOPSHIM_APP_SECRET", "env-secret"}},
         "warning: environment: SHOPSHIM_APP_SECRET_FIEL is no setting (did you mean "
         "SHOPSHIM_APP_SECRET_FILE?)\n"},
        {{.variables = {"SHOPSHIM_WORKERS", "many", "SHOPSHIM_LOG_LEVEL", "loud"}},
         "error: environment: SHOPSHIM_WORKERS: expected a whole number from 0 to 64, not `many`\n"
         "error: environment: SHOPSHIM_LOG_LEVEL: expected one of debug, info, warn, error, off, "
         "not `loud`\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file("c.json", "{\"exchange\": {\"calls\": 50, \"side_by_side\": 51},"
                             " \"upstream\": {\"api\": \"http://a\", \"auth\": \"http://a\"},"
                             " \"apps\": [{\"key\": \"a\", \"secret\": \"hidden99\"}]}");
        char text[2048];
        config_free(load(&cases[i].with, text, sizeof text));
        assert_string_equal(text, cases[i].said);
    }
}

static void says_what_is_missing(void **state)
{
    (void)state;
    char text[2048];
    config_free(load(&(struct load){.complete = true}, text, sizeof text));
    assert_string_equal(
        text,
        "error: configuration: upstream.api: it is missing: write https://HOST (in the file, or "
        "with --upstream or SHOPSHIM_UPSTREAM)\n"
        "error: configuration: upstream.auth: it is missing: write https://HOST (in the file, or "
        "with --upstream-auth or SHOPSHIM_UPSTREAM_AUTH)\n"
        "error: configuration: apps: expected at least one app (\"apps\": [{\"key\": ..., "
        "\"secret_file\": ...}] in the file, or --app KEY with SHOPSHIM_APP_SECRET_FILE)\n");
}

/* What the file would have said is not called missing. */
static void one_fault_for_a_file_that_is_none(void **state)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"{\"workers\": 1,}", "error: c.json: is not JSON: expected a key at line 1, column 15\n"},
        {"[]", "error: c.json: $: expected an object, not a list\n"},
        {"{\"listen\": \"a\", \"listen\": \"b\"}",
         "error: c.json: $.listen: this key stands here twice\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file("c.json", cases[i].text);
        char text[2048];
        const struct load with = {.flags = {"--config", file}, .complete = true};
        config_free(load(&with, text, sizeof text));
        assert_string_equal(text, cases[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_faults),
        cmocka_unit_test(unreadable_documents),
        cmocka_unit_test(reads_values),
        cmocka_unit_test(later_sources_win),
        cmocka_unit_test(takes_an_app_from_outside),
        cmocka_unit_test(names_the_source),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(one_fault_for_a_file_that_is_none),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
