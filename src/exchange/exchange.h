/*
 * Exchange: the life of one request, as one state machine. Most are legacy ones, which are
 * translated; those that are of v202309 form already get the credentials of their kind.
 *
 *   RECEIVED -> ROUTED -> ADMITTED -> CALLING -> MERGING -> REPLYING -> DONE
 *
 * The world is reached through `struct ports` only, so that an exchange runs the same over
 * sockets, in a test and in `explain`. Ports are never re-entered: what they cause arrives
 * later through exchange_on_*(), never from inside the port's own call.
 * One exchange belongs to one thread. It owns an arena in which everything about it lives.
 * It is freed by exchange_free() between loop turns, never inside one of its own callbacks.
 */
#ifndef SHOPSHIM_EXCHANGE_EXCHANGE_H
#define SHOPSHIM_EXCHANGE_EXCHANGE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/str.h"
#include "page/store.h"
#include "plan/plan.h"
#include "shop/shop.h"
#include "sign/sign.h"

struct exchange;

/* ---- what all exchanges share ---- */

struct exchange_app {
    struct str key;
    struct str secret;
};

/* What happens to requests that are of v202309 form already. */
enum exchange_native {
    EXCHANGE_NATIVE_OFF,       /* refused */
    EXCHANGE_NATIVE_TRANSLATE, /* credentials are translated, and the request is signed anew */
    EXCHANGE_NATIVE_PASS       /* the same, but what is good as it is passes untouched */
};

/* The name of a setting in a configuration is that of the member: exchange.calls. */
struct exchange_settings {
    bool check_sign;       /* true: verify the legacy signature */
    bool check_time;       /* true: verify the timestamp's window */
    int time_before_s;     /* 300: how old a timestamp may be */
    int time_after_s;      /* 30: how far ahead */
    int64_t deadline_ms;   /* 30 000: for the whole request */
    unsigned calls;        /* 150: most upstream calls for one request */
    unsigned side_by_side; /* 8: of these at the same time */
    unsigned ahead;        /* 4: lists in lists that are fetched before it is their turn */
    unsigned query_pairs;  /* 100: most parameters of a request, query and form together */
    unsigned json_depth;   /* 64: nesting of a request's body, and of the list of shops */
    size_t memory;         /* 64 MiB: maximum of an exchange's arena */
    size_t answer;         /* 32 MiB: largest answer to a client */
    /* Lists that apps page by offset or number: */
    unsigned walk;            /* 40: most upstream calls to reach a row nobody remembers */
    size_t position_bytes;    /* 16 MiB: positions remembered by all workers together */
    int64_t position_keep_ms; /* 15 min: how long one is remembered */
    /* Requests that are made once: */
    size_t once_bytes;           /* 16 MiB: answers remembered by all workers together */
    int64_t once_keep_ms;        /* 24 h: how long one is remembered */
    int64_t remember_ms;         /* 1 h: how long is known what tables remember */
    enum exchange_native native; /* EXCHANGE_NATIVE_PASS */
};

extern const struct exchange_settings exchange_default_settings;

/* One for each worker thread: holds the keyed signature contexts. */
struct exchange_host;

struct exchange_common {
    const struct exchange_settings *settings;
    const struct exchange_app *apps;
    size_t app_count;
    struct shop_book *book;
    struct page_store *store;   /* of positions; NULL: none is remembered */
    struct page_store *answers; /* to requests that are made once; NULL: none is remembered */
    struct clock clock;
};

/* Copies *common, not what it points to. NULL when memory, OpenSSL or random bytes fail. */
struct exchange_host *exchange_host_new(const struct exchange_common *common);
void exchange_host_free(struct exchange_host *host); /* after all its exchanges; NULL is fine */

/* ---- the world ---- */

struct exchange_field {
    struct str name;
    struct str value;
};

struct exchange_send {
    unsigned tag;    /* names this call in on_answer and on_fault */
    bool auth_host;  /* which upstream */
    bool repeatable; /* changes nothing: may be sent again after bytes went out */
    struct str method;
    struct str target;                   /* path and query, percent-coded, signed */
    const struct exchange_field *fields; /* without Host and Content-Length */
    size_t field_count;
    struct str body; /* lives until the call ends */
};

struct exchange_answer { /* to the client */
    int status;
    const struct exchange_field *fields; /* without Content-Length and Connection */
    size_t field_count;
    struct str body; /* lives until exchange_free */
};

struct ports {
    /* Starts an upstream call; the message lives until the call ends or is cancelled. */
    void (*send)(void *ctx, struct exchange *x, const struct exchange_send *send);
    /* The call's end is of no interest any more; no callback follows. */
    void (*cancel)(void *ctx, struct exchange *x, unsigned tag);
    /* The answer is ready; called once. The exchange stays valid until exchange_free. */
    void (*reply)(void *ctx, struct exchange *x, const struct exchange_answer *answer);
    /* May be called from any thread: arranges exchange_on_wake(x) on x's own thread; must be
     * harmless after exchange_free (the port checks that x still lives). */
    void (*wake)(void *ctx, struct exchange *x);
};

/* ---- one exchange ---- */

struct exchange_request {
    struct str method;
    struct str path;                     /* still percent-coded */
    struct str query;                    /* without '?'; absent when there is none */
    struct str body;                     /* lives until exchange_free */
    const struct exchange_field *fields; /* the client's header fields */
    size_t field_count;
};

/*
 * `plans` is referenced until exchange_free. `owner` is handed to the ports as ctx. NULL when
 * out of memory.
 */
struct exchange *exchange_new(struct exchange_host *host, struct plans *plans,
                              const struct ports *ports, void *owner);
void exchange_free(struct exchange *x); /* cancels what is still under way */

/* Whether it should go on although its client is gone: the next equal request wants its answer. */
bool exchange_stays(const struct exchange *x);

/* Begins. `reply` may be called before this returns. The request's bytes must live on. */
void exchange_start(struct exchange *x, const struct exchange_request *request);

struct exchange_upstream {
    int status;
    struct str body;         /* unpacked; lives until exchange_free */
    struct str content_type; /* may be absent */
    int retry_after;         /* seconds, 0 when not given */
};
void exchange_on_answer(struct exchange *x, unsigned tag, const struct exchange_upstream *answer);
void exchange_on_fault(struct exchange *x, unsigned tag, const struct fault *fault);
void exchange_on_wake(struct exchange *x);
/* The deadline passed (the port's owner keeps the timer: settings.deadline_ms after start). */
void exchange_on_deadline(struct exchange *x);

/* Answers a request that never became one (broken HTTP): an envelope with this fault. */
void exchange_refuse(struct exchange *x, const struct fault *fault);

/* For the access log and metrics, valid until exchange_free. */
struct exchange_report {
    const char *endpoint;  /* "event/get_webhooks", "native/event/get-webhooks", or "-" */
    const char *reason;    /* how it ended: "ok", or a fault's name */
    struct str request_id; /* ours */
    int status;
    int64_t code;
    unsigned calls;
    struct str words;       /* of a failure, masked; else empty */
    struct str upstream_id; /* upstream's request ids, separated by commas; may be empty */
};
void exchange_report(const struct exchange *x, struct exchange_report *out);

/* Memory blocks its arena took from malloc, for tests. */
size_t exchange_blocks(const struct exchange *x);

#endif
