/*
 * version: of the program and of the libraries that it runs with.
 */
#include "cli/print.h"
#include "cli/verbs.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <openssl/crypto.h>
#include <zlib.h>

static int run(const struct run *run)
{
    (void)run;
    struct buf text;
    buf_init(&text, 4096);
    buf_printf(&text, "shopshim %s\nlibevent %s\nlibcurl %s (%s)\nOpenSSL %s\ncJSON %s\nzlib %s\n",
               SHOPSHIM_VERSION, event_get_version(), curl_version_info(CURLVERSION_NOW)->version,
               curl_version_info(CURLVERSION_NOW)->ssl_version,
               OpenSSL_version(OPENSSL_VERSION_STRING), cJSON_Version(), zlibVersion());
    bool good = print_buf(stdout, &text);
    buf_clear(&text);
    return good ? EXIT_GOOD : EXIT_FINDINGS;
}

const struct verb verb_version = {
    .name = "version",
    .synopsis = "",
    .about = "versions of the program and its libraries",
    .run = run,
};
