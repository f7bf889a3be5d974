/*
 * One GET to an admin listener. See fetch.h.
 */
#include "cli/fetch.h"

#include <curl/curl.h>
#include <stdio.h>

#define UNIX "unix:"

struct str fetch_url(const char *address, const char *path, struct arena *arena)
{
    if (str_starts(str_from(address), STR("http://"))) {
        size_t n = strlen(address);
        while (n > 0 && address[n - 1] == '/')
            n--;
        return arena_printf(arena, "%.*s%s", (int)n, address, path);
    }
    if (str_starts(str_from(address), STR(UNIX)))
        return arena_printf(arena, "%s:%s", address, path);
    const char *colon = strrchr(address, ':');
    struct str host = colon ? str_of(address, (size_t)(colon - address)) : str_from(address);
    if (str_eq(host, STR("0.0.0.0")) || str_eq(host, STR("*")) || host.n == 0)
        host = STR("127.0.0.1");
    else if (str_eq(host, STR("[::]")))
        host = STR("[::1]");
    return arena_printf(arena, "http://" STR_FMT "%s%s", STR_ARG(host), colon ? colon : "", path);
}

static size_t take(char *bytes, size_t size, size_t count, void *to)
{
    if (to)
        buf_add(to, bytes, size * count);
    return size * count;
}

/* "unix:/socket:/path" is no URL of curl's: the socket is an option beside it. */
static void aim(CURL *curl, struct str url)
{
    char socket[256], local[256];
    const char *colon = strrchr(url.p, ':');
    if (str_starts(url, STR(UNIX)) && colon >= url.p + strlen(UNIX)) {
        snprintf(socket, sizeof socket, "%.*s", (int)(colon - url.p - (ptrdiff_t)strlen(UNIX)),
                 url.p + strlen(UNIX));
        snprintf(local, sizeof local, "http://localhost%s", colon + 1);
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
        curl_easy_setopt(curl, CURLOPT_URL, local);
    } else
        curl_easy_setopt(curl, CURLOPT_URL, url.p);
}

long fetch(struct str url, struct buf *body, char words[FETCH_WORDS])
{
    char wrong[CURL_ERROR_SIZE] = "";
    long status = 0;
    CURL *curl = curl_easy_init();
    words[0] = '\0';
    if (!curl)
        return 0;
    aim(curl, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 3000L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, wrong);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    else
        snprintf(words, FETCH_WORDS, "%s", wrong[0] ? wrong : "no connection");
    curl_easy_cleanup(curl);
    return status;
}
