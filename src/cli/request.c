/*
 * Request: the HTTP form, and what both forms share. See request.h.
 */
#include "cli/request.h"
#include "cli/request_curl.h"

#include <errno.h>
#include <stdio.h>

/* Cuts the next line off, without its end. */
static struct str next_line(struct str *rest)
{
    struct str line = str_cut(rest, '\n');
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

void request_set_target(struct request *request, struct str target)
{
    size_t scheme = 0;
    if (str_starts(target, STR("http://")))
        scheme = 7;
    else if (str_starts(target, STR("https://")))
        scheme = 8;
    struct str rest = str_of(target.p + scheme, target.n - scheme);
    size_t slash = str_find(rest, '/');
    if (scheme == 0 && (rest.n == 0 || rest.p[0] == '/'))
        slash = 0;
    rest = str_of(rest.p + slash, rest.n - slash);
    rest.n = str_find(rest, '#');
    request->http.path = str_cut(&rest, '?');
    if (request->http.path.n == 0)
        request->http.path = STR("/");
    request->http.query = rest;
}

bool request_add_field(struct request *request, struct str line, struct fault *fault)
{
    struct str value = line;
    struct str name = str_cut(&value, ':');
    if (!value.p || name.n == 0)
        return fault_set(fault, FAULT_HTTP, "expected a header as `Name: value`, not `" STR_FMT "`",
                         (int)(line.n < 60 ? line.n : 60), line.p);
    if (request->http.field_count == REQUEST_FIELDS)
        return fault_set(fault, FAULT_HTTP, "more than %d header fields", REQUEST_FIELDS);
    request->fields[request->http.field_count++] =
        (struct exchange_field){str_trim(name), str_trim(value)};
    return true;
}

static bool of_http(struct request *request, struct str text, struct fault *fault)
{
    struct str rest = text;
    struct str line = next_line(&rest);
    struct str target = str_trim(line);
    request->http.method = str_cut(&target, ' ');
    target = str_trim(target);
    target.n = str_find(target, ' '); /* without " HTTP/1.1" */
    if (target.n == 0)
        return fault_set(fault, FAULT_HTTP,
                         "expected a request line such as `POST /path?query`, or a curl command");
    request_set_target(request, target);
    while (rest.p) {
        line = next_line(&rest);
        if (line.n == 0)
            break;
        if (!request_add_field(request, line, fault))
            return false;
    }
    request->http.body = rest.p ? rest : STR("");
    return true;
}

static void begin(struct request *request)
{
    *request = (struct request){.http = {.method = STR("GET"), .path = STR("/"), .body = STR("")}};
    request->http.fields = request->fields;
}

bool request_of_words(struct request *request, const struct str *words, size_t count,
                      struct arena *arena, struct fault *fault)
{
    begin(request);
    if (count && str_eq(words[0], STR("curl")))
        return request_of_curl(request, words + 1, count - 1, arena, fault);
    if (count < 2 || count > 3)
        return fault_set(fault, FAULT_HTTP,
                         "expected `curl ...`, or METHOD URL and at most a body behind them");
    request->http.method = words[0];
    request_set_target(request, words[1]);
    if (count == 3)
        request->http.body = words[2];
    return true;
}

static struct str trim_blanks(struct str text)
{
    while (text.n &&
           (text.p[0] == ' ' || text.p[0] == '\n' || text.p[0] == '\r' || text.p[0] == '\t'))
        text = str_of(text.p + 1, text.n - 1);
    return text;
}

bool request_of_text(struct request *request, struct str text, struct arena *arena,
                     struct fault *fault)
{
    begin(request);
    text = trim_blanks(text);
    if (str_starts(text, STR("$ ")))
        text = trim_blanks(str_of(text.p + 2, text.n - 2));
    if (!str_starts(text, STR("curl")) || (text.n > 4 && !strchr(" \t\n\\", text.p[4])))
        return of_http(request, text, fault);
    struct str *words = ARENA_ARRAY(arena, struct str, REQUEST_WORDS);
    size_t count;
    if (!words)
        return fault_set(fault, FAULT_INTERNAL, "out of memory");
    return request_split(text, arena, words, &count, fault) &&
           request_of_words(request, words, count, arena, fault);
}

struct str request_read_file(const char *name, struct arena *arena, struct fault *fault)
{
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    struct buf text;
    buf_init(&text, REQUEST_BYTES);
    for (size_t n = 1; file && n;) {
        char *place = buf_reserve(&text, 65536);
        n = place ? fread(place, 1, 65536, file) : 0;
        buf_added(&text, n);
    }
    bool good = file && !ferror(file);
    struct str kept = STR_NONE;
    if (!good)
        fault_set(fault, FAULT_HTTP, "cannot read %s: %s", name, strerror(errno));
    else if (buf_failed(&text))
        fault_set(fault, FAULT_TOO_LARGE, "%s is larger than %d bytes", name, REQUEST_BYTES);
    else
        kept = arena_str(arena, buf_str(&text));
    buf_clear(&text);
    if (file && file != stdin)
        fclose(file);
    return kept;
}
