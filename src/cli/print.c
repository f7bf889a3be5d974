/*
 * Printing. See print.h. Texts about faults pass the log's redaction, because a configuration
 * may be wrong in a place where a secret stands.
 */
#include "cli/print.h"
#include "base/log.h"
#include "json/writer.h"

#include <errno.h>

bool print_buf(FILE *file, const struct buf *text)
{
    if (buf_failed(text)) {
        fprintf(stderr, "shopshim: out of memory for the output\n");
        return false;
    }
    if (fwrite(text->p ? text->p : "", 1, text->n, file) != text->n || fflush(file) != 0) {
        fprintf(stderr, "shopshim: cannot write: %s\n", strerror(errno));
        return false;
    }
    return true;
}

static void print_masked(struct str text)
{
    struct buf masked;
    buf_init(&masked, (size_t)4 << 20);
    log_mask(text, &masked);
    print_buf(stderr, &masked);
    buf_clear(&masked);
}

/* Each part by itself: what stands between two parts must not look like a secret's name. */
void print_findings_text(const struct findings *findings, struct buf *out)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        buf_printf(out, "%s: ", f->level == FINDING_ERROR ? "error" : "warning");
        if (f->file[0])
            buf_printf(out, "%s: ", f->file);
        if (f->path[0])
            buf_printf(out, "%s: ", f->path);
        log_mask(str_from(f->text), out);
        if (f->hint[0]) {
            buf_add_str(out, STR(" ("));
            log_mask(str_from(f->hint), out);
            buf_add_char(out, ')');
        }
        buf_add_char(out, '\n');
    }
    size_t dropped = findings->errors + findings->warnings - findings->count;
    if (dropped)
        buf_printf(out, "and %zu more\n", dropped);
}

void print_findings(const struct findings *findings)
{
    struct buf text;
    buf_init(&text, (size_t)4 << 20);
    print_findings_text(findings, &text);
    print_buf(stderr, &text);
    buf_clear(&text);
}

static void put_member(struct json_writer *w, const char *key, const char *text)
{
    struct buf masked;
    buf_init(&masked, 65536);
    log_mask(str_from(text), &masked);
    json_put_key(w, str_from(key));
    json_put_string(w, buf_str(&masked));
    buf_clear(&masked);
}

void print_findings_json(const struct findings *findings, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_open_object(&w);
    json_put_key(&w, STR("findings"));
    json_open_array(&w);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        json_open_object(&w);
        put_member(&w, "level", f->level == FINDING_ERROR ? "error" : "warning");
        put_member(&w, "file", f->file);
        put_member(&w, "path", f->path);
        put_member(&w, "text", f->text);
        put_member(&w, "hint", f->hint);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_put_key(&w, STR("errors"));
    json_put_i64(&w, (int64_t)findings->errors);
    json_put_key(&w, STR("warnings"));
    json_put_i64(&w, (int64_t)findings->warnings);
    json_close_object(&w);
    buf_add_char(out, '\n');
}

void print_fault(const char *words, const struct fault *fault)
{
    char text[1024];
    int n = snprintf(text, sizeof text, "shopshim: %s: %s%s%s\n", words, fault->where,
                     fault->where[0] ? ": " : "", fault->text);
    print_masked(str_of(text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1));
}

void print_columns(const struct str *cells, size_t rows, size_t columns, struct buf *out)
{
    for (size_t row = 0; row < rows && !buf_failed(out); row++) {
        for (size_t column = 0; column < columns; column++) {
            size_t width = 0;
            for (size_t k = 0; k < rows; k++)
                if (cells[k * columns + column].n > width)
                    width = cells[k * columns + column].n;
            struct str cell = cells[row * columns + column];
            buf_add_str(out, cell);
            for (size_t n = cell.n; column + 1 < columns && n < width + 2; n++)
                buf_add_char(out, ' ');
        }
        buf_add_char(out, '\n');
    }
}
