/*
 * routes: every row of the official guide with its state, and the tables that serve it.
 *
 * A row is whole, or with so many losses, or not there yet; refused because v202309 has no
 * counterpart; or native, called as it is. Behind the rows stand the counts.
 */
#include "cli/print.h"
#include "cli/reference.h"
#include "cli/seen.h"
#include "cli/verbs.h"
#include "json/writer.h"

struct routes_options {
    int format;
    const char *admin; /* NULL: no proxy is asked */
};

static const char *const formats[] = {"text", "json", "markdown", NULL};

static void *fresh(void)
{
    static struct routes_options options;
    options = (struct routes_options){0};
    return &options;
}

static const struct option own_options[] = {
    {.group = "Only this command",
     .flag = "format",
     .type = OPTION_CHOICE,
     .choices = formats,
     OPTION_AT(struct routes_options, format),
     .verbs = VERB_ANY,
     .help = "how to print; markdown: a line for each area"},
    {.group = "Only this command",
     .flag = "admin",
     .value = "HOST:PORT",
     .type = OPTION_TEXT,
     OPTION_AT(struct routes_options, admin),
     .verbs = VERB_ANY,
     .help = "ask the proxy with that admin address what it has seen of upstream"},
};

struct printing {
    const struct docs_sources *sources;
    const struct docs_coverage *coverage;
    const struct seen *seen;
    struct arena *arena;
    struct buf *out;
};

enum { STAND_INS = 64 };

/* ---- text ---- */

/* A cell, filled up with blanks to its width and at least two more. */
static void put_cell(const struct printing *p, struct str text, size_t width)
{
    buf_add_str(p->out, text);
    for (size_t n = text.n < width ? text.n : width; n < width + 2; n++)
        buf_add_char(p->out, ' ');
}

enum { STATE = 14, CALL = 52, VERSION = 18, PLAN_STATE = 9 };

/* The calls of one table; its version and state where a row has several. */
static void put_plan_text(const struct printing *p, const struct docs_row *row,
                          const struct plan *plan)
{
    struct str version = docs_plan_versions(plan, p->arena);
    struct str state = docs_plan_state(plan, p->arena);
    bool several = row->plan_count > 1 || version.n;
    unsigned calls = plan_call_count(plan), lines = calls ? calls : several;
    for (unsigned i = 0; i < lines; i++) {
        buf_add_str(p->out, STR("      "));
        if (several)
            put_cell(p, i ? STR("") : version, VERSION);
        if (several && calls)
            put_cell(p, i ? STR("") : state, PLAN_STATE);
        buf_add_str(p->out, calls ? STR("-> ") : state);
        if (calls)
            buf_add_str(p->out, docs_plan_call(p->sources, plan, i, p->arena));
        buf_add_char(p->out, '\n');
    }
}

/* What was seen in place of the values of one enum. */
static void put_seen_text(const struct printing *p, const struct plan *plan, struct str name)
{
    struct json at = JSON_NONE;
    struct str value;
    uint64_t count;
    for (int n = 0; seen_value(p->seen, plan_name(plan), name, &at, &value, &count); n++)
        buf_printf(p->out, "%s" STR_FMT " %llu times", n ? ", " : ": seen ", STR_ARG(value),
                   (unsigned long long)count);
}

/* One line for each enum of the answer: what stands for values that the table does not know. */
static void put_stand_ins_text(const struct printing *p, const struct plan *plan)
{
    struct plan_stand_in items[STAND_INS];
    size_t count = plan_stand_ins(plan, items, STAND_INS);
    if (seen_gone(p->seen, plan_name(plan)))
        buf_add_str(p->out, STR("      gone: newer calls are made\n"));
    for (size_t i = 0; i < count && i < STAND_INS; i++) {
        bool absent = !items[i].value.p;
        buf_printf(p->out, "      else " STR_FMT " %s" STR_FMT, STR_ARG(items[i].name),
                   absent ? "left out" : "= ", STR_ARG(items[i].value));
        put_seen_text(p, plan, items[i].name);
        buf_add_char(p->out, '\n');
    }
}

static struct str call_of(const struct printing *p, const struct guide_row *row, size_t index)
{
    const struct guide_texts *calls = row->native ? &row->upstream : &row->calls;
    if (row->type)
        return arena_printf(p->arena, "webhook of type %llu", (unsigned long long)row->type);
    return index < calls->count ? calls->items[index] : STR("(not known)");
}

