/*
 * Log: one event, one line, one write(2) on a file descriptor (standard error by default).
 *
 * Owns the level and the descriptor of the process, nothing else. A line is masked whole
 * before it is cut, so that no half of a secret survives at its end; control characters are
 * written as escapes, so that no text from the wire can begin a line of its own.
 */
#include "base/log.h"
#include "base/clock.h"
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_LINE = 4096, LONGEST_MESSAGE = 1 << 20 };

static const struct str level_names[] = {STR_C("debug"), STR_C("info"), STR_C("warn"),
                                         STR_C("error"), STR_C("off")};

static atomic_int current_level = LOG_INFO;
static atomic_int current_fd = STDERR_FILENO;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&current_level, (int)level, memory_order_relaxed);
}

bool log_level_by_name(struct str name, enum log_level *out)
{
    for (int i = LOG_DEBUG; i <= LOG_OFF; i++) {
        if (str_eq(name, level_names[i])) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

bool log_enabled(enum log_level level)
{
    return level != LOG_OFF &&
           (int)level >= atomic_load_explicit(&current_level, memory_order_relaxed);
}

void log_set_fd(int fd)
{
    atomic_store_explicit(&current_fd, fd, memory_order_relaxed);
}

static size_t put_head(char line[static LONGEST_LINE], enum log_level level)
{
    int64_t now = clock_now_ms(&clock_system);
    time_t seconds = (time_t)(now / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t n = strftime(line, LONGEST_LINE, "%Y-%m-%dT%H:%M:%S", &utc);
    n += (size_t)snprintf(line + n, LONGEST_LINE - n, ".%03dZ %s ", (int)(now % 1000),
                          level_names[level].p);
    return n;
}

/* Appends one byte, escaped when it is a control character; false when the line is full. */
static bool put_byte(char line[static LONGEST_LINE], size_t *n, char c)
{
    unsigned char u = (unsigned char)c;
    char escape[5];
    size_t size = 1;
    if (c == '\n' || c == '\r' || c == '\t')
        size = (size_t)snprintf(escape, sizeof escape, "\\%c",
                                c == '\n'   ? 'n'
                                : c == '\r' ? 'r'
                                            : 't');
    else if (u < 0x20 || u == 0x7F)
        size = (size_t)snprintf(escape, sizeof escape, "\\x%02x", u);
    else
        escape[0] = c;
    if (*n + size > LONGEST_LINE - 4) /* "..." and the line feed */
        return false;
    memcpy(line + *n, escape, size);
    *n += size;
    return true;
}

/* Takes the rest of a UTF-8 sequence that was cut in two off the line. */
static size_t whole_characters(const char *line, size_t n)
{
    size_t start = n;
    while (start > 0 && n - start < 3 && ((unsigned char)line[start - 1] & 0xC0) == 0x80)
        start--;
    return start > 0 && ((unsigned char)line[start - 1] & 0xC0) == 0xC0 ? start - 1 : n;
}

static void write_line(enum log_level level, struct str message)
{
    char line[LONGEST_LINE];
    size_t n = put_head(line, level);
    for (size_t i = 0; i < message.n; i++) {
        if (put_byte(line, &n, message.p[i]))
            continue;
        n = whole_characters(line, n);
        memcpy(line + n, "...", 3);
        n += 3;
        break;
    }
    line[n++] = '\n';
    while (write(atomic_load_explicit(&current_fd, memory_order_relaxed), line, n) < 0 &&
           errno == EINTR)
        continue;
}

void log_line(enum log_level level, const char *format, ...)
{
    if (!log_enabled(level))
        return;
    char *message = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&message, format, args);
    va_end(args);
    struct buf masked;
    buf_init(&masked, LONGEST_MESSAGE);
    if (n >= 0)
        log_mask(str_of(message, (size_t)n), &masked);
    if (n < 0 || buf_failed(&masked))
        write_line(level, STR("(a message was lost: out of memory, or over 1 MiB)"));
    else
        write_line(level, buf_str(&masked));
    if (n >= 0)
        free(message);
    buf_clear(&masked);
}
