/*
 * Plans: mapping tables compiled once, immutable, run over documents.
 *
 * plans_load() reads a directory of tables (mappings/README.md is the language) and compiles
 * every table, enum, profile and error rule into one `struct plans`, which many threads
 * share by reference count. Everything that is doubtful in a table is a finding at load time.
 *
 * A `struct plan_run` is one legacy request under translation. It lives in the exchange's
 * arena, allocates from nowhere else, and never sees a socket, a thread or the clock. It
 * holds the request's fields and the upstream answers, and writes upstream messages and the
 * legacy reply. Who is asked when, paging, signing and envelopes belong to `exchange`.
 */
#ifndef SHOPSHIM_PLAN_PLAN_H
#define SHOPSHIM_PLAN_PLAN_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/url.h"
#include "table/finding.h"
#include "json/json.h"
#include "json/writer.h"

struct plans;
struct plan;
struct plan_run;

enum { PLAN_CALLS = 16 }; /* most calls of one table */

/* ---- loading ---- */

/*
 * NULL when any finding is an error. `directory` holds profiles.json, enums.json, errors.json
 * and the areas; contracts/ and sandbox/ are not read here (see plans_know). The caller owns one
 * reference.
 */
struct plans *plans_load(const char *directory, struct findings *findings);

/*
 * For checking: the tables that are sound enough to be looked at, even when others or the shared
 * files are not. NULL only when out of memory. Never run them after an error.
 */
struct plans *plans_load_sound(const char *directory, struct findings *findings);

/* The same from memory: names such as "profiles.json" and "order/list.json". */
struct plan_text {
    const char *name;
    struct str json;
};
struct plans *plans_load_texts(const struct plan_text *texts, size_t count,
                               struct findings *findings);

struct plans *plans_ref(struct plans *plans);
void plans_unref(struct plans *plans); /* NULL is fine; thread-safe */

/* Sets of plans that this process holds, for metrics and tests; thread-safe. */
unsigned plans_alive(void);

/*
 * Where tables differ by the generation of v202309 that they speak (`upstream`): which of them
 * requests are routed to. PLAN_TARGET_AUTO, the default: to those of "202309", until one of them
 * is said to be gone (plan_set_gone). Set before the plans are shared.
 */
enum plan_target { PLAN_TARGET_AUTO, PLAN_TARGET_202309, PLAN_TARGET_NEWEST };
void plans_set_target(struct plans *plans, enum plan_target target);

/* The table that serves a request of this one when what this one calls is gone; NULL: none. */
const struct plan *plan_newer(const struct plan *plan);
/* errors.json, "gone": upstream says with that code that it does not serve the call any more. */
bool plans_says_gone(const struct plans *plans, int64_t code);
/* What this table calls is gone: from now on its requests go to the newer one. True for the first
 * who says so; thread-safe. */
bool plan_set_gone(const struct plan *plan);
bool plan_gone(const struct plan *plan);
/* How many tables are gone, for metrics. */
unsigned plans_gone(const struct plans *plans);
/* Takes over what the process learned with an older set of the same tables. */
void plans_inherit(struct plans *plans, const struct plans *old);

size_t plans_count(const struct plans *plans);
const struct plan *plans_at(const struct plans *plans, size_t index); /* sorted by area, name */

/* ---- routing ---- */

enum plan_found { PLAN_FOUND, PLAN_NO_PATH, PLAN_NO_METHOD, PLAN_BAD_VERSION };

struct plan_match {
    const struct plan *plan;
    struct str nearest; /* "POST /api/x": the nearest known endpoint; absent when none */
};

/* `path` decoded; `version` the query parameter or absent. O(1) but for `nearest`. */
enum plan_found plans_route(const struct plans *plans, struct str method, struct str path,
                            struct str version, struct plan_match *match);

/* ---- what a plan says ---- */

struct plan_profile {
    struct str name;
    bool auth_host;     /* upstream.auth instead of upstream.api */
    bool sign;          /* the legacy request is signed, and so are the upstream ones */
    bool token;         /* an access token is needed */
    bool shop;          /* a shop (cipher) is needed */
    struct str success; /* message of a good answer */
};

struct plan_call {
    struct str name;
    struct str method;
    struct str send; /* "GET /x/{id}" as in the table */
    bool cipher;     /* shop_cipher goes along */
    bool multipart;  /* the body is a form, and not signed */
    bool each;       /* made once for each element */
    bool paged;      /* its rows make the legacy page, or those of `nested` calls */
    bool nested;     /* its `each` goes over the rows of the paged call `outer`: plan_nest() */
    bool per_row;    /* its `each` goes over those rows of `outer` that are on the legacy page */
    bool changes;    /* something upstream; else it only reads, and may be sent again */
    uint32_t outer;
    uint32_t needs;    /* bit i: reads the answer of call i */
    uint32_t most;     /* of `each` */
    struct str part;   /* why it is harmless to leave out what is beyond; absent: it is not */
    uint32_t page_min; /* upstream page sizes */
    uint32_t page_max;
};

