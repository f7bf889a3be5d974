/*
 * See message.h. Owns nothing.
 */
#include "message.h"
#include "base/base64.h"
#include "sign/sign.h"

bool message_read(const struct exchange_send *send, struct arena *arena, struct message *message,
                  struct buf *lines)
{
    struct str query = send->target, path = str_cut(&query, '?');
    *message = (struct message){.send = send};
    if (url_decode_path(path, arena, &message->path) &&
        (query.n == 0 || url_parse_query(query, arena, 500, &message->query)))
        return true;
    buf_printf(lines, "  sent a target that is no URL: " STR_FMT "\n", STR_ARG(send->target));
    return false;
}

bool message_is(const struct message *message, struct str call)
{
    struct str path = call, method = str_cut(&path, ' ');
    return str_eq(method, message->send->method) && str_eq(path, message->path);
}

/* ---- query ---- */

static bool is_added(struct str name)
{
    return str_eq(name, STR("app_key")) || str_eq(name, STR("timestamp")) ||
           str_eq(name, STR("sign"));
}

static bool equal_query(const struct message *message, struct json expected, struct arena *arena,
                        struct buf *lines)
{
    bool good = true;
    for (struct json v = json_first(expected); json_exists(v); v = json_next(v)) {
        struct str name = json_key(v, arena), text = json_text(v, arena);
        struct str got = pairs_get(&message->query, name);
        if (got.p && str_eq(text, got))
            continue;
        buf_printf(lines, "  query." STR_FMT ": expected \"" STR_FMT "\", got ", STR_ARG(name),
                   STR_ARG(text));
        buf_printf(lines, got.p ? "\"" STR_FMT "\"\n" : "nothing" STR_FMT "\n", STR_ARG(got));
        good = false;
    }
    for (size_t i = 0; i < message->query.count; i++) {
        const struct pair *pair = &message->query.items[i];
        struct str first = pairs_get(&message->query, pair->name);
        bool doubled = first.p != pair->value.p;
        if (!doubled && (json_exists(json_get(expected, pair->name)) || is_added(pair->name)))
            continue;
        buf_printf(lines, "  query." STR_FMT ": expected nothing%s, got \"" STR_FMT "\"\n",
                   STR_ARG(pair->name), doubled ? " more" : "", STR_ARG(pair->value));
        good = false;
    }
    return good;
}

/* ---- form (RFC 7578) ---- */

static size_t find(struct str text, struct str what)
{
    for (size_t i = 0; i + what.n <= text.n; i++)
        if (memcmp(text.p + i, what.p, what.n) == 0)
            return i;
    return text.n;
}

/* The value of `name="..."` in a part's head. */
static struct str attribute(struct str head, struct str name)
{
    size_t at = find(head, name);
    if (at == head.n)
        return STR_NONE;
    struct str rest = str_of(head.p + at + name.n, head.n - at - name.n);
    return str_cut(&rest, '"');
}

static struct str sent_field(const struct message *message, struct str name)
{
    for (size_t i = 0; i < message->send->field_count; i++)
        if (str_ieq(message->send->fields[i].name, name))
            return message->send->fields[i].value;
    return STR_NONE;
}

/* The next part: *head and *content; false, and *rest stays, when there is none. */
static bool next_part(struct str *rest, struct str boundary, struct str *head, struct str *content)
{
    struct str blank = STR("\r\n\r\n"), line = STR("\r\n");
    if (!str_starts(*rest, boundary))
        return false;
    struct str part = str_of(rest->p + boundary.n, rest->n - boundary.n);
    size_t at = find(part, blank);
    size_t end = find(part, boundary); /* with the line break before it */
    if (!str_starts(part, line) || at >= end || end == part.n)
        return false;
    *head = str_of(part.p, at);
    *content = str_of(part.p + at + blank.n, end - at - blank.n);
    *rest = str_of(part.p + end, part.n - end);
    return true;
}

static bool equal_part(struct str name, struct str head, struct str content, struct json expected,
                       struct arena *arena, struct buf *lines)
{
    bool is_file = json_type(expected) == JSON_OBJECT;
    struct str bytes = STR_NONE, file_name = attribute(head, STR("filename=\""));
    size_t bad;
    if (!is_file)
        bytes = json_text(expected, arena);
    else if (!base64_decode(json_text(json_get(expected, STR("file")), arena), arena, &bytes, &bad))
        bytes = STR_NONE;
    if (bytes.p && str_eq(bytes, content) && is_file == (file_name.p != NULL) &&
        (!is_file || str_eq(json_text(json_get(expected, STR("name")), arena), file_name)))
        return true;
    buf_printf(lines, "  form." STR_FMT ": expected " STR_FMT ", got %zu bytes", STR_ARG(name),
               STR_ARG(json_exists(expected) ? json_raw(expected) : STR("nothing")), content.n);
    buf_printf(lines, file_name.p ? " of a file \"" STR_FMT "\"\n" : " of text" STR_FMT "\n",
               STR_ARG(file_name));
    return false;
}

