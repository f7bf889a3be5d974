/*
 * The shops of one token, as one block of memory that is wiped when it goes: it holds ciphers.
 */
#include "shop/shop_internal.h"
#include <stdlib.h>

static struct str put(char **at, struct str text)
{
    if (!text.p)
        return STR_NONE;
    struct str copy = {*at, text.n};
    if (text.n > 0)
        memcpy(*at, text.p, text.n);
    *at += text.n;
    return copy;
}

struct shop_list *shop_list_new(const struct shop *shops, size_t count)
{
    size_t size = sizeof(struct shop_list) + count * sizeof(struct shop);
    for (size_t i = 0; i < count; i++)
        size += shops[i].id.n + shops[i].cipher.n + shops[i].region.n + shops[i].name.n;
    struct shop_list *list = malloc(size);
    if (!list)
        return NULL;
    list->size = size;
    list->count = count;
    char *at = (char *)&list->items[count];
    for (size_t i = 0; i < count; i++)
        list->items[i] = (struct shop){put(&at, shops[i].id), put(&at, shops[i].cipher),
                                       put(&at, shops[i].region), put(&at, shops[i].name)};
    return list;
}

void shop_list_free(struct shop_list *list)
{
    if (!list)
        return;
    explicit_bzero(list, list->size);
    free(list);
}

const struct shop *shop_list_pick(const struct shop_list *list, struct str id)
{
    if (id.n == 0)
        return list->count == 1 ? &list->items[0] : NULL;
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].id, id))
            return &list->items[i];
    return NULL;
}

bool shop_copy(const struct shop *shop, struct arena *arena, struct shop *copy)
{
    *copy =
        (struct shop){.id = arena_str(arena, shop->id), .cipher = arena_str(arena, shop->cipher)};
    if (shop->region.p)
        copy->region = arena_str(arena, shop->region);
    if (shop->name.p)
        copy->name = arena_str(arena, shop->name);
    return !arena_failed(arena);
}
