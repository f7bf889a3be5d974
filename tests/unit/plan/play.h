/*
 * Plays a table: loads it beside the shared files of fixtures/library, begins a request, builds
 * every wanted call in order, takes the answers that are handed in, and writes the reply.
 *
 * In all texts a backtick stands for a double quote, so that JSON reads well in C.
 */
#ifndef SHOPSHIM_TESTS_PLAN_PLAY_H
#define SHOPSHIM_TESTS_PLAN_PLAY_H

#include "plan/plan.h"
#include "table/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LIBRARY TEST_ROOT "/tests/unit/plan/fixtures/library"

/* Backticks to double quotes. To be freed. */
static inline char *quotes(const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *p = copy; *p; p++)
        if (*p == '`')
            *p = '"';
    return copy;
}

static inline char *file_text(const char *name)
{
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, in) > 0);
    fclose(in);
    return text;
}

/* The plans of one table, "area/table.json"; NULL after findings. */
static inline struct plans *load_table(const char *table, struct findings *findings)
{
    static const char *const shared[] = {"profiles.json", "errors.json", "enums.json"};
    struct plan_text texts[4];
    char *held[4];
    for (int i = 0; i < 3; i++) {
        char name[512];
        snprintf(name, sizeof name, LIBRARY "/%s", shared[i]);
        held[i] = file_text(name);
        texts[i] = (struct plan_text){shared[i], str_from(held[i])};
    }
    held[3] = quotes(table);
    texts[3] = (struct plan_text){"area/table.json", str_from(held[3])};
    struct plans *plans = plans_load_texts(texts, 4, findings);
    for (int i = 0; i < 4; i++)
        free(held[i]);
    return plans;
}

/* The same, and it must be good. */
static inline struct plans *good_table(const char *table)
{
    struct findings findings;
    findings_init(&findings);
    struct plans *plans = load_table(table, &findings);
    if (!plans) {
        struct buf out;
        buf_init(&out, 1 << 16);
        findings_print(&findings, &out);
        buf_add_char(&out, '\0');
        print_error("%s", out.p);
        buf_clear(&out);
    }
    assert_non_null(plans);
    findings_clear(&findings);
    return plans;
}

struct play {
    const struct plan *plan;
    struct arena *arena;
    struct plan_run *run;
    struct plan_request request;
    struct fault fault;
    struct buf sent;  /* "GET /x?a=b BODY\n" for each call */
    struct buf reply; /* the data, or "KIND where: text" */
    const char *const *answers;
};

static inline struct str play_keep(struct play *p, const char *text)
{
    char *quoted = quotes(text);
    struct str kept = arena_str(p->arena, str_from(quoted));
    free(quoted);
    assert_non_null(kept.p);
    return kept;
}

static inline struct json play_json(struct play *p, struct str text)
{
    struct json_doc *doc = ARENA_NEW(p->arena, struct json_doc);
    struct json_limits limits = {0};
    struct json_error error;
    assert_non_null(doc);
    if (!json_parse(doc, text, &limits, p->arena, &error))
        fail_msg("not JSON at %zu: " STR_FMT, error.offset, STR_ARG(text));
    return json_root(doc);
}

/* `request` is a query, a body, or both with a blank between: "?a=1 {`b`: 2}". */
static inline bool play_begin(struct play *p, const struct plans *plans, const char *request)
{
    *p = (struct play){.plan = plans_at(plans, 0), .arena = arena_new(64 << 20)};
    buf_init(&p->sent, 1 << 24);
    buf_init(&p->reply, 1 << 24);
    struct str text = play_keep(p, request);
    if (text.n && text.p[0] == '?') {
        struct str rest = str_of(text.p + 1, text.n - 1);
        struct str query = str_cut(&rest, ' ');
        assert_true(url_parse_query(query, p->arena, 100, &p->request.query));
        text = rest.p ? rest : STR("");
    }
    if (text.n)
        p->request.body = play_json(p, text);
    p->request.app_key = STR("key1");
    p->request.version = pairs_get(&p->request.query, STR("version"));
    p->run = plan_begin(p->plan, &p->request, p->arena, &p->fault);
    return p->run != NULL;
}

static inline void play_end(struct play *p)
{
    buf_clear(&p->sent);
    buf_clear(&p->reply);
    arena_free(p->arena);
}

static inline void play_note_sent(struct play *p, const struct plan_message *m)
{
    buf_printf(&p->sent, STR_FMT " " STR_FMT, STR_ARG(m->method), STR_ARG(m->path));
    for (size_t i = 0; i < m->query.count; i++) {
        const struct pair *pair = &m->query.items[i];
        buf_printf(&p->sent, "%c" STR_FMT "=" STR_FMT, i ? '&' : '?', STR_ARG(pair->name),
                   STR_ARG(pair->value));
    }
    if (m->body.n && !m->multipart)
        buf_printf(&p->sent, " " STR_FMT, STR_ARG(m->body));
    buf_add_char(&p->sent, '\n');
}

