/*
 * Reading of the state file, see state.h. A file of another seed, size or form is refused in
 * words, and so is one that names what the tables do not have: nothing is guessed.
 */
#include "sandbox/state.h"

#include "base/base64.h"
#include "json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_MAX = INT32_MAX };

struct loading {
    const char *file;
    const struct tables *tables;
    struct world *world;
    struct arena *arena;
    struct fault *fault;
    struct overlay *overlay;
};

static bool refuse(struct loading *l, const char *what)
{
    return fault_set(l->fault, FAULT_PARAMETER, "the state file %s %s", l->file, what);
}

static bool number_in(struct json object, const char *key, int64_t *out)
{
    return str_to_i64(json_raw(json_get(object, str_from(key))), out);
}

static struct str text_in(struct loading *l, struct json object, const char *key)
{
    struct json value = json_get(object, str_from(key));
    return json_type(value) == JSON_STRING ? json_text(value, l->arena) : STR_NONE;
}

/* The key of a record; an added one must have been counted before. */
static bool read_key(struct loading *l, struct json object, struct overlay_key *key)
{
    int64_t shop, index = 0;
    struct str name = text_in(l, object, "entity");
    key->entity = name.p ? tables_entity(l->tables, name) : NULL;
    if (!key->entity || !number_in(object, "shop", &shop) || shop < 0 || shop >= OVERLAY_SHOPS)
        return refuse(l, "is about records that the tables do not have");
    if (json_exists(json_get(object, STR("index"))) &&
        (!number_in(object, "index", &index) || index < 0))
        return refuse(l, "has an index that is no number");
    key->shop = (unsigned)shop;
    key->index = (uint64_t)index;
    return true;
}

static bool read_added(struct loading *l, struct json list)
{
    for (struct json item = json_first(list); json_exists(item); item = json_next(item)) {
        struct overlay_key key;
        int64_t count;
        uint64_t nth;
        if (!read_key(l, item, &key))
            return false;
        if (!number_in(item, "count", &count) || count < 0 || count > OVERLAY_RECORDS)
            return refuse(l, "has a count of added records that is out of range");
        while (count-- > 0)
            if (!overlay_add(l->overlay, key.entity, key.shop, &nth))
                return refuse(l, "has more added records than are kept");
    }
    return true;
}

static bool read_value(struct loading *l, struct json item, struct value *value)
{
    int64_t decimals;
    struct json json = json_get(item, STR("json")), truth = json_get(item, STR("truth"));
    *value = value_text(text_in(l, item, "text"));
    if (value->kind == VALUE_TEXT)
        return true;
    if (json_exists(json))
        *value = (struct value){.kind = VALUE_RAW, .text = json_raw(json)};
    else if (json_type(truth) == JSON_TRUE || json_type(truth) == JSON_FALSE)
        *value = value_bool(json_type(truth) == JSON_TRUE);
    else if (json_exists(json_get(item, STR("none"))))
        *value = (struct value){.kind = VALUE_NULL};
    else if (number_in(item, "number", &value->number))
        value->kind = VALUE_INT;
    else if (number_in(item, "money", &value->number) && number_in(item, "decimals", &decimals) &&
             decimals >= 0 && decimals <= 6)
        *value = value_money(value->number, (unsigned)decimals);
    else
        return refuse(l, "has a change without a value");
    return true;
}

static bool read_changes(struct loading *l, struct json list)
{
    for (struct json item = json_first(list); json_exists(item); item = json_next(item)) {
        struct overlay_key key;
        struct value value;
        struct str path = text_in(l, item, "path");
        if (!read_key(l, item, &key) || !read_value(l, item, &value))
            return false;
        if (path.n == 0)
            return refuse(l, "has a change without a path");
        if (!overlay_set(l->overlay, key, path, value))
            return refuse(l, "has more changes than are kept");
    }
    return true;
}

