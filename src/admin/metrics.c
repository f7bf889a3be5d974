/*
 * The page of /metrics: the server's counters in Prometheus' text form. Owns nothing. Labels
 * are names of ours only; nothing a client or upstream sent ever becomes one.
 */
#include "admin/admin.h"

struct writer {
    struct buf *out;
    const char *name;
};

/* HELP and TYPE of a metric; its samples follow. */
static struct writer begin(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP shopshim_%s %s\n# TYPE shopshim_%s %s\n", name, help, name, type);
    return (struct writer){out, name};
}

static void single(struct buf *out, const char *name, const char *help, uint64_t value)
{
    size_t n = strlen(name);
    bool counts = n > 6 && strcmp(name + n - 6, "_total") == 0;
    begin(out, name, counts ? "counter" : "gauge", help);
    buf_printf(out, "shopshim_%s %llu\n", name, (unsigned long long)value);
}

static void by_reason(struct writer writer, const uint64_t counts[FAULT_KINDS])
{
    for (int i = 0; i < FAULT_KINDS; i++)
        buf_printf(writer.out, "shopshim_%s{reason=\"%s\"} %llu\n", writer.name,
                   i == FAULT_NONE ? "ok" : fault_name((enum fault_kind)i),
                   (unsigned long long)counts[i]);
}

static void seconds(struct buf *out, int64_t ms)
{
    buf_printf(out, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
}

static void durations(struct buf *out, const struct server_stats *stats)
{
    static const char name[] = "request_duration_seconds";
    uint64_t sum = 0;
    begin(out, name, "histogram", "Time from a whole request to its answer's last byte.");
    for (int i = 0; i < SERVER_TIMES; i++) {
        sum += stats->times[i];
        buf_printf(out, "shopshim_%s_bucket{le=\"", name);
        if (server_time_bounds[i] > 0)
            seconds(out, server_time_bounds[i]);
        else
            buf_add_str(out, STR("+Inf"));
        buf_printf(out, "\"} %llu\n", (unsigned long long)sum);
    }
    buf_printf(out, "shopshim_%s_sum ", name);
    seconds(out, (int64_t)stats->time_ms);
    buf_printf(out, "\nshopshim_%s_count %llu\n", name, (unsigned long long)sum);
}

void admin_metrics(const struct server_stats *stats, struct buf *out)
{
    begin(out, "build_info", "gauge", "Always 1; the version is a label.");
    buf_printf(out, "shopshim_build_info{version=\"%s\"} 1\n", SHOPSHIM_VERSION);
    by_reason(begin(out, "requests_total", "counter", "Requests answered, by how they ended."),
              stats->requests);
    single(out, "requests_abandoned_total", "Requests whose client left before the answer.",
           stats->abandoned);
    durations(out, stats);
    by_reason(
        begin(out, "upstream_calls_total", "counter", "Calls to upstream, by how they ended."),
        stats->upstream_calls);
    single(out, "upstream_connects_total", "Connections to upstream that were opened.",
           stats->upstream_connects);
    single(out, "upstream_retries_total", "Calls that moved to a fresh connection.",
           stats->upstream_retries);
    single(out, "unknown_values_total",
           "Upstream values that no table knows and that were replaced.", stats->unknown_values);
    single(out, "client_connections_total", "Client connections accepted.", stats->accepted);
    single(out, "client_turned_away_total", "Of which over client.connections.",
           stats->turned_away);
    single(out, "client_received_bytes_total", "Bytes from clients.", stats->bytes_in);
    single(out, "client_sent_bytes_total", "Bytes to clients.", stats->bytes_out);
    single(out, "client_connections", "Client connections open now.", stats->connections);
    single(out, "requests_running", "Requests under way now.", stats->running);
    single(out, "upstream_connections", "Connections to upstream open now.",
           stats->upstream_connections);
    single(out, "upstream_connections_idle", "Of which idle.", stats->upstream_idle);
    single(out, "upstream_calls_waiting", "Calls that wait for a connection now.",
           stats->upstream_waiting);
    single(out, "workers", "Worker threads.", stats->workers);
    single(out, "tables_gone",
           "Tables whose v202309 calls upstream serves no more: newer calls are made.",
           stats->tables_gone);
    single(out, "table_sets", "Sets of tables in memory: one, and those that requests still use.",
           stats->table_sets);
}
