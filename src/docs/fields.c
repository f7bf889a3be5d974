/*
 * The two tables of fields of an endpoint: every field of the legacy contracts in their order,
 * then what the table takes or makes beyond them. See inside.h.
 *
 * A field of which the table says nothing is told as missing, and counted.
 */
#include "docs/inside.h"

struct line {
    struct str path;                    /* "lines[].id" */
    struct str plain;                   /* "lines.id" */
    const struct contract_field *field; /* NULL: not in the contracts */
    const struct type *type;            /* of `accept`, or NULL */
};

struct lines {
    struct line *items;
    size_t count, room;
};

static const char missing_words[] = "**missing**";

void put_cell(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '|')
            buf_add_char(out, '\\');
        buf_add_char(out, text.p[i] == '\n' ? ' ' : text.p[i]);
    }
}

/* ---- which fields ---- */

static void add_line(const struct teller *t, struct lines *lines, struct line line)
{
    line.plain = plain_path(t->arena, line.path);
    for (size_t i = 0; i < lines->count; i++)
        if (str_eq(lines->items[i].plain, line.plain))
            return;
    if (lines->count == lines->room) {
        size_t room = lines->room ? lines->room * 2 : 128;
        struct line *wider =
            arena_resize(t->arena, lines->items, lines->room * sizeof *wider, room * sizeof *wider);
        if (!wider)
            return;
        lines->items = wider;
        lines->room = room;
    }
    lines->items[lines->count++] = line;
}

static void add_section(const struct teller *t, struct lines *lines,
                        const struct contract_fields *section, bool request)
{
    for (size_t i = 0; i < section->count; i++) {
        struct line line = {.path = section->items[i].path, .field = &section->items[i]};
        if (request)
            line.type = accepted_type(t, plain_path(t->arena, line.path));
        add_line(t, lines, line);
    }
}

/* What `accept` takes, with all that is in it. */
static void add_accepted(const struct teller *t, struct lines *lines, struct str above,
                         const struct type *type)
{
    while (type->kind == TYPE_ITEMS) {
        above = arena_printf(t->arena, STR_FMT "[]", STR_ARG(above));
        type = type->item;
    }
    for (size_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        struct str path = join_path(t->arena, above, field->name);
        struct str shown = field->type.kind == TYPE_ITEMS
                               ? arena_printf(t->arena, STR_FMT "[]", STR_ARG(path))
                               : path;
        add_line(t, lines, (struct line){.path = shown, .type = &field->type});
        add_accepted(t, lines, path, &field->type);
    }
}

/* ---- types ---- */

static void put_range(bool has_low, int64_t low, bool has_high, int64_t high, struct buf *out)
{
    if (has_low && has_high)
        buf_printf(out, ", %lld to %lld", (long long)low, (long long)high);
    else if (has_low)
        buf_printf(out, ", from %lld", (long long)low);
    else if (has_high)
        buf_printf(out, ", up to %lld", (long long)high);
}

void put_type(const struct type *type, struct buf *out)
{
    if (type->kind == TYPE_ITEMS) {
        buf_add_str(out, STR("list of "));
        put_type(type->item, out);
    } else {
        buf_add_str(out, str_from(type->kind == TYPE_FIELDS ? "object" : type_name(type->kind)));
    }
    if (type->ranged)
        put_range(true, type->low, type->high != INT64_MAX, type->high, out);
    for (size_t i = 0; i < type->set_count; i++)
        buf_printf(out, "%s`" STR_FMT "`", i ? ", " : ": ", STR_ARG(type->set[i]));
    if (type->has_preset)
        buf_printf(out, ", `" STR_FMT "` when absent", STR_ARG(type->preset.json));
    else if (type->optional)
        buf_add_str(out, STR(", optional"));
}

enum { VALUES_SHOWN = 12 };

static void put_contract_type(const struct contract_field *f, bool request, struct buf *out)
{
    buf_printf(out, "%s%s", f->list ? "list of " : "", contract_type_name(f->type));
    if (f->also != CONTRACT_NONE)
        buf_printf(out, " or %s", contract_type_name(f->also));
    if (f->unit != CONTRACT_NO_UNIT)
        buf_add_str(out, f->unit == CONTRACT_SECONDS ? STR(", seconds") : STR(", milliseconds"));
    put_range(f->has_min, f->min, f->has_max, f->max, out);
    for (size_t i = 0; i < f->value_count && f->value_count <= VALUES_SHOWN; i++)
        buf_printf(out, "%s`" STR_FMT "`", i ? ", " : ": ", STR_ARG(f->values[i]));
    if (request && !f->required)
        buf_add_str(out, STR(", optional"));
}

/* ---- losses ---- */

/* The sentence for a path, or for one above it. */
static struct str lost(const struct teller *t, const struct sentence *list, size_t count,
                       struct str plain)
{
    struct str best = STR_NONE;
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        struct str path = plain_path(t->arena, list[i].path.text);
        bool covers = str_starts(plain, path) && (plain.n == path.n || plain.p[path.n] == '.');
        if (covers && path.n > length) {
            best = list[i].text;
            length = path.n;
        }
    }
    return best;
}

static void put_loss(struct str loss, bool more, struct buf *out)
{
    buf_add_str(out, more ? STR("; ") : STR(""));
    buf_add_str(out, STR("*lost:* "));
    put_cell(loss, out);
}

