/*
 * Exchange: what the files of this room share and nobody else sees.
 *
 *   exchange.c  the state machine: its one writer, the ways in, the two ways out
 *   host.c      what a worker's exchanges share: keyed apps, pooled memory, request ids
 *   newer.c     the step to newer calls when upstream serves the older ones no more
 *   receive.c   query and body;  admit.c  route, app, signature, time, token
 *   who.c       the shop and its cipher;  send.c  one upstream message, signed
 *   calls.c     which calls when, and their answers;  pages.c  the calls that page
 *   ahead.c     lists in lists before it is their turn
 *   position.c  where a page begins: by cursor, by memory;  nest.c  lists in lists
 *   kept.c      what is kept between requests;  once.c  the first answer to equal ones
 *   recall.c    what one request learns for others
 *   reply.c     envelopes;  words.c  faults as words that may be shown
 *   native.c    requests of v202309 form, from their route to their answer
 *
 * Functions that may fail return false with x->fault filled.
 */
#ifndef SHOPSHIM_EXCHANGE_LIFE_H
#define SHOPSHIM_EXCHANGE_LIFE_H

#include "exchange/exchange.h"
#include "page/page.h"

enum exchange_state {
    EXCHANGE_RECEIVED,
    EXCHANGE_ROUTED,
    EXCHANGE_ADMITTED, /* and finding out who the shop is */
    EXCHANGE_CALLING,
    EXCHANGE_MERGING,
    EXCHANGE_REPLYING,
    EXCHANGE_DONE
};

enum {
    REQUEST_ID = 34,        /* yyyymmddhhmmss and 20 hexadecimal digits */
    SEND_FIELDS = 2,        /* token, content type */
    REPLY_FIELDS = 7,       /* content type, unused, lost, left out, repeated, upstream id, retry
                               after */
    NOTES_LENGTH = 1024,    /* of a diagnostic header */
    IDS_LENGTH = 400,       /* of upstream's ids together */
    KEPT_REPLY = 16 * 1024, /* a larger reply buffer is given back after its exchange */
    KEPT_EXCHANGES = 256    /* of a host, for reuse */
};

struct app {
    struct str key;
    struct str secret;
    struct sign_key *sign;
};

/* One upstream call. */
struct sent {
    struct plan_slot slot;
    bool shops; /* the call that lists the token's shops, not one of the plan */
    bool under_way;
    struct exchange_send send;
    struct exchange_field fields[SEND_FIELDS];
};

enum stage_state { STAGE_WAITING, STAGE_RUNNING, STAGE_FINISHED };

/* A call of the plan: once, for each element, or page by page. */
struct stage {
    enum stage_state state;
    size_t times;
    size_t next; /* element to send */
    size_t left; /* without answer */
};

enum where {
    WHERE_OPEN,
    WHERE_WAITS, /* for an equal walk, or for a store that takes its time */
    WHERE_KNOWN
};

enum { AHEAD = 16 }; /* the most that settings.ahead may be */

enum ahead_state { AHEAD_ASKED, AHEAD_HERE, AHEAD_FAILED };

/* The first page of an inner list, fetched before it is its turn. */
struct ahead {
    unsigned element;
    enum ahead_state state;
};

struct pages {
    unsigned count; /* streams; 0: the plan does not page */
    unsigned calls[PAGE_STREAMS];
    unsigned here[PAGE_STREAMS]; /* number of the page in hand */
    unsigned next[PAGE_STREAMS]; /* number of the page to ask for */
    bool nested;                 /* calls[1] is made for each row of calls[0] */
    unsigned element;            /* the one of calls[1] that is asked for */
    unsigned lists;              /* inner ones begun by this request */
    struct ahead ahead[AHEAD];
    unsigned ahead_count;
    bool started;
    bool descending; /* the largest key first */
    enum plan_page_style style;
    struct plan_page_asked asked;
    enum where where;
    struct page_position from;
    struct page_order order;
    struct page_walk walk;
    /* Of lists whose positions are remembered: */
    struct str list; /* its name in the store; absent: nothing is remembered */
    uint64_t at;     /* rows before `from` */
    uint64_t kept;   /* rows before the position that was remembered last */
    bool remembered; /* `from` is out of the store: upstream may refuse it */
    bool flying;     /* others may wait for this walk */
    unsigned walked; /* calls made to pass over rows */
    struct page_waiter waiter;
};

