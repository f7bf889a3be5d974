/*
 * Tables: plans as a running proxy has them, and configuration and plans for verbs that listen
 * nowhere.
 */
#ifndef SHOPSHIM_CLI_TABLES_H
#define SHOPSHIM_CLI_TABLES_H

#include "cli/verb.h"

/*
 * The tables of the configuration's directory, knowing the contracts of v202309 where the
 * directory has them. NULL when any new finding is an error. The caller owns one reference.
 */
struct plans *tables_in(const struct config *config, struct findings *findings);

/*
 * Loads the configuration for these verbs, as far as it is given, and the tables. NULL after
 * all findings were printed. The caller owns one reference.
 */
struct plans *tables_for(const struct run *run, unsigned verbs);

#endif
