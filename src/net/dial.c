/*
 * Connections made by libcurl on the worker's loop. Owns the multi handle, the cache of TLS
 * sessions and every dial under way; refuses certificates that do not verify, always.
 *
 * A plain connection is duplicated and libcurl's handle thrown away at once: what libcurl
 * keeps, it would look through, and might close, whenever another connection is made.
 */
#include "net/dial.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

struct dial {
    struct list link;
    struct dialer *dialer;
    const struct origin *origin;
    void *owner;
    CURL *easy;
    char words[CURL_ERROR_SIZE];
};

static CURLcode global_result;

static void global_init(void)
{
    global_result = curl_global_init(CURL_GLOBAL_ALL);
}

bool dial_global_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    return pthread_once(&once, global_init) == 0 && global_result == CURLE_OK;
}

static void end_dial(struct dial *dial)
{
    list_remove(&dial->link);
    if (dial->easy) {
        curl_multi_remove_handle(dial->dialer->multi, dial->easy);
        curl_easy_cleanup(dial->easy);
    }
    free(dial);
}

/* ---- how it ended ---- */

static void say_why(struct dial *dial, CURLcode code, struct fault *fault)
{
    const char *host = dial->origin->host;
    const char *words = dial->words[0] ? dial->words : curl_easy_strerror(code);
    long error = 0;
    curl_easy_getinfo(dial->easy, CURLINFO_OS_ERRNO, &error);
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        fault_set(fault, FAULT_TIMEOUT, "No connection to %s within %lld ms (upstream.connect_ms).",
                  host, (long long)dial->dialer->settings->connect_ms);
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
        fault_set(fault, FAULT_UNREACHABLE, "No address was found for the name of %s.", host);
        break;
    case CURLE_COULDNT_RESOLVE_PROXY:
        fault_set(fault, FAULT_UNREACHABLE, "No address was found for the proxy on the way to %s.",
                  host);
        break;
    case CURLE_COULDNT_CONNECT:
        fault_set(fault, FAULT_UNREACHABLE, "No connection to %s: %s.", host,
                  error ? strerror((int)error) : words);
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        fault_set(fault, FAULT_UNREACHABLE,
                  "The TLS certificate of %s was not accepted: %s. To trust another authority, "
                  "set upstream.ca_file.",
                  host, words);
        break;
    default:
        fault_set(fault, FAULT_UNREACHABLE, "No connection to %s: %s.", host, words);
    }
}

/* Takes the connection out of the dial. False: it broke just now. */
static bool take_wire(struct dial *dial, struct wire *wire)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(dial->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
        fd == CURL_SOCKET_BAD)
        return false;
    *wire = (struct wire){.fd = fd, .multi = dial->dialer->multi};
    if (!dial->origin->tls && !dial->dialer->proxy_tls) {
        wire->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        return wire->fd >= 0;
    }
    /*
     * The first read ties connection and handle together for good; before it, libcurl takes
     * the connection for an idle one that it may close. Upstream has nothing to say yet.
     */
    char byte;
    size_t n = 0;
    if (curl_easy_recv(dial->easy, &byte, 1, &n) != CURLE_AGAIN ||
        curl_easy_setopt(dial->easy, CURLOPT_ERRORBUFFER, NULL) != CURLE_OK)
        return false;
    wire->easy = dial->easy;
    dial->easy = NULL;
    return true;
}

static void finish(struct dial *dial, CURLcode code)
{
    struct dialer *dialer = dial->dialer;
    void *owner = dial->owner;
    struct wire wire;
    struct fault fault;
    if (code == CURLE_OK && take_wire(dial, &wire)) {
        end_dial(dial);
        dialer->done(owner, &wire, NULL);
        return;
    }
    if (code == CURLE_OK)
        fault_set(&fault, FAULT_UNREACHABLE, "The connection to %s broke as it was made.",
                  dial->origin->host);
    else
        say_why(dial, code, &fault);
    end_dial(dial);
    dialer->done(owner, NULL, &fault);
}

static void collect(struct dialer *dialer)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(dialer->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *dial = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &dial);
        finish((struct dial *)(void *)dial, code);
    }
}

/* ---- libcurl on the loop ---- */

