/*
 * Addresses to listen on: "127.0.0.1:8080", "[::1]:8080", "localhost:8080", "unix:/path".
 * Port 0 takes a free one. Several listeners of one address share its port (SO_REUSEPORT), but
 * never with a stranger: the first one takes it alone.
 */
#ifndef SHOPSHIM_NET_ADDRESS_H
#define SHOPSHIM_NET_ADDRESS_H

#include "base/fault.h"

/* What is wrong with the text, as a static sentence; NULL when nothing is. No name is asked. */
const char *address_wrong(const char *text);

/*
 * Opens `count` non-blocking listeners with TCP_NODELAY; *port is 0 for a unix socket, whose
 * listeners are one and the same. False and a fault with the reason; nothing is open then.
 */
bool address_listen(const char *text, int *fds, unsigned count, int *port, struct fault *fault);

/* Removes the file of a unix socket; nothing for other addresses. Closes nothing. */
void address_forget(const char *text);

#endif
