/*
 * Tables: configuration and plans for verbs that listen nowhere.
 */
#ifndef SHOPSHIM_CLI_TABLES_H
#define SHOPSHIM_CLI_TABLES_H

#include "cli/verb.h"

/*
 * Loads the configuration for these verbs, as far as it is given, and the tables. NULL after
 * all findings were printed. The caller owns one reference.
 */
struct plans *tables_for(const struct run *run, unsigned verbs);

#endif
