/*
 * Masking of secrets in text, for the log and for everything else that people get to read.
 *
 * Owns the registered secrets of the process (copies, at most 256, behind one lock); each is
 * also looked for in its percent-coded spelling. Besides them, values are hidden by the name
 * in front of them: name=value and name%3Dvalue of queries, "name":value of JSON (also inside
 * a JSON string, with its quotes escaped), Name: value of headers. When in doubt it hides.
 */
#include "base/log.h"
#include "base/url.h"
#include <pthread.h>
#include <stdlib.h>

enum { MOST_SECRETS = 256, SHORTEST_SECRET = 4 };

static const struct str masked_names[] = {
    STR_C("access_token"),  STR_C("app_secret"),         STR_C("sign"),
    STR_C("refresh_token"), STR_C("auth_code"),          STR_C("shop_cipher"),
    STR_C("authorization"), STR_C("x-tts-access-token"),
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct str secrets[2 * MOST_SECRETS]; /* each as it is and percent-coded */
static size_t spellings, secret_count;
static bool begins_secret[256]; /* by first byte: most positions are decided by this alone */

static bool is_hidden_already(struct str text)
{
    for (size_t i = 0; i < spellings; i++)
        if (str_eq(secrets[i], text))
            return true;
    return false;
}

static bool add_spelling(struct str text)
{
    if (is_hidden_already(text))
        return true;
    char *copy = malloc(text.n);
    if (!copy)
        return false;
    memcpy(copy, text.p, text.n);
    secrets[spellings++] = str_of(copy, text.n);
    begins_secret[(unsigned char)copy[0]] = true;
    return true;
}

bool log_hide(struct str secret)
{
    if (secret.n < SHORTEST_SECRET)
        return false;
    struct buf coded;
    buf_init(&coded, 3 * secret.n);
    url_encode(secret, &coded);
    pthread_rwlock_wrlock(&lock);
    bool known = is_hidden_already(secret);
    bool done = known || (secret_count < MOST_SECRETS && !buf_failed(&coded) &&
                          add_spelling(secret) && add_spelling(buf_str(&coded)));
    if (done && !known)
        secret_count++;
    pthread_rwlock_unlock(&lock);
    if (coded.p)
        explicit_bzero(coded.p, coded.room);
    buf_clear(&coded);
    return done;
}

void log_forget(void)
{
    pthread_rwlock_wrlock(&lock);
    for (size_t i = 0; i < spellings; i++) {
        explicit_bzero((char *)secrets[i].p, secrets[i].n);
        free((char *)secrets[i].p);
    }
    spellings = secret_count = 0;
    memset(begins_secret, 0, sizeof begins_secret);
    pthread_rwlock_unlock(&lock);
}

/* End of the longest secret that begins at `at`, or `at`. */
static size_t secret_end(struct str text, size_t at)
{
    size_t longest = 0;
    if (!begins_secret[(unsigned char)text.p[at]])
        return at;
    for (size_t i = 0; i < spellings; i++)
        if (secrets[i].n > longest && str_starts(str_of(text.p + at, text.n - at), secrets[i]))
            longest = secrets[i].n;
    return at + longest;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool has(struct str text, size_t at, struct str word)
{
    return text.n - at >= word.n && str_ieq(str_of(text.p + at, word.n), word);
}

/* A name counts when no letter or digit stands before it, except those of a %26 or the like. */
static bool is_word_start(struct str text, size_t at)
{
    if (at == 0 || !is_alnum(text.p[at - 1]))
        return true;
    return at >= 3 && text.p[at - 3] == '%';
}

static size_t skip_blanks(struct str text, size_t at)
{
    while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t'))
        at++;
    return at;
}

/* Behind a quote at `at`, escaped or not, or `at`. */
static size_t skip_quote(struct str text, size_t at)
{
    size_t quote = at;
    while (quote < text.n && text.p[quote] == '\\')
        quote++;
    return quote < text.n && (text.p[quote] == '"' || text.p[quote] == '\'') ? quote + 1 : at;
}

struct value {
    size_t from, to; /* equal: there is none */
    bool coded;      /* behind %3D: ends at %26 too */
    bool header;     /* behind ':' without quotes: may hold blanks when it names a scheme */
};

/*
 * End of a quoted value whose opening quote, with its backslashes, is [open, from). A JSON
 * text inside a JSON string has one backslash before its quotes, a text inside that has
 * three; a quote closes when what stands before it is that and whole escaped backslashes.
 */
static size_t quoted_end(struct str text, size_t open, size_t from)
{
    size_t depth = from - open - 1;
    char quote = text.p[from - 1];
    size_t slashes = 0;
    for (size_t i = from; i < text.n; i++) {
        if (text.p[i] == quote && (slashes < depth || slashes % (2 * (depth + 1)) == depth))
            return i - (slashes < depth ? slashes : depth);
        slashes = text.p[i] == '\\' ? slashes + 1 : 0;
    }
    return text.n;
}

/* End of an array or object that begins at `from`. */
static size_t nested_end(struct str text, size_t from)
{
    size_t depth = 0;
    for (size_t i = from; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"') {
            i = quoted_end(text, i, i + 1);
        } else if (c == '[' || c == '{') {
            depth++;
        } else if ((c == ']' || c == '}') && --depth == 0) {
            return i + 1;
        }
    }
    return text.n;
}

static size_t plain_end(struct str text, const struct value *value, bool json)
{
    size_t i = value->from;
    for (; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (value->header ? c == '\r' || c == '\n' : c <= ' ')
            break;
        if (c == '"' || c == '\'' || c == '<' || c == '>' || (c == '&' && !value->header))
            break;
        if (c == '\\' && skip_quote(text, i) > i)
            break;
        if ((json && (c == ',' || c == '}' || c == ']')) ||
            (value->coded && has(text, i, STR("%26"))))
            break;
    }
    return i;
}

/* The value whose name, `name`, stands at `at`. */
static struct value find_value(struct str text, size_t at, struct str name)
{
    struct value value = {0};
    size_t behind = at + name.n;
    size_t sep = skip_quote(text, behind);
    bool json = sep > behind;
    sep = skip_blanks(text, sep);
    if (sep >= text.n)
        return value;
    value.coded = has(text, sep, STR("%3D"));
    if (!value.coded && text.p[sep] != '=' && text.p[sep] != ':')
        return value;
    size_t open = skip_blanks(text, sep + (value.coded ? 3 : 1));
    value.from = skip_quote(text, open);
    value.header = text.p[sep] == ':' && !json && str_eq(name, STR("authorization"));
    if (value.from > open)
        value.to = quoted_end(text, open, value.from);
    else if (open < text.n && (text.p[open] == '[' || text.p[open] == '{'))
        value.to = nested_end(text, open);
    else
        value.to = plain_end(text, &value, json);
    return value;
}

static struct value named_value(struct str text, size_t at)
{
    char first = (char)(text.p[at] | 0x20);
    if ((first != 'a' && first != 's' && first != 'r' && first != 'x') || !is_word_start(text, at))
        return (struct value){0};
    for (size_t i = 0; i < sizeof masked_names / sizeof *masked_names; i++) {
        if (!has(text, at, masked_names[i]))
            continue;
        struct value value = find_value(text, at, masked_names[i]);
        if (value.to > value.from)
            return value;
    }
    return (struct value){0};
}

void log_mask(struct str text, struct buf *out)
{
    struct value value = {0}; /* the nearest named value that is not behind us */
    size_t done = 0;          /* everything before this is written or hidden */
    pthread_rwlock_rdlock(&lock);
    for (size_t at = 0; at < text.n; at++) {
        if (at >= value.to)
            value = named_value(text, at);
        size_t end = secret_end(text, at);
        if (value.to > value.from && at == value.from && value.to > end)
            end = value.to;
        if (end <= at || end <= done)
            continue;
        if (at > done || done == 0) { /* else it goes on where the last one is hidden */
            buf_add(out, text.p + done, at - done);
            buf_add_str(out, STR("***"));
        }
        done = end;
    }
    pthread_rwlock_unlock(&lock);
    if (done < text.n)
        buf_add(out, text.p + done, text.n - done);
}
