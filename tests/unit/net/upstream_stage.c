/*
 * Upstreams: one that plays a script over its connections one after another, one that echoes
 * on as many connections as come. Faults of the script itself abort the program.
 */
#include "stage.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 64, PATIENCE_S = 10, NOTED = 1 << 16, LONGEST_HEAD = 65536 };

struct connection {
    struct upstream_stage *stage;
    int fd;
    SSL *ssl;
    pthread_t thread;
};

struct upstream_stage {
    const struct act *acts;
    SSL_CTX *tls;
    int listener, port;
    pthread_t thread;
    struct connection connections[CONNECTIONS];
    unsigned count;
    sem_t signal, go;
    pthread_mutex_t lock; /* what follows, and connections */
    char *noted;
    size_t noted_length;
    unsigned resumed;
};

static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "upstream stage: %s\n", why);
    abort();
}

/* ---- bytes ---- */

static ssize_t get(struct connection *c, char *p, size_t n)
{
    if (c->fd < 0)
        return -1;
    return c->ssl ? SSL_read(c->ssl, p, (int)n) : recv(c->fd, p, n, 0);
}

/* False when the other side is gone. */
static bool put(struct connection *c, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t sent = c->ssl ? SSL_write(c->ssl, p, n > 65536 ? 65536 : (int)n)
                              : send(c->fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

static void hang_up(struct connection *c, bool reset)
{
    if (c->fd < 0)
        return;
    if (reset) {
        struct linger now = {.l_onoff = 1};
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    if (c->ssl) {
        if (!reset)
            SSL_shutdown(c->ssl);
        SSL_free(c->ssl);
    }
    close(c->fd);
    c->fd = -1;
    c->ssl = NULL;
}

/* ---- requests ---- */

struct asked {
    char *head;
    char *body;
    size_t body_length;
};

static void note(struct upstream_stage *stage, const struct asked *asked)
{
    size_t line = strcspn(asked->head, "\r");
    size_t body = asked->body_length < 100 ? asked->body_length : 100;
    pthread_mutex_lock(&stage->lock);
    stage->noted_length += (size_t)snprintf(
        stage->noted + stage->noted_length, NOTED - stage->noted_length, "%.*s [%.*s];",
        (int)(line > 9 ? line - 9 : line), asked->head, (int)body, asked->body);
    pthread_mutex_unlock(&stage->lock);
}

static void forget(struct asked *asked)
{
    free(asked->head);
    free(asked->body);
}

/* False when the connection ended before a whole one. */
static bool read_request(struct connection *c, struct asked *asked, bool head_only)
{
    size_t n = 0;
    *asked = (struct asked){.head = calloc(1, LONGEST_HEAD + 1)};
    while (n < LONGEST_HEAD && (n < 4 || memcmp(asked->head + n - 4, "\r\n\r\n", 4) != 0)) {
        if (get(c, asked->head + n, 1) != 1)
            return false;
        n++;
    }
    const char *length = strcasestr(asked->head, "\r\nContent-Length: ");
    if (length && !head_only)
        asked->body_length = strtoul(length + strlen("\r\nContent-Length: "), NULL, 10);
    asked->body = calloc(1, asked->body_length + 1);
    for (size_t at = 0; at < asked->body_length;) {
        ssize_t got = get(c, asked->body + at, asked->body_length - at);
        if (got <= 0)
            return false;
        at += (size_t)got;
    }
    return true;
}

/* ---- connections ---- */

static SSL *greet(struct upstream_stage *stage, int fd)
{
    SSL *ssl = SSL_new(stage->tls);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1)
        return ssl;
    ERR_clear_error();
    SSL_free(ssl);
    return NULL;
}

/* NULL when the listener was shut. A connection whose greeting fails is closed: fd -1. */
static struct connection *welcome(struct upstream_stage *stage)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = accept4(stage->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return NULL;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL *ssl = stage->tls ? greet(stage, fd) : NULL;
    if (stage->tls && !ssl) {
        close(fd);
        fd = -1;
    }
    pthread_mutex_lock(&stage->lock);
    if (stage->count == CONNECTIONS)
        give_up("too many connections");
    struct connection *c = &stage->connections[stage->count++];
    *c = (struct connection){.stage = stage, .fd = fd, .ssl = ssl};
    stage->resumed += ssl && SSL_session_reused(ssl);
    pthread_mutex_unlock(&stage->lock);
    return c;
}

/* ---- the script ---- */

static void send_bytes(struct connection *c, size_t n)
{
    char block[23 * 1024];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)('a' + i % 23);
    while (n > 0) {
        size_t piece = n < sizeof block ? n : sizeof block;
        if (!put(c, block, piece))
            return;
        n -= piece;
    }
}

static void take_bytes(struct connection *c, size_t n)
{
    char taken[16384];
    while (n > 0) {
        ssize_t got = get(c, taken, n < sizeof taken ? n : sizeof taken);
        if (got <= 0)
            give_up("more bytes were expected");
        n -= (size_t)got;
    }
}

static void await(sem_t *semaphore)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    if (sem_timedwait(semaphore, &until) != 0)
        give_up("nobody signalled");
}

static void read_one(struct connection *c, const struct act *act)
{
    struct asked asked;
    if (!read_request(c, &asked, act->kind == ACT_HEAD))
        give_up("a request was expected");
    if (act->text && !strstr(asked.head, act->text))
        give_up(asked.head);
    note(c->stage, &asked);
    forget(&asked);
}

