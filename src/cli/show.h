/*
 * Showing messages to a person: colour where it is wanted, JSON in a readable form, long parts
 * shortened with a count of what was left out, and nothing secret.
 */
#ifndef SHOPSHIM_CLI_SHOW_H
#define SHOPSHIM_CLI_SHOW_H

#include "base/url.h"

struct show {
    struct buf *out;
    struct arena *arena; /* scratch, for documents */
    bool colour;
};

enum show_style { SHOW_PLAIN, SHOW_BOLD, SHOW_DIM, SHOW_KEY, SHOW_TEXT, SHOW_NUMBER, SHOW_TITLE };

/* Whether what goes to that file descriptor should have colour: a terminal, no NO_COLOR. */
bool show_wants_colour(int fd);

void show_styled(const struct show *show, enum show_style style, struct str text);

/* " 1  words", in a line of its own. */
void show_title(const struct show *show, const char *number, const char *words);

/*
 * "POST /path", then each parameter of the query in a line, and the name of the header that
 * holds the token, if there is one. `target` is percent-coded.
 */
void show_request_line(const struct show *show, struct str method, struct str target,
                       struct str token_header);

/* "    name  value", the value masked when the name says that it is a secret. */
void show_pair(const struct show *show, struct str name, struct str value, size_t width);

/* A body: JSON by its structure, anything else by its size. */
void show_body(const struct show *show, struct str body);

#endif
