/*
 * The document of /tables: what the tables in use have learned of upstream. Owns nothing. The
 * values in it are upstream's own, masked as in the log.
 */
#include "admin/admin.h"
#include "base/log.h"
#include "json/writer.h"

static void put_text(struct json_writer *w, const char *key, struct str text)
{
    json_put_key(w, str_from(key));
    json_put_string(w, text);
}

static void put_value(struct json_writer *w, const struct plan_unknown *unknown)
{
    struct buf masked;
    buf_init(&masked, 4096);
    log_mask(str_from(unknown->value), &masked);
    json_open_object(w);
    put_text(w, "table", unknown->table);
    put_text(w, "enum", unknown->name);
    put_text(w, "value", buf_failed(&masked) ? STR("") : buf_str(&masked));
    json_put_key(w, STR("count"));
    json_put_i64(w, (int64_t)unknown->count);
    json_close_object(w);
    buf_clear(&masked);
}

void admin_tables(const struct plans *plans, struct buf *out)
{
    struct json_writer w;
    struct plan_unknown unknown;
    json_writer_init(&w, out);
    json_open_object(&w);
    json_put_key(&w, STR("gone"));
    json_open_array(&w);
    for (size_t i = 0; i < plans_count(plans); i++)
        if (plan_gone(plans_at(plans, i)))
            json_put_string(&w, plan_name(plans_at(plans, i)));
    json_close_array(&w);
    json_put_key(&w, STR("unknown_count"));
    json_put_i64(&w, (int64_t)plans_unknown_values(plans));
    json_put_key(&w, STR("unknown_values"));
    json_open_array(&w);
    for (size_t i = 0; plans_unknown_at(plans, i, &unknown); i++)
        put_value(&w, &unknown);
    json_close_array(&w);
    json_close_object(&w);
    buf_add_char(out, '\n');
}