/* A request that is made once, whatever the number of times it is sent. */
struct once {
    enum where where;
    struct str name;  /* in the store; absent: it is made each time */
    struct str print; /* of this request, of all that a repeat must have in common with it */
    struct str first; /* the id of the request that was made, and the data of its answer: */
    struct str data;  /* absent: it is this one */
    bool flying;      /* others may wait for this one */
    struct page_waiter waiter;
};

enum who { WHO_OPEN, WHO_WAITS, WHO_FETCHES, WHO_KNOWN };

struct exchange {
    /* Lives as long as the host's pool: */
    struct exchange_host *host;
    struct arena *arena;
    struct buf out; /* the reply's body */
    struct exchange *pooled;
    /* Zeroed for each request; `state` must stay the first. */
    enum exchange_state state;
    struct plans *plans;
    const struct ports *ports;
    void *owner;
    struct exchange_request request;
    struct pairs query;  /* of the URL, decoded */
    struct pairs fields; /* and those of a form */
    struct json_doc document;
    struct plan_request asked;
    const struct plan *plan;
    const struct plan *older;  /* what the request was begun with, before upstream said: gone */
    struct plan_native native; /* profile set: the request is of v202309 form, without a plan */
    bool untouched;            /* and goes as it came */
    bool answered;             /* and came back */
    const struct plan_profile *profile;
    struct plan_run *run;
    const struct app *app;
    struct str token;
    struct str detail; /* more words for the fault, too long for it */
    enum who who;
    bool fetched; /* the list of shops was asked for already */
    struct shop_ask ask;
    struct shop shop;
    struct shop_waiter waiter;
    struct sent **sent; /* by tag; settings.calls + 1 places */
    unsigned sent_count;
    unsigned under_way;
    size_t received;      /* bytes of upstream's answers */
    unsigned writes_done; /* calls that change something and were answered well */
    uint32_t finished;    /* bit i: call i of the plan */
    struct stage stages[PLAN_CALLS];
    struct once once;
    struct pages pages;
    struct fault fault;
    struct plan_error error;
    int status;
    struct exchange_field reply_fields[REPLY_FIELDS];
    struct exchange_answer answer;
    struct str words; /* the fault as the client reads it */
    char id[REQUEST_ID + 1];
    char endpoint[96];
    char ids[IDS_LENGTH]; /* of upstream */
    size_t ids_length;
    char last_resort[256];
};

/* ---- host.c ---- */

struct exchange_host {
    struct exchange_common common;
    struct app *apps; /* open addressing by key */
    size_t app_places;
    struct exchange *pool;
    unsigned pooled;
    uint64_t seed[2], count; /* of request ids */
    int64_t second;          /* that `date` says */
    char date[14];
};

const struct app *host_app(const struct exchange_host *host, struct str key); /* or NULL */
void host_request_id(struct exchange_host *host, char id[REQUEST_ID + 1]);

static inline const struct exchange_settings *settings_of(const struct exchange *x)
{
    return x->host->common.settings;
}

static inline int64_t now_ms(const struct exchange *x)
{
    return clock_now_ms(&x->host->common.clock);
}

static inline bool is_native(const struct exchange *x)
{
    return x->native.profile != NULL;
}

/* ---- receive.c ---- */

bool receive_query(struct exchange *x);
bool receive_body(struct exchange *x);
bool is_form(struct str content_type);    /* of a web page: name=value&... */
bool is_packed(const struct exchange *x); /* the body, by its Content-Encoding */
bool refuse_packed(struct exchange *x);   /* returns false */
struct str request_field(const struct exchange *x, struct str name); /* any case */

