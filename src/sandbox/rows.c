/*
 * Records for an answer: a list's page, and records by their ids. Which rows a list has is
 * found in scan.c. A page token names the last row given; it is bound by a MAC to the call, the
 * shop and the filters, so that an altered one or one of other filters is refused. At most
 * ALL_MAX rows go out at once, also where the contract has no page_size.
 */
#include "sandbox/scan.h"
#include "sandbox/signature.h"

#include "base/base64.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAC_BYTES = 9, ALL_MAX = 1000, BINDING_MAX = 32 << 20, TOKEN_MAX = 64 << 10 };

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
    buf_init(&text, BINDING_MAX);
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
    buf_init(&bytes, TOKEN_MAX);
    buf_init(&text, TOKEN_MAX * 2);
    buf_add(&bytes, (const char *)mac, MAC_BYTES);
    buf_add_str(&bytes, payload);
    base64_encode(buf_str(&bytes), &text);
    bool good = !buf_failed(&bytes) && !buf_failed(&text);
    struct str token = good ? arena_str(v->arena, buf_str(&text)) : STR_NONE;
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
        return visit_deny(v, REFUSE_PAGE_TOKEN, "It is not one of ours");
    struct str payload = str_of(bytes.p + MAC_BYTES, bytes.n - MAC_BYTES), key = payload;
    if (!token_mac(v, payload, mac) || memcmp(mac, bytes.p, MAC_BYTES) != 0)
        return visit_deny(v, REFUSE_PAGE_TOKEN, "It was altered, or belongs to other filters");
    if (!str_to_u64(str_cut(&key, ':'), &last->index) || !key.p)
        return visit_deny(v, REFUSE_PAGE_TOKEN, "It is not one of ours");
    last->key = value_text(key);
    return true;
}

/* ---- the page ---- */

static bool take_rows(struct scan *s, size_t first, size_t size)
{
    struct visit *v = s->visit;
    size_t left = s->count - first;
    v->row_count = left < size ? left : size;
    v->total = s->count;
    v->rows = ARENA_ARRAY(v->arena, struct value, v->row_count + 1);
    for (size_t i = 0; v->rows && i < v->row_count; i++)
        v->rows[i] = scan_value(s, first + i);
    v->run.variables[VARIABLE_RECORDS] = value_list(v->rows, v->row_count);
    v->next_page = STR("");
    if (left > size) {
        struct row last = scan_row(s, first + size - 1);
        v->next_page = make_token(v, &last);
    }
    return (v->rows && v->next_page.p) || visit_out_of_memory(v);
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
    struct scan s;
    struct row last;
    struct value token = visit_field(v, STR("page_token"));
    bool resumes = token.kind == VALUE_TEXT && token.text.n > 0;
    if ((resumes && !read_token(v, token.text, &last)) || !scan_rows(&s, v))
        return false;
    return take_rows(&s, resumes ? scan_behind(&s, &last) : 0, page_size(v));
}

/* The one record of a shop. */
static bool rows_only(struct visit *v)
{
    struct record *r = run_record(&v->run, v->rule->entity, v->shop, 0);
    v->rows = ARENA_ARRAY(v->arena, struct value, 1);
    if (r && v->rows && run_exists(&v->run, r))
        v->rows[v->row_count++] = value_place(r->root);
    else if (v->rows && v->rule->unknown.given)
        return visit_fail(v, &v->rule->unknown);
    v->total = v->row_count;
    return v->rows || visit_out_of_memory(v);
}

bool rows_get(struct visit *v)
{
    const struct rule *rule = v->rule;
    if (!rule->by.p && !rule->of)
        return rows_only(v);
    struct value ids = change_ids(v, v->run.variables[VARIABLE_BODY]);
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
            return visit_out_of_memory(v);
        v->rows[v->row_count++] = value_place(r->root);
    }
    v->total = v->row_count;
    return v->rows || visit_out_of_memory(v);
}
