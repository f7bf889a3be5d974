/*
 * The list of verbs, in the order of `shopshim help`. Each verb lives in a file of its name.
 */
#include "cli/verbs.h"

const struct verb *const verb_list[] = {
    &verb_serve,  &verb_sandbox, &verb_demo,        &verb_check,   &verb_explain, &verb_sign,
    &verb_routes, &verb_docs,    &verb_healthcheck, &verb_version, &verb_help,    NULL,
};
