/*
 * The server's settings: their defaults and their bounds. Owns nothing; refuses, all at once,
 * what would make a server that cannot work or has no limit.
 */
#include "net/address.h"
#include "net/origin.h"
#include "net/server.h"
#include <errno.h>
#include <unistd.h>

const struct server_settings server_default_settings = {
    .listen = "127.0.0.1:8080",
    .workers = 0,
    .access_log = SERVER_ACCESS_FAILURES,
    .client =
        {
            .connections = 4096,
            .memory_bytes = 256 << 20,
            .head_ms = 10000,
            .body_ms = 30000,
            .write_ms = 30000,
            .idle_ms = 75000,
            .line_bytes = 8 << 10,
            .head_bytes = 32 << 10,
            .fields = HTTP1_FIELDS,
            .body_bytes = 16 << 20,
        },
    .upstream =
        {
            .connect_ms = 5000,
            .answer_ms = 20000,
            .idle_ms = 30000,
            .connections = 128,
            .idle = 64,
            .waiting = 1024,
            .answer_bytes = 32 << 20,
            .gzip = true,
        },
};

struct range {
    const char *name;
    int64_t value, least, most;
};

static const int64_t day_ms = 24 * 3600 * 1000, gib = 1 << 30;

static void check_range(struct findings *findings, const struct range *range)
{
    if (range->value >= range->least && range->value <= range->most)
        return;
    findings_add(findings, FINDING_ERROR, NULL, range->name, "%lld is not within %lld to %lld",
                 (long long)range->value, (long long)range->least, (long long)range->most);
}

/* Sizes above what int64_t holds are out of every range. */
static int64_t size(size_t n)
{
    return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static void check_client(const struct server_client_settings *s, struct findings *findings)
{
    const struct range ranges[] = {
        {"client.connections", s->connections, 1, 1000000},
        {"client.memory_bytes", size(s->memory_bytes), 1 << 20, 1024 * gib},
        {"client.head_ms", s->head_ms, 1, day_ms},
        {"client.body_ms", s->body_ms, 1, day_ms},
        {"client.write_ms", s->write_ms, 1, day_ms},
        {"client.idle_ms", s->idle_ms, 1, day_ms},
        {"client.line_bytes", size(s->line_bytes), 256, 1 << 20},
        {"client.head_bytes", size(s->head_bytes), 512, 1 << 20},
        {"client.fields", size(s->fields), 8, HTTP1_FIELDS},
        {"client.body_bytes", size(s->body_bytes), 0, gib},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        check_range(findings, &ranges[i]);
}

static void check_url(struct findings *findings, const char *name, const char *url)
{
    struct origin origin;
    const char *wrong = origin_parse(url, &origin);
    if (wrong)
        findings_add(findings, FINDING_ERROR, NULL, name, "%s%s%s", url ? url : "",
                     url && *url ? ": " : "", wrong);
}

static void check_upstream(const struct server_upstream_settings *s, struct findings *findings)
{
    const struct range ranges[] = {
        {"upstream.connect_ms", s->connect_ms, 1, day_ms},
        {"upstream.answer_ms", s->answer_ms, 1, day_ms},
        {"upstream.idle_ms", s->idle_ms, 1, day_ms},
        {"upstream.connections", s->connections, 1, 65535},
        {"upstream.idle", s->idle, 0, 65535},
        {"upstream.waiting", s->waiting, 1, 1000000},
        {"upstream.answer_bytes", size(s->answer_bytes), 1024, gib},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        check_range(findings, &ranges[i]);
    check_url(findings, "upstream.api", s->api);
    check_url(findings, "upstream.auth", s->auth);
    if (s->ca_file && access(s->ca_file, R_OK) != 0)
        findings_add(findings, FINDING_ERROR, NULL, "upstream.ca_file", "cannot read %s: %s",
                     s->ca_file, strerror(errno));
}

bool server_check(const struct server_settings *settings, struct findings *findings)
{
    size_t before = findings_count(findings, FINDING_ERROR);
    const char *wrong = address_wrong(settings->listen);
    if (wrong)
        findings_add(findings, FINDING_ERROR, NULL, "listen", "%s%s%s",
                     settings->listen ? settings->listen : "",
                     settings->listen && *settings->listen ? ": " : "", wrong);
    check_range(findings, &(struct range){"workers", settings->workers, 0, SERVER_WORKERS});
    check_client(&settings->client, findings);
    check_upstream(&settings->upstream, findings);
    return findings_count(findings, FINDING_ERROR) == before;
}