/* ---- admit.c ---- */

bool route_request(struct exchange *x);
void route_to(struct exchange *x, const struct plan *plan);
bool admit_request(struct exchange *x);
bool admit_app(struct exchange *x);
bool admit_time(struct exchange *x);
bool admit_token(struct exchange *x);
/* Whether `sign` is the legacy signature with these parameters. */
bool admit_is_signed(struct exchange *x, const struct pairs *pairs, struct str sign);
/* What is signed with this body, nothing secret in it; absent when it is too long. */
struct str admit_string(struct exchange *x, struct str body);

/* ---- native.c ---- */

/* Sets x->native when the path is of v202309 form; false when that is refused. */
bool native_find(struct exchange *x);
bool native_admit(struct exchange *x);
bool native_needs_shop(const struct exchange *x);
bool native_go(struct exchange *x);
bool native_answer(struct exchange *x, const struct exchange_upstream *answer);
/* The reply is upstream's answer. */
bool native_reply(struct exchange *x);

/* ---- who.c ---- */

/* Finds the shop, asks for it, or waits: x->who says where it stands. */
bool who_go(struct exchange *x);
bool who_answer(struct exchange *x, const struct sent *sent,
                const struct exchange_upstream *answer);
/* The call for the list failed: tells those who wait. x->fault says why. */
void who_failed(struct exchange *x);
/* The exchange ends, or goes away, in whatever state it is. */
void who_leave(struct exchange *x);

/* ---- send.c ---- */

/*
 * Signs and starts one upstream call. `message` lives on. False, and nothing was sent, when the
 * bound on calls is reached or memory fails.
 */
bool send_message(struct exchange *x, struct plan_slot slot, const struct plan_message *message,
                  const struct plan_call *call);
bool send_shops(struct exchange *x, const struct plan_shops *shops);
/* Faults for one more call than allowed; `what` may be more calls than one. */
bool send_room(struct exchange *x, size_t calls);
/* The parts of that: a call to fill, NULL and a fault; its target, signed; the start. */
struct sent *send_new(struct exchange *x);
bool send_target(struct exchange *x, const struct plan_message *message, const struct pairs *pairs,
                 struct str *target);
void send_start(struct exchange *x, struct sent *sent);
/* The time that is signed, in seconds. */
struct str send_seconds(struct exchange *x);

/* ---- calls.c ---- */

/* Starts what can be started. */
bool calls_go(struct exchange *x);
bool calls_finished(const struct exchange *x);
bool calls_answer(struct exchange *x, const struct sent *sent,
                  const struct exchange_upstream *answer);
/* A call of the plan failed: true when that does no harm, since nobody needs its answer as yet. */
bool calls_spare(struct exchange *x, const struct sent *sent);
void call_cancel(struct exchange *x, unsigned tag); /* one that is under way */
void calls_cancel(struct exchange *x);
void stage_finish(struct exchange *x, unsigned call);
/* After an error that says that the cipher is no longer good, the next request asks anew. */
void forget_shop(struct exchange *x, int64_t code);

/* ---- pages.c ---- */

bool pages_begin(struct exchange *x); /* once the shop is known, before any call */
bool pages_go(struct exchange *x);    /* once all its calls may be made */
/* Upstream refused a call: true when that is no failure, since the walk begins again. */
bool pages_refused(struct exchange *x, const struct sent *sent);
bool pages_came(struct exchange *x, const struct sent *sent);
/* The next cursor and whether there is more. */
bool pages_given(struct exchange *x, struct plan_page_given *given);

/* ---- position.c ---- */

/* Finds where the page begins, or waits: x->pages.where says where it stands. */
bool position_find(struct exchange *x);
/* Forgets what was remembered, which is good no more, and begins at the start; false when nothing
 * was remembered, or rows of it were used already. */
