/*
 * Curl lines. See curl_line.h. A multipart body is taken apart into -F options, files as
 * their name and size, because bytes of a picture say nothing to a reader.
 */
#include "cli/curl_line.h"
#include "base/log.h"
#include "sign/sign.h"

enum { LONGEST = 64 * 1024 * 1024 };

void curl_line_quote(struct str text, struct buf *out)
{
    buf_add_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            buf_add_str(out, STR("'\\''"));
        else
            buf_add_char(out, text.p[i]);
    }
    buf_add_char(out, '\'');
}

void curl_line_target(const struct curl_line *how, struct str target, struct buf *out)
{
    struct str rest = target;
    buf_add_str(out, str_cut(&rest, '?'));
    for (char before = '?'; rest.p; before = '&') {
        struct str pair = str_cut(&rest, '&');
        struct str value = pair;
        struct str name = str_cut(&value, '=');
        buf_add_char(out, before);
        if (str_eq(name, STR("shop_cipher")) && how->cipher.n && str_eq(value, how->cipher))
            buf_printf(out, "shop_cipher=" STR_FMT, STR_ARG(how->cipher_name));
        else
            log_mask(pair, out);
    }
}

/* A header as -H, the token's value masked. */
static void put_field(const struct exchange_field *field, struct buf *out)
{
    struct buf line;
    buf_init(&line, LONGEST);
    buf_printf(&line, STR_FMT ": ", STR_ARG(field->name));
    if (str_ieq(field->name, STR("x-tts-access-token")))
        buf_add_str(&line, STR("***"));
    else
        log_mask(field->value, &line);
    buf_add_str(out, STR(" \\\n  -H "));
    curl_line_quote(buf_str(&line), out);
    buf_clear(&line);
}

/* The value of NAME="..." in a header line; absent when it has none. */
static struct str parameter(struct str line, struct str name)
{
    for (size_t i = 0; i + name.n + 2 < line.n; i++) {
        bool begins = i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == ';';
        if (!begins || !str_starts(str_of(line.p + i, line.n - i), name) ||
            line.p[i + name.n] != '=' || line.p[i + name.n + 1] != '"')
            continue;
        struct str value = str_of(line.p + i + name.n + 2, line.n - i - name.n - 2);
        value.n = str_find(value, '"');
        return value;
    }
    return STR_NONE;
}

static void put_part(struct str part, struct buf *out)
{
    const char *gap = memmem(part.p, part.n, "\r\n\r\n", 4);
    if (!gap)
        return;
    struct str head = str_of(part.p, (size_t)(gap - part.p));
    struct str body = str_of(gap + 4, part.n - head.n - 4);
    struct str file = parameter(head, STR("filename"));
    struct buf text;
    buf_init(&text, LONGEST);
    buf_printf(&text, STR_FMT "=", STR_ARG(parameter(head, STR("name"))));
    if (file.p)
        buf_printf(&text, "@" STR_FMT " (%zu bytes)", STR_ARG(file), body.n);
    else
        log_mask(body, &text);
    buf_add_str(out, STR(" \\\n  -F "));
    curl_line_quote(buf_str(&text), out);
    buf_clear(&text);
}

/* Parts stand between "--boundary\r\n" and "\r\n--boundary". */
static void put_form(struct str type, struct str body, struct buf *out)
{
    const char *at = memmem(type.p, type.n, "boundary=", 9);
    if (!at)
        return;
    struct str boundary = str_of(at + 9, type.n - (size_t)(at + 9 - type.p));
    if (boundary.n > 1 && boundary.p[0] == '"')
        boundary = str_of(boundary.p + 1, str_find(str_of(boundary.p + 1, boundary.n - 1), '"'));
    boundary.n = str_find(boundary, ';');
    const char *end = body.p + body.n;
    const char *here = boundary.n ? memmem(body.p, body.n, boundary.p, boundary.n) : NULL;
    while (here && !buf_failed(out)) {
        const char *from = here + boundary.n;
        const char *next = memmem(from, (size_t)(end - from), boundary.p, boundary.n);
        if (next && next - from > 6)
            put_part(str_of(from + 2, (size_t)(next - from) - 6), out);
        here = next;
    }
}

void curl_line(const struct curl_line *how, const struct exchange_send *send, struct buf *out)
{
    struct buf url;
    buf_init(&url, LONGEST);
    buf_add_str(&url, how->base);
    curl_line_target(how, send->target, &url);
    buf_printf(out, "curl -X " STR_FMT " ", STR_ARG(send->method));
    curl_line_quote(buf_str(&url), out);
    buf_clear(&url);
    struct str type = STR_NONE;
    for (size_t i = 0; i < send->field_count; i++) {
        bool is_type = str_ieq(send->fields[i].name, STR("content-type"));
        if (is_type)
            type = send->fields[i].value;
        if (!is_type || !sign_is_multipart(type))
            put_field(&send->fields[i], out);
    }
    if (sign_is_multipart(type))
        put_form(type, send->body, out);
    else if (send->body.n) {
        struct buf body;
        buf_init(&body, LONGEST);
        log_mask(send->body, &body);
        buf_add_str(out, STR(" \\\n  -d "));
        curl_line_quote(buf_str(&body), out);
        buf_clear(&body);
    }
    buf_add_char(out, '\n');
}
