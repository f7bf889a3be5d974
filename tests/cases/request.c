/*
 * See request.h. Owns nothing.
 */
#include "request.h"
#include "message.h"
#include <stdlib.h>

static struct str value_text(struct json value, struct arena *arena)
{
    struct str text = json_text(value, arena);
    return text.p ? text : json_raw(value);
}

static void add_pair(struct buf *query, struct str name, struct str value)
{
    if (query->n > 0)
        buf_add_char(query, '&');
    url_encode(name, query);
    buf_add_char(query, '=');
    url_encode(value, query);
}

static void add_sign(struct arena *arena, struct str path, struct buf *query)
{
    struct pairs pairs = {0};
    char hex[SIGN_HEX + 1];
    struct sign_key *key = sign_key_new(STR(CASE_APP), STR(CASE_SECRET));
    if (!key || !url_parse_query(buf_str(query), arena, 1000, &pairs) ||
        !sign_request(key, path, &pairs, STR_NONE, hex))
        abort();
    sign_key_free(key);
    add_pair(query, STR("sign"), str_of(hex, SIGN_HEX));
}

static struct str query_of(struct json legacy, struct str path, struct arena *arena)
{
    static const struct pair common[] = {
        {STR_C("app_key"), STR_C(CASE_APP)},
        {STR_C("timestamp"), STR_C("1690000000")},
        {STR_C("access_token"), STR_C(CASE_TOKEN)},
        {STR_C("shop_id"), STR_C("7000000000000000001")},
    };
    struct json own = json_get(legacy, STR("query"));
    bool bare = json_type(json_get(legacy, STR("bare"))) == JSON_TRUE;
    struct buf query;
    buf_init_arena(&query, 1 << 20, arena);
    for (struct json v = json_first(own); json_exists(v); v = json_next(v))
        if (json_type(v) != JSON_NULL)
            add_pair(&query, json_key(v, arena), value_text(v, arena));
    for (size_t i = 0; i < sizeof common / sizeof *common && !bare; i++)
        if (!json_exists(json_get(own, common[i].name)))
            add_pair(&query, common[i].name, common[i].value);
    if (!bare && !json_exists(json_get(own, STR("sign"))))
        add_sign(arena, path, &query);
    return buf_str(&query);
}

static struct str body_of(struct json legacy, struct arena *arena)
{
    struct json text = json_get(legacy, STR("text"));
    if (json_exists(text))
        return json_text(text, arena);
    return json_raw(json_get(legacy, STR("body")));
}

static size_t fields_of(struct json legacy, struct exchange_field **fields, struct arena *arena)
{
    struct json own = json_get(legacy, STR("fields"));
    size_t count = 0;
    *fields = ARENA_ARRAY(arena, struct exchange_field, json_count(own) + 1);
    (*fields)[count++] = (struct exchange_field){STR("Content-Type"), STR("application/json")};
    for (struct json v = json_first(own); json_exists(v); v = json_next(v)) {
        struct exchange_field field = {json_key(v, arena), json_text(v, arena)};
        if (str_ieq(field.name, STR("content-type")))
            (*fields)[0] = field;
        else
            (*fields)[count++] = field;
    }
    return count;
}

struct exchange_request request_of(struct json legacy, struct arena *arena)
{
    struct exchange_field *fields;
    struct str path = json_text(json_get(legacy, STR("call")), arena);
    struct str method = str_cut(&path, ' ');
    struct exchange_request request = {.method = method, .path = path};
    request.query = query_of(legacy, path, arena);
    request.body = body_of(legacy, arena);
    request.field_count = fields_of(legacy, &fields, arena);
    request.fields = fields;
    return request;
}

struct str request_token(struct json legacy, struct arena *arena)
{
    struct json own = json_get(json_get(legacy, STR("query")), STR("access_token"));
    return json_exists(own) ? json_text(own, arena) : STR(CASE_TOKEN);
}
