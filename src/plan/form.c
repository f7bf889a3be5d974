/*
 * Multipart forms (RFC 7578), built in one piece of memory.
 *
 * Files are decoded from base64 straight into the body: between the request and the body no
 * copy of a file exists. The boundary is made from the content, so that the same request gives
 * the same bytes, and is made again when it occurs in them.
 */
#include "plan/run.h"

#include "base/base64.h"
#include "plan/file_kind.h"

#include <stdio.h>

enum { BOUNDARY = 8 + 24, HEAD = 256, NAME_MOST = 200 };

struct form {
    struct plan_run *run;
    char *body;
    size_t n;
    size_t *marks; /* where boundaries stand, to be filled in at the end */
    size_t mark_count;
};

static void add(struct form *form, struct str s)
{
    if (s.n)
        memcpy(form->body + form->n, s.p, s.n);
    form->n += s.n;
}

static void add_boundary(struct form *form, const char *behind)
{
    add(form, STR("--"));
    form->marks[form->mark_count++] = form->n;
    form->n += BOUNDARY;
    add(form, str_from(behind));
}

/* ---- files ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* One character of a JSON escape at p[0] == '\\'; what base64 cannot hold becomes '?'. */
static size_t unescape(const char *p, char *out)
{
    unsigned code = 0;
    switch (p[1]) {
    case 'n':
    case 'r':
        *out = '\n';
        return 2;
    case 't':
        *out = '\t';
        return 2;
    case 'u':
        for (int i = 2; i < 6; i++)
            code = code << 4 | (unsigned)hex_digit(p[i]);
        *out = code < 0x80 ? (char)code : '?';
        return 6;
    case '/':
        *out = '/';
        return 2;
    default:
        *out = '?';
        return 2;
    }
}

/* The inside of a JSON string, piece by piece, without a copy of the whole. */
static bool decode_json(struct str inside, struct base64_feed *feed)
{
    char piece[4096];
    if (!memchr(inside.p, '\\', inside.n))
        return base64_feed(feed, inside) && base64_feed_end(feed);
    for (size_t i = 0; i < inside.n;) {
        size_t n = 0;
        while (i < inside.n && n < sizeof piece) {
            if (inside.p[i] == '\\')
                i += unescape(inside.p + i, &piece[n++]);
            else
                piece[n++] = inside.p[i++];
        }
        if (!base64_feed(feed, str_of(piece, n)))
            return false;
    }
    return base64_feed_end(feed);
}

/* A text of the query as it is; the inside of a JSON string, escapes and all. */
static struct str file_source(const struct value *value)
{
    if (value->type != JSON_STRING)
        return STR_NONE;
    return value->kind == VALUE_TEXT ? str_of(value->p, value->n)
                                     : str_of(value->p + 1, value->n - 2);
}

/* A name that cannot end its quotes or its line, and names no directory. */
static size_t clean_name(struct str name, char out[NAME_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < NAME_MOST; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (c >= ' ' && c != '"' && c != '\\' && c != '/' && c != 0x7f)
            out[n++] = (char)c;
    }
    while (n && ((unsigned char)out[n - 1] & 0xc0) == 0x80 && n == NAME_MOST)
        n--; /* not in the middle of a character */
    return n;
}

/*
 * The bytes are decoded behind room for the longest head; then the head is known and written,
 * and the bytes close up to it.
 */
static bool add_file(struct form *form, const struct form_part *part, const struct value *value)
{
    struct plan_run *run = form->run;
    const struct operand *from = &part->of.from;
    struct str source = file_source(value);
    char name[NAME_MOST], head[HEAD + NAME_MOST];
    size_t room = HEAD + NAME_MOST + part->name.n;
    struct base64_feed feed;
    base64_feed_init(&feed, form->body + form->n + room);
    if (!source.p ||
        !(value->kind == VALUE_TEXT ? base64_feed(&feed, source) && base64_feed_end(&feed)
                                    : decode_json(source, &feed))) {
        run_fault(run, from, STR_FMT " is no base64: wrong at byte %zu", STR_ARG(from->label),
                  source.p ? feed.fed : 0);
        return false;
    }
    if (!feed.n) {
        run_fault(run, from, STR_FMT " is an empty file", STR_ARG(from->label));
        return false;
    }
    struct value given = VALUE_NONE;
    if (part->has_file_name)
        given = expression_read(run, &part->file_name);
    size_t n = clean_name(value_as_text(run, &given), name);
    struct file_kind kind = file_kind_of(str_of(feed.out, feed.n), str_of(name, n));
    if (!n)
        n = (size_t)snprintf(name, sizeof name, "upload.%s", kind.ending);
    add(form, STR("Content-Disposition: form-data; name=\""));
    add(form, part->name);
    int used = snprintf(head, sizeof head, "\"; filename=\"%.*s\"\r\nContent-Type: %s\r\n\r\n",
                        (int)n, name, kind.type);
    add(form, str_of(head, (size_t)used));
    memmove(form->body + form->n, feed.out, feed.n);
    form->n += feed.n;
    add(form, STR("\r\n"));
    return true;
}

