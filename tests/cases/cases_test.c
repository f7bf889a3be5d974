/*
 * Runs every case below tests/cases (README.md there) in process, against the real tables, each
 * twice: the calls under way together answered first come first, and last come first. Prints a
 * line for each case and what differed.
 *   cases_test [PART ...]    only cases whose path holds one of the parts
 */
#include "exchange/exchange.h"
#include "message.h"
#include "request.h"
#include "table/load.h"
#include <stdio.h>
#include <stdlib.h>

enum { CALLS = 200, MEMORY = 256 << 20, LINES = 1 << 20 };

struct call {
    const struct exchange_send *send;
    bool open;
};

struct run {
    struct plans *plans;
    struct exchange_host *host;
    struct arena *arena;
    struct buf *lines;
    struct kept kept;
    struct json_doc document;
    struct json shops; /* of the case, or absent */
    bool last_first;
    /* of a step */
    struct exchange *x;
    struct json_doc filled;
    struct json upstream;
    bool used[CALLS];
    struct call calls[CALLS];
    unsigned count;
    struct str token;
    const struct exchange_answer *reply;
};

/* ---- the world ---- */

static int64_t now(void *ctx)
{
    (void)ctx;
    return (int64_t)CASE_NOW * 1000;
}

static void on_send(void *ctx, struct exchange *x, const struct exchange_send *send)
{
    struct run *run = ctx;
    (void)x;
    if (run->count == CALLS || send->tag != run->count)
        abort();
    run->calls[run->count++] = (struct call){send, true};
}

static void on_cancel(void *ctx, struct exchange *x, unsigned tag)
{
    struct run *run = ctx;
    (void)x;
    run->calls[tag].open = false;
}

static void on_reply(void *ctx, struct exchange *x, const struct exchange_answer *answer)
{
    struct run *run = ctx;
    (void)x;
    run->reply = answer;
}

static void on_wake(void *ctx, struct exchange *x)
{
    (void)ctx;
    (void)x;
}

static const struct ports ports = {on_send, on_cancel, on_reply, on_wake};

/* ---- upstream ---- */

/* The expectation for a message: one that fits in all, or else one of the same call. */
static struct json expectation(struct run *run, const struct message *message, size_t *index)
{
    struct json near = JSON_NONE;
    size_t i = 0;
    for (struct json v = json_first(run->upstream); json_exists(v); v = json_next(v), i++) {
        size_t before = run->lines->n;
        if (run->used[i] || !message_is(message, json_text(json_get(v, STR("call")), run->arena)))
            continue;
        bool equal = message_equal(message, v, run->arena, run->lines);
        buf_cut(run->lines, before);
        if (equal || !json_exists(near)) {
            near = v;
            *index = i;
        }
        if (equal)
            break;
    }
    return near;
}

static void answer_fault(struct run *run, unsigned tag, struct str name)
{
    struct fault fault;
    enum fault_kind kind = fault_by_name(name);
    if (kind == FAULT_NONE)
        buf_printf(run->lines, "  unknown fault '" STR_FMT "'\n", STR_ARG(name));
    fault_set(&fault, kind == FAULT_NONE ? FAULT_INTERNAL : kind, "The case says so.");
    exchange_on_fault(run->x, tag, &fault);
}

static void answer_data(struct run *run, unsigned tag, struct str data)
{
    struct exchange_upstream answer = {.status = 200};
    struct buf body;
    buf_init_arena(&body, data.n + 200, run->arena);
    buf_printf(&body, "{\"code\":0,\"message\":\"Success\",\"request_id\":\"UP%u\",\"data\":", tag);
    buf_add_str(&body, data);
    buf_add_char(&body, '}');
    answer.body = buf_str(&body);
    exchange_on_answer(run->x, tag, &answer);
}

static void answer_as_told(struct run *run, unsigned tag, struct json told)
{
    struct json data = json_get(told, STR("data")), whole = json_get(told, STR("answer"));
    struct json fault = json_get(told, STR("fault"));
    if (json_exists(fault)) {
        answer_fault(run, tag, json_text(fault, run->arena));
    } else if (json_exists(data)) {
        answer_data(run, tag, json_raw(data));
    } else {
        struct exchange_upstream answer = {.status = 200, .content_type = STR("application/json")};
        uint64_t number;
        if (str_to_u64(json_text(json_get(told, STR("status")), run->arena), &number))
            answer.status = (int)number;
        struct json fields = json_get(told, STR("fields"));
        if (str_to_u64(json_text(json_get(fields, STR("Retry-After")), run->arena), &number))
            answer.retry_after = (int)number;
        bool text = json_type(whole) == JSON_STRING;
        answer.body = text ? json_text(whole, run->arena) : json_raw(whole);
        exchange_on_answer(run->x, tag, &answer);
    }
}

