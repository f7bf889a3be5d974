/*
 * The notifier, see notifier.h: a list that waits and a ring of results under one lock, and a
 * thread that holds no lock while it sends.
 */
#include "sandbox/notifier.h"

#include "json/writer.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TIMEOUT_MS = 5000, ANSWER_MAX = 64 << 10 };

struct delivery {
    struct delivery *next;
    int64_t time, type;
    char *url; /* NULL: nobody asked for it */
    char *body;
    char *signature;
    unsigned tries;
    long status;       /* of the last answer; 0: there was none */
    const char *error; /* static words, NULL: taken */
    unsigned epoch;    /* of notifier_forget() */
};

struct notifier {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    CURL *curl;
    struct delivery *first, *last;
    struct delivery *shown[NOTIFIER_SHOWN];
    size_t waiting;
    uint64_t results, delivered, failed, dropped, unheard;
    unsigned epoch;
    _Atomic bool stopping;
};

static void free_delivery(struct delivery *d)
{
    if (!d)
        return;
    free(d->url);
    free(d->body);
    free(d->signature);
    free(d);
}

static bool copy(struct str text, char **out)
{
    *out = NULL;
    if (!text.p)
        return true;
    *out = malloc(text.n + 1);
    if (!*out)
        return false;
    memcpy(*out, text.p, text.n);
    (*out)[text.n] = '\0';
    return true;
}

static struct delivery *new_delivery(const struct notification *n)
{
    struct delivery *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->time = n->time;
    d->type = n->type;
    d->error = n->url.p ? "not sent" : NULL;
    if (copy(n->url, &d->url) && copy(n->body, &d->body) && copy(n->signature, &d->signature))
        return d;
    free_delivery(d);
    return NULL;
}

/* ---- results, under the lock ---- */

static void show(struct notifier *notifier, struct delivery *d)
{
    struct delivery **slot = &notifier->shown[notifier->results++ % NOTIFIER_SHOWN];
    free_delivery(*slot);
    *slot = d;
}

static void finish(struct notifier *notifier, struct delivery *d)
{
    if (d->epoch != notifier->epoch) {
        free_delivery(d);
        return;
    }
    *(d->error ? &notifier->failed : &notifier->delivered) += 1;
    show(notifier, d);
}

/* ---- sending, without the lock ---- */

static size_t ignore(char *p, size_t size, size_t count, void *ctx)
{
    size_t *seen = ctx;
    (void)p;
    *seen += size * count;
    return *seen > ANSWER_MAX ? 0 : size * count;
}

static int stop_early(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&((struct notifier *)ctx)->stopping);
}

static struct curl_slist *headers_of(const struct delivery *d)
{
    char line[256];
    struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
    snprintf(line, sizeof line, "Authorization: %s", d->signature ? d->signature : "");
    struct curl_slist *more = list ? curl_slist_append(list, line) : NULL;
    struct curl_slist *whole = more ? curl_slist_append(more, "Expect:") : NULL;
    if (!whole)
        curl_slist_free_all(list);
    return whole;
}

static void set_options(struct notifier *notifier, const struct delivery *d,
                        struct curl_slist *headers, size_t *seen)
{
    CURL *curl = notifier->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, d->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, d->body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, seen);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_early);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, notifier);
}

static void try_once(struct notifier *notifier, struct delivery *d)
{
    size_t seen = 0;
    struct curl_slist *headers = headers_of(d);
    d->tries++;
    d->status = 0;
    d->error = "out of memory";
    if (!headers)
        return;
    set_options(notifier, d, headers, &seen);
    CURLcode result = curl_easy_perform(notifier->curl);
    curl_easy_getinfo(notifier->curl, CURLINFO_RESPONSE_CODE, &d->status);
    d->error = result != CURLE_OK                   ? curl_easy_strerror(result)
               : d->status < 200 || d->status > 299 ? "the answer was not 2xx"
                                                    : NULL;
    curl_slist_free_all(headers);
}

/* Under the lock; ends early when the notifier stops or forgets. */
static void wait_seconds(struct notifier *notifier, const struct delivery *d, unsigned seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)seconds;
    while (!atomic_load(&notifier->stopping) && d->epoch == notifier->epoch &&
           pthread_cond_timedwait(&notifier->wake, &notifier->lock, &until) != ETIMEDOUT)
        ;
}

static void deliver(struct notifier *notifier, struct delivery *d)
{
    static const unsigned pauses[NOTIFIER_TRIES] = {0, 1, 4};
    for (size_t i = 0; i < NOTIFIER_TRIES; i++) {
        if (pauses[i])
            wait_seconds(notifier, d, pauses[i]);
        if (atomic_load(&notifier->stopping) || d->epoch != notifier->epoch)
            break;
        pthread_mutex_unlock(&notifier->lock);
        try_once(notifier, d);
        pthread_mutex_lock(&notifier->lock);
        if (!d->error)
            break;
    }
    finish(notifier, d);
}

