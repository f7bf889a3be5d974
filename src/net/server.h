/*
 * Server: everything of the proxy that touches a socket.
 *
 * A server has worker threads; each has its own listener (SO_REUSEPORT), event loop, pools,
 * exchange_host and upstream connections. They share the plans (by reference), what
 * `struct exchange_common` points to, and counters.
 *
 * Life: server_new -> server_start -> (server_reload)* -> server_stop -> server_free.
 * Signals belong to the caller: workers block all of them, SIGPIPE included. All functions are
 * called by one thread at a time, except server_stats, server_ready and server_drain, which any
 * thread may call between server_start and server_free.
 */
#ifndef SHOPSHIM_NET_SERVER_H
#define SHOPSHIM_NET_SERVER_H

#include "exchange/exchange.h"
#include "http1/http1.h"
#include "table/finding.h"

/*
 * Settings. The name in a configuration is the path of the member: client.idle_ms is
 * {"client": {"idle_ms": 75000}}; faults name it like that. Start from
 * server_default_settings; strings are borrowed until server_free.
 */
struct server_client_settings {
    unsigned connections; /* 4096: open at once, all workers together; more get a 429 */
    size_t memory_bytes;  /* 256 MiB: request bodies and upstream answers, for each worker */
    /* Milliseconds: */
    int64_t head_ms;  /* 10 000: from connecting, or a head's first byte, to its last */
    int64_t body_ms;  /* 30 000: between two pieces of a body */
    int64_t write_ms; /* 30 000: an answer that nobody takes */
    int64_t idle_ms;  /* 75 000: kept open between two requests */
    /* Bytes (fields: count): beyond them 414, 431, 431, 413. */
    size_t line_bytes; /* 8 KiB */
    size_t head_bytes; /* 32 KiB */
    size_t fields;     /* 100 */
    size_t body_bytes; /* 16 MiB */
};

struct server_upstream_settings {
    const char *api;      /* "https://host[:port][/prefix]" or http; needed */
    const char *auth;     /* the same; needed */
    const char *ca_file;  /* PEM to trust instead of the system's CAs; NULL */
    int64_t connect_ms;   /* 5 000: names, TCP and TLS together */
    int64_t answer_ms;    /* 20 000: longest silence while a request or an answer travels; the
                             whole is bounded by exchange_settings.deadline_ms */
    int64_t idle_ms;      /* 30 000: a pooled connection is kept that long */
    unsigned connections; /* 128: for each worker and host, busy and idle */
    unsigned idle;        /* 64: pooled, for each worker and host */
    unsigned waiting;     /* 1024: calls that wait for a connection, for each worker and host */
    size_t answer_bytes;  /* 32 MiB: one answer, unpacked */
    bool gzip;            /* true: asks for packed answers */
};

/* Which requests get a line in the log, at level info; the others get it at level debug. */
enum server_access { SERVER_ACCESS_NONE, SERVER_ACCESS_FAILURES, SERVER_ACCESS_ALL };

enum { SERVER_WORKERS = 64 }; /* most */

struct server_settings {
    const char *listen; /* "127.0.0.1:8080": IPv4, [IPv6] or name with port, or "unix:/path";
                           port 0 takes a free one */
    unsigned workers;   /* 0: one for each CPU this process may use, at most 8; most: 64 */
    enum server_access access_log; /* SERVER_ACCESS_FAILURES */
    struct server_client_settings client;
    struct server_upstream_settings upstream;
};

extern const struct server_settings server_default_settings;

/* Finds all that is wrong with settings, each as a finding with its name as the path. */
bool server_check(const struct server_settings *settings, struct findings *findings);

struct server;

/*
 * Takes a reference to `plans`; `common` and what it points to must outlive the server. NULL
 * and a fault for settings that server_check() refuses (FAULT_PARAMETER, the name in `where`)
 * or without memory. Opens nothing yet.
 */
struct server *server_new(const struct server_settings *settings,
                          const struct exchange_common *common, struct plans *plans,
                          struct fault *fault);

/* After server_stop, or without server_start. NULL is fine. */
void server_free(struct server *server);

/*
 * Listens and starts the workers; true when requests are taken. False and a fault (address
 * taken, not ours, no permission, no such name, no thread); nothing is open then.
 */
bool server_start(struct server *server, struct fault *fault);

/* The port that is listened on, after server_start; 0 for a unix socket. */
int server_port(const struct server *server);

/* Requests that begin from now on use these plans; those that run keep theirs. */
void server_reload(struct server *server, struct plans *plans);

/*
 * Stops listening; answers of running requests say `Connection: close`, idle connections are
 * closed. Returns at once; any thread.
 */
void server_drain(struct server *server);

/*
 * Drains, waits until the last connection is done but at most grace_ms, ends what is left,
 * joins the workers. True when nothing had to be cut off.
 */
bool server_stop(struct server *server, int64_t grace_ms);

/* Whether it listens: false before server_start and from server_drain on. */
bool server_ready(const struct server *server);

/* ---- counters ---- */

enum { SERVER_TIMES = 12 };
/* Upper bounds in milliseconds of server_stats.times; the last one has none (0). */
extern const int64_t server_time_bounds[SERVER_TIMES];

struct server_stats {
    /* since the start */
    uint64_t requests[FAULT_KINDS];       /* ended, by reason; [FAULT_NONE]: well */
    uint64_t abandoned;                   /* not among these: the client left before the answer */
    uint64_t times[SERVER_TIMES];         /* how long they took: each counts in one of them */
    uint64_t time_ms;                     /* sum of that */
    uint64_t accepted;                    /* client connections */
    uint64_t turned_away;                 /* of which over client.connections */
    uint64_t bytes_in, bytes_out;         /* from and to clients */
    uint64_t upstream_calls[FAULT_KINDS]; /* ended, by how; [FAULT_NONE]: with an answer */
    uint64_t upstream_connects;           /* connections opened */
    uint64_t upstream_retries;            /* calls that moved to a fresh connection */
    uint64_t unknown_values;              /* plans_unknown_values of the plans in use */
    /* now */
    uint64_t connections;
    uint64_t running; /* requests */
    uint64_t upstream_connections, upstream_idle, upstream_waiting;
    unsigned workers;
    unsigned table_sets;  /* plans_alive() */
    unsigned tables_gone; /* plans_gone() of the plans in use */
};

void server_stats(const struct server *server, struct server_stats *out);

/* The tables in use, with a reference for the caller; thread-safe. */
struct plans *server_plans(struct server *server);

#endif
