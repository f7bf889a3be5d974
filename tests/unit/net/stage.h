/*
 * The stage: a server under test, clients that speak bytes, and an upstream that plays a
 * script. Everything is on 127.0.0.1 and gives up after ten seconds.
 */
#ifndef TESTS_UNIT_NET_STAGE_H
#define TESTS_UNIT_NET_STAGE_H

#include "net/server.h"
#include "relay.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- the server ---- */

struct stage {
    struct server_settings settings; /* change them before stage_open */
    struct exchange_settings exchange;
    struct server *server;
    struct plans *plans;
    char api[64], auth[64];
};

/* Defaults, one worker, a free port, nothing listens as upstream. */
void stage_init(struct stage *stage);
void stage_upstream(struct stage *stage, const char *scheme, int port); /* api and auth */
void stage_open(struct stage *stage);
/* Stops it; every exchange must be gone then. */
void stage_close(struct stage *stage);

/* ---- clients ---- */

int client_open(const struct stage *stage);
void client_send(int fd, const char *text);
void client_send_bytes(int fd, const char *p, size_t n);

struct reply {
    int status;
    char *head; /* with its empty line; "" when the server closed instead */
    char *body;
    size_t body_length;
};

/* Reads one answer; `to_head`: it answers a HEAD request. Free it with reply_clear. */
struct reply client_read(int fd, bool to_head);
void reply_clear(struct reply *reply);

/* Reads an answer and compares. */
void expect_reply(int fd, int status, const char *body);
/* The server closes without more bytes. */
void expect_closed(int fd);
/* Opens, sends, expects, closes. */
void expect_exchange(const struct stage *stage, const char *request, int status, const char *body);

/* Waits until the counters satisfy the condition. */
void wait_for(const struct stage *stage, bool (*condition)(const struct server_stats *stats));

/* ---- upstream ---- */

enum act_kind {
    ACT_END,    /* closes everything */
    ACT_ACCEPT, /* the next connection, which the following acts are about */
    ACT_USE,    /* a connection by its number, from 0 */
    ACT_READ,   /* one whole request, noted; its head must hold the text, if any */
    ACT_SEND,   /* text, or that number of its bytes */
    ACT_BYTES,  /* number bytes of 'a' to 'w' in turn */
    ACT_DROP,   /* closes in order */
    ACT_RESET,  /* closes with a reset */
    ACT_GONE,   /* waits until the other side closes */
    ACT_HEAD,   /* reads the head of a request only */
    ACT_TAKE,   /* reads that number of bytes */
    ACT_SIGNAL, /* wakes upstream_wait */
    ACT_HOLD    /* waits for upstream_go */
};

struct act {
    enum act_kind kind;
    const char *text;
    size_t number;
};

struct upstream_stage;

/* Plays the acts in a thread; `tls`: a PEM file of certificate and key, or NULL. */
struct upstream_stage *upstream_play(const struct act *acts, const char *tls);
/* Answers everything, on any number of connections: "METHOD target body". */
struct upstream_stage *upstream_echo(const char *tls);
int upstream_port(const struct upstream_stage *upstream);
/* TLS connections that resumed an earlier session. */
unsigned upstream_resumed(struct upstream_stage *upstream);
void upstream_wait(struct upstream_stage *upstream); /* for ACT_SIGNAL */
void upstream_go(struct upstream_stage *upstream);   /* goes on after ACT_HOLD */
/* Ends it; the first line and body of each request it read, as "LINE [BODY];". */
char *upstream_close(struct upstream_stage *upstream);

#define ANSWER(text) "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" text

#endif