/* "{...}" is data in a good envelope; "!5001 {...}" an error with this code; "" no envelope. */
static inline struct str play_envelope(struct play *p, const char *answer)
{
    if (answer[0] == '=')
        return play_keep(p, answer + 1);
    if (answer[0] != '!')
        return arena_printf(p->arena,
                            "{\"code\":0,\"message\":\"Success\",\"data\":" STR_FMT
                            ",\"request_id\":\"R1\"}",
                            STR_ARG(play_keep(p, answer)));
    return arena_printf(p->arena, "{\"code\":%s,\"message\":\"no\",\"request_id\":\"R1\"}",
                        answer + 1);
}

static inline bool play_call(struct play *p, unsigned call)
{
    const struct plan_call *about = plan_call_at(p->plan, call);
    struct plan_page_ask ask = {.size = about->page_max};
    size_t times;
    if (!plan_call_wanted(p->run, call))
        return true;
    if (!plan_call_times(p->run, call, &times, &p->fault))
        return false;
    for (unsigned i = 0; i < times; i++) {
        struct plan_slot slot = {call, i, 0};
        struct plan_message message;
        struct plan_answer answer;
        if (!plan_build(p->run, slot, about->paged ? &ask : NULL, &message, &p->fault))
            return false;
        play_note_sent(p, &message);
        assert_non_null(*p->answers);
        struct str body = play_envelope(p, *p->answers++);
        if (!plan_take(p->run, slot, body, &answer, &p->fault))
            return false;
        if (answer.code != 0 && !answer.forgiven) {
            p->fault = (struct fault){.kind = FAULT_UPSTREAM, .code = answer.code};
            return false;
        }
        if (about->paged)
            assert_true(plan_pick(p->run, slot, 0, plan_rows(p->run, slot)));
    }
    return true;
}

static inline bool play_calls(struct play *p)
{
    uint32_t done = 0, all = (UINT32_C(1) << plan_call_count(p->plan)) - 1;
    while (done != all)
        for (unsigned i = 0; i < plan_call_count(p->plan); i++) {
            uint32_t bit = UINT32_C(1) << i;
            if ((done & bit) || (plan_call_at(p->plan, i)->needs & ~done))
                continue;
            if (!play_call(p, i))
                return false;
            done |= bit;
        }
    return true;
}

/* The whole way; answers end with NULL. Look at sent and reply, then play_end(). */
static inline void play(struct play *p, const struct plans *plans, const char *request,
                        const char *const *answers)
{
    struct plan_page_given page = {STR("NEXT"), true};
    struct json_writer w;
    bool good = play_begin(p, plans, request);
    struct plan_shop shop = {STR("S1"), STR("GB"), STR("C1")};
    p->answers = answers;
    if (good) {
        plan_set_shop(p->run, &shop);
        bool pages = plan_page_style(p->plan) != PLAN_PAGE_NONE;
        json_writer_init(&w, &p->reply);
        good = play_calls(p) && plan_reply(p->run, pages ? &page : NULL, &w, &p->fault);
    }
    if (!good) {
        buf_reset(&p->reply);
        buf_printf(&p->reply, "%s %s: %s", fault_name(p->fault.kind), p->fault.where,
                   p->fault.text);
    }
    buf_add_char(&p->reply, '\0');
    buf_add_char(&p->sent, '\0');
    assert_false(buf_failed(&p->reply) || buf_failed(&p->sent));
}

/* One row of a test's table. */
struct row {
    const char *name;
    const char *request;
    const char *answers[6];
    const char *sent;  /* NULL: not looked at */
    const char *reply; /* the data; or how the fault begins */
};

static inline void check_text(const char *name, const char *what, const char *found,
                              const char *expected)
{
    char *text = quotes(expected);
    if (strcmp(found, text) != 0)
        fail_msg("%s: %s\n  is       %s\n  expected %s", name, what, found, text);
    free(text);
}

static inline void play_rows(const char *table, const struct row *rows, size_t count)
{
    struct plans *plans = good_table(table);
    for (size_t i = 0; i < count; i++) {
        struct play p;
        play(&p, plans, rows[i].request, rows[i].answers);
        if (rows[i].sent)
            check_text(rows[i].name, "sent", p.sent.p, rows[i].sent);
        check_text(rows[i].name, "reply", p.reply.p, rows[i].reply);
        assert_null(*p.answers);
        play_end(&p);
    }
    plans_unref(plans);
}

#define PLAY(table, rows) play_rows(table, rows, sizeof(rows) / sizeof *(rows))

#endif
