/*
 * The answer: the contract's fields, filled from records and written as JSON.
 *
 * A field comes from the record where its template names it, else from the fallback rules, so
 * that every field of a contract has a value of its type; what a template leaves absent is
 * left out. Texts are escaped as the shop's own service does it: <, > and & as \u00XX too.
 */
#include "sandbox/cache.h"
#include "sandbox/visit.h"

enum { DEPTH_MAX = 24 };

struct writer {
    struct visit *visit;
    struct buf *out;
    struct place *loose; /* where the rolls of fallbacks come from */
    unsigned depth;
};

static void escape(unsigned char c, struct buf *out)
{
    if (c == '"' || c == '\\') {
        buf_add_char(out, '\\');
        buf_add_char(out, (char)c);
    } else if (c == '\n') {
        buf_add_str(out, STR("\\n"));
    } else if (c == '\t') {
        buf_add_str(out, STR("\\t"));
    } else if (c == '\r') {
        buf_add_str(out, STR("\\r"));
    } else {
        buf_printf(out, "\\u%04x", c);
    }
}

static bool plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static void quote(struct str text, struct buf *out)
{
    buf_add_char(out, '"');
    for (size_t i = 0, begin = 0; begin < text.n; begin = i) {
        while (i < text.n && plain((unsigned char)text.p[i]))
            i++;
        buf_add(out, text.p + begin, i - begin);
        if (i < text.n)
            escape((unsigned char)text.p[i++], out);
    }
    buf_add_char(out, '"');
}

/* The JSON type that a field is written with: what real messages have, then the declared. */
static enum contract_type written_type(const struct contract_field *f)
{
    static const enum contract_type order[] = {CONTRACT_INT, CONTRACT_FLOAT, CONTRACT_BOOL,
                                               CONTRACT_STRING};
    for (size_t i = 0; f->seen && i < sizeof order / sizeof *order; i++)
        if (f->seen & 1u << order[i])
            return order[i];
    return f->type == CONTRACT_FLOAT && f->also == CONTRACT_STRING ? CONTRACT_STRING : f->type;
}

/* Trouble on order: a value that nobody knows, instead of one of an enum's texts. */
static bool unknown_enum(struct writer *w, const struct contract_field *f)
{
    const struct harm *harm = &w->visit->harm;
    if (!harm->unknown.p || !f->value_count || written_type(f) != CONTRACT_STRING ||
        !(glob_match(harm->field, f->path) || glob_match(harm->field, f->name)))
        return false;
    quote(harm->unknown, w->out);
    return true;
}

static void write_scalar(struct writer *w, const struct contract_field *f, struct value v)
{
    if (unknown_enum(w, f))
        return;
    struct str text = value_str(v, w->visit->arena);
    int64_t whole;
    bool good = text.p != NULL;
    switch (written_type(f)) {
    case CONTRACT_INT:
        good = good && str_to_i64(text, &whole);
        break;
    case CONTRACT_FLOAT:
        good = good && json_is_number(text);
        break;
    case CONTRACT_BOOL:
        good = v.kind == VALUE_BOOL;
        break;
    default:
        if (good)
            quote(text, w->out);
        break;
    }
    if (!good) {
        rule_fault(&w->visit->run, STR_FMT " is %s, not %s", STR_ARG(f->path),
                   value_kind_name(v.kind), contract_type_name(f->type));
        buf_add_str(w->out, STR("null"));
    } else if (written_type(f) != CONTRACT_STRING) {
        buf_add_str(w->out, text);
    }
}

static void write_object(struct writer *w, const struct contract_field *f, struct value source);
static void write_loose(struct writer *w, const struct contract_field *f);

static void write_element(struct writer *w, const struct contract_field *f, struct value v)
{
    if (f->type == CONTRACT_OBJECT)
        write_object(w, f, v);
    else
        write_scalar(w, f, v);
}

/* ---- rows that were written before ---- */

/* What the JSON of a record depends on, besides the seed and the generation. */
struct cell {
    const struct contract_field *field;
    const struct entity *entity;
    uint64_t index;
    unsigned shop;
    unsigned caller; /* 1 + the caller's shop; 0: none */
};

/* Only whole records as the world has them, and no answers that trouble changed. */
static bool is_cell(const struct writer *w, struct value v)
{
    if (v.kind != VALUE_PLACE || w->visit->harm.unknown.p)
        return false;
    const struct record *record = v.place->record;
    return v.place == record->root && record->entity && !record->original;
}

