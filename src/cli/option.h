/*
 * Options: each described once, as a row of a table.
 *
 * A row drives everything that can be said of an option: its flag, its variable in the
 * environment, its place in the configuration file, how its text is read and checked, its
 * line in --help and in the reference (`shopshim help configuration`). A value goes to
 * `offset` of the structure that the table is for. Nothing here knows a single option.
 */
#ifndef SHOPSHIM_CLI_OPTION_H
#define SHOPSHIM_CLI_OPTION_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum option_type {
    OPTION_SWITCH,   /* bool: present or not, takes no value */
    OPTION_BOOL,     /* bool: true or false */
    OPTION_TEXT,     /* const char * */
    OPTION_PATH,     /* const char *; in a file, relative to the file's directory */
    OPTION_UNSIGNED, /* unsigned */
    OPTION_INT,      /* int */
    OPTION_MS,       /* int64_t, milliseconds */
    OPTION_U64,      /* uint64_t */
    OPTION_SIZE,     /* size_t, a count */
    OPTION_BYTES,    /* size_t; k, m and g at the end multiply by 1024 */
    OPTION_CHOICE,   /* int or an enum: the index of one of `choices` */
    OPTION_APPS      /* only in a file: the list of apps, read by config_apps.c */
};

struct option {
    const char *group; /* heading in --help */
    const char *path;  /* "client.idle_ms": place in the file; NULL: not in a file */
    const char *flag;  /* "listen": --listen; NULL: no flag */
    char letter;       /* 't': also -t; 0: none */
    const char *env;   /* "SHOPSHIM_LISTEN"; NULL: not in the environment */
    const char *value; /* "HOST:PORT": what stands for the value in help */
    const char *help;  /* a short sentence without its point */
    enum option_type type;
    bool secret;                /* env also with _FILE; never shown */
    unsigned verbs;             /* which verbs take it, bits of enum verb_bit */
    size_t offset, size;        /* of the place in the target: OPTION_AT */
    int64_t least, most;        /* of numbers; both 0: any that fits */
    const char *const *choices; /* ends in NULL */
};

#define OPTION_AT(type, member)                                                                    \
    .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

struct option_table {
    const struct option *rows;
    size_t count;
    void *target;
    unsigned verbs; /* rows without one of these bits do not exist */
};

enum { OPTION_WHY = 256, OPTION_NAME = 64 };

/*
 * The name of the flag, without dashes: client.idle_ms is --client-idle-ms. False when the row
 * has none: it is a list, or stands in the environment only.
 */
bool option_flag(const struct option *option, char name[OPTION_NAME]);

/*
 * The name in the environment: SHOPSHIM_ and the flag in capitals, for rows that stand in a
 * file or name it themselves. False when there is none.
 */
bool option_env(const struct option *option, char name[OPTION_NAME]);

/*
 * Reads a text into the row's place. Strings are copied into the arena. False and a reason
 * ("expected a whole number from 1 to 64, not `x`"); never shows a secret's text.
 */
bool option_set(const struct option *option, void *target, struct str text, struct arena *arena,
                char why[OPTION_WHY]);

/* The value in the row's place as text; nothing for a text that is not set. */
void option_show(const struct option *option, const void *target, struct buf *out);

/* Rows by what a user writes; NULL when there is none for these verbs. */
const struct option *option_by_flag(const struct option_table *table, struct str flag);
const struct option *option_by_letter(const struct option_table *table, char letter);

/* "N", "BYTES", "a|b|c", ...: what --help writes for the value; "" for a switch. */
void option_placeholder(const struct option *option, struct buf *out);

/* The lines of --help: one row each, with heading, in the order of the table. */
void option_help(const struct option_table *table, struct buf *out);

/* The same as tables of a Markdown page: setting, flag, environment, default, meaning. */
void option_reference(const struct option_table *table, struct buf *out);

#endif
