/*
 * Base URLs taken apart by libcurl's parser, which later connects to them, so that both
 * agree about what the host is. Owns nothing.
 */
#include "net/origin.h"
#include <curl/curl.h>
#include <stdio.h>

static bool part_is(CURLU *url, CURLUPart part, char *out)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
        return false;
    bool fits = strlen(text) < ORIGIN_TEXT;
    if (fits)
        strcpy(out, text);
    curl_free(text);
    return fits;
}

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

static const char *read_parts(CURLU *url, struct origin *out)
{
    char scheme[ORIGIN_TEXT], host[ORIGIN_TEXT], port[ORIGIN_TEXT] = "";
    if (!part_is(url, CURLUPART_SCHEME, scheme) || !part_is(url, CURLUPART_HOST, host) ||
        !part_is(url, CURLUPART_PATH, out->prefix))
        return "it is not a URL";
    out->tls = strcmp(scheme, "https") == 0;
    if (!out->tls && strcmp(scheme, "http") != 0)
        return "only https:// and http:// are spoken";
    if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
        return "a base URL has no user name";
    if (has_part(url, CURLUPART_QUERY) || has_part(url, CURLUPART_FRAGMENT))
        return "a base URL has no query and no fragment";
    if (part_is(url, CURLUPART_PORT, port) && strcmp(port, out->tls ? "443" : "80") == 0)
        port[0] = '\0';
    if (strlen(host) + strlen(port) + sizeof "https://:/" > ORIGIN_TEXT)
        return "it is too long";
    snprintf(out->host, ORIGIN_TEXT, "%.300s%s%.6s", host, port[0] ? ":" : "", port);
    snprintf(out->url, ORIGIN_TEXT, "%s://%.400s/", out->tls ? "https" : "http", out->host);
    size_t n = strlen(out->prefix);
    while (n > 0 && out->prefix[n - 1] == '/')
        out->prefix[--n] = '\0';
    return NULL;
}

const char *origin_parse(const char *text, struct origin *out)
{
    if (!text || !*text)
        return "it is missing: write https://HOST";
    *out = (struct origin){0};
    CURLU *url = curl_url();
    if (!url)
        return "out of memory";
    const char *wrong =
        curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK
            ? read_parts(url, out)
            : "it is not a URL: write https://HOST";
    curl_url_cleanup(url);
    return wrong;
}
