/*
 * Request: curl's words, and the setters that both forms share. Private to request*.c.
 */
#ifndef SHOPSHIM_CLI_REQUEST_CURL_H
#define SHOPSHIM_CLI_REQUEST_CURL_H

#include "cli/request.h"

/* The words behind `curl`. */
bool request_of_curl(struct request *request, const struct str *words, size_t count,
                     struct arena *arena, struct fault *fault);

/* Path and query out of a URL or a path. */
void request_set_target(struct request *request, struct str target);

bool request_add_field(struct request *request, struct str line, struct fault *fault);

#endif