enum plan_page_style { PLAN_PAGE_NONE, PLAN_PAGE_CURSOR, PLAN_PAGE_OFFSET, PLAN_PAGE_NUMBER };

const struct plan_profile *plan_profile(const struct plan *plan);
struct str plan_name(const struct plan *plan);   /* "order/get_order_list" */
struct str plan_legacy(const struct plan *plan); /* the first, as "POST /api/x" */
struct str plan_about(const struct plan *plan);
struct str plan_version(const struct plan *plan);  /* "< 202305", or absent */
struct str plan_upstream(const struct plan *plan); /* "202309", "newest"; absent: both */
size_t plan_losses(const struct plan *plan);       /* sentences in `loses` */

/* One of them: the field as `loses` writes it ("lines[].note"), and the sentence. */
struct plan_loss {
    bool answer; /* of the answer, not of the request */
    struct str field;
    struct str says;
};

struct plan_loss plan_loss_at(const struct plan *plan, size_t loss);

unsigned plan_call_count(const struct plan *plan);
const struct plan_call *plan_call_at(const struct plan *plan, unsigned call);
enum plan_page_style plan_page_style(const struct plan *plan);
/* The compiled plan in words, for people; parsing what it prints is not promised. */
void plan_print(const struct plan *plan, struct buf *out);

/* ---- one request ---- */

struct plan_request {
    struct pairs query; /* decoded, doubles and common parameters included */
    struct json body;   /* JSON_NONE when there is none */
    struct str app_key;
    struct str version;
};

/*
 * Accepts the request: finds the fields, checks types, fills defaults, applies `refuse`.
 * NULL and a fault (FAULT_PARAMETER with the field in `where`, or FAULT_REFUSED) otherwise.
 * `request` and what it points to must outlive the run.
 */
struct plan_run *plan_begin(const struct plan *plan, const struct plan_request *request,
                            struct arena *arena, struct fault *fault);

/* Makes `shop.id`, `shop.region` and `shop.cipher` readable. Absent parts are fine. */
struct plan_shop {
    struct str id;
    struct str region;
    struct str cipher;
};
void plan_set_shop(struct plan_run *run, const struct plan_shop *shop);

/*
 * `once`: the value that tells this request from others of its endpoint, so that a repeat is given
 * the first answer; absent when the table has none, or the request no value. *label: its name in
 * the request.
 */
struct str plan_once(struct plan_run *run, struct str *label);

/* `remember`: how many things about this request may be known from others. */
unsigned plan_memory_count(const struct plan *plan);
/* What one of them is called, and about what it is; *of is absent when the request does not say. */
void plan_memory(struct plan_run *run, unsigned memory, struct str *name, struct str *of);
/* Makes it readable, before any call. */
void plan_recall(struct plan_run *run, unsigned memory, struct str value);
/* What the answers say about it; absent when they do not, or not all of them are there. */
struct str plan_learned(struct plan_run *run, unsigned memory, uint32_t finished);

/* ---- its calls ---- */

/* Whether `when` holds. Call only when all calls it needs have their answers. */
bool plan_call_wanted(struct plan_run *run, unsigned call);

/*
 * How many times it is made: 1, or the elements of `each` (then 0 is possible). When there are more
 * than `most`, a fault, or the first ones where the table has `part`.
 */
bool plan_call_times(struct plan_run *run, unsigned call, size_t *times, struct fault *fault);

/* Which answer is meant: element of `each` (else 0), and the page of a paged call (else 0). */
struct plan_slot {
    unsigned call;
    unsigned element;
    unsigned page;
};

struct plan_page_ask {
    uint32_t size;    /* rows wanted from upstream */
    struct str token; /* absent or empty: the first page */
};

struct plan_message {
    struct str method;
    struct str path;         /* percent-coded, ready for the request line */
    struct pairs query;      /* decoded, without what the exchange adds */
    struct str content_type; /* "application/json", or "multipart/form-data; boundary=..." */
    struct str body;         /* empty when there is none */
    bool multipart;
};

/* Builds one upstream message in the run's arena. `page` is NULL for calls not paged. */
bool plan_build(struct plan_run *run, struct plan_slot slot, const struct plan_page_ask *page,
                struct plan_message *message, struct fault *fault);

struct plan_answer {
    int64_t code; /* of the envelope; 0 is success */
    struct str message;
    struct str request_id;
    bool forgiven; /* code != 0, but `on_error` made it an answer */
};

/*
 * Takes an upstream answer: indexes it, reads the envelope, keeps it for later expressions.
 * False with FAULT_UPSTREAM_BAD when it is not a v202309 envelope. An envelope with
 * code != 0 gives true; the caller looks at code and forgiven. `body` must outlive the run.
 */
bool plan_take(struct plan_run *run, struct plan_slot slot, struct str body,
               struct plan_answer *answer, struct fault *fault);

/* ---- its pages ---- */

struct plan_page_asked {
    struct str cursor; /* PLAN_PAGE_CURSOR: as sent, absent on the first page */
    uint64_t size;     /* within the table's limits */
    uint64_t offset; /* rows to skip: from the offset, or (number - 1) * size; 0 counts as page 1 */
};

