/*
 * Records for an answer: lists that are filtered, sorted and paged, and records by their ids.
 *
 * A list looks at every record of the shop, one at a time in an arena of its own, and keeps
 * index and sort key of those that pass. A page token names the last row given; it is bound by
 * a MAC to the call, the shop and the filters, so that an altered one or one of other filters
 * is refused.
 */
#include "sandbox/signature.h"
#include "sandbox/visit.h"

#include "base/base64.h"

#include <stdio.h>
#include <stdlib.h>

enum { SCRATCH_MAX = 16 << 20, ROWS_MAX = 1000000, MAC_BYTES = 9, ALL_MAX = 1000 };

struct scan {
    struct visit *visit;
    struct run run;       /* in an arena of its own */
    struct value *wanted; /* by filter; absent: not asked for */
    struct str sort;      /* field, absent: by index */
    bool descending;
    struct row *rows;
    struct value *members; /* rows that are no records, by index */
    size_t count;
};

/* ---- which rows ---- */

static bool passes(struct scan *s, struct place *row)
{
    const struct rule *rule = s->visit->rule;
    if (rule->only && !value_true(run_eval(&s->run, rule->only, row)))
        return false;
    for (size_t i = 0; i < rule->filter_count; i++) {
        if (!value_exists(s->wanted[i]))
            continue;
        struct place *scope = run_with(&s->run, row, s->wanted[i], VALUE_NONE);
        if (!scope || !value_true(run_eval(&s->run, rule->filters[i].expr, scope)))
            return false;
    }
    return true;
}

static struct value sort_key(struct scan *s, struct value row, uint64_t index)
{
    struct value key = value_int((int64_t)index);
    if (s->sort.p && !run_member(&s->run, row, s->sort, &key))
        rule_fault(&s->run, "records have no '" STR_FMT "' to sort by", STR_ARG(s->sort));
    if (key.kind == VALUE_TEXT)
        key.text = arena_str(s->visit->arena, key.text);
    return key;
}

static bool scan_records(struct scan *s)
{
    struct visit *v = s->visit;
    uint64_t count = run_count(&v->run, v->rule->entity);
    s->rows = ARENA_ARRAY(v->arena, struct row, count + 1);
    struct arena *scratch = arena_new(SCRATCH_MAX);
    s->run = v->run;
    s->run.arena = scratch;
    for (uint64_t i = 0; s->rows && scratch && i < count && !s->run.faulty; i++) {
        run_forget(&s->run);
        arena_reset(scratch);
        struct record *record = run_record(&s->run, v->rule->entity, v->shop, i);
        if (!record || !run_exists(&s->run, record) || !passes(s, record->root))
            continue;
        struct value row = {.kind = VALUE_PLACE, .place = record->root};
        s->rows[s->count++] = (struct row){i, sort_key(s, row, i)};
    }
    bool good = s->rows && scratch && !arena_failed(scratch);
    arena_free(scratch);
    if (s->run.faulty)
        return sandbox_refuse(v, REFUSE_INTERNAL, "%s", s->run.fault);
    return good || sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
}

/* Rows that are members of a record: few enough to be held. */
static bool scan_members(struct scan *s)
{
    struct visit *v = s->visit;
    struct place *scope = run_answer_place(&v->run, NULL, v->contract->call);
    struct value list = scope ? run_eval(&v->run, v->rule->of, scope) : VALUE_NONE;
    size_t count = run_list_count(&v->run, list);
    s->run = v->run;
    s->rows = ARENA_ARRAY(v->arena, struct row, count + 1);
    s->members = ARENA_ARRAY(v->arena, struct value, count + 1);
    for (size_t i = 0; s->rows && s->members && scope && i < count; i++) {
        struct value row = run_list_at(&s->run, list, i);
        struct place *place = row.kind == VALUE_PLACE
                                  ? row.place
                                  : run_data_place(&s->run, scope, row, STR_NONE, (uint32_t)i);
        s->members[i] = row;
        if (value_exists(row) && place && passes(s, place))
            s->rows[s->count++] = (struct row){i, sort_key(s, row, i)};
    }
    v->run = s->run;
    if (v->run.faulty)
        return sandbox_refuse(v, REFUSE_INTERNAL, "%s: %s", v->rule->file, v->run.fault);
    return (s->rows && s->members) || sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
}

