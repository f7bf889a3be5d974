/*
 * Uploaded files: taken from a form, put on the shelf, and what expressions see of them, in
 * `file` while one is taken and by the word `uploaded` later. Owns nothing; a file that the
 * shelf has dropped is as if it had never been there.
 */
#include "sandbox/image.h"
#include "sandbox/signature.h"
#include "sandbox/visit.h"

enum { HASH_DIGITS = 32, UNKNOWN_SIDE = 600, PAIRS_MAX = 8 };

static void add_pair(struct pairs *pairs, struct str name, struct str value)
{
    if (value.p)
        pairs->items[pairs->count++] = (struct pair){name, value};
}

static bool host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == ':' || c == '-' || c == '[' || c == ']';
}

/* As the caller reached the sandbox. */
struct str visit_own_host(const struct visit *v)
{
    struct str host = visit_header(v, STR("host"));
    for (size_t i = 0; i < host.n; i++)
        if (!host_char(host.p[i]))
            return STR("localhost");
    return host.n ? host : STR("localhost");
}

/* Everything but name and type, which only the form knows. */
static struct pairs *describe(struct run *run, struct str hash, struct str bytes)
{
    struct pairs *pairs = ARENA_NEW(run->arena, struct pairs);
    struct image image;
    if (!pairs || !(pairs->items = ARENA_ARRAY(run->arena, struct pair, PAIRS_MAX)))
        return NULL;
    if (!image_read(bytes, &image))
        image = (struct image){.format = NULL};
    if (image.width == 0)
        image.width = image.height = UNKNOWN_SIDE;
    add_pair(pairs, STR("hash"), arena_str(run->arena, hash));
    add_pair(pairs, STR("url"),
             arena_printf(run->arena, "http://" STR_FMT "/sandbox/files/" STR_FMT,
                          STR_ARG(run->host), STR_ARG(hash)));
    add_pair(pairs, STR("format"), str_from(image.format));
    add_pair(pairs, STR("size"), arena_printf(run->arena, "%zu", bytes.n));
    add_pair(pairs, STR("width"), arena_printf(run->arena, "%u", image.width));
    add_pair(pairs, STR("height"), arena_printf(run->arena, "%u", image.height));
    return pairs;
}

struct value run_uploaded(struct run *run, struct str name)
{
    if (name.n < HASH_DIGITS)
        return VALUE_NONE;
    struct str hash = str_of(name.p + name.n - HASH_DIGITS, HASH_DIGITS);
    struct str bytes = shelf_get(&run->world->shelf, hash);
    struct pairs *pairs = bytes.p ? describe(run, hash, bytes) : NULL;
    if (!pairs)
        return VALUE_NONE;
    run->touched |= 1u << VARIABLE_FILE; /* the address is the caller's */
    return value_pairs(pairs);
}

bool upload_take(struct visit *v)
{
    const struct part *part = form_part(&v->form, v->rule->by);
    char hex[SIGNATURE_HEX + 1];
    struct str hash = str_of(hex, HASH_DIGITS);
    if (!part || !signature_hex(STR("file"), part->body, hex))
        return visit_out_of_memory(v);
    struct pairs *pairs = describe(&v->run, hash, part->body);
    if (!pairs || !shelf_put(&v->core->world.shelf, hash, part->body))
        return visit_out_of_memory(v);
    v->core->world.generation++;
    add_pair(pairs, STR("name"), part->file);
    add_pair(pairs, STR("type"), part->type);
    v->run.variables[VARIABLE_FILE] = value_pairs(pairs);
    return true;
}
