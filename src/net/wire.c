/*
 * Bytes over a connection. Owns the socket or the libcurl handle. Never raises SIGPIPE itself;
 * OpenSSL's writes would, which is why the workers block that signal.
 */
#include "net/wire.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { TLS_RECORD = 16384 };

static enum wire_result by_errno(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? WIRE_AGAIN : WIRE_ERROR;
}

static enum wire_result send_plain(struct wire *wire, struct str a, struct str b, size_t *sent)
{
    /* sendmsg() does not write to what it sends. */
    struct iovec parts[2] = {{(void *)(uintptr_t)a.p, a.n}, {(void *)(uintptr_t)b.p, b.n}};
    struct msghdr message = {.msg_iov = a.n ? parts : parts + 1, .msg_iovlen = a.n && b.n ? 2 : 1};
    ssize_t n = sendmsg(wire->fd, &message, MSG_NOSIGNAL);
    if (n < 0)
        return by_errno();
    *sent = (size_t)n;
    return WIRE_OK;
}

enum wire_result wire_send(struct wire *wire, struct str a, struct str b, size_t *sent)
{
    *sent = 0;
    if (!wire->easy)
        return send_plain(wire, a, b, sent);
    struct str piece = a.n ? a : b;
    /* One record at a time: an unfinished one says nothing to the other side. */
    CURLcode code =
        curl_easy_send(wire->easy, piece.p, piece.n < TLS_RECORD ? piece.n : TLS_RECORD, sent);
    return code == CURLE_OK ? WIRE_OK : code == CURLE_AGAIN ? WIRE_AGAIN : WIRE_ERROR;
}

enum wire_result wire_recv(struct wire *wire, char *p, size_t n, size_t *got)
{
    *got = 0;
    if (wire->easy) {
        CURLcode code = curl_easy_recv(wire->easy, p, n, got);
        if (code != CURLE_OK)
            return code == CURLE_AGAIN ? WIRE_AGAIN : WIRE_ERROR;
    } else {
        ssize_t result = recv(wire->fd, p, n, 0);
        if (result < 0)
            return by_errno();
        *got = (size_t)result;
    }
    return *got > 0 ? WIRE_OK : WIRE_CLOSED;
}

void wire_close(struct wire *wire)
{
    if (wire->easy) {
        curl_multi_remove_handle(wire->multi, wire->easy);
        curl_easy_cleanup(wire->easy);
    } else if (wire->fd >= 0) {
        close(wire->fd);
    }
    wire->fd = -1;
    wire->easy = NULL;
}
