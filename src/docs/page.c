/*
 * The pages: one for each area, and the index of them. See docs.h.
 */
#include "docs/inside.h"

#include <stdio.h>
#include <stdlib.h>

enum { DOCS_MEMORY = 512 << 20, PAGE_MAX = 64 << 20 };

static const char origin[] = "<!-- Made by `shopshim docs` from tables and contracts. -->\n";

struct writing {
    const struct docs_sources *sources;
    struct docs_coverage coverage;
    struct arena *arena;
    struct docs_pages *pages;
};

/* The rows of one area: [from, to). */
struct span {
    size_t from, to;
};

static struct span next_area(const struct docs_coverage *coverage, size_t from)
{
    size_t to = from;
    while (to < coverage->count && coverage->rows[to].area == coverage->rows[from].area)
        to++;
    return (struct span){from, to};
}

static size_t area_count(const struct docs_coverage *coverage)
{
    size_t areas = 0;
    for (struct span s = {0, 0}; s.to < coverage->count; areas++)
        s = next_area(coverage, s.to);
    return areas;
}

/* ---- one area ---- */

static void put_texts(const struct guide_texts *texts, struct buf *out)
{
    for (size_t i = 0; i < texts->count; i++)
        buf_printf(out, "%s`" STR_FMT "`", i ? ", " : "", STR_ARG(texts->items[i]));
}

/* What the guide names for a row: calls, webhooks, or what it recommends. */
static void put_successor(const struct guide_row *row, struct buf *out)
{
    put_texts(&row->upstream, out);
    for (size_t i = 0; i < row->event_count; i++)
        buf_printf(out, "%stype %llu: " STR_FMT, i ? ", " : "",
                   (unsigned long long)row->events[i].type, STR_ARG(row->events[i].name));
    if (row->instead.count)
        buf_add_str(out, STR("no upgrade; recommended: "));
    put_texts(&row->instead, out);
    if (row->note.p)
        buf_printf(out, " (" STR_FMT ")", STR_ARG(row->note));
}

static void put_row_name(const struct docs_row *row, struct buf *out)
{
    const struct guide_row *guide = row->row;
    if (row->plan_count) {
        buf_add_str(out, STR("["));
        buf_add_str(out, guide->name);
        buf_add_str(out, STR("](#"));
        for (size_t i = 0; i < guide->name.n; i++) {
            char c = guide->name.p[i];
            if (c == ' ')
                buf_add_char(out, '-');
            else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
                buf_add_char(out, c);
            else if (c >= 'A' && c <= 'Z')
                buf_add_char(out, (char)(c - 'A' + 'a'));
        }
        buf_add_str(out, STR(")"));
    } else if (guide->type) {
        buf_printf(out, "type %llu: " STR_FMT, (unsigned long long)guide->type,
                   STR_ARG(guide->name));
    } else {
        buf_add_str(out, guide->name);
    }
}

static void put_overview(const struct writing *w, struct span span, struct buf *out)
{
    buf_add_str(out, STR("\n| endpoint | legacy call | state | the guide's v202309 |\n"
                         "|---|---|---|---|\n"));
    for (size_t i = span.from; i < span.to; i++) {
        const struct docs_row *row = &w->coverage.rows[i];
        struct str state = docs_state_text(row->state, row->losses, w->arena);
        buf_add_str(out, STR("| "));
        put_row_name(row, out);
        buf_add_str(out, STR(" | "));
        put_texts(&row->row->calls, out);
        buf_printf(out, " | " STR_FMT " | ", STR_ARG(state));
        put_successor(row->row, out);
        buf_add_str(out, STR(" |\n"));
    }
}

static size_t put_row(const struct writing *w, const struct docs_row *row, struct buf *out)
{
    size_t missing = 0;
    if (row->plan_count)
        buf_printf(out, "\n## " STR_FMT "\n", STR_ARG(row->row->name));
    for (size_t i = 0; i < row->plan_count; i++)
        missing += put_endpoint(w->sources, row->plans[i], w->arena, out);
    return missing;
}

static void put_area(struct writing *w, struct span span, struct docs_page *page)
{
    const struct docs_row *first = &w->coverage.rows[span.from];
    struct buf *out = &page->text;
    snprintf(page->name, sizeof page->name, STR_FMT ".md", STR_ARG(first->area->page));
    buf_add_str(out, str_from(origin));
    buf_printf(out, "\n# " STR_FMT "\n", STR_ARG(first->area->name));
    put_overview(w, span, out);
    for (size_t i = span.from; i < span.to; i++)
        page->missing += put_row(w, &w->coverage.rows[i], out);
    put_enums(first, span.to - span.from, w->arena, out);
}

/* ---- errors ---- */