static void put_row_text(const struct printing *p, const struct docs_row *row)
{
    const struct guide_row *guide = row->row;
    struct str state = docs_state_text(row->state, row->losses, p->arena);
    buf_add_str(p->out, STR("  "));
    put_cell(p, state, STATE);
    put_cell(p, call_of(p, guide, 0), CALL);
    buf_printf(p->out, STR_FMT "%s\n", STR_ARG(guide->name),
               guide->beyond ? " (not in the guide)" : "");
    for (size_t i = 1; i < guide->calls.count; i++) {
        buf_add_str(p->out, STR("  "));
        put_cell(p, STR(""), STATE);
        buf_printf(p->out, STR_FMT "\n", STR_ARG(guide->calls.items[i]));
    }
    for (size_t i = 0; i < row->plan_count; i++) {
        put_plan_text(p, row, row->plans[i]);
        put_stand_ins_text(p, row->plans[i]);
    }
}

static void put_counts_text(const struct printing *p, const size_t counts[DOCS_STATES])
{
    size_t all = 0;
    for (size_t s = 0; s < DOCS_STATES; s++)
        all += counts[s];
    buf_printf(p->out, "%zu rows", all);
    for (size_t s = 0, told = 0; s < DOCS_STATES; s++)
        if (counts[s])
            buf_printf(p->out, "%s%zu %s", told++ ? ", " : ": ", counts[s],
                       docs_state_name((enum docs_state)s));
    buf_add_char(p->out, '\n');
}

static void put_text(const struct printing *p)
{
    const struct guide_area *area = NULL;
    buf_add_str(p->out, STR("  "));
    put_cell(p, STR("state"), STATE);
    put_cell(p, STR("legacy call"), CALL);
    buf_add_str(p->out, STR("name\n"));
    for (size_t i = 0; i < p->coverage->count; i++) {
        const struct docs_row *row = &p->coverage->rows[i];
        if (row->area != area)
            buf_printf(p->out, STR_FMT "\n", STR_ARG(row->area->name));
        area = row->area;
        put_row_text(p, row);
    }
    buf_add_str(p->out, STR("\nthe guide: "));
    put_counts_text(p, p->coverage->guide);
    buf_add_str(p->out, STR("besides it: "));
    put_counts_text(p, p->coverage->beyond);
}

/* ---- JSON ---- */

static void put_key_text(struct json_writer *w, const char *key, struct str text)
{
    json_put_key(w, str_from(key));
    json_put_string(w, text);
}

static void put_key_texts(struct json_writer *w, const char *key, const struct guide_texts *texts)
{
    json_put_key(w, str_from(key));
    json_open_array(w);
    for (size_t i = 0; i < texts->count; i++)
        json_put_string(w, texts->items[i]);
    json_close_array(w);
}

static void put_key_number(struct json_writer *w, const char *key, uint64_t number)
{
    json_put_key(w, str_from(key));
    json_put_i64(w, (int64_t)number);
}

/* "loses": {"request": {field: sentence}, "answer": ...} */
static void put_losses_json(struct json_writer *w, const struct plan *plan)
{
    json_put_key(w, STR("loses"));
    json_open_object(w);
    for (int answer = 0; answer < 2; answer++) {
        json_put_key(w, answer ? STR("answer") : STR("request"));
        json_open_object(w);
        for (size_t i = 0; i < plan_losses(plan); i++) {
            struct plan_loss loss = plan_loss_at(plan, i);
            if (loss.answer == (answer == 1)) {
                json_put_key(w, loss.field);
                json_put_string(w, loss.says);
            }
        }
        json_close_object(w);
    }
    json_close_object(w);
}

/* "stand_ins": [{"enum", "value", "seen": {value: count}}] */
static void put_stand_ins_json(const struct printing *p, struct json_writer *w,
                               const struct plan *plan)
{
    struct plan_stand_in items[STAND_INS];
    size_t count = plan_stand_ins(plan, items, STAND_INS);
    json_put_key(w, STR("stand_ins"));
    json_open_array(w);
    for (size_t i = 0; i < count && i < STAND_INS; i++) {
        struct json at = JSON_NONE;
        struct str value;
        uint64_t times;
        json_open_object(w);
        put_key_text(w, "enum", items[i].name);
        if (items[i].value.p)
            put_key_text(w, "value", items[i].value);
        json_put_key(w, STR("seen"));
        json_open_object(w);
        while (seen_value(p->seen, plan_name(plan), items[i].name, &at, &value, &times)) {
            json_put_key(w, value);
            json_put_i64(w, (int64_t)times);
        }
        json_close_object(w);
        json_close_object(w);
    }
    json_close_array(w);
    json_put_key(w, STR("gone"));
    json_put_bool(w, seen_gone(p->seen, plan_name(plan)));
}

