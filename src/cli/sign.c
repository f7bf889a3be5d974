/*
 * sign: shows step by step how a request is signed, so that a person whose signature is
 * refused can lay their own steps beside it. The secret is masked unless --show-secret.
 */
#include "sign/sign.h"
#include "cli/print.h"
#include "cli/verbs.h"

enum dialect { LEGACY, V202309, WEBHOOK };
enum { MOST_PAIRS = 1000, MOST_TEXT = 64 * 1024 * 1024 };

struct sign_options {
    int dialect;
    const char *url, *path, *query, *body, *body_file, *content_type;
    const char *app_key, *secret, *secret_file, *compare;
    bool show_secret;
};

/* What is signed, taken apart. */
struct signing {
    const struct sign_options *options;
    struct arena *arena;
    struct sign_key *key;
    struct str path, query, body;
    struct pairs pairs;
    struct buf *out;
};

static const char *const dialects[] = {"legacy", "v202309", "webhook", NULL};

static void *fresh(void)
{
    static struct sign_options options;
    options = (struct sign_options){.dialect = LEGACY};
    return &options;
}

#define ROW(member)                                                                                \
    .group = "Only this command", OPTION_AT(struct sign_options, member), .verbs = VERB_ANY

static const struct option own_options[] = {
    {ROW(dialect), .flag = "dialect", .type = OPTION_CHOICE, .choices = dialects,
     .help = "whose rules"},
    {ROW(url), .flag = "url", .type = OPTION_TEXT, .value = "URL",
     .help = "path and query in one: https://host/path?a=b"},
    {ROW(path), .flag = "path", .type = OPTION_TEXT, .value = "PATH", .help = "the path alone"},
    {ROW(query), .flag = "query", .type = OPTION_TEXT, .value = "A=B&C=D",
     .help = "the query alone, percent-coded"},
    {ROW(body), .flag = "body", .type = OPTION_TEXT, .value = "TEXT", .help = "the body's bytes"},
    {ROW(body_file), .flag = "body-file", .type = OPTION_TEXT, .value = "FILE",
     .help = "the body from a file"},
    {ROW(content_type), .flag = "content-type", .type = OPTION_TEXT, .value = "TYPE",
     .help = "multipart/form-data keeps the body out"},
    {ROW(app_key), .flag = "app-key", .type = OPTION_TEXT, .value = "KEY",
     .help = "for webhooks, which sign the key and the body"},
    {ROW(secret_file), .flag = "secret-file", .type = OPTION_TEXT, .value = "FILE",
     .help = "holds the app's secret"},
    {ROW(secret), .env = "SHOPSHIM_APP_SECRET", .secret = true, .type = OPTION_TEXT,
     .help = "the secret, or with _FILE at the end the file that holds it"},
    {ROW(compare), .flag = "compare", .type = OPTION_TEXT, .value = "SIGN",
     .help = "say whether this signature is right; ends with 1 when not"},
    {ROW(show_secret), .flag = "show-secret", .type = OPTION_SWITCH,
     .help = "do not mask the secret in the string to sign"},
};

/* Takes path and query from --url where they are not given themselves. */
static void split(struct signing *s)
{
    const struct sign_options *o = s->options;
    struct str rest = str_from(o->url ? o->url : o->path);
    if (o->url && (str_starts(rest, STR("http://")) || str_starts(rest, STR("https://")))) {
        rest = str_of(strstr(o->url, "://") + 3, 0);
        rest.n = strlen(rest.p);
        size_t slash = str_find(rest, '/');
        rest = str_of(rest.p + slash, rest.n - slash);
    }
    rest.n = str_find(rest, '#');
    s->path = str_cut(&rest, '?');
    s->query = rest;
    if (o->path && o->url)
        s->path = str_from(o->path);
    if (o->query)
        s->query = str_from(o->query);
    if (s->query.n && s->query.p[0] == '?')
        s->query = str_of(s->query.p + 1, s->query.n - 1);
}

static bool read_file(struct signing *s, const char *name, struct findings *findings)
{
    FILE *file = fopen(name, "re");
    struct buf text;
    buf_init(&text, MOST_TEXT);
    for (size_t n = 1; file && n;) {
        char *place = buf_reserve(&text, 65536);
        n = place ? fread(place, 1, 65536, file) : 0;
        buf_added(&text, n);
    }
    bool good = file && !ferror(file) && !buf_failed(&text);
    s->body = good ? arena_str(s->arena, buf_str(&text)) : STR_NONE;
    buf_clear(&text);
    if (file)
        fclose(file);
    return s->body.p ? true
                     : findings_add(findings, FINDING_ERROR, "command line", NULL,
                                    "cannot read the body's file %s", name);
}

/* Everything that is missing or cannot be read, at once. */
static bool prepare(struct signing *s, const struct run *run, struct findings *findings)
{
    struct sign_options *o = run->own;
    static const char place[] = "command line";
    if (o->secret_file) {
        struct str text =
            config_secret_file(run->config, o->secret_file, place, "--secret-file", findings);
        o->secret = text.p;
    } else {
        for (size_t i = 0; i < sizeof own_options / sizeof own_options[0]; i++)
            if (own_options[i].secret)
                config_read_variable(run->config, &own_options[i], o, findings);
        if (!o->secret && !findings->errors) {
            findings_add(findings, FINDING_ERROR, place, NULL, "expected the app's secret");
            findings_hint(findings, "--secret-file FILE, or SHOPSHIM_APP_SECRET");
        }
    }
    split(s);
    if (o->dialect != WEBHOOK && (s->path.n == 0 || s->path.p[0] != '/')) {
        findings_add(findings, FINDING_ERROR, place, NULL, "expected a path that begins with /");
        findings_hint(findings, "--url https://host/path?query, or --path and --query");
    }
    if (o->dialect == WEBHOOK && !o->app_key)
        findings_add(findings, FINDING_ERROR, place, NULL, "expected --app-key for a webhook");
    if (s->query.p && !url_parse_query(s->query, s->arena, MOST_PAIRS, &s->pairs))
        findings_add(findings, FINDING_ERROR, place, NULL,
                     "the query is not percent-coded as it must be, or holds more than %d pairs",
                     MOST_PAIRS);
    s->body = str_from(o->body);
    if (o->body_file)
        read_file(s, o->body_file, findings);
    if (findings->errors)
        return false;
    s->key = sign_key_new(str_from(o->app_key ? o->app_key : ""), str_from(o->secret));
    return s->key || findings_add(findings, FINDING_ERROR, NULL, NULL, "out of memory");
}