static struct str shops_of(const struct run *run)
{
    return json_exists(run->shops)
               ? json_raw(run->shops)
               : STR("[{\"id\":\"7000000000000000001\",\"cipher\":\"CIPHER_1\",\"region\":\"GB\","
                     "\"name\":\"Shop One\",\"seller_type\":\"LOCAL\",\"code\":\"GB1\"},"
                     "{\"id\":\"7000000000000000002\",\"cipher\":\"CIPHER_2\",\"region\":\"ID\","
                     "\"name\":\"Shop Two\",\"seller_type\":\"CROSS_BORDER\",\"code\":\"ID2\"}]");
}

static void answer_call(struct run *run, unsigned tag)
{
    struct message message;
    size_t index = 0, before = run->lines->n;
    const struct plan_shops *shops = plans_shops(run->plans);
    run->calls[tag].open = false;
    if (!message_read(run->calls[tag].send, run->arena, &message, run->lines)) {
        answer_fault(run, tag, STR("internal"));
        return;
    }
    message_proper(&message, run->token, run->arena, run->lines);
    struct json told = expectation(run, &message, &index);
    if (json_exists(told)) {
        run->used[index] = true;
        message_equal(&message, told, run->arena, run->lines);
    }
    if (run->lines->n > before)
        buf_printf(run->lines, "    in upstream call %u, " STR_FMT " " STR_FMT "\n", tag + 1,
                   STR_ARG(message.send->method), STR_ARG(message.path));
    if (json_exists(told)) {
        answer_as_told(run, tag, told);
    } else if (shops && str_eq(message.path, shops->path)) {
        answer_data(run, tag,
                    arena_printf(run->arena, "{\"shops\":" STR_FMT "}", STR_ARG(shops_of(run))));
    } else {
        buf_printf(run->lines, "  sent what is not expected: " STR_FMT " " STR_FMT " " STR_FMT "\n",
                   STR_ARG(message.send->method), STR_ARG(message.send->target),
                   STR_ARG(message.send->body));
        answer_fault(run, tag, STR("internal"));
    }
}

static bool answer_next(struct run *run)
{
    for (unsigned i = 0; i < run->count; i++) {
        unsigned tag = run->last_first ? run->count - 1 - i : i;
        if (run->calls[tag].open) {
            answer_call(run, tag);
            return true;
        }
    }
    buf_printf(run->lines, "  no reply, and nothing is under way\n");
    return false;
}

/* ---- the reply ---- */

static struct str or_text(struct json value, struct arena *arena, const char *otherwise)
{
    struct str text = json_text(value, arena);
    return text.p ? text : str_from(otherwise);
}

static void check_text(struct run *run, const char *what, struct str expected, struct str got)
{
    if (!str_eq(expected, got) && !(str_eq(expected, STR("*")) && got.n > 0))
        buf_printf(run->lines, "  reply %s: expected " STR_FMT ", got " STR_FMT "\n", what,
                   STR_ARG(expected), STR_ARG(got));
}

static void check_fields(struct run *run, struct json expected)
{
    for (struct json v = json_first(expected); json_exists(v); v = json_next(v)) {
        struct str name = json_key(v, run->arena), got = STR("nothing");
        for (size_t i = 0; i < run->reply->field_count; i++)
            if (str_ieq(run->reply->fields[i].name, name))
                got = run->reply->fields[i].value;
        check_text(run, arena_cstr(run->arena, name), json_text(v, run->arena), got);
    }
}

static void check_reply(struct run *run, struct json expected, struct json_doc *reply)
{
    static const char *const envelope[] = {"code", "message", "request_id", "data", NULL};
    struct json root = json_root(reply), data = json_get(expected, STR("data"));
    struct json_doc *nothing = ARENA_NEW(run->arena, struct json_doc);
    struct arena *arena = run->arena;
    size_t before = run->lines->n;
    check_text(run, "status", or_text(json_get(expected, STR("status")), arena, "200"),
               arena_printf(arena, "%d", run->reply->status));
    check_text(run, "code", or_text(json_get(expected, STR("code")), arena, "0"),
               json_text(json_get(root, STR("code")), arena));
    check_text(run, "message", or_text(json_get(expected, STR("message")), arena, "Success"),
               json_text(json_get(root, STR("message")), arena));
    check_text(run, "request_id", STR("*"), json_text(json_get(root, STR("request_id")), arena));
    check_fields(run, json_get(expected, STR("fields")));
    document_known(root, envelope, "reply", arena, run->lines);
    document_parse(nothing, STR("{}"), arena, "", run->lines);
    document_equal(json_exists(data) ? data : json_root(nothing), json_get(root, STR("data")),
                   arena, "reply data", run->lines);
    if (run->lines->n > before) {
        struct str message = json_text(json_get(root, STR("message")), arena);
        buf_printf(run->lines, "    in the reply %d \"" STR_FMT "\"\n", run->reply->status,
                   STR_ARG(message));
    }
}

