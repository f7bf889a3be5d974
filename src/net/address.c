/*
 * Listening sockets. Owns nothing: descriptors go to the caller. A unix socket's file that
 * nobody listens on any more is replaced; one that answers is refused as taken.
 */
#include "net/address.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, LONGEST_HOST = 255 };

static const char unix_prefix[] = "unix:";

static bool is_unix(const char *text)
{
    return strncmp(text, unix_prefix, sizeof unix_prefix - 1) == 0;
}

static const char *unix_path(const char *text)
{
    return text + sizeof unix_prefix - 1;
}

/* ---- the text ---- */

struct parts {
    char host[LONGEST_HOST + 1];
    char port[6];
};

static const char *split(const char *text, struct parts *parts)
{
    const char *colon = strrchr(text, ':');
    uint64_t port;
    if (!colon)
        return "it has no port: write HOST:PORT";
    if (!str_to_u64(str_from(colon + 1), &port) || port > 65535 || strlen(colon + 1) > 5)
        return "what stands behind the last ':' is not a port (0 to 65535)";
    struct str host = str_of(text, (size_t)(colon - text));
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = str_of(host.p + 1, host.n - 2);
    else if (str_find(host, ':') < host.n)
        return "an IPv6 address stands in brackets: [::1]:8080";
    if (host.n == 0)
        return "it has no host: write 127.0.0.1:PORT, or 0.0.0.0:PORT for all addresses";
    if (host.n > LONGEST_HOST)
        return "its host is too long";
    memcpy(parts->host, host.p, host.n);
    parts->host[host.n] = '\0';
    snprintf(parts->port, sizeof parts->port, "%u", (unsigned)port);
    return NULL;
}

const char *address_wrong(const char *text)
{
    struct parts parts;
    if (!text || !*text)
        return "it is missing";
    if (!is_unix(text))
        return split(text, &parts);
    size_t n = strlen(unix_path(text));
    if (n == 0)
        return "unix: wants a path behind it";
    return n < sizeof((struct sockaddr_un *)0)->sun_path ? NULL : "its path is too long";
}

/* ---- sockets ---- */

static bool cannot(struct fault *fault, const char *text, int error)
{
    const char *why = strerror(error);
    if (error == EADDRINUSE)
        why = "another process listens there";
    else if (error == EADDRNOTAVAIL)
        why = "this machine has no such address";
    else if (error == EACCES)
        why = "permission denied (ports below 1024 need privileges)";
    return fault_at(fault, error == EADDRINUSE ? FAULT_BUSY : FAULT_PARAMETER, STR("listen"),
                    "cannot listen on %s: %s", text, why);
}

static bool set_on(int fd, int level, int option)
{
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof on) == 0;
}

/* -1 and errno. A socket that is not the first joins those that share the port. */
static int open_tcp(const struct sockaddr *address, socklen_t n, bool first, bool shared)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    bool good = set_on(fd, SOL_SOCKET, SO_REUSEADDR) && set_on(fd, IPPROTO_TCP, TCP_NODELAY);
    /* The first binds without SO_REUSEPORT, so that it fails where a stranger shares. */
    if (good && !first)
        good = set_on(fd, SOL_SOCKET, SO_REUSEPORT);
    good = good && bind(fd, address, n) == 0;
    if (good && first && shared)
        good = set_on(fd, SOL_SOCKET, SO_REUSEPORT);
    if (good && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static void close_all(int *fds, unsigned count)
{
    while (count > 0)
        close(fds[--count]);
}

/* Puts the port that was taken into the address. */
static bool note_port(int fd, struct sockaddr_storage *address, int *port)
{
    socklen_t n = sizeof *address;
    if (getsockname(fd, (struct sockaddr *)address, &n) != 0)
        return false;
    *port = address->ss_family == AF_INET6
                ? ntohs(((struct sockaddr_in6 *)(void *)address)->sin6_port)
                : ntohs(((struct sockaddr_in *)(void *)address)->sin_port);
    return true;
}

static bool listen_tcp(const char *text, int *fds, unsigned count, int *port, struct fault *fault)
{
    struct parts parts;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    struct sockaddr_storage address;
    const char *wrong = split(text, &parts);
    if (wrong)
        return fault_at(fault, FAULT_PARAMETER, STR("listen"), "%s: %s", text, wrong);
    int error = getaddrinfo(parts.host, parts.port, &hints, &found);
    if (error)
        return fault_at(fault, FAULT_PARAMETER, STR("listen"), "cannot listen on %s: %s", text,
                        gai_strerror(error));
    memcpy(&address, found->ai_addr, found->ai_addrlen);
    socklen_t n = found->ai_addrlen;
    freeaddrinfo(found);
    for (unsigned i = 0; i < count; i++) {
        fds[i] = open_tcp((struct sockaddr *)&address, n, i == 0, count > 1);
        if (fds[i] >= 0 && (i > 0 || note_port(fds[i], &address, port)))
            continue;
        error = errno;
        close_all(fds, fds[i] >= 0 ? i + 1 : i);
        return cannot(fault, text, error);
    }
    return true;
}

/* Whether the file is a socket that nobody answers on. */
static bool is_stale(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool stale = connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                 errno == ECONNREFUSED;
    close(fd);
    return stale;
}

static int open_unix(const struct sockaddr_un *address)
{
    const struct sockaddr *sa = (const struct sockaddr *)address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    bool bound = bind(fd, sa, sizeof *address) == 0;
    if (!bound && errno == EADDRINUSE) {
        if (is_stale(address) && unlink(address->sun_path) == 0)
            bound = bind(fd, sa, sizeof *address) == 0;
        else
            errno = EADDRINUSE;
    }
    if (bound && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static bool listen_unix(const char *text, int *fds, unsigned count, struct fault *fault)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *wrong = address_wrong(text);
    if (wrong)
        return fault_at(fault, FAULT_PARAMETER, STR("listen"), "%s: %s", text, wrong);
    memcpy(address.sun_path, unix_path(text), strlen(unix_path(text)) + 1);
    for (unsigned i = 0; i < count; i++) {
        fds[i] = i == 0 ? open_unix(&address) : fcntl(fds[0], F_DUPFD_CLOEXEC, 0);
        if (fds[i] >= 0)
            continue;
        int error = errno;
        close_all(fds, i);
        return cannot(fault, text, error);
    }
    return true;
}

bool address_listen(const char *text, int *fds, unsigned count, int *port, struct fault *fault)
{
    *port = 0;
    return is_unix(text) ? listen_unix(text, fds, count, fault)
                         : listen_tcp(text, fds, count, port, fault);
}

void address_forget(const char *text)
{
    if (is_unix(text))
        unlink(unix_path(text));
}