static void play_one(struct upstream_stage *stage, const struct act *act, struct connection **c)
{
    char dropped[16384];
    switch (act->kind) {
    case ACT_ACCEPT:
        *c = welcome(stage);
        if (!*c)
            give_up("a connection was expected");
        break;
    case ACT_USE:
        *c = &stage->connections[act->number];
        break;
    case ACT_READ:
    case ACT_HEAD:
        read_one(*c, act);
        break;
    case ACT_TAKE:
        take_bytes(*c, act->number);
        break;
    case ACT_SEND:
        put(*c, act->text, act->number ? act->number : strlen(act->text));
        break;
    case ACT_BYTES:
        send_bytes(*c, act->number);
        break;
    case ACT_DROP:
    case ACT_RESET:
        hang_up(*c, act->kind == ACT_RESET);
        break;
    case ACT_GONE:
        while (get(*c, dropped, sizeof dropped) > 0)
            continue;
        break;
    case ACT_SIGNAL:
        sem_post(&stage->signal);
        break;
    case ACT_HOLD:
        await(&stage->go);
        break;
    case ACT_END:
        break;
    }
}

static void *play(void *ctx)
{
    struct upstream_stage *stage = ctx;
    struct connection *c = NULL;
    for (const struct act *act = stage->acts; act->kind != ACT_END; act++)
        play_one(stage, act, &c);
    for (unsigned i = 0; i < stage->count; i++)
        hang_up(&stage->connections[i], false);
    return NULL;
}

/* ---- the echo ---- */

static void *echo_one(void *ctx)
{
    struct connection *c = ctx;
    struct asked asked;
    while (read_request(c, &asked, false)) {
        char head[256];
        char *target = asked.head;
        size_t line = strcspn(asked.head, "\r");
        line = line > 9 ? line - 9 : line;
        snprintf(head, sizeof head, ANSWER("Content-Length: %zu\r\n\r\n"),
                 line + 1 + asked.body_length);
        note(c->stage, &asked);
        bool sent = put(c, head, strlen(head)) && put(c, target, line) && put(c, " ", 1) &&
                    put(c, asked.body, asked.body_length);
        forget(&asked);
        if (!sent)
            return NULL;
    }
    forget(&asked);
    return NULL;
}

static void *echo(void *ctx)
{
    struct upstream_stage *stage = ctx;
    struct connection *c;
    while ((c = welcome(stage)))
        if (pthread_create(&c->thread, NULL, echo_one, c) != 0)
            give_up("no thread");
    for (unsigned i = 0; i < stage->count; i++) {
        shutdown(stage->connections[i].fd, SHUT_RDWR);
        pthread_join(stage->connections[i].thread, NULL);
        hang_up(&stage->connections[i], false);
    }
    return NULL;
}

/* ---- life ---- */

static SSL_CTX *tls_of(const char *file)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (!tls || SSL_CTX_use_certificate_chain_file(tls, file) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, file, SSL_FILETYPE_PEM) != 1)
        give_up("the certificate cannot be used");
    SSL_CTX_set_mode(tls, SSL_MODE_AUTO_RETRY);
    return tls;
}

static struct upstream_stage *open_stage(const struct act *acts, const char *tls)
{
    struct upstream_stage *stage = calloc(1, sizeof *stage);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    /* OpenSSL writes without MSG_NOSIGNAL. */
    signal(SIGPIPE, SIG_IGN);
    stage->acts = acts;
    stage->tls = tls ? tls_of(tls) : NULL;
    stage->noted = calloc(1, NOTED);
    stage->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(stage->listener, (struct sockaddr *)&address, n) != 0 ||
        listen(stage->listener, 64) != 0 ||
        getsockname(stage->listener, (struct sockaddr *)&address, &n) != 0)
        give_up("cannot listen");
    stage->port = ntohs(address.sin_port);
    sem_init(&stage->signal, 0, 0);
    sem_init(&stage->go, 0, 0);
    pthread_mutex_init(&stage->lock, NULL);
    if (pthread_create(&stage->thread, NULL, acts ? play : echo, stage) != 0)
        give_up("no thread");
    return stage;
}

struct upstream_stage *upstream_play(const struct act *acts, const char *tls)
{
    return open_stage(acts, tls);
}

struct upstream_stage *upstream_echo(const char *tls)
{
    return open_stage(NULL, tls);
}

int upstream_port(const struct upstream_stage *upstream)
{
    return upstream->port;
}

unsigned upstream_resumed(struct upstream_stage *upstream)
{
    pthread_mutex_lock(&upstream->lock);
    unsigned resumed = upstream->resumed;
    pthread_mutex_unlock(&upstream->lock);
    return resumed;
}

void upstream_wait(struct upstream_stage *upstream)
{
    await(&upstream->signal);
}

void upstream_go(struct upstream_stage *upstream)
{
    sem_post(&upstream->go);
}

char *upstream_close(struct upstream_stage *upstream)
{
    char *noted = upstream->noted;
    if (!upstream->acts)
        shutdown(upstream->listener, SHUT_RDWR);
    pthread_join(upstream->thread, NULL);
    close(upstream->listener);
    SSL_CTX_free(upstream->tls);
    sem_destroy(&upstream->signal);
    sem_destroy(&upstream->go);
    pthread_mutex_destroy(&upstream->lock);
    free(upstream);
    return noted;
}