static int compare_rows(const struct row *a, const struct row *b, struct scan *s)
{
    int order = 0;
    if (!value_compare(a->key, b->key, s->visit->arena, &order) || order == 0)
        order = (a->index > b->index) - (a->index < b->index);
    return s->descending ? -order : order;
}

static int by_key(const void *a, const void *b, void *ctx)
{
    return compare_rows(a, b, ctx);
}

/* ---- page tokens ---- */

static int pair_by_name(const void *a, const void *b)
{
    return str_cmp(((const struct pair *)a)->name, ((const struct pair *)b)->name);
}

static bool pages(struct str name)
{
    return str_eq(name, STR("page_token")) || str_eq(name, STR("page_size"));
}

static bool changes_each_time(struct str name)
{
    return str_eq(name, STR("sign")) || str_eq(name, STR("timestamp"));
}

/* Everything that a page token is bound to. */
static void add_binding(struct visit *v, struct buf *out)
{
    struct pair *sorted = ARENA_ARRAY(v->arena, struct pair, v->query.count + 1);
    buf_add_str(out, v->contract->call);
    buf_add_str(out, v->path);
    if (sorted && v->query.count) {
        memcpy(sorted, v->query.items, v->query.count * sizeof *sorted);
        qsort(sorted, v->query.count, sizeof *sorted, pair_by_name);
    }
    for (size_t i = 0; sorted && i < v->query.count; i++)
        if (!pages(sorted[i].name) && !changes_each_time(sorted[i].name))
            buf_printf(out, "\n" STR_FMT "=" STR_FMT, STR_ARG(sorted[i].name),
                       STR_ARG(sorted[i].value));
    for (struct json m = json_first(v->body); json_exists(m); m = json_next(m)) {
        struct str name = json_key(m, v->arena);
        if (!pages(name))
            buf_printf(out, "\n" STR_FMT ":" STR_FMT, STR_ARG(name), STR_ARG(json_raw(m)));
    }
}

static bool token_mac(struct visit *v, struct str payload, unsigned char mac[SIGNATURE_BYTES])
{
    struct buf text;
    char key[32];
    int n = snprintf(key, sizeof key, "page-%016llx", (unsigned long long)v->core->seed);
    buf_init(&text, 1 << 20);
    buf_add_str(&text, payload);
    buf_add_char(&text, '\n');
    add_binding(v, &text);
    bool good = !buf_failed(&text) && signature_mac(str_of(key, (size_t)n), buf_str(&text), mac);
    buf_clear(&text);
    return good;
}

static struct str make_token(struct visit *v, const struct row *last)
{
    unsigned char mac[SIGNATURE_BYTES];
    struct str key = value_str(last->key, v->arena);
    struct str payload =
        arena_printf(v->arena, "%llu:" STR_FMT, (unsigned long long)last->index, STR_ARG(key));
    if (!payload.p || !token_mac(v, payload, mac))
        return STR_NONE;
    struct buf bytes, text;
    buf_init(&bytes, 4096);
    buf_init(&text, 8192);
    buf_add(&bytes, (const char *)mac, MAC_BYTES);
    buf_add_str(&bytes, payload);
    base64_encode(buf_str(&bytes), &text);
    struct str token = arena_str(v->arena, buf_str(&text));
    buf_clear(&bytes);
    buf_clear(&text);
    return token;
}

static bool read_token(struct visit *v, struct str token, struct row *last)
{
    unsigned char mac[SIGNATURE_BYTES];
    struct str bytes;
    size_t bad;
    if (!base64_decode(token, v->arena, &bytes, &bad) || bytes.n <= MAC_BYTES)
        return sandbox_refuse(v, REFUSE_PAGE_TOKEN, "It is not one of ours");
    struct str payload = str_of(bytes.p + MAC_BYTES, bytes.n - MAC_BYTES), key = payload;
    if (!token_mac(v, payload, mac) || memcmp(mac, bytes.p, MAC_BYTES) != 0)
        return sandbox_refuse(v, REFUSE_PAGE_TOKEN, "It was altered, or belongs to other filters");
    if (!str_to_u64(str_cut(&key, ':'), &last->index) || !key.p)
        return sandbox_refuse(v, REFUSE_PAGE_TOKEN, "It is not one of ours");
    last->key = value_text(key);
    return true;
}

/* ---- the page ---- */

