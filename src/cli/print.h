/*
 * Printing: what all verbs share when they talk to a person or a pipe.
 */
#ifndef SHOPSHIM_CLI_PRINT_H
#define SHOPSHIM_CLI_PRINT_H

#include "base/buf.h"
#include "base/fault.h"
#include "table/finding.h"

#include <stdio.h>

/* Writes and flushes. False, with words on standard error, when that fails. */
bool print_buf(FILE *file, const struct buf *text);

/* All findings, a line each, masked; the second on standard error. */
void print_findings_text(const struct findings *findings, struct buf *out);
void print_findings(const struct findings *findings);

/* All findings as one JSON document, masked: {"findings": [...], "errors": n, "warnings": n}. */
void print_findings_json(const struct findings *findings, struct buf *out);

/* "shopshim: WORDS: the fault's text" on standard error, masked. */
void print_fault(const char *words, const struct fault *fault);

/* Two or more columns, each as wide as its widest cell; `cells` row by row. */
void print_columns(const struct str *cells, size_t rows, size_t columns, struct buf *out);

#endif
