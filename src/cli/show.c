/*
 * Showing messages. See show.h. Lines are indented by four blanks, JSON by two more for each
 * level; what a long document leaves out is counted in its place.
 */
#include "cli/show.h"
#include "cli/show_json.h"

#include <stdlib.h>
#include <unistd.h>

bool show_wants_colour(int fd)
{
    const char *never = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return isatty(fd) && !(never && never[0]) && !(terminal && strcmp(terminal, "dumb") == 0);
}

void show_styled(const struct show *show, enum show_style style, struct str text)
{
    static const char *const codes[] = {
        [SHOW_PLAIN] = "",  [SHOW_BOLD] = "1",    [SHOW_DIM] = "2",      [SHOW_KEY] = "36",
        [SHOW_TEXT] = "32", [SHOW_NUMBER] = "33", [SHOW_TITLE] = "1;35",
    };
    if (!show->colour || style == SHOW_PLAIN) {
        buf_add_str(show->out, text);
        return;
    }
    buf_printf(show->out, "\033[%sm", codes[style]);
    buf_add_str(show->out, text);
    buf_add_str(show->out, STR("\033[0m"));
}

void show_title(const struct show *show, const char *number, const char *words)
{
    struct buf line;
    buf_init(&line, 1000);
    buf_printf(&line, "%s  %s", number, words);
    buf_add_char(show->out, '\n');
    show_styled(show, SHOW_TITLE, buf_str(&line));
    buf_add_char(show->out, '\n');
    buf_clear(&line);
}

bool show_is_secret(struct str name)
{
    static const char *const secret[] = {
        "access_token", "x-tts-access-token", "refresh_token", "app_secret",    "sign",
        "auth_code",    "shop_cipher",        "cipher",        "authorization",
    };
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
        if (str_ieq(name, str_from(secret[i])))
            return true;
    return false;
}

void show_pair(const struct show *show, struct str name, struct str value, size_t width)
{
    buf_add_str(show->out, STR("    "));
    show_styled(show, SHOW_KEY, name);
    for (size_t n = name.n; n < width + 2; n++)
        buf_add_char(show->out, ' ');
    if (show_is_secret(name))
        show_styled(show, SHOW_DIM, STR("***"));
    else
        buf_add_str(show->out, value);
    buf_add_char(show->out, '\n');
}

void show_request_line(const struct show *show, struct str method, struct str target,
                       struct str token_header)
{
    struct str query = target;
    struct str path = str_cut(&query, '?');
    buf_add_str(show->out, STR("    "));
    show_styled(show, SHOW_BOLD, method);
    buf_add_char(show->out, ' ');
    show_styled(show, SHOW_BOLD, path);
    buf_add_char(show->out, '\n');
    struct pairs pairs = {0};
    if (query.p && !url_parse_query(query, show->arena, 1000, &pairs))
        buf_add_str(show->out, STR("    (a query that is not percent-coded as it must be)\n"));
    size_t width = token_header.n;
    for (size_t i = 0; i < pairs.count; i++)
        if (pairs.items[i].name.n > width)
            width = pairs.items[i].name.n;
    for (size_t i = 0; i < pairs.count; i++)
        show_pair(show, pairs.items[i].name, pairs.items[i].value, width);
    if (token_header.n)
        show_pair(show, token_header, STR(""), width);
}

void show_body(const struct show *show, struct str body)
{
    if (body.n == 0 || show_json(show, body))
        return;
    buf_printf(show->out, "    %zu bytes\n", body.n);
}
