/*
 * Showing JSON. Private to show*.c.
 */
#ifndef SHOPSHIM_CLI_SHOW_JSON_H
#define SHOPSHIM_CLI_SHOW_JSON_H

#include "cli/show.h"

/* Shows a document; false, and nothing shown, when it is no JSON. */
bool show_json(const struct show *show, struct str text);

/* Whether values of that name are masked. */
bool show_is_secret(struct str name);

#endif