static void begin_line(const struct teller *t, const struct line *line, bool request,
                       struct buf *out)
{
    struct buf type;
    buf_init_arena(&type, 65536, t->arena);
    if (line->type)
        put_type(line->type, &type);
    else if (line->field)
        put_contract_type(line->field, request, &type);
    buf_printf(out, "| `" STR_FMT "` | ", STR_ARG(line->path));
    put_cell(buf_str(&type), out);
    buf_add_str(out, STR(" | "));
}

static bool has_below(const struct lines *lines, struct str plain)
{
    for (size_t i = 0; i < lines->count; i++) {
        struct str other = lines->items[i].plain;
        if (other.n > plain.n && other.p[plain.n] == '.' && str_starts(other, plain))
            return true;
    }
    return false;
}

static void put_with(const struct note *whole, struct buf *out)
{
    buf_printf(out, "with `" STR_FMT "`", STR_ARG(whole->path));
}

/* ---- the request ---- */

static bool put_request_line(const struct teller *t, const struct lines *lines,
                             const struct line *line, struct buf *out)
{
    const struct plan *plan = t->plan;
    struct str uses = notes_text(t, &t->uses, line->plain);
    struct str loss = lost(t, plan->lost_in_request, plan->lost_in_request_count, line->plain);
    const struct note *whole = notes_whole(&t->uses, line->plain);
    bool object = has_below(lines, line->plain) && notes_below(&t->uses, line->plain);
    begin_line(t, line, true, out);
    if (uses.p)
        put_cell(uses, out);
    else if (whole && !loss.p)
        put_with(whole, out);
    else if (object)
        buf_add_str(out, STR("by its members"));
    else if (!loss.p)
        buf_add_str(out, str_from(missing_words));
    if (loss.p)
        put_loss(loss, uses.p || object, out);
    buf_add_str(out, STR(" |\n"));
    return uses.p || whole || object || loss.p;
}

void put_request(struct teller *t, struct buf *out, size_t *missing)
{
    struct lines lines = {0};
    const struct type root = {
        .kind = TYPE_FIELDS, .fields = t->plan->fields, .field_count = t->plan->field_count};
    for (size_t i = 0; i < t->legacy_count; i++) {
        add_section(t, &lines, &t->legacy[i]->params, true);
        add_section(t, &lines, &t->legacy[i]->query, true);
        add_section(t, &lines, &t->legacy[i]->body, true);
    }
    add_accepted(t, &lines, STR(""), &root);
    if (!lines.count) {
        buf_add_str(out, STR("\nThe request has no fields of its own.\n"));
        return;
    }
    buf_add_str(out, STR("\n| field of the request | type | goes to |\n|---|---|---|\n"));
    for (size_t i = 0; i < lines.count; i++)
        *missing += !put_request_line(t, &lines, &lines.items[i], out);
}

/* ---- the answer ---- */

/*
 * A member of what is handed on whole. False when v202309 is known to have none of that name,
 * so that nothing makes it.
 */
static bool put_handed_on(const struct teller *t, const struct note *whole, struct str plain,
                          struct buf *out)
{
    struct str rest = str_of(plain.p + whole->path.n + 1, plain.n - whole->path.n - 1);
    const struct contract_fields *section = NULL;
    const struct contract_field *field = trail_field(t, whole->trail, &section);
    struct str path = rest;
    if (!field || !field->child) {
        put_with(whole, out);
        return true;
    }
    while (rest.p && field)
        field = contract_member(section, field, str_cut(&rest, '.'));
    if (field)
        tell_trail(t, trail_below(t, trail_element(t, whole->trail), path), out);
    return field != NULL;
}

static bool put_answer_line(const struct teller *t, const struct lines *lines,
                            const struct line *line, struct buf *out)
{
    const struct plan *plan = t->plan;
    struct str sources = notes_text(t, &t->made, line->plain);
    struct str loss = lost(t, plan->lost_in_answer, plan->lost_in_answer_count, line->plain);
    const struct note *whole = notes_whole(&t->made, line->plain);
    bool object = has_below(lines, line->plain) && notes_below(&t->made, line->plain);
    bool told = true;
    begin_line(t, line, false, out);
    if (sources.p)
        put_cell(sources, out);
    else if (object)
        buf_add_str(out, STR("by its members"));
    else if (!whole || !put_handed_on(t, whole, line->plain, out))
        told = false;
    if (loss.p)
        put_loss(loss, told, out);
    else if (!told)
        buf_add_str(out, str_from(missing_words));
    buf_add_str(out, STR(" |\n"));
    return told || loss.p;
}

void put_answer(struct teller *t, struct buf *out, size_t *missing)
{
    struct lines lines = {0};
    for (size_t i = 0; i < t->legacy_count; i++)
        add_section(t, &lines, &t->legacy[i]->answer, false);
    for (size_t i = 0; i < t->made.count; i++)
        if (t->made.items[i].path.n)
            add_line(t, &lines, (struct line){.path = t->made.items[i].path});
    if (!lines.count) {
        buf_add_str(out, STR("\nThe answer has no fields.\n"));
        return;
    }
    buf_add_str(out, STR("\n| field of the answer | type | comes from |\n|---|---|---|\n"));
    t->answering = true;
    for (size_t i = 0; i < lines.count; i++)
        *missing += !put_answer_line(t, &lines, &lines.items[i], out);
    t->answering = false;
}
