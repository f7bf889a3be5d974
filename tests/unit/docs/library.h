/*
 * The library that the tests of this room tell about: tables, contracts and guide of fixtures/.
 */
#ifndef SHOPSHIM_TESTS_DOCS_LIBRARY_H
#define SHOPSHIM_TESTS_DOCS_LIBRARY_H

#include "docs/docs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define LIBRARY TEST_ROOT "/tests/unit/docs/fixtures"

static struct docs_sources library;

static int open_library(void **state)
{
    (void)state;
    struct findings findings;
    findings_init(&findings);
    library = (struct docs_sources){
        .plans = plans_load(LIBRARY, &findings),
        .guide = guide_load(LIBRARY "/guide.json", &findings),
        .legacy = contracts_load(LIBRARY "/contracts/legacy", &findings),
        .upstream = contracts_load(LIBRARY "/contracts/v202309", &findings),
    };
    for (size_t i = 0; i < findings.count; i++)
        print_error("%s: %s: %s\n", findings.items[i].file, findings.items[i].path,
                    findings.items[i].text);
    findings_clear(&findings);
    return library.plans && library.guide && library.legacy && library.upstream ? 0 : -1;
}

static int close_library(void **state)
{
    (void)state;
    plans_unref((struct plans *)library.plans);
    guide_free((struct guide *)library.guide);
    contracts_free((struct contracts *)library.legacy);
    contracts_free((struct contracts *)library.upstream);
    return 0;
}

#endif
