/*
 * A connection to upstream as bytes in and out, after libcurl made it (private to this room).
 *
 * Plain connections were taken from libcurl and are sockets of our own; TLS goes through
 * libcurl, which may hold bytes that were decrypted already: read until WIRE_AGAIN.
 */
#ifndef SHOPSHIM_NET_WIRE_H
#define SHOPSHIM_NET_WIRE_H

#include "base/str.h"
#include <curl/curl.h>

struct wire {
    int fd;     /* to wait on */
    CURL *easy; /* NULL: plain */
    CURLM *multi;
};

enum wire_result {
    WIRE_OK,
    WIRE_AGAIN,
    WIRE_CLOSED, /* by the other side, in order */
    WIRE_ERROR
};

/*
 * Sends what it can of a and then b; *sent counts only bytes that were accepted, and nothing
 * of a TLS record that was cut off can be read on the other side.
 */
enum wire_result wire_send(struct wire *wire, struct str a, struct str b, size_t *sent);
enum wire_result wire_recv(struct wire *wire, char *p, size_t n, size_t *got);
/* Closes; the caller has removed its events. */
void wire_close(struct wire *wire);

#endif
