/*
 * What plans hold about calls that are of v202309 form already (private to this room).
 */
#ifndef SHOPSHIM_PLAN_NATIVE_H
#define SHOPSHIM_PLAN_NATIVE_H

#include "plan/compile.h"

/* A form of path of profiles.json, "native". */
struct native_form {
    struct str path; /* a pattern */
    const struct plan_profile *profile;
};

/* What a contract says. */
struct native_endpoint {
    struct str method;
    struct str path;  /* with {parameters} */
    struct str fixed; /* what stands before the first of them: most look-ups end there */
    struct str name;
    enum plan_cipher cipher;
};

struct native {
    struct native_form *forms;
    size_t form_count;
    struct native_endpoint *endpoints;
    size_t endpoint_count;
};

/* profiles.json, "native"; after the profiles. NULL after a finding. */
struct native *native_compile(const struct plans *plans, const cJSON *list,
                              const struct place *place);

#endif
