/*
 * Host: what the exchanges of one worker share. Owns the keyed signature contexts, a pool of
 * exchanges with their arenas and reply buffers, and the making of request ids. The pool keeps
 * a bounded number and no large buffers.
 */
#include "exchange/life.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

const struct exchange_settings exchange_default_settings = {.check_sign = true,
                                                            .check_time = true,
                                                            .time_before_s = 300,
                                                            .time_after_s = 30,
                                                            .deadline_ms = 30000,
                                                            .calls = 150,
                                                            .side_by_side = 8,
                                                            .ahead = 4,
                                                            .query_pairs = 100,
                                                            .json_depth = 64,
                                                            .memory = (size_t)64 << 20,
                                                            .answer = (size_t)32 << 20,
                                                            .walk = 40,
                                                            .position_bytes = (size_t)16 << 20,
                                                            .position_keep_ms = 900000,
                                                            .once_bytes = (size_t)16 << 20,
                                                            .once_keep_ms = 86400000,
                                                            .remember_ms = 3600000,
                                                            .native = EXCHANGE_NATIVE_PASS};

static struct app *place_of(const struct exchange_host *host, struct str key)
{
    size_t i = str_hash(key) & (host->app_places - 1);
    while (host->apps[i].sign && !str_eq(host->apps[i].key, key))
        i = (i + 1) & (host->app_places - 1);
    return &host->apps[i];
}

const struct app *host_app(const struct exchange_host *host, struct str key)
{
    const struct app *app = place_of(host, key);
    return app->sign ? app : NULL;
}

static bool add_apps(struct exchange_host *host)
{
    host->app_places = 4;
    while (host->app_places < 2 * host->common.app_count)
        host->app_places *= 2;
    host->apps = calloc(host->app_places, sizeof *host->apps);
    if (!host->apps)
        return false;
    for (size_t i = 0; i < host->common.app_count; i++) {
        const struct exchange_app *app = &host->common.apps[i];
        struct app *place = place_of(host, app->key);
        if (place->sign)
            continue; /* the first one of doubled keys counts */
        *place = (struct app){app->key, app->secret, sign_key_new(app->key, app->secret)};
        if (!place->sign)
            return false;
    }
    return true;
}

struct exchange_host *exchange_host_new(const struct exchange_common *common)
{
    assert(common->settings && common->clock.now_ms);
    assert(common->settings->calls > 0 && common->settings->side_by_side > 0);
    struct exchange_host *host = calloc(1, sizeof *host);
    if (!host)
        return NULL;
    host->common = *common;
    host->second = -1;
    if (getrandom(host->seed, sizeof host->seed, 0) != (ssize_t)sizeof host->seed ||
        !add_apps(host)) {
        exchange_host_free(host);
        return NULL;
    }
    return host;
}

void exchange_host_free(struct exchange_host *host)
{
    if (!host)
        return;
    for (size_t i = 0; host->apps && i < host->app_places; i++)
        sign_key_free(host->apps[i].sign);
    free(host->apps);
    while (host->pool) {
        struct exchange *x = host->pool;
        host->pool = x->pooled;
        arena_free(x->arena);
        buf_clear(&x->out);
        free(x);
    }
    free(host);
}

static void set_date(struct exchange_host *host, int64_t second)
{
    time_t when = (time_t)second;
    char text[32];
    struct tm tm;
    if (gmtime_r(&when, &tm) && strftime(text, sizeof text, "%Y%m%d%H%M%S", &tm) == 14)
        memcpy(host->date, text, 14);
    else
        memset(host->date, '0', 14);
    host->second = second;
}

/* A bijection, so that numbers that differ stay different (Steele, Lea and Flood, SplitMix). */
static uint64_t scatter(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

void host_request_id(struct exchange_host *host, char id[REQUEST_ID + 1])
{
    static const char digits[] = "0123456789ABCDEF";
    int64_t second = clock_now_ms(&host->common.clock) / 1000;
    if (second != host->second)
        set_date(host, second);
    memcpy(id, host->date, 14);
    uint64_t word = scatter(host->seed[0] + host->count++);
    for (int i = 0; i < 16; i++, word >>= 4)
        id[14 + i] = digits[word & 15];
    for (int i = 0; i < 4; i++)
        id[30 + i] = digits[host->seed[1] >> (4 * i) & 15];
    id[REQUEST_ID] = '\0';
}
