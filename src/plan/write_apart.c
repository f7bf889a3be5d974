/*
 * Forms that are made apart first, and then put into what is written: `flat`, one list of what
 * several hold, and `json`, a text that holds JSON. What is made apart lives in the run's arena.
 * See run.h.
 */
#include "plan/run.h"

static enum written write_apart(struct plan_run *run, const struct shape *shape, struct str *made)
{
    struct buf out;
    struct json_writer w;
    buf_init_arena(&out, UINT32_MAX, run->arena);
    json_writer_init(&w, &out);
    enum written written = shape_write(run, shape->members, &w);
    if (buf_failed(&out)) {
        run_no_memory(run);
        return LEFT_OUT;
    }
    *made = buf_str(&out);
    return written;
}

enum written packed_write(struct plan_run *run, const struct shape *shape, struct json_writer *w)
{
    struct str made;
    enum written written = write_apart(run, shape, &made);
    if (written != LEFT_OUT)
        json_put_string(w, made);
    return written;
}

static void put_elements(struct json list, struct json_writer *w)
{
    for (struct json part = json_first(list); json_exists(part); part = json_next(part))
        json_put_raw(w, json_raw(part));
}

enum written flat_write(struct plan_run *run, const struct shape *shape, struct json_writer *w)
{
    struct str made;
    struct json_limits limits = {.depth = 1000};
    struct json_error error;
    enum written written = write_apart(run, shape, &made);
    if (written == LEFT_OUT)
        return LEFT_OUT;
    struct json_doc *doc = ARENA_NEW(run->arena, struct json_doc);
    if (!doc || !json_parse(doc, made, &limits, run->arena, &error)) {
        run_no_memory(run); /* what we wrote ourselves is JSON */
        return LEFT_OUT;
    }
    struct json list = json_first(json_root(doc));
    json_open_array(w);
    for (; json_exists(list); list = json_next(list)) {
        if (json_type(list) == JSON_ARRAY)
            put_elements(list, w);
        else
            json_put_raw(w, json_raw(list));
    }
    json_close_array(w);
    return written;
}
