/*
 * JUnit: findings as the XML that build servers show: one test for each file that was checked
 * or that a finding is in, failed when it has findings.
 */
#ifndef SHOPSHIM_CLI_JUNIT_H
#define SHOPSHIM_CLI_JUNIT_H

#include "base/buf.h"
#include "table/finding.h"

/* `files`: all that were checked, in the order of the tests; findings are masked. */
void print_findings_junit(const struct findings *findings, const struct str *files, size_t count,
                          struct buf *out);

#endif