static bool read_access(struct loading *l, struct json tokens, struct json codes)
{
    for (struct json item = json_first(tokens); json_exists(item); item = json_next(item)) {
        int64_t expires;
        struct str access = text_in(l, item, "access"), like = text_in(l, item, "like");
        struct token *owner = like.p ? world_token(l->world, like) : NULL;
        if (!owner || !access.p || !number_in(item, "expires", &expires))
            return refuse(l, "has a token of an owner that access.json does not have");
        struct token *token = world_take_token(l->world, owner, access, expires);
        if (!token)
            return refuse(l, "has more tokens than are kept");
        struct str app = text_in(l, item, "app");
        token->app = app.p ? world_app(l->world, app) : NULL;
        if (app.p && !token->app)
            return refuse(l, "has a token of an app that access.json does not have");
    }
    for (struct json item = json_first(codes); json_exists(item); item = json_next(item)) {
        struct str name = json_text(item, l->arena);
        struct code *code = name.p ? world_code(l->world, name) : NULL;
        if (!code)
            return refuse(l, "has a code that access.json does not have");
        code->used = true;
    }
    return true;
}

static bool read_files(struct loading *l, struct json list)
{
    for (struct json item = json_first(list); json_exists(item); item = json_next(item)) {
        struct str hash = text_in(l, item, "hash"), text = text_in(l, item, "base64"), bytes;
        size_t bad;
        if (!hash.p || !text.p || !base64_decode(text, l->arena, &bytes, &bad))
            return refuse(l, "has a file that is no base64");
        if (!shelf_put(&l->world->shelf, hash, bytes))
            return refuse(l, "has a file that is too large for memory or the shelf");
    }
    return true;
}

static bool read_origin(struct loading *l, struct json root, struct state_origin *origin)
{
    int64_t form, seed, orders, epoch, fresh;
    if (!number_in(root, "sandbox", &form) || form != STATE_FORM)
        return refuse(l, "is none of a sandbox of this version");
    if (!number_in(root, "seed", &seed) || !number_in(root, "orders", &orders) ||
        !number_in(root, "epoch", &epoch) || !number_in(root, "fresh", &fresh) || fresh < 0)
        return refuse(l, "does not say what it was made from");
    if ((uint64_t)seed != origin->seed || (uint64_t)orders != origin->orders)
        return fault_set(l->fault, FAULT_PARAMETER,
                         "the state file %s was made with --seed %lld --orders %lld, not with "
                         "--seed %lld --orders %lld",
                         l->file, (long long)seed, (long long)orders, (long long)origin->seed,
                         (long long)origin->orders);
    if (origin->epoch_given && epoch != origin->epoch)
        return refuse(l, "was made from another epoch");
    origin->epoch = epoch;
    l->overlay->fresh = (uint64_t)fresh;
    return true;
}

static bool read_all(struct loading *l, struct str text, struct state_origin *origin)
{
    struct json_doc doc;
    struct json_limits limits = {.unique_keys = true};
    struct json_error error;
    if (!json_parse(&doc, text, &limits, l->arena, &error))
        return refuse(l, "is no JSON");
    struct json root = json_root(&doc);
    return read_origin(l, root, origin) && read_added(l, json_get(root, STR("added"))) &&
           read_changes(l, json_get(root, STR("changes"))) &&
           read_access(l, json_get(root, STR("tokens")), json_get(root, STR("codes"))) &&
           read_files(l, json_get(root, STR("files")));
}

/* The bytes of the file; false with a fault. */
static bool read_bytes(struct loading *l, int fd, struct str *out)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > STATE_BYTES)
        return refuse(l, "is no file, or too large");
    size_t size = (size_t)info.st_size, have = 0;
    char *bytes = arena_alloc(l->arena, size + 1);
    while (bytes && have < size) {
        ssize_t n = read(fd, bytes + have, size - have);
        if (n <= 0)
            return refuse(l, "cannot be read");
        have += (size_t)n;
    }
    *out = str_of(bytes, have);
    return bytes || fault_set(l->fault, FAULT_INTERNAL, "out of memory");
}

bool state_load(const char *file, const struct tables *tables, struct world *world,
                struct state_origin *origin, struct fault *fault)
{
    struct loading l = {file, tables, world, NULL, fault, &world->overlay};
    struct str text;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || refuse(&l, strerror(errno));
    l.arena = arena_new(ARENA_MAX);
    bool good = l.arena ? read_bytes(&l, fd, &text) && read_all(&l, text, origin)
                        : fault_set(fault, FAULT_INTERNAL, "out of memory");
    close(fd);
    arena_free(l.arena);
    return good;
}
