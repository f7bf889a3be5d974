/*
 * Rows of a table played one after another, each with an upstream and a server of its own.
 */
#include "script.h"
#include <string.h>
#include <unistd.h>

void expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct stage stage;
        struct upstream_stage *upstream = upstream_play(rows[i].acts, NULL);
        char want[512], got[512];
        stage_init(&stage);
        stage.settings.upstream.answer_bytes = 8192;
        if (strstr(rows[i].body, " 300 ms "))
            stage.settings.upstream.answer_ms = 300;
        stage_upstream(&stage, "http", upstream_port(upstream));
        snprintf(want, sizeof want, rows[i].body, stage.api + strlen("http://"));
        stage_open(&stage);
        int fd = client_open(&stage);
        client_send(fd, rows[i].request);
        struct reply reply = client_read(fd, false);
        stage_close(&stage);
        close(fd);
        char *noted = upstream_close(upstream);
        snprintf(got, sizeof got, "%s", reply.body);
        if (reply.status != rows[i].status || strcmp(got, want) != 0)
            fail_msg("%s: got %d %s", rows[i].name, reply.status, got);
        if (strcmp(noted, rows[i].noted) != 0)
            fail_msg("%s: upstream saw %s", rows[i].name, noted);
        reply_clear(&reply);
        free(noted);
    }
}