static void *run(void *ctx)
{
    struct notifier *notifier = ctx;
    pthread_mutex_lock(&notifier->lock);
    while (!atomic_load(&notifier->stopping)) {
        struct delivery *d = notifier->first;
        if (!d) {
            pthread_cond_wait(&notifier->wake, &notifier->lock);
            continue;
        }
        notifier->first = d->next;
        if (!notifier->first)
            notifier->last = NULL;
        unsigned epoch = d->epoch;
        deliver(notifier, d);
        notifier->waiting -= epoch == notifier->epoch;
    }
    pthread_mutex_unlock(&notifier->lock);
    return NULL;
}

/* ---- the outside ---- */

static bool start(struct notifier *notifier)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&notifier->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&notifier->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    notifier->curl = curl_easy_init();
    if (notifier->curl && pthread_create(&notifier->thread, NULL, run, notifier) == 0)
        return true;
    curl_easy_cleanup(notifier->curl);
    pthread_cond_destroy(&notifier->wake);
    pthread_mutex_destroy(&notifier->lock);
    return false;
}

struct notifier *notifier_new(void)
{
    struct notifier *notifier = calloc(1, sizeof *notifier);
    if (notifier && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
        if (start(notifier))
            return notifier;
        curl_global_cleanup();
    }
    free(notifier);
    return NULL;
}

static void forget(struct notifier *notifier)
{
    while (notifier->first) {
        struct delivery *d = notifier->first;
        notifier->first = d->next;
        free_delivery(d);
    }
    for (size_t i = 0; i < NOTIFIER_SHOWN; i++) {
        free_delivery(notifier->shown[i]);
        notifier->shown[i] = NULL;
    }
    notifier->last = NULL;
    notifier->waiting = 0;
    notifier->results = notifier->delivered = notifier->failed = 0;
    notifier->dropped = notifier->unheard = 0;
    notifier->epoch++;
}

void notifier_free(struct notifier *notifier)
{
    if (!notifier)
        return;
    pthread_mutex_lock(&notifier->lock);
    atomic_store(&notifier->stopping, true);
    pthread_cond_broadcast(&notifier->wake);
    pthread_mutex_unlock(&notifier->lock);
    pthread_join(notifier->thread, NULL);
    forget(notifier);
    curl_easy_cleanup(notifier->curl);
    curl_global_cleanup();
    pthread_cond_destroy(&notifier->wake);
    pthread_mutex_destroy(&notifier->lock);
    free(notifier);
}

static void enqueue(struct notifier *notifier, struct delivery *d)
{
    *(notifier->last ? &notifier->last->next : &notifier->first) = d;
    notifier->last = d;
    notifier->waiting++;
    pthread_cond_broadcast(&notifier->wake);
}

void notifier_send(struct notifier *notifier, const struct notification *notification)
{
    struct delivery *d = new_delivery(notification);
    pthread_mutex_lock(&notifier->lock);
    if (!d || notifier->waiting == NOTIFIER_QUEUE) {
        notifier->dropped++;
        free_delivery(d);
    } else {
        d->epoch = notifier->epoch;
        notifier->unheard += !d->url;
        if (d->url)
            enqueue(notifier, d);
        else
            show(notifier, d);
    }
    pthread_mutex_unlock(&notifier->lock);
}

void notifier_forget(struct notifier *notifier)
{
    pthread_mutex_lock(&notifier->lock);
    forget(notifier);
    pthread_cond_broadcast(&notifier->wake);
    pthread_mutex_unlock(&notifier->lock);
}

static void put_number(struct json_writer *w, const char *key, int64_t number)
{
    json_put_key(w, str_from(key));
    json_put_i64(w, number);
}

static void put_text(struct json_writer *w, const char *key, const char *text)
{
    json_put_key(w, str_from(key));
    if (text)
        json_put_string(w, str_from(text));
    else
        json_put_null(w);
}

static void write_one(struct json_writer *w, const struct delivery *d)
{
    json_open_object(w);
    put_number(w, "time", d->time);
    put_number(w, "type", d->type);
    put_text(w, "address", d->url);
    put_number(w, "tries", d->tries);
    put_number(w, "status", d->status);
    put_text(w, "error", d->error);
    json_put_key(w, STR("body"));
    json_put_raw(w, str_from(d->body));
    json_close_object(w);
}

void notifier_write(struct notifier *notifier, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    pthread_mutex_lock(&notifier->lock);
    json_open_object(&w);
    put_number(&w, "waiting", (int64_t)notifier->waiting);
    put_number(&w, "delivered", (int64_t)notifier->delivered);
    put_number(&w, "failed", (int64_t)notifier->failed);
    put_number(&w, "dropped", (int64_t)notifier->dropped);
    put_number(&w, "unheard", (int64_t)notifier->unheard);
    json_put_key(&w, STR("last"));
    json_open_array(&w);
    uint64_t count = notifier->results;
    for (uint64_t i = count > NOTIFIER_SHOWN ? count - NOTIFIER_SHOWN : 0; i < count; i++)
        write_one(&w, notifier->shown[i % NOTIFIER_SHOWN]);
    json_close_array(&w);
    json_close_object(&w);
    pthread_mutex_unlock(&notifier->lock);
}
