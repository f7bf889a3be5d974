/*
 * routes: what the loaded tables cover, one line for each legacy endpoint.
 *
 * The state is `whole`, or how many sentences of `loses` confess what is not carried over; a
 * table without calls refuses with advice.
 */
#include "cli/print.h"
#include "cli/tables.h"
#include "cli/verbs.h"
#include "json/writer.h"

struct routes_options {
    int format;
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
     .help = "how to print"},
};

enum { COLUMNS = 4 };

static struct str state_of(const struct plan *plan, struct arena *arena)
{
    size_t losses = plan_losses(plan);
    if (plan_call_count(plan) == 0)
        return STR("refused");
    if (losses == 0)
        return STR("whole");
    return arena_printf(arena, "%zu loss%s", losses, losses == 1 ? "" : "es");
}

static struct str calls_of(const struct plan *plan, const char *between, struct arena *arena)
{
    struct buf text;
    buf_init(&text, 65536);
    for (unsigned i = 0; i < plan_call_count(plan); i++)
        buf_printf(&text, "%s" STR_FMT, i ? between : "", STR_ARG(plan_call_at(plan, i)->send));
    struct str kept = arena_str(arena, buf_str(&text));
    buf_clear(&text);
    return kept;
}

static struct str version_of(const struct plan *plan)
{
    return plan_version(plan).n ? plan_version(plan) : STR("all");
}

/* The header's row and one for each plan. */
static struct str *cells_of(const struct plans *plans, const char *between, struct arena *arena)
{
    size_t rows = plans_count(plans) + 1;
    struct str *cells = ARENA_ARRAY(arena, struct str, rows * COLUMNS);
    if (!cells)
        return NULL;
    cells[0] = STR("legacy");
    cells[1] = STR("version");
    cells[2] = STR("v202309");
    cells[3] = STR("state");
    for (size_t i = 1; i < rows; i++) {
        const struct plan *plan = plans_at(plans, i - 1);
        cells[i * COLUMNS] = plan_legacy(plan);
        cells[i * COLUMNS + 1] = version_of(plan);
        cells[i * COLUMNS + 2] = calls_of(plan, between, arena);
        cells[i * COLUMNS + 3] = state_of(plan, arena);
    }
    return cells;
}

static void put_text(const struct plans *plans, struct arena *arena, struct buf *out)
{
    struct str *cells = cells_of(plans, ", ", arena);
    if (cells)
        print_columns(cells, plans_count(plans) + 1, COLUMNS, out);
}

static void put_markdown(const struct plans *plans, struct arena *arena, struct buf *out)
{
    struct str *cells = cells_of(plans, "`, `", arena);
    if (!cells)
        return;
    buf_add_str(out, STR("| legacy | `version` | v202309 | state |\n|---|---|---|---|\n"));
    for (size_t i = 1; i <= plans_count(plans); i++) {
        const struct str *row = &cells[i * COLUMNS];
        const char *tick = row[2].n ? "`" : "";
        buf_printf(out, "| `" STR_FMT "` | " STR_FMT " | %s" STR_FMT "%s | " STR_FMT " |\n",
                   STR_ARG(row[0]), STR_ARG(row[1]), tick, STR_ARG(row[2]), tick, STR_ARG(row[3]));
    }
}

static void put_plan(struct json_writer *w, const struct plan *plan)
{
    json_open_object(w);
    json_put_key(w, STR("table"));
    json_put_string(w, plan_name(plan));
    json_put_key(w, STR("legacy"));
    json_put_string(w, plan_legacy(plan));
    json_put_key(w, STR("version"));
    json_put_string(w, plan_version(plan));
    json_put_key(w, STR("about"));
    json_put_string(w, plan_about(plan));
    json_put_key(w, STR("calls"));
    json_open_array(w);
    for (unsigned i = 0; i < plan_call_count(plan); i++)
        json_put_string(w, plan_call_at(plan, i)->send);
    json_close_array(w);
    json_put_key(w, STR("losses"));
    json_put_i64(w, (int64_t)plan_losses(plan));
    json_close_object(w);
}

static void put_json(const struct plans *plans, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_open_array(&w);
    for (size_t i = 0; i < plans_count(plans); i++)
        put_plan(&w, plans_at(plans, i));
    json_close_array(&w);
    buf_add_char(out, '\n');
}

static int run(const struct run *run)
{
    struct plans *plans = tables_for(run, VERB_ROUTES);
    if (!plans)
        return EXIT_CONFIG;
    const struct routes_options *options = run->own;
    struct buf out;
    buf_init(&out, (size_t)4 << 20);
    if (options->format == 1)
        put_json(plans, &out);
    else if (options->format == 2)
        put_markdown(plans, run->config->arena, &out);
    else
        put_text(plans, run->config->arena, &out);
    bool good = print_buf(stdout, &out);
    buf_clear(&out);
    plans_unref(plans);
    return good ? EXIT_GOOD : EXIT_FINDINGS;
}

const struct verb verb_routes = {
    .name = "routes",
    .synopsis = "[--mappings DIR] [--format text|json|markdown]",
    .about = "what the tables cover: each legacy endpoint, its calls and its losses",
    .bit = VERB_ROUTES,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