static void write_record(struct writer *w, const struct contract_field *f, struct value v)
{
    struct run *run = &w->visit->run;
    struct cache *cache = w->visit->core->cells;
    const struct record *record = v.place->record;
    struct cell cell;
    memset(&cell, 0, sizeof cell);
    cell.field = f;
    cell.entity = record->entity;
    cell.index = record->index;
    cell.shop = record->shop;
    cell.caller = run->has_shop ? run->shop + 1 : 0;
    struct str key = str_of((const char *)&cell, sizeof cell), known;
    cache_turn(cache, w->visit->core->world.generation);
    if (cache_get(cache, key, &known)) {
        buf_add_str(w->out, known);
        return;
    }
    size_t begin = w->out->n;
    unsigned outside = run->touched; /* of the record around this one */
    run->touched = 0;
    write_object(w, f, v);
    if (!run->faulty && !(run->touched & RUN_CALLER) && !buf_failed(w->out) &&
        !arena_failed(run->arena))
        cache_put(cache, key, str_of(w->out->p + begin, w->out->n - begin));
    run->touched |= outside;
}

static void write_value(struct writer *w, const struct contract_field *f, struct value v)
{
    if (!f->list) {
        write_element(w, f, v);
        return;
    }
    size_t count = run_list_count(&w->visit->run, v);
    struct place *outer = w->loose;
    buf_add_char(w->out, '[');
    for (size_t i = 0, written = 0; i < count; i++) {
        struct value element = run_list_at(&w->visit->run, v, i);
        if (!value_exists(element))
            continue;
        if (written++)
            buf_add_char(w->out, ',');
        if (f->type == CONTRACT_OBJECT && is_cell(w, element)) {
            write_record(w, f, element);
            continue;
        }
        w->loose = run_loose_place(&w->visit->run, outer, f->name, (uint32_t)i, true);
        if (w->loose)
            write_element(w, f, element);
        w->loose = outer;
    }
    buf_add_char(w->out, ']');
}

static void write_name(struct writer *w, const struct contract_field *f, bool *comma)
{
    if (*comma)
        buf_add_char(w->out, ',');
    *comma = true;
    quote(f->name, w->out);
    buf_add_char(w->out, ':');
}

/* ---- fields that no template names ---- */

static const struct expr *fallback_for(struct writer *w, struct str type, struct str name)
{
    const struct tables *t = w->visit->core->tables;
    for (size_t i = 0; i < t->fallback_count; i++)
        if (str_eq(t->fallbacks[i].type, type) && glob_match(t->fallbacks[i].glob, name))
            return t->fallbacks[i].expr;
    return NULL;
}

static struct value loose_value(struct writer *w, const struct contract_field *f,
                                struct place *scope)
{
    struct run *run = &w->visit->run;
    if (f->value_count) {
        const struct expr *own = fallback_for(w, STR("enum"), f->name);
        struct value v = own ? run_eval(run, own, scope) : VALUE_NONE;
        if (v.kind == VALUE_TEXT && contract_allows(f, v.text))
            return v;
        return value_text(f->values[run_roll(scope, 1, f->value_count)]);
    }
    const char *type =
        f->unit ? (f->unit == CONTRACT_SECONDS ? "s" : "ms") : contract_type_name(written_type(f));
    const struct expr *expr = fallback_for(w, str_from(type), f->name);
    if (expr)
        return run_eval(run, expr, scope);
    return rule_fault(run, "no fallback makes " STR_FMT " of type %s", STR_ARG(f->path), type);
}

static void write_loose_element(struct writer *w, const struct contract_field *f)
{
    if (f->type == CONTRACT_OBJECT)
        write_object(w, f, VALUE_NONE);
    else
        write_scalar(w, f, loose_value(w, f, w->loose));
}

static void write_loose(struct writer *w, const struct contract_field *f)
{
    struct run *run = &w->visit->run;
    struct place *outer = w->loose;
    struct place *place = run_loose_place(run, outer, f->name, 0, false);
    const struct expr *expr = f->list ? fallback_for(w, STR("list"), f->name) : NULL;
    struct value count = expr && place ? run_eval(run, expr, place) : value_int(1);
    w->loose = place;
    if (place && !f->list)
        write_loose_element(w, f);
    if (place && f->list) {
        buf_add_char(w->out, '[');
        for (int64_t i = 0; count.kind == VALUE_INT && i < count.number && !f->recursive; i++) {
            if (i)
                buf_add_char(w->out, ',');
            w->loose = run_loose_place(run, place, f->name, (uint32_t)i, true);
            if (w->loose)
                write_loose_element(w, f);
        }
        buf_add_char(w->out, ']');
    }
    w->loose = outer;
}

