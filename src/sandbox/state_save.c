/*
 * Writing of the state file, see state.h. Owns nothing but the text under way.
 */
#include "sandbox/state.h"

#include "base/base64.h"
#include "json/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void put_text(struct json_writer *w, const char *key, struct str text)
{
    json_put_key(w, str_from(key));
    json_put_string(w, text);
}

static void put_number(struct json_writer *w, const char *key, int64_t number)
{
    json_put_key(w, str_from(key));
    json_put_i64(w, number);
}

static void put_value(struct json_writer *w, struct value value)
{
    switch (value.kind) {
    case VALUE_INT:
        put_number(w, "number", value.number);
        break;
    case VALUE_MONEY:
        put_number(w, "money", value.number);
        put_number(w, "decimals", value.decimals);
        break;
    case VALUE_BOOL:
        json_put_key(w, STR("truth"));
        json_put_bool(w, value.truth);
        break;
    case VALUE_RAW:
        json_put_key(w, STR("json"));
        json_put_raw(w, value.text);
        break;
    case VALUE_TEXT:
        put_text(w, "text", value.text);
        break;
    default:
        json_put_key(w, STR("none"));
        json_put_bool(w, true);
        break;
    }
}

static void put_changes(struct json_writer *w, const struct overlay *overlay)
{
    json_put_key(w, STR("changes"));
    json_open_array(w);
    for (size_t i = 0; i < OVERLAY_CHAINS; i++)
        for (const struct changes *c = overlay->chains[i]; c; c = c->next)
            for (const struct change *change = c->first; change; change = change->next) {
                json_open_object(w);
                put_text(w, "entity", c->key.entity->name);
                put_number(w, "shop", c->key.shop);
                put_number(w, "index", (int64_t)c->key.index);
                put_text(w, "path", str_from(change->path));
                put_value(w, change->value);
                json_close_object(w);
            }
    json_close_array(w);
}

static void put_added(struct json_writer *w, const struct tables *tables,
                      const struct overlay *overlay)
{
    json_put_key(w, STR("added"));
    json_open_array(w);
    for (size_t i = 0; i < tables->entity_count; i++)
        for (unsigned shop = 0; shop < OVERLAY_SHOPS; shop++) {
            if (!overlay->added[i][shop])
                continue;
            json_open_object(w);
            put_text(w, "entity", tables->entities[i].name);
            put_number(w, "shop", shop);
            put_number(w, "count", overlay->added[i][shop]);
            json_close_object(w);
        }
    json_close_array(w);
}

static void put_access(struct json_writer *w, const struct world *world)
{
    json_put_key(w, STR("tokens"));
    json_open_array(w);
    for (size_t i = world->token_seeded; i < world->token_count; i++) {
        const struct token *t = &world->tokens[i];
        json_open_object(w);
        put_text(w, "access", t->access);
        put_text(w, "like", world->tokens[t->like].access);
        put_number(w, "expires", t->expires);
        if (t->app)
            put_text(w, "app", t->app->key);
        json_close_object(w);
    }
    json_close_array(w);
    json_put_key(w, STR("codes"));
    json_open_array(w);
    for (size_t i = 0; i < world->code_count; i++)
        if (world->codes[i].used)
            json_put_string(w, world->codes[i].code);
    json_close_array(w);
}

static void put_files(struct json_writer *w, const struct shelf *shelf)
{
    struct buf text;
    buf_init(&text, (size_t)SHELF_BYTES * 2);
    json_put_key(w, STR("files"));
    json_open_array(w);
    for (size_t i = 0; i < shelf->count; i++) {
        buf_reset(&text);
        base64_encode(str_of(shelf->files[i].bytes, shelf->files[i].size), &text);
        json_open_object(w);
        put_text(w, "hash", str_from(shelf->files[i].hash));
        put_text(w, "base64", buf_str(&text));
        json_close_object(w);
    }
    json_close_array(w);
    buf_clear(&text);
}

static bool trouble_with(struct fault *fault, const char *file)
{
    return fault_set(fault, FAULT_INTERNAL, "cannot write %s: %s", file, strerror(errno));
}

/* Nobody else may read it: it holds tokens. */
static bool write_file(const char *file, struct str text, struct fault *fault)
{
    char beside[1024];
    int n = snprintf(beside, sizeof beside, "%s.new", file);
    if (n < 0 || n >= (int)sizeof beside)
        return fault_set(fault, FAULT_INTERNAL, "the name of the state file is too long");
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return trouble_with(fault, beside);
    bool good = true;
    while (good && text.n) {
        ssize_t written = write(fd, text.p, text.n);
        good = written > 0 || (written < 0 && errno == EINTR);
        if (written > 0)
            text = str_of(text.p + written, text.n - (size_t)written);
    }
    good = good && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (good && rename(beside, file) == 0)
        return true;
    trouble_with(fault, file);
    unlink(beside);
    return false;
}

bool state_save(const char *file, const struct tables *tables, const struct world *world,
                const struct state_origin *origin, struct fault *fault)
{
    struct buf text;
    struct json_writer w;
    buf_init(&text, STATE_BYTES);
    json_writer_init(&w, &text);
    json_open_object(&w);
    put_number(&w, "sandbox", STATE_FORM);
    put_number(&w, "seed", (int64_t)origin->seed);
    put_number(&w, "orders", (int64_t)origin->orders);
    put_number(&w, "epoch", origin->epoch);
    put_number(&w, "fresh", (int64_t)world->overlay.fresh);
    put_added(&w, tables, &world->overlay);
    put_changes(&w, &world->overlay);
    put_access(&w, world);
    put_files(&w, &world->shelf);
    json_close_object(&w);
    buf_add_char(&text, '\n');
    bool good = buf_failed(&text) ? fault_set(fault, FAULT_INTERNAL, "the state is too large")
                                  : write_file(file, buf_str(&text), fault);
    buf_clear(&text);
    return good;
}
