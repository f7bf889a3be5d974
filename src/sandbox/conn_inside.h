/*
 * A connection from inside: shared by conn.c, which reads, and send.c, which writes.
 */
#ifndef SHOPSHIM_SANDBOX_CONN_INSIDE_H
#define SHOPSHIM_SANDBOX_CONN_INSIDE_H

#include "http1/http1.h"
#include "sandbox/conn.h"

enum { CONN_INPUT = 128 << 10 };

enum conn_state {
    CONN_READS,
    CONN_ANSWERS, /* an answer is on its way */
    CONN_LINGERS  /* our side is closed: what still comes is dropped */
};

struct conn {
    struct hall *hall;
    struct conn *next, *prev;
    int fd;
    enum conn_state state;
    struct event readable; /* with the time-out of the state */
    struct http1_reader reader;
    char *input;      /* CONN_INPUT bytes, or NULL before the first read */
    size_t at, end;   /* of what was not read yet */
    size_t body_from; /* behind the head of the request under way; 0: there is none yet */
    struct buf body;
    size_t dropped;
    bool keep;    /* goes on after this answer */
    bool unread;  /* the client may still be sending */
    bool bare;    /* no body: the answer to HEAD */
    bool serving; /* go_on() is on the stack */

    /* send.c */
    struct event writable;
    struct event timer;
    struct buf head;
    struct visit_answer answer;
    size_t sent;
    bool begun; /* its delay is over */
};

/* Closes it; returns false. */
bool conn_fail(struct conn *conn);

bool send_open(struct conn *conn);
void send_close(struct conn *conn);

/* Takes the answer over. False when the connection is gone. */
bool send_answer(struct conn *conn, struct visit_answer *answer);

/* The answer is out, or as much of it as shall be. False when the connection is gone. */
bool conn_answered(struct conn *conn);

#endif