static bool put_errors_page(const struct writing *w)
{
    struct docs_page *page = &w->pages->items[w->pages->count++];
    snprintf(page->name, sizeof page->name, "errors.md");
    buf_init(&page->text, PAGE_MAX);
    buf_add_str(&page->text, str_from(origin));
    put_errors(w->sources, w->arena, &page->text);
    return !buf_failed(&page->text) && !arena_failed(w->arena);
}

/* ---- the index ---- */

static void put_counts(const size_t counts[DOCS_STATES], struct buf *out)
{
    for (size_t s = 0; s < DOCS_STATES; s++)
        buf_printf(out, " %zu |", counts[s]);
    buf_add_char(out, '\n');
}

static void put_states(struct buf *out)
{
    for (size_t s = 0; s < DOCS_STATES; s++)
        buf_printf(out, " %s |", docs_state_name((enum docs_state)s));
    buf_add_char(out, '\n');
}

void docs_put_summary(const struct docs_coverage *coverage, const char *pages, struct buf *out)
{
    size_t all[DOCS_STATES] = {0};
    buf_add_str(out, STR("| area |"));
    put_states(out);
    buf_add_str(out, STR("|---|"));
    for (size_t s = 0; s < DOCS_STATES; s++)
        buf_add_str(out, STR("--:|"));
    buf_add_char(out, '\n');
    for (struct span span = {0, 0}; span.to < coverage->count;) {
        size_t counts[DOCS_STATES] = {0};
        span = next_area(coverage, span.to);
        const struct guide_area *area = coverage->rows[span.from].area;
        for (size_t i = span.from; i < span.to; i++) {
            counts[coverage->rows[i].state]++;
            all[coverage->rows[i].state]++;
        }
        buf_printf(out, "| [" STR_FMT "](%s" STR_FMT ".md) |", STR_ARG(area->name), pages,
                   STR_ARG(area->page));
        put_counts(counts, out);
    }
    buf_add_str(out, STR("| all |"));
    put_counts(all, out);
}

static void put_index(struct writing *w, struct docs_page *page)
{
    struct buf *out = &page->text;
    size_t missing = 0;
    snprintf(page->name, sizeof page->name, "README.md");
    for (size_t i = 1; i < w->pages->count; i++)
        missing += w->pages->items[i].missing;
    buf_add_str(out, str_from(origin));
    buf_add_str(out,
                STR("\n# Reference\n\n"
                    "Every endpoint of the retired API as the official upgrade guide lists it, "
                    "and what\nshopshim makes of it: which calls, where each field goes and "
                    "comes from, what is lost.\n\n"));
    docs_put_summary(&w->coverage, "", out);
    buf_add_str(out,
                STR("\n- *whole*: every field of both messages is carried over\n"
                    "- *with losses*: the table says which fields are not, and why; an app that "
                    "sends one\n  reads its name in a header of the answer\n"
                    "- *refused*: answered with what to call instead\n"
                    "- *not yet*: refused by name\n"
                    "- *no counterpart*: v202309 has nothing like it; refused with advice\n"
                    "- *native*: new in v202309, called as it is\n"
                    "- *pushed*: the service sends it straight to the app, in its v202309 form; "
                    "shopshim does\n  not stand between\n\n"
                    "In the pages a field of an answer is written with the name of the call "
                    "before it:\n`found.items[].id` is `items[].id` in the `data` of the call "
                    "`found`.\n\nWhat an app is told when something goes wrong stands in "
                    "[errors](errors.md).\n"));
    if (missing)
        buf_printf(out,
                   "\nFields of which no table says anything: %zu. They are marked **missing**.\n",
                   missing);
    page->missing = missing;
}

bool docs_write(const struct docs_sources *sources, struct docs_pages *pages)
{
    struct writing w = {.sources = sources, .arena = arena_new(DOCS_MEMORY), .pages = pages};
    *pages = (struct docs_pages){0};
    bool good = w.arena && docs_cover(sources, w.arena, &w.coverage);
    if (good)
        pages->items = calloc(area_count(&w.coverage) + 2, sizeof *pages->items);
    good = good && pages->items;
    if (good)
        buf_init(&pages->items[pages->count++].text, PAGE_MAX);
    for (struct span span = {0, 0}; good && span.to < w.coverage.count;) {
        struct docs_page *page = &pages->items[pages->count++];
        span = next_area(&w.coverage, span.to);
        buf_init(&page->text, PAGE_MAX);
        put_area(&w, span, page);
        good = !buf_failed(&page->text) && !arena_failed(w.arena);
    }
    good = good && put_errors_page(&w);
    if (good)
        put_index(&w, &pages->items[0]);
    arena_free(w.arena);
    return good && !buf_failed(&pages->items[0].text);
}

void docs_clear(struct docs_pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        buf_clear(&pages->items[i].text);
    free(pages->items);
    *pages = (struct docs_pages){0};
}