static void keep(struct run *run, struct json wanted, struct json reply)
{
    for (struct json v = json_first(wanted); json_exists(v); v = json_next(v)) {
        struct str path = json_text(v, run->arena);
        struct json value = document_at(reply, path);
        if (!json_exists(value) || run->kept.count == DOCUMENT_NAMES) {
            buf_printf(run->lines, "  keep: nothing at " STR_FMT "\n", STR_ARG(path));
            continue;
        }
        run->kept.names[run->kept.count] = json_key(v, run->arena);
        run->kept.values[run->kept.count++] = arena_str(run->arena, json_raw(value));
    }
}

/* ---- cases ---- */

static bool known_keys(struct run *run, struct json step)
{
    static const char *const in_step[] = {"legacy", "upstream", "reply", "keep", NULL};
    static const char *const in_legacy[] = {"call",   "query", "body", "text",
                                            "fields", "bare",  NULL};
    static const char *const in_upstream[] = {"call",   "query",  "body",   "form",  "data",
                                              "answer", "status", "fields", "fault", NULL};
    static const char *const in_reply[] = {"status", "code", "message", "data", "fields", NULL};
    struct arena *arena = run->arena;
    struct json upstream = json_get(step, STR("upstream"));
    bool good = document_known(step, in_step, "step", arena, run->lines);
    good = document_known(json_get(step, STR("legacy")), in_legacy, "legacy", arena, run->lines) &&
           good;
    good =
        document_known(json_get(step, STR("reply")), in_reply, "reply", arena, run->lines) && good;
    for (struct json v = json_first(upstream); json_exists(v); v = json_next(v))
        good = document_known(v, in_upstream, "upstream", arena, run->lines) && good;
    if (json_count(upstream) > CALLS)
        buf_printf(run->lines, "  more than %d upstream calls\n", CALLS);
    return good && json_count(upstream) <= CALLS;
}

static bool fill_step(struct run *run, struct json step)
{
    struct buf text;
    buf_init_arena(&text, MEMORY, run->arena);
    document_fill(step, &run->kept, run->arena, &text);
    return document_parse(&run->filled, buf_str(&text), run->arena, "the step", run->lines);
}

static void check_unused(struct run *run)
{
    size_t i = 0;
    for (struct json v = json_first(run->upstream); json_exists(v); v = json_next(v), i++)
        if (!run->used[i])
            buf_printf(run->lines, "  never sent: " STR_FMT "\n",
                       STR_ARG(json_text(json_get(v, STR("call")), run->arena)));
}

static void run_step(struct run *run, struct json raw)
{
    struct json_doc reply;
    if (!fill_step(run, raw) || !known_keys(run, json_root(&run->filled)))
        return;
    struct json step = json_root(&run->filled);
    run->upstream = json_get(step, STR("upstream"));
    memset(run->used, 0, sizeof run->used);
    run->count = 0;
    run->reply = NULL;
    run->x = exchange_new(run->host, run->plans, &ports, run);
    if (!run->x)
        abort();
    struct exchange_request request = request_of(json_get(step, STR("legacy")), run->arena);
    run->token = request_token(json_get(step, STR("legacy")), run->arena);
    exchange_start(run->x, &request);
    while (!run->reply && answer_next(run))
        ;
    check_unused(run);
    if (run->reply &&
        document_parse(&reply, run->reply->body, run->arena, "the reply", run->lines)) {
        check_reply(run, json_get(step, STR("reply")), &reply);
        keep(run, json_get(step, STR("keep")), json_root(&reply));
    }
    exchange_free(run->x);
}

static bool read_file(const char *name, struct arena *arena, struct str *text)
{
    FILE *file = fopen(name, "rb");
    if (!file)
        return false;
    struct buf buf;
    buf_init_arena(&buf, MEMORY, arena);
    for (size_t n = 1; n > 0;) {
        char *p = buf_reserve(&buf, 65536);
        n = p ? fread(p, 1, 65536, file) : 0;
        buf_added(&buf, n);
    }
    *text = buf_str(&buf);
    fclose(file);
    return !buf_failed(&buf);
}