static struct value row_value(struct scan *s, const struct row *row)
{
    if (s->members)
        return s->members[row->index];
    struct visit *v = s->visit;
    struct record *r = run_record(&v->run, v->rule->entity, v->shop, row->index);
    return r ? (struct value){.kind = VALUE_PLACE, .place = r->root} : VALUE_NONE;
}

static bool take_rows(struct scan *s, size_t first, size_t size)
{
    struct visit *v = s->visit;
    size_t left = s->count - first;
    v->row_count = left < size ? left : size;
    v->total = s->count;
    v->rows = ARENA_ARRAY(v->arena, struct value, v->row_count + 1);
    for (size_t i = 0; v->rows && i < v->row_count; i++)
        v->rows[i] = row_value(s, &s->rows[first + i]);
    v->run.variables[VARIABLE_RECORDS] =
        (struct value){.kind = VALUE_LIST, .list = {v->rows, v->row_count}};
    v->next_page = STR("");
    if (left > size)
        v->next_page = make_token(v, &s->rows[first + size - 1]);
    return (v->rows && v->next_page.p) || sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
}

static void read_sort(struct scan *s)
{
    struct value field = visit_field(s->visit, STR("sort_field"));
    struct value order = visit_field(s->visit, STR("sort_order"));
    s->sort = field.kind == VALUE_TEXT && field.text.n ? field.text : STR_NONE;
    s->descending = order.kind == VALUE_TEXT && str_ieq(order.text, STR("DESC"));
}

/* Some contracts have it as a text of digits; 0 and nothing mean all. */
static size_t page_size(struct visit *v)
{
    struct value size = visit_field(v, STR("page_size"));
    if (size.kind == VALUE_TEXT && str_to_i64(size.text, &size.number))
        size.kind = VALUE_INT;
    return size.kind == VALUE_INT && size.number > 0 ? (size_t)size.number : ALL_MAX;
}

bool rows_list(struct visit *v)
{
    const struct rule *rule = v->rule;
    struct scan s = {.visit = v};
    struct row last;
    s.wanted = ARENA_ARRAY(v->arena, struct value, rule->filter_count + 1);
    for (size_t i = 0; s.wanted && i < rule->filter_count; i++)
        s.wanted[i] = visit_field(v, rule->filters[i].field);
    read_sort(&s);
    struct value token = visit_field(v, STR("page_token"));
    bool resumes = token.kind == VALUE_TEXT && token.text.n > 0;
    if (!s.wanted || (resumes && !read_token(v, token.text, &last)) ||
        !(rule->entity ? scan_records(&s) : scan_members(&s)))
        return false;
    if (s.count)
        qsort_r(s.rows, s.count, sizeof *s.rows, by_key, &s);
    size_t first = 0;
    while (resumes && first < s.count && compare_rows(&s.rows[first], &last, &s) <= 0)
        first++;
    return take_rows(&s, first, page_size(v));
}

/* The one record of a shop. */
static bool rows_only(struct visit *v)
{
    struct record *r = run_record(&v->run, v->rule->entity, v->shop, 0);
    v->rows = ARENA_ARRAY(v->arena, struct value, 1);
    if (r && v->rows && run_exists(&v->run, r))
        v->rows[v->row_count++] = (struct value){.kind = VALUE_PLACE, .place = r->root};
    else if (v->rows && v->rule->unknown.given)
        return visit_fail(v, &v->rule->unknown);
    v->total = v->row_count;
    return v->rows || sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
}

bool rows_get(struct visit *v)
{
    const struct rule *rule = v->rule;
    struct value ids = change_ids(v, v->run.variables[VARIABLE_BODY]);
    if (!rule->by.p && !rule->of)
        return rows_only(v);
    size_t count = run_list_count(&v->run, ids);
    v->rows = ARENA_ARRAY(v->arena, struct value, count + 1);
    for (size_t i = 0; v->rows && i < count; i++) {
        uint64_t index;
        struct str id = value_str(run_list_at(&v->run, ids, i), v->arena);
        if (!run_find(&v->run, rule->entity, id, &index)) {
            if (rule->unknown.given)
                return visit_fail(v, &rule->unknown);
            continue;
        }
        struct record *r = run_record(&v->run, rule->entity, v->shop, index);
        if (!r)
            return sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
        v->rows[v->row_count++] = (struct value){.kind = VALUE_PLACE, .place = r->root};
    }
    v->total = v->row_count;
    return v->rows || sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
}