static bool equal_form(const struct message *message, struct json expected, struct arena *arena,
                       struct buf *lines)
{
    struct str type = sent_field(message, STR("content-type"));
    size_t at = find(type, STR("boundary="));
    bool good = true;
    size_t parts = 0;
    if (!sign_is_multipart(type) || at == type.n) {
        buf_printf(lines, "  content-type: expected a form, got " STR_FMT "\n", STR_ARG(type));
        return false;
    }
    struct str boundary =
        arena_printf(arena, "\r\n--" STR_FMT, STR_ARG(str_of(type.p + at + 9, type.n - at - 9)));
    struct str rest = arena_printf(arena, "\r\n"), head, content;
    struct buf body;
    buf_init_arena(&body, message->send->body.n + 16, arena);
    buf_add_str(&body, rest);
    buf_add_str(&body, message->send->body);
    rest = buf_str(&body);
    while (next_part(&rest, boundary, &head, &content)) {
        struct str name = attribute(head, STR("name=\""));
        good = equal_part(name, head, content, json_get(expected, name), arena, lines) && good;
        parts++;
    }
    struct str end = arena_printf(arena, STR_FMT "--", STR_ARG(boundary));
    if (str_starts(rest, end) && parts == json_count(expected))
        return good;
    buf_printf(lines, "  form: expected %zu parts and an end, got %zu\n", json_count(expected),
               parts);
    return false;
}

/* ---- all of it ---- */

static bool equal_body(const struct message *message, struct json expected, struct arena *arena,
                       struct buf *lines)
{
    struct str body = message->send->body;
    struct json_doc *doc = ARENA_NEW(arena, struct json_doc);
    if (!json_exists(expected)) {
        if (body.n == 0)
            return true;
        buf_printf(lines, "  body: expected nothing, got " STR_FMT "\n", STR_ARG(body));
        return false;
    }
    return document_parse(doc, body, arena, "the sent body", lines) &&
           document_equal(expected, json_root(doc), arena, "body", lines);
}

bool message_equal(const struct message *message, struct json expected, struct arena *arena,
                   struct buf *lines)
{
    struct json form = json_get(expected, STR("form"));
    bool good = equal_query(message, json_get(expected, STR("query")), arena, lines);
    if (json_exists(form))
        return equal_form(message, form, arena, lines) && good;
    return equal_body(message, json_get(expected, STR("body")), arena, lines) && good;
}

static bool is_signed(const struct message *message, bool multipart)
{
    char hex[SIGN_HEX + 1];
    struct str query = message->send->target, path = str_cut(&query, '?');
    struct str body = multipart ? STR_NONE : message->send->body;
    struct sign_key *key = sign_key_new(STR(CASE_APP), STR(CASE_SECRET));
    bool good = key && sign_request(key, path, &message->query, body, hex) &&
                str_eq(pairs_get(&message->query, STR("sign")), str_of(hex, SIGN_HEX));
    sign_key_free(key);
    return good;
}

static bool ends_with(struct str text, struct str end)
{
    return text.n >= end.n && str_eq(str_of(text.p + text.n - end.n, end.n), end);
}

/* By its method, or its name. */
static bool only_reads(const struct message *message)
{
    return str_eq(message->send->method, STR("GET")) || ends_with(message->path, STR("/search")) ||
           ends_with(message->path, STR("/query")) || ends_with(message->path, STR("/recommend"));
}

bool message_proper(const struct message *message, struct str token, struct arena *arena,
                    struct buf *lines)
{
    size_t before = lines->n;
    struct str type = sent_field(message, STR("content-type"));
    struct str sent_token = sent_field(message, STR("x-tts-access-token"));
    bool multipart = sign_is_multipart(type);
    struct str now = arena_printf(arena, "%d", CASE_NOW);
    if (!multipart && !str_eq(type, STR("application/json")))
        buf_printf(lines, "  content-type: got " STR_FMT "\n", STR_ARG(type));
    if (message->send->repeatable != only_reads(message))
        buf_printf(lines, "  only what reads may be sent twice: GETs and searches\n");
    if (message->send->auth_host) {
        if (sent_token.p || pairs_get(&message->query, STR("sign")).p)
            buf_printf(lines, "  a token or a signature went to the auth host\n");
        return lines->n == before;
    }
    if (!str_eq(sent_token, token))
        buf_printf(lines, "  x-tts-access-token: got " STR_FMT "\n", STR_ARG(sent_token));
    if (!str_eq(pairs_get(&message->query, STR("app_key")), STR(CASE_APP)))
        buf_printf(lines, "  app_key is not the client's\n");
    if (!str_eq(pairs_get(&message->query, STR("timestamp")), now))
        buf_printf(lines, "  timestamp is not the time\n");
    if (!is_signed(message, multipart))
        buf_printf(lines, "  the signature does not hold over what was sent\n");
    return lines->n == before;
}