/* A field that real messages lack is left out of every other object. */
static bool left_out(struct writer *w, const struct contract_field *f)
{
    return f->unseen && run_roll(w->loose, str_hash(f->name), 2) == 0;
}

/* One member; `named` says whether a source has it at all. */
static void write_member(struct writer *w, const struct contract_field *f, bool named,
                         struct value v, bool *comma)
{
    if (w->depth > DEPTH_MAX || !w->loose)
        return;
    w->depth++;
    if (named && value_exists(v)) {
        write_name(w, f, comma);
        write_value(w, f, v);
    } else if (!named && !left_out(w, f)) {
        write_name(w, f, comma);
        write_loose(w, f);
    }
    w->depth--;
}

/* An object that was set has what was given, and nothing is made up for the rest. */
static bool source_is_whole(struct value source)
{
    return source.kind == VALUE_JSON ||
           (source.kind == VALUE_PLACE && source.place->data.kind == VALUE_JSON);
}

static void write_object(struct writer *w, const struct contract_field *f, struct value source)
{
    struct place *outer = w->loose;
    bool comma = false;
    if (source.kind == VALUE_PLACE)
        w->loose = source.place;
    buf_add_char(w->out, '{');
    for (const struct contract_field *m = f->child; m; m = m->next) {
        struct value v = VALUE_NONE;
        bool named = value_exists(source) && run_member(&w->visit->run, source, m->name, &v);
        named = named || source_is_whole(source);
        write_member(w, m, named, v, &comma);
    }
    buf_add_char(w->out, '}');
    w->loose = outer;
}

/* ---- the root ---- */

/* The failures' objects, each made with `value` being the id. */
static struct value failures(struct visit *v)
{
    struct value *items = ARENA_ARRAY(v->arena, struct value, v->failed_count + 1);
    for (size_t i = 0; items && i < v->failed_count; i++) {
        struct place *place = run_answer_place(&v->run, v->rule->fails, v->contract->call);
        if (!place)
            return VALUE_NONE;
        const struct failure *failure = &v->failed[i];
        place->values[VARIABLE_VALUE] = failure->id;
        place->values[VARIABLE_ITEM] = failure->item;
        if (failure->error) {
            place->values[VARIABLE_CODE] = value_int(failure->error->code);
            place->values[VARIABLE_MESSAGE] = value_text(failure->error->message);
        }
        items[i] = value_place(place);
    }
    return items && v->failed_count ? value_list(items, v->failed_count) : VALUE_NONE;
}

/* What a field of the root is; false when nothing names it. */
static bool root_value(struct visit *v, struct place *answer, const struct contract_field *f,
                       struct value *out)
{
    const struct rule *rule = v->rule;
    struct value own = value_place(answer);
    *out = VALUE_NONE;
    if (rule->at && f == rule->at) {
        *out = value_list(v->rows, v->row_count);
        return true;
    }
    if (rule->fails_at && f == rule->fails_at) {
        *out = failures(v);
        return true;
    }
    if (run_member(&v->run, own, f->name, out))
        return true;
    if (rule->kind == RULE_LIST && str_eq(f->name, STR("next_page_token"))) {
        *out = value_text(v->next_page);
        return true;
    }
    if (rule->kind == RULE_LIST && str_eq(f->name, STR("total_count"))) {
        *out = value_int((int64_t)v->total);
        return true;
    }
    return !rule->at && v->row_count && run_member(&v->run, v->rows[0], f->name, out);
}

void answer_write(struct visit *v, struct buf *out)
{
    struct place *answer = run_answer_place(&v->run, v->rule->answer, v->contract->call);
    struct writer w = {.visit = v, .out = out, .loose = answer};
    bool comma = false;
    if (!v->rule->at && v->row_count && v->rows[0].kind == VALUE_PLACE)
        w.loose = v->rows[0].place;
    buf_add_char(out, '{');
    for (const struct contract_field *f = v->contract->answer.first; answer && f; f = f->next) {
        struct value value;
        bool named = root_value(v, answer, f, &value);
        write_member(&w, f, named, value, &comma);
    }
    buf_add_char(out, '}');
}
