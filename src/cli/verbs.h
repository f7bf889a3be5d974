/*
 * Every verb's description, for the list in verbs.c.
 */
#ifndef SHOPSHIM_CLI_VERBS_H
#define SHOPSHIM_CLI_VERBS_H

#include "cli/verb.h"

extern const struct verb verb_serve, verb_sandbox, verb_demo, verb_check, verb_explain, verb_sign,
    verb_routes, verb_docs, verb_healthcheck, verb_version, verb_help;

#endif