static bool left_out(struct str name)
{
    return str_eq(name, STR("sign")) || str_eq(name, STR("access_token"));
}

/* The parameters as they may be shown: values that open doors are masked like the secret. */
static struct pairs shown(const struct signing *s)
{
    static const char *const masked[] = {"shop_cipher", "refresh_token", "auth_code", "app_secret"};
    struct pair *items = ARENA_ARRAY(s->arena, struct pair, s->pairs.count + 1);
    if (!items || s->options->show_secret)
        return items ? s->pairs : (struct pairs){0};
    for (size_t i = 0; i < s->pairs.count; i++) {
        items[i] = s->pairs.items[i];
        for (size_t k = 0; k < sizeof masked / sizeof masked[0]; k++)
            if (str_eq(items[i].name, str_from(masked[k])))
                items[i].value = STR("***");
    }
    return (struct pairs){items, s->pairs.count};
}

/* Steps 1 to 4: what of the address counts. */
static void tell_parameters(const struct signing *s, const struct pairs *pairs)
{
    struct buf *out = s->out;
    buf_printf(out, "1  parameters, decoded:\n");
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->items[i];
        if (left_out(pair->name))
            continue;
        buf_printf(out, "     " STR_FMT " = " STR_FMT "\n", STR_ARG(pair->name),
                   STR_ARG(pair->value));
    }
    buf_printf(out, "2  left out:");
    const char *between = " ";
    for (size_t i = 0; i < pairs->count; i++)
        if (left_out(pairs->items[i].name)) {
            buf_printf(out, "%s" STR_FMT, between, STR_ARG(pairs->items[i].name));
            between = ", ";
        }
    buf_printf(out, "%s\n", between[0] == ',' ? "" : " nothing (sign and access_token would be)");
    buf_printf(out, "3  sorted by the bytes of their names, each name followed by its value\n");
    buf_printf(out, "4  behind the path: " STR_FMT "\n", STR_ARG(s->path));
}

/* Whether the body counts, and why. */
static bool body_counts(const struct signing *s, const char **why)
{
    struct str type = str_from(s->options->content_type);
    *why = s->options->dialect == LEGACY ? "never counts in this dialect"
           : sign_is_multipart(type)     ? "does not count: multipart/form-data"
           : s->body.n == 0              ? "empty"
                                         : "counts, byte for byte";
    return (*why)[0] == 'c';
}

static bool tell_request(struct signing *s, char hex[SIGN_HEX + 1])
{
    const char *why;
    struct str body = body_counts(s, &why) ? s->body : STR_NONE;
    struct pairs pairs = shown(s);
    tell_parameters(s, &pairs);
    buf_printf(s->out, "5  body: %s\n6  wrapped in the secret:\n     ", why);
    sign_string(s->key, s->path, &pairs, body, !s->options->show_secret, s->out);
    buf_printf(s->out, "\n7  HMAC-SHA256 of that, keyed with the secret:\n");
    return sign_request(s->key, s->path, &s->pairs, body, hex);
}

static bool tell_webhook(struct signing *s, char hex[SIGN_HEX + 1])
{
    buf_printf(s->out,
               "1  the app's key and the body, one behind the other:\n     %s" STR_FMT "\n"
               "2  HMAC-SHA256 of that, keyed with the secret:\n",
               s->options->app_key, STR_ARG(s->body));
    return sign_webhook(s->key, s->body, hex);
}

static int run(const struct run *run)
{
    struct findings findings;
    findings_init(&findings);
    struct buf out;
    buf_init(&out, 2 * MOST_TEXT);
    struct signing s = {.options = run->own, .arena = arena_new(2 * MOST_TEXT), .out = &out};
    int code = EXIT_USAGE;
    char hex[SIGN_HEX + 1];
    if (s.arena && prepare(&s, run, &findings)) {
        bool good = s.options->dialect == WEBHOOK ? tell_webhook(&s, hex) : tell_request(&s, hex);
        buf_printf(&out, "     %s\n", good ? hex : "(failed)");
        code = good ? EXIT_GOOD : EXIT_FINDINGS;
        if (good && s.options->compare) {
            bool right = sign_equal(str_from(s.options->compare), hex);
            buf_printf(&out, "   the signature to compare is %s\n", right ? "right" : "another");
            code = right ? EXIT_GOOD : EXIT_FINDINGS;
        }
        if (!print_buf(stdout, &out))
            code = EXIT_FINDINGS;
    }
    print_findings(&findings);
    findings_clear(&findings);
    buf_clear(&out);
    sign_key_free(s.key);
    arena_free(s.arena);
    return code;
}

const struct verb verb_sign = {
    .name = "sign",
    .synopsis = "--dialect legacy|v202309|webhook --url URL [OPTION...]",
    .about = "the string to sign and its signature, step by step",
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