static void put_plan_json(const struct printing *p, struct json_writer *w, const struct plan *plan)
{
    json_open_object(w);
    put_key_text(w, "table", plan_name(plan));
    put_key_text(w, "version", plan_version(plan).p ? plan_version(plan) : STR(""));
    put_key_text(w, "upstream", plan_upstream(plan).p ? plan_upstream(plan) : STR(""));
    put_key_text(w, "about", plan_about(plan));
    put_key_text(w, "state", docs_plan_state(plan, p->arena));
    put_key_number(w, "losses", plan_losses(plan));
    put_losses_json(w, plan);
    put_stand_ins_json(p, w, plan);
    json_put_key(w, STR("calls"));
    json_open_array(w);
    for (unsigned i = 0; i < plan_call_count(plan); i++)
        json_put_string(w, docs_plan_call(p->sources, plan, i, p->arena));
    json_close_array(w);
    json_close_object(w);
}

static void put_events_json(struct json_writer *w, const struct guide_row *row)
{
    put_key_number(w, "webhook", row->type);
    json_put_key(w, STR("becomes"));
    json_open_array(w);
    for (size_t i = 0; i < row->event_count; i++) {
        json_open_object(w);
        put_key_number(w, "webhook", row->events[i].type);
        put_key_text(w, "name", row->events[i].name);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_row_json(const struct printing *p, struct json_writer *w,
                         const struct docs_row *row)
{
    const struct guide_row *guide = row->row;
    json_open_object(w);
    put_key_text(w, "area", row->area->name);
    put_key_text(w, "name", guide->name);
    json_put_key(w, STR("guide"));
    json_put_bool(w, !guide->beyond);
    put_key_text(w, "state", str_from(docs_state_name(row->state)));
    put_key_number(w, "losses", row->losses);
    put_key_texts(w, "legacy", &guide->calls);
    put_key_texts(w, "v202309", &guide->upstream);
    put_key_texts(w, "instead", &guide->instead);
    if (guide->type)
        put_events_json(w, guide);
    json_put_key(w, STR("tables"));
    json_open_array(w);
    for (size_t i = 0; i < row->plan_count; i++)
        put_plan_json(p, w, row->plans[i]);
    json_close_array(w);
    json_close_object(w);
}

static void put_counts_json(struct json_writer *w, const char *key,
                            const size_t counts[DOCS_STATES])
{
    json_put_key(w, str_from(key));
    json_open_object(w);
    for (size_t s = 0; s < DOCS_STATES; s++)
        put_key_number(w, docs_state_name((enum docs_state)s), counts[s]);
    json_close_object(w);
}

static void put_json(const struct printing *p)
{
    struct json_writer w;
    json_writer_init(&w, p->out);
    json_open_object(&w);
    json_put_key(&w, STR("rows"));
    json_open_array(&w);
    for (size_t i = 0; i < p->coverage->count; i++)
        put_row_json(p, &w, &p->coverage->rows[i]);
    json_close_array(&w);
    put_counts_json(&w, "guide", p->coverage->guide);
    put_counts_json(&w, "beyond", p->coverage->beyond);
    json_close_object(&w);
    buf_add_char(p->out, '\n');
}

/* ---- the command ---- */

static int print(const struct run *run, const struct docs_sources *sources,
                 const struct docs_coverage *coverage)
{
    const struct routes_options *options = run->own;
    struct buf out;
    struct seen seen = {.arena = run->config->arena};
    if (options->admin && !seen_ask(&seen, options->admin, run->config->arena))
        return EXIT_UNREACHABLE;
    buf_init(&out, (size_t)16 << 20);
    const struct printing p = {sources, coverage, &seen, run->config->arena, &out};
    if (options->format == 1)
        put_json(&p);
    else if (options->format == 2)
        docs_put_summary(coverage, "docs/reference/", &out);
    else
        put_text(&p);
    bool good = print_buf(stdout, &out);
    buf_clear(&out);
    return good ? EXIT_GOOD : EXIT_FINDINGS;
}

static int run(const struct run *run)
{
    struct reference reference;
    struct docs_coverage coverage;
    int code = EXIT_CONFIG;
    if (reference_load(run, &reference)) {
        const struct docs_sources sources = reference_sources(&reference);
        if (docs_cover(&sources, run->config->arena, &coverage))
            code = print(run, &sources, &coverage);
        else
            fprintf(stderr, "shopshim: out of memory\n");
    }
    reference_clear(&reference);
    return code;
}

const struct verb verb_routes = {
    .name = "routes",
    .synopsis = "[--mappings DIR] [--format text|json|markdown] [--admin HOST:PORT]",
    .about = "what is covered: each row of the upgrade guide, its state and its calls",
    .more =
        "Behind the calls of a table stand its enums: what an app is given for a value of v202309\n"
        "that the table does not know and, from a running proxy, the values that it has seen.",
    .bit = VERB_ROUTES,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
