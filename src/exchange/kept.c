/*
 * What is kept between requests, in a store of the page room (page/store.h). Names are hashes with
 * the app's secret, and what is kept is sealed for its name, like a cursor: neither a faulty store
 * nor a clash of names can give a request what belongs to another app, shop or endpoint.
 */
#include "exchange/life.h"

enum { LONGEST_PARTS = 1 << 20, LONGEST_NAME = 64, LONGEST_KEPT = 4 << 20 };

bool kept_name(struct exchange *x, const struct str *parts, size_t count, struct str *name)
{
    struct buf context, out;
    buf_init_arena(&context, LONGEST_PARTS, x->arena);
    buf_init_arena(&out, LONGEST_NAME, x->arena);
    for (size_t i = 0; i < count; i++) {
        buf_add_u64(&context, parts[i].n);
        buf_add_char(&context, ' ');
        buf_add_str(&context, parts[i]);
    }
    if (buf_failed(&context) || !seal_close(x->app->sign, buf_str(&context), STR(""), &out) ||
        buf_failed(&out))
        return fault_no_memory(x);
    *name = buf_str(&out);
    return true;
}

struct str kept_open(struct exchange *x, struct str name, const struct page_kept *kept)
{
    struct str text;
    return seal_open(x->app->sign, name, kept->value, x->arena, &text) ? text : STR_NONE;
}

void kept_put(struct exchange *x, struct page_store *store, struct str name, struct str text,
              int64_t keep_ms)
{
    struct buf sealed;
    buf_init_arena(&sealed, LONGEST_KEPT, x->arena);
    if (!seal_close(x->app->sign, name, text, &sealed) || buf_failed(&sealed))
        return;
    int64_t now = now_ms(x);
    page_store_put(store, name, 0, buf_str(&sealed), now + keep_ms, now);
}
