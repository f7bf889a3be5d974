/*
 * Request: a curl command. Which options count, which may be passed over, and what curl makes
 * of them (curl(1)): data makes a POST, several pieces of data are joined by '&', -G moves
 * them into the query, --json sets the type.
 */
#include "cli/request_curl.h"

enum effect { METHOD, URL, FIELD, DATA, DATA_RAW, JSON, TO_QUERY, HEAD, PASS, PASS_VALUE };

static const struct rule {
    char letter;
    const char *name;
    enum effect effect;
} rules[] = {
    {'X', "request", METHOD},
    {0, "url", URL},
    {'H', "header", FIELD},
    {'d', "data", DATA},
    {0, "data-ascii", DATA},
    {0, "data-binary", DATA},
    {0, "data-raw", DATA_RAW},
    {0, "json", JSON},
    {'G', "get", TO_QUERY},
    {'I', "head", HEAD},
    {'s', "silent", PASS},
    {'S', "show-error", PASS},
    {'v', "verbose", PASS},
    {'i', "include", PASS},
    {'k', "insecure", PASS},
    {'L', "location", PASS},
    {'f', "fail", PASS},
    {'g', "globoff", PASS},
    {'N', "no-buffer", PASS},
    {'#', "progress-bar", PASS},
    {0, "compressed", PASS},
    {0, "http1.1", PASS},
    {0, "http2", PASS},
    {'o', "output", PASS_VALUE},
    {'w', "write-out", PASS_VALUE},
    {'m', "max-time", PASS_VALUE},
    {0, "connect-timeout", PASS_VALUE},
    {'A', "user-agent", PASS_VALUE},
    {'e', "referer", PASS_VALUE},
    {'b', "cookie", PASS_VALUE},
    {'x', "proxy", PASS_VALUE},
    {0, "cacert", PASS_VALUE},
    {0, "retry", PASS_VALUE},
};

struct reading {
    struct request *request;
    const struct str *words;
    size_t count, at;
    struct arena *arena;
    struct fault *fault;
    struct buf data;
    bool has_data, has_method, has_url, to_query, json;
};

static bool takes_value(enum effect effect)
{
    return effect != TO_QUERY && effect != HEAD && effect != PASS;
}

static bool add_data(struct reading *r, struct str value, bool literal)
{
    if (!literal && value.n && value.p[0] == '@') {
        char *name = arena_cstr(r->arena, str_of(value.p + 1, value.n - 1));
        value = name ? request_read_file(name, r->arena, r->fault) : STR_NONE;
        if (!value.p)
            return false;
    }
    if (r->has_data && !r->json)
        buf_add_char(&r->data, '&');
    buf_add_str(&r->data, value);
    r->has_data = true;
    return true;
}

static bool apply(struct reading *r, enum effect effect, struct str value)
{
    switch (effect) {
    case METHOD:
        r->request->http.method = value;
        r->has_method = true;
        return true;
    case URL:
        if (r->has_url)
            return fault_set(r->fault, FAULT_HTTP, "more than one URL");
        request_set_target(r->request, value);
        r->has_url = true;
        return true;
    case FIELD:
        return request_add_field(r->request, value, r->fault);
    case DATA:
    case DATA_RAW:
        return add_data(r, value, effect == DATA_RAW);
    case JSON:
        r->json = true;
        return add_data(r, value, false) &&
               request_add_field(r->request, STR("Content-Type: application/json"), r->fault);
    case TO_QUERY:
        r->to_query = true;
        return true;
    case HEAD:
        return apply(r, METHOD, STR("HEAD"));
    default:
        return true;
    }
}

static bool refuse(struct reading *r, struct str word)
{
    return fault_set(r->fault, FAULT_HTTP, "this option of curl is not known here: " STR_FMT,
                     STR_ARG(word));
}

static bool with_value(struct reading *r, enum effect effect, struct str value, struct str word)
{
    if (!takes_value(effect))
        return apply(r, effect, STR_NONE);
    if (!value.p) {
        if (r->at + 1 == r->count)
            return fault_set(r->fault, FAULT_HTTP, STR_FMT " needs a value", STR_ARG(word));
        value = r->words[++r->at];
    }
    return apply(r, effect, value);
}

/* "-sSXPOST": letters one behind the other, the last one with its value. */
static bool letters(struct reading *r, struct str word)
{
    for (size_t i = 1; i < word.n; i++) {
        const struct rule *rule = NULL;
        for (size_t k = 0; k < sizeof rules / sizeof rules[0] && !rule; k++)
            if (rules[k].letter == word.p[i])
                rule = &rules[k];
        if (!rule)
            return refuse(r, word);
        bool last = i + 1 == word.n;
        struct str value = last ? STR_NONE : str_of(word.p + i + 1, word.n - i - 1);
        if (takes_value(rule->effect))
            return with_value(r, rule->effect, value, word);
        if (!apply(r, rule->effect, STR_NONE))
            return false;
    }
    return true;
}

static bool one_word(struct reading *r)
{
    struct str word = r->words[r->at];
    if (!str_starts(word, STR("-")) || word.n == 1)
        return apply(r, URL, word);
    if (!str_starts(word, STR("--")))
        return letters(r, word);
    struct str name = str_of(word.p + 2, word.n - 2);
    for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++)
        if (str_eq(name, str_from(rules[k].name)))
            return with_value(r, rules[k].effect, STR_NONE, word);
    return refuse(r, word);
}

static bool finish(struct reading *r)
{
    struct exchange_request *http = &r->request->http;
    if (!r->has_url)
        return fault_set(r->fault, FAULT_HTTP, "the curl command holds no URL");
    struct str data = arena_str(r->arena, buf_str(&r->data));
    if (!r->has_data)
        return true;
    if (r->to_query) {
        http->query = arena_printf(r->arena, STR_FMT "%s" STR_FMT, STR_ARG(http->query),
                                   http->query.n ? "&" : "", STR_ARG(data));
        return true;
    }
    http->body = data;
    if (!r->has_method)
        http->method = STR("POST");
    return true;
}

bool request_of_curl(struct request *request, const struct str *words, size_t count,
                     struct arena *arena, struct fault *fault)
{
    struct reading r = {
        .request = request, .words = words, .count = count, .arena = arena, .fault = fault};
    buf_init(&r.data, REQUEST_BYTES);
    bool good = true;
    for (; good && r.at < count; r.at++)
        good = one_word(&r);
    good = good && finish(&r);
    if (good && (buf_failed(&r.data) || arena_failed(arena)))
        good = fault_set(fault, FAULT_TOO_LARGE, "the data is larger than %d bytes", REQUEST_BYTES);
    buf_clear(&r.data);
    return good;
}