bool position_again(struct exchange *x);
/* Before a call that fetches rows: a fault when it is one too many of those that pass over them. */
bool position_walk(struct exchange *x);
/* The walk stands where it can be gone on from: remembers that. */
void position_keep(struct exchange *x);
/* The walk reached its row, or ended: those who wait for that may look. */
void position_reached(struct exchange *x);
/* The exchange ends, or goes away, in whatever state it is. */
void position_leave(struct exchange *x);
/* The cursor of the position that the walk stands at; false after a fault. */
bool position_cursor(struct exchange *x, struct str *cursor);

/* ---- nest.c ---- */

/* Makes the list of a row of the outer page in hand the one that is asked for. */
bool nest_element(struct exchange *x, size_t row);
/* Marks the row that the position stands in, so that it is found again. */
bool nest_mark(struct exchange *x);
/* An outer page of so many rows came: whether the row that the position stands in is there. */
bool nest_find(struct exchange *x, size_t rows, bool *found);

/* ---- kept.c ---- */

/* A name in a store that tells nobody what it is made of; false after a fault. */
bool kept_name(struct exchange *x, const struct str *parts, size_t count, struct str *name);
/* What was kept under a name, which is then proven to be ours; absent when it is not. */
struct str kept_open(struct exchange *x, struct str name, const struct page_kept *kept);
/* Keeps it, if that can be done. */
void kept_put(struct exchange *x, struct page_store *store, struct str name, struct str text,
              int64_t keep_ms);

/* ---- once.c ---- */

/* Finds the first answer, or waits for it, or is the first: x->once says where it stands. */
bool once_go(struct exchange *x);
/* Whether the answer is the one that was given before. */
static inline bool once_answered(const struct exchange *x)
{
    return x->once.data.p != NULL;
}
/* The request went well, with this data. */
void once_keep(struct exchange *x, struct str data);
/* The exchange ends, or goes away, in whatever state it is. */
void once_leave(struct exchange *x);

/* ---- newer.c ---- */

/* The request failed: whether it can be done by the newer table, by which it then begins again. */
bool newer_take(struct exchange *x);
/* It ended, good or bad: what it was begun with is gone, unless the newer calls are as well. */
void newer_keep(struct exchange *x);

/* ---- recall.c ---- */

/* Before any call: what earlier requests learned. */
void recall_all(struct exchange *x);
/* At the end, good or bad: what this one learned. */
void recall_keep(struct exchange *x);

/* ---- ahead.c ---- */

/* Asks for lists whose turn will come. */
bool ahead_go(struct exchange *x);
/* The list of the element at hand was asked for ahead: takes it; *state says what is there. */
bool ahead_take(struct exchange *x, enum ahead_state *state);
/* A call came back, well or not: true when it is not its turn yet. */
bool ahead_came(struct exchange *x, const struct sent *sent, bool good);

/* ---- words.c ---- */

/* x->fault for a full arena; returns false. */
bool fault_no_memory(struct exchange *x);
/* x->fault for an answer that is no envelope. `why` is what the reader said, or NULL. */
bool fault_bad_answer(struct exchange *x, const struct exchange_upstream *answer,
                      const struct fault *why);
/* x->fault for an envelope whose code is not 0. */
bool fault_of_upstream(struct exchange *x, const struct exchange_upstream *answer, int64_t code,
                       struct str message, struct str request_id);
/* Says in x->fault which call failed, when the request made several. */
void fault_name_call(struct exchange *x, const struct sent *sent);
/* Remembers a request id of upstream, its odd bytes replaced. */
void note_upstream_id(struct exchange *x, struct str id);
/* `text` without secrets and as valid UTF-8, cut at `most` bytes. */
void show_text(const struct exchange *x, struct str text, size_t most, struct buf *out);
/* As show_text, for a header value: printable ASCII only. */
void show_field(const struct exchange *x, struct str text, size_t most, struct buf *out);

/* ---- reply.c ---- */

/* The reply to a request that went well; false when it cannot be written. */
bool reply_success(struct exchange *x);
/* The reply that tells x->fault; always succeeds. */
void reply_fault(struct exchange *x);

#endif
