/*
 * What `demo` shows. See demo_show.h. Notes are taken in the sandbox's thread and read by
 * another, so a lock guards them; the sandbox's bytes are copied, because it owns them.
 */
#include "cli/demo_show.h"

enum { MEMORY = 64 * 1024 * 1024 };

bool demo_seen_init(struct demo_seen *seen)
{
    *seen = (struct demo_seen){.arena = arena_new(MEMORY)};
    return seen->arena && pthread_mutex_init(&seen->lock, NULL) == 0;
}

void demo_seen_clear(struct demo_seen *seen)
{
    pthread_mutex_destroy(&seen->lock);
    arena_free(seen->arena);
}

static struct str field(const struct pairs *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (str_ieq(headers->items[i].name, str_from(name)))
            return headers->items[i].value;
    return STR_NONE;
}

void demo_seen_upstream(void *ctx, const struct sandbox_exchange *exchange)
{
    struct demo_seen *seen = ctx;
    pthread_mutex_lock(&seen->lock);
    if (seen->count < DEMO_CALLS) {
        struct demo_call call = {
            .method = arena_str(seen->arena, exchange->method),
            .target = arena_str(seen->arena, exchange->target),
            .type = arena_str(seen->arena, field(exchange->headers, "content-type")),
            .body = arena_str(seen->arena, exchange->body),
            .answer = arena_str(seen->arena, exchange->answer),
            .token = field(exchange->headers, "x-tts-access-token").p != NULL,
            .status = exchange->status,
        };
        if (!arena_failed(seen->arena))
            seen->calls[seen->count++] = call;
    }
    pthread_mutex_unlock(&seen->lock);
}

static void status_line(const struct show *show, int status)
{
    struct str text = arena_printf(show->arena, "HTTP %d", status);
    buf_add_str(show->out, STR("    "));
    show_styled(show, SHOW_BOLD, text);
    buf_add_char(show->out, '\n');
}

static void number_line(const struct show *show, size_t number, size_t count, const char *words)
{
    if (count < 2)
        return;
    struct str text =
        arena_printf(show->arena, "  (%zu)%s%s", number + 1, words[0] ? " " : "", words);
    show_styled(show, SHOW_DIM, text);
    buf_add_char(show->out, '\n');
}

static void upstream_requests(const struct show *show, const struct demo_seen *seen)
{
    for (size_t i = 0; i < seen->count; i++) {
        const struct demo_call *call = &seen->calls[i];
        bool first = i == 0 && seen->count > 1;
        number_line(show, i, seen->count, first ? "once for each token, then remembered" : "");
        show_request_line(show, call->method, call->target,
                          call->token ? STR("x-tts-access-token") : STR_NONE);
        show_body(show, call->body);
    }
}

void demo_show(const struct show *show, struct demo_seen *seen, const struct demo_side *app)
{
    pthread_mutex_lock(&seen->lock);
    show_title(show, "1", "What the app sent, in the retired form");
    show_request_line(show, app->method, app->target, STR_NONE);
    show_body(show, app->body);
    show_title(show, "2", "What went upstream, in the form of v202309");
    upstream_requests(show, seen);
    show_title(show, "3", "What came back");
    for (size_t i = 0; i < seen->count; i++) {
        number_line(show, i, seen->count, "");
        status_line(show, seen->calls[i].status);
        show_body(show, seen->calls[i].answer);
    }
    show_title(show, "4", "What the app got, in the form it knows");
    status_line(show, app->status);
    show_body(show, app->answer);
    pthread_mutex_unlock(&seen->lock);
}