/* What the client asked for; only for plans whose style is not NONE. */
bool plan_page_asked(struct plan_run *run, struct plan_page_asked *asked, struct fault *fault);

/*
 * All that was accepted, but for the position and the size of a page, in a canonical text: what a
 * cursor is bound to, and what a repeat must have in common with the first request.
 */
struct str plan_filters(struct plan_run *run);

/*
 * For a nested call: which element stands for a row of that page of the outer call. Elements
 * are numbered in the order in which their rows are first asked for.
 */
bool plan_nest(struct plan_run *run, unsigned call, struct plan_slot outer, size_t row,
               unsigned *element, struct fault *fault);

size_t plan_rows(struct plan_run *run, struct plan_slot slot);           /* rows of that page */
struct str plan_next_token(struct plan_run *run, struct plan_slot slot); /* empty: no more */
/* The value by which merged lists are ordered; absent when the table names none. */
struct str plan_row_key(struct plan_run *run, struct plan_slot slot, size_t row);
/* Whether the client asked for the largest key first; for tables with `order_by`. */
bool plan_page_descending(struct plan_run *run);
/* The rows [from, to) of that page come next in the reply. */
bool plan_pick(struct plan_run *run, struct plan_slot slot, size_t from, size_t to);

/* ---- the reply ---- */

struct plan_page_given {
    struct str next; /* the next cursor; empty on the last page */
    bool more;
};

/* Writes the whole `data` value. `page` is NULL for plans that do not page. */
bool plan_reply(struct plan_run *run, const struct plan_page_given *page, struct json_writer *w,
                struct fault *fault);

/*
 * Names for the diagnostic headers, comma separated, nothing when there are none: `unused`,
 * what the client sent beyond `accept`; `lost`, what it sent that `loses.request` confesses.
 */
void plan_notes(struct plan_run *run, struct buf *unused, struct buf *lost);

/* What was left out of a part answer: "call: 3 of 23 (sentence)"; nothing when it is whole. */
void plan_left_out(struct plan_run *run, struct buf *out);

/* Values of v202309 enums that no pair knows and that were replaced, since the load; thread-safe.
 */
uint64_t plans_unknown_values(const struct plans *plans);

/* The same one by one: the first that differ are told apart. False behind the last of them;
 * thread-safe. */
enum { PLAN_UNKNOWN_VALUE = 81 };
struct plan_unknown {
    struct str table, name;         /* of the enum */
    char value[PLAN_UNKNOWN_VALUE]; /* its first bytes, valid UTF-8 */
    uint64_t count;
};
bool plans_unknown_at(const struct plans *plans, size_t index, struct plan_unknown *out);

/*
 * What the app is given for values of v202309 that no pair knows, for each enum that the reply of
 * a table reads. Returns their number; fills at most `room` of them.
 */
struct plan_stand_in {
    struct str name;  /* of the enum */
    struct str value; /* absent: the field is left out */
};
size_t plan_stand_ins(const struct plan *plan, struct plan_stand_in *out, size_t room);

/* ---- shops ---- */

/*
 * profiles.json, "shops": the upstream call that lists the shops of a token, and where in its
 * `data` their parts stand; `stale` are upstream codes after which a remembered cipher is
 * forgotten:
 *   "shops": { "send": "GET /x", "list": "shops", "id": "id", "cipher": "cipher",
 *              "region": "region", "name": "name", "stale": [106013] }
 * (The exchange makes the call; src/plan/shops.c reads the object.)
 */
struct plan_shops {
    struct str method;
    struct str path;
    struct str list; /* member names; region and name may be absent */
    struct str id;
    struct str cipher;
    struct str region;
    struct str name;
    const int64_t *stale;
    size_t stale_count;
};

/* NULL when profiles.json has no "shops". */
const struct plan_shops *plans_shops(const struct plans *plans);

/* ---- calls passed on natively ---- */

struct contracts;

/*
 * Tells which v202309 endpoints there are and which of them take a shop_cipher; before the plans
 * are shared. Nothing of the contracts is kept. False without memory.
 */
bool plans_know(struct plans *plans, const struct contracts *contracts);

enum plan_cipher {
    PLAN_CIPHER_NONE,
    PLAN_CIPHER_NAMED, /* when the client named a shop: it is optional, or nobody knows */
    PLAN_CIPHER_NEEDED
};

struct plan_native {
    const struct plan_profile *profile; /* NULL: the path is not of that form */
    struct str name; /* "event/get-webhooks", of the contract; absent: none is known */
    enum plan_cipher cipher;
};

/*
 * Whether a path (decoded) is of v202309 form, as profiles.json, "native", says, and served by
 * no table.
 */
bool plans_native(const struct plans *plans, struct str method, struct str path,
                  struct plan_native *out);

/* ---- errors ---- */

struct plan_error {
    int64_t code;
    int status;
    struct str message; /* absent: keep the fault's own text */
};

/* How a fault of ours, or an upstream error (fault->code), is told to a legacy client. */
void plans_error(const struct plans *plans, const struct fault *fault, struct plan_error *out);

#endif