static void run_steps(struct run *run)
{
    static const char *const known[] = {"about", "steps", "shops", "target", NULL};
    struct json root = json_root(&run->document), steps = json_get(root, STR("steps"));
    unsigned number = 0;
    document_known(root, known, "case", run->arena, run->lines);
    if (json_count(steps) == 0)
        buf_printf(run->lines, "  no steps\n");
    run->shops = json_get(root, STR("shops"));
    bool newest = str_eq(json_text(json_get(root, STR("target")), run->arena), STR("newest"));
    plans_set_target(run->plans, newest ? PLAN_TARGET_NEWEST : PLAN_TARGET_202309);
    for (struct json v = json_first(steps); json_exists(v); v = json_next(v)) {
        size_t before = run->lines->n;
        number++;
        run_step(run, v);
        if (run->lines->n > before)
            buf_printf(run->lines, "    in step %u\n", number);
    }
}

/* Whether the case holds, in one order of answers. */
static bool run_case(struct plans *plans, const char *name, bool last_first, struct buf *lines)
{
    static const struct exchange_app app = {STR_C(CASE_APP), STR_C(CASE_SECRET)};
    struct exchange_settings settings = exchange_default_settings;
    settings.ahead = 0; /* so that a case can say which calls are made */
    struct exchange_common common = {.settings = &settings,
                                     .apps = &app,
                                     .app_count = 1,
                                     .book = shop_book_new(NULL),
                                     .store = page_store_local(1 << 20),
                                     .answers = page_store_local(1 << 20),
                                     .clock = {now, NULL}};
    struct run run = {.plans = plans,
                      .host = exchange_host_new(&common),
                      .arena = arena_new(MEMORY),
                      .lines = lines,
                      .last_first = last_first};
    struct str text;
    if (!common.book || !common.store || !common.answers || !run.host || !run.arena)
        abort();
    if (!read_file(name, run.arena, &text))
        buf_printf(lines, "  cannot be read\n");
    else if (document_parse(&run.document, text, run.arena, "the case", lines))
        run_steps(&run);
    if (arena_failed(run.arena))
        buf_printf(lines, "  ran out of memory\n");
    arena_free(run.arena);
    exchange_host_free(run.host);
    shop_book_free(common.book);
    page_store_free(common.store);
    page_store_free(common.answers);
    return lines->n == 0;
}

static bool is_wanted(const char *name, char **parts, int count)
{
    for (int i = 0; i < count; i++)
        if (strstr(name, parts[i]))
            return true;
    return count == 0;
}

static unsigned run_files(struct plans *plans, const struct table_files *files, char **parts,
                          int part_count, unsigned *failed)
{
    unsigned count = 0;
    struct buf lines;
    buf_init(&lines, LINES);
    for (size_t i = 0; i < files->count; i++) {
        const char *name = files->names[i];
        const char *shown = strstr(name, "tests/cases/");
        if (!is_wanted(name, parts, part_count))
            continue;
        count++;
        bool good = run_case(plans, name, false, &lines) && run_case(plans, name, true, &lines);
        printf("%s %s\n", good ? "ok  " : "FAIL", shown ? shown + strlen("tests/cases/") : name);
        if (!good) {
            printf(STR_FMT,
                   STR_ARG(buf_failed(&lines) ? STR("  too many lines\n") : buf_str(&lines)));
            (*failed)++;
        }
        buf_reset(&lines);
    }
    buf_clear(&lines);
    return count;
}

int main(int argc, char **argv)
{
    struct findings findings;
    struct table_files files = {0};
    unsigned failed = 0, count = 0;
    findings_init(&findings);
    const char *mappings = getenv("MAPPINGS"); /* other tables, as the mutants have them */
    struct plans *plans = plans_load(mappings ? mappings : TEST_ROOT "/mappings", &findings);
    bool listed = table_list(TEST_ROOT "/tests/cases", &files, &findings);
    if (plans && listed)
        count = run_files(plans, &files, argv + 1, argc - 1, &failed);
    struct buf text;
    buf_init(&text, LINES);
    findings_print(&findings, &text);
    printf(STR_FMT, STR_ARG(buf_str(&text)));
    printf("%u cases, %u failed\n", count, failed);
    buf_clear(&text);
    table_files_clear(&files);
    plans_unref(plans);
    findings_clear(&findings);
    return count == 0 || failed > 0;
}