static void add_field(struct form *form, const struct form_part *part, struct str text)
{
    add(form, STR("Content-Disposition: form-data; name=\""));
    add(form, part->name);
    add(form, STR("\"\r\n\r\n"));
    add(form, text);
    add(form, STR("\r\n"));
}

/* ---- the whole ---- */

/* 64 bits over the ends of the body and its length: enough to differ, cheap for large files. */
static uint64_t digest(const struct form *form, uint64_t salt)
{
    size_t part = form->n < 4096 ? form->n : 4096;
    uint64_t front = str_hash(str_of(form->body, part));
    uint64_t back = str_hash(str_of(form->body + form->n - part, part));
    uint64_t h = front ^ (back << 1 | back >> 63) ^ ((uint64_t)form->n * 0x9e3779b97f4a7c15u);
    h = (h + salt) * 0xff51afd7ed558ccdu;
    return h ^ h >> 33;
}

static void fill_boundaries(struct form *form, char boundary[BOUNDARY + 1])
{
    for (uint64_t salt = 0;; salt++) {
        for (size_t i = 0; i < form->mark_count; i++)
            memset(form->body + form->marks[i], ' ', BOUNDARY);
        uint64_t h = digest(form, salt);
        snprintf(boundary, BOUNDARY + 1, "shopshim%016llx%08llx", (unsigned long long)h,
                 (unsigned long long)(h * 31 >> 32));
        if (!memmem(form->body, form->n, boundary, BOUNDARY))
            break;
    }
    for (size_t i = 0; i < form->mark_count; i++)
        memcpy(form->body + form->marks[i], boundary, BOUNDARY);
}

/* The texts of the parts, and room enough for all of them. */
static bool prepare(struct form *form, const struct call *call, struct value *values,
                    struct str *texts)
{
    struct plan_run *run = form->run;
    size_t room = BOUNDARY + 16;
    for (size_t i = 0; i < call->form_count; i++) {
        const struct form_part *part = &call->form[i];
        values[i] = part->choice ? shape_leaf(run, part->choice) : expression_read(run, &part->of);
        if (!value_there(&values[i]))
            continue;
        room += 2 * HEAD + NAME_MOST + 2 * part->name.n;
        texts[i] = part->file ? file_source(&values[i]) : value_as_text(run, &values[i]);
        if (!part->file && !texts[i].p) {
            run_fault(run, &part->of.from, "expected a scalar, found %s",
                      json_type_name(value_type(&values[i])));
            return false;
        }
        room += part->file ? texts[i].n / 4 * 3 + 6 : texts[i].n;
    }
    form->body = arena_alloc(run->arena, room);
    form->marks = ARENA_ARRAY(run->arena, size_t, call->form_count + 1);
    return form->body && form->marks;
}

bool form_write(struct plan_run *run, const struct call *call, struct plan_message *message)
{
    struct form form = {.run = run};
    struct value *values = ARENA_ARRAY(run->arena, struct value, call->form_count);
    struct str *texts = ARENA_ARRAY(run->arena, struct str, call->form_count);
    char boundary[BOUNDARY + 1];
    if (!values || !texts || !prepare(&form, call, values, texts))
        return false;
    for (size_t i = 0; i < call->form_count; i++) {
        if (!value_there(&values[i]))
            continue;
        add_boundary(&form, "\r\n");
        if (!call->form[i].file)
            add_field(&form, &call->form[i], texts[i]);
        else if (!add_file(&form, &call->form[i], &values[i]))
            return false;
    }
    add_boundary(&form, "--\r\n");
    fill_boundaries(&form, boundary);
    message->multipart = true;
    message->body = str_of(form.body, form.n);
    message->content_type = arena_printf(run->arena, "multipart/form-data; boundary=%s", boundary);
    return true;
}
