/*
 * Log: one line an event on standard error, as `time level message key=value ...`.
 *
 * Redaction happens here, at the sink, whatever the caller passed: every registered secret
 * (log_hide) is replaced by ***, and so is every value that follows one of the names of
 * secret parameters (access_token, app_secret, sign, refresh_token, auth_code, shop_cipher,
 * x-tts-access-token, authorization), in query, JSON and header form.
 * Threads may log at the same time; lines never mix. A line is cut at 4 KiB.
 */
#ifndef SHOPSHIM_BASE_LOG_H
#define SHOPSHIM_BASE_LOG_H

#include "base/buf.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

void log_set_level(enum log_level level); /* default LOG_INFO */
bool log_level_by_name(struct str name, enum log_level *out);
bool log_enabled(enum log_level level);

/* Where lines go: a file descriptor, default 2. */
void log_set_fd(int fd);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...)                                                                             \
    do {                                                                                           \
        if (log_enabled(LOG_DEBUG))                                                                \
            log_line(LOG_DEBUG, __VA_ARGS__);                                                      \
    } while (0)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

/* Registers a secret of at least 4 bytes (copied). At most 256, later ones are refused. */
bool log_hide(struct str secret);
void log_forget(void); /* drops all registered secrets, for tests */

/* The redaction itself, for error texts, dumps and `explain`: appends `text` masked. */
void log_mask(struct str text, struct buf *out);

#endif
