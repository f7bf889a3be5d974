/*
 * healthcheck: asks a running proxy's admin listener whether requests are taken, for
 * containers that have no other client. Ends with 0 or EXIT_UNREACHABLE.
 */
#include "cli/print.h"
#include "cli/verbs.h"

#include <curl/curl.h>

/* Where `admin` says it listens, as an address that can be connected to. */
static struct str url_of(const struct config *config)
{
    const char *address = config->admin;
    const char *colon = strrchr(address, ':');
    struct str host = colon ? str_of(address, (size_t)(colon - address)) : str_from(address);
    if (str_eq(host, STR("0.0.0.0")) || str_eq(host, STR("*")) || host.n == 0)
        host = STR("127.0.0.1");
    else if (str_eq(host, STR("[::]")))
        host = STR("[::1]");
    return arena_printf(config->arena, "http://" STR_FMT "%s/readyz", STR_ARG(host),
                        colon ? colon : "");
}

static size_t drop(char *bytes, size_t size, size_t count, void *to)
{
    (void)bytes;
    (void)to;
    return size * count;
}

/* The status of the answer, or 0 and words. */
static long ask(struct str url, char words[CURL_ERROR_SIZE])
{
    long status = 0;
    words[0] = '\0';
    CURL *curl = curl_easy_init();
    if (!curl)
        return 0;
    curl_easy_setopt(curl, CURLOPT_URL, url.p);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 3000L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    return status;
}

static int run(const struct run *run)
{
    struct findings findings;
    findings_init(&findings);
    const struct config_want want = {VERB_HEALTHCHECK, run->args, false};
    bool good = config_load(run->config, &want, &findings);
    print_findings(&findings);
    findings_clear(&findings);
    struct str url = url_of(run->config);
    if (!good || !url.p)
        return EXIT_CONFIG;
    char words[CURL_ERROR_SIZE];
    long status = ask(url, words);
    if (status == 200) {
        printf("ready: " STR_FMT "\n", STR_ARG(url));
        return EXIT_GOOD;
    }
    if (status)
        fprintf(stderr, "shopshim: " STR_FMT " answers %ld\n", STR_ARG(url), status);
    else
        fprintf(stderr, "shopshim: " STR_FMT ": %s\n", STR_ARG(url),
                words[0] ? words : "no connection");
    return EXIT_UNREACHABLE;
}

const struct verb verb_healthcheck = {
    .name = "healthcheck",
    .synopsis = "[--admin HOST:PORT | --config FILE]",
    .about = "whether a running proxy takes requests, for containers",
    .more = "Asks /readyz of the admin address. Ends with 0 when ready, else with 5.",
    .bit = VERB_HEALTHCHECK,
    .run = run,
};