static void on_socket_event(evutil_socket_t fd, short what, void *ctx)
{
    struct dialer *dialer = ctx;
    int running;
    int flags = (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
    curl_multi_socket_action(dialer->multi, fd, flags, &running);
    collect(dialer);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct dialer *dialer = ctx;
    int running;
    curl_multi_socket_action(dialer->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(dialer);
}

static int set_timer(CURLM *multi, long wait_ms, void *ctx)
{
    (void)multi;
    struct dialer *dialer = ctx;
    if (wait_ms < 0) {
        event_del(&dialer->timer);
        return 0;
    }
    struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    return event_add(&dialer->timer, &wait) == 0 ? 0 : -1;
}

/* `known` is the event that belongs to the socket, NULL on its first call. */
static int set_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
    (void)easy;
    struct dialer *dialer = ctx;
    struct event *event = known;
    if (event)
        event_free(event);
    if (what == CURL_POLL_REMOVE) {
        curl_multi_assign(dialer->multi, fd, NULL);
        return 0;
    }
    short flags = (short)(EV_PERSIST | (what & CURL_POLL_IN ? EV_READ : 0) |
                          (what & CURL_POLL_OUT ? EV_WRITE : 0));
    event = event_new(dialer->base, fd, flags, on_socket_event, dialer);
    if (event && event_add(event, NULL) != 0) {
        event_free(event);
        event = NULL;
    }
    curl_multi_assign(dialer->multi, fd, event);
    return event ? 0 : -1;
}

/* ---- life ---- */

static bool begins_https(const char *name)
{
    const char *value = getenv(name);
    return value && strncasecmp(value, "https:", 6) == 0;
}

bool dialer_init(struct dialer *dialer, struct event_base *base,
                 const struct server_upstream_settings *settings)
{
    *dialer = (struct dialer){.base = base, .settings = settings};
    list_init(&dialer->dials);
    dialer->proxy_tls =
        begins_https("http_proxy") || begins_https("all_proxy") || begins_https("ALL_PROXY");
    dialer->multi = curl_multi_init();
    dialer->share = curl_share_init();
    CURLM *multi = dialer->multi;
    return multi && dialer->share && evtimer_assign(&dialer->timer, base, on_timer, dialer) == 0 &&
           curl_share_setopt(dialer->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) ==
               CURLSHE_OK &&
           curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, set_socket) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, dialer) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERDATA, dialer) == CURLM_OK &&
           /* Ours are never idle to libcurl; it must not begin to choose among them. */
           curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 2L * settings->connections + 16) ==
               CURLM_OK;
}

void dialer_clear(struct dialer *dialer)
{
    struct list *next;
    for (struct list *node = dialer->dials.next; node != &dialer->dials; node = next) {
        next = node->next;
        end_dial(CONTAINER_OF(node, struct dial, link));
    }
    if (dialer->multi)
        curl_multi_cleanup(dialer->multi);
    if (dialer->share)
        curl_share_cleanup(dialer->share);
    if (event_initialized(&dialer->timer))
        event_del(&dialer->timer);
}

static bool set_up(struct dial *dial)
{
    const struct server_upstream_settings *settings = dial->dialer->settings;
    CURL *easy = dial->easy;
    bool good =
        curl_easy_setopt(easy, CURLOPT_URL, dial->origin->url) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_ms) == CURLE_OK &&
        /* ALPN then offers nothing but http/1.1. */
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_SHARE, dial->dialer->share) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, dial->words) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_PRIVATE, dial) == CURLE_OK;
    if (good && settings->ca_file)
        /* Instead of the system's authorities, not beside them. */
        good = curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_file) == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK;
    return good;
}

struct dial *dial_start(struct dialer *dialer, const struct origin *origin, void *owner)
{
    struct dial *dial = calloc(1, sizeof *dial);
    if (!dial)
        return NULL;
    dial->dialer = dialer;
    dial->origin = origin;
    dial->owner = owner;
    dial->easy = curl_easy_init();
    list_append(&dialer->dials, &dial->link);
    if (dial->easy && set_up(dial) && curl_multi_add_handle(dialer->multi, dial->easy) == CURLM_OK)
        return dial;
    end_dial(dial);
    return NULL;
}
