/*
 * Values of sandbox expressions, see value.h. Owns nothing.
 */
#include "sandbox/value.h"

#include <assert.h>

struct value value_data(const cJSON *data)
{
    if (!data || cJSON_IsNull(data))
        return VALUE_NONE;
    if (cJSON_IsString(data))
        return value_text(str_from(data->valuestring));
    if (cJSON_IsNumber(data))
        return value_int((int64_t)data->valuedouble);
    if (cJSON_IsBool(data))
        return value_bool(cJSON_IsTrue(data));
    return (struct value){.kind = VALUE_DATA, .data = data};
}

static struct value list_of_json(struct json array, struct arena *arena)
{
    struct value list = {.kind = VALUE_LIST};
    list.list.items = ARENA_ARRAY(arena, struct value, json_count(array) + 1);
    for (struct json v = json_first(array); list.list.items && json_exists(v); v = json_next(v))
        list.list.items[list.list.count++] = value_json(v, arena);
    return list;
}

struct value value_json(struct json json, struct arena *arena)
{
    int64_t number;
    switch (json_type(json)) {
    case JSON_FALSE:
    case JSON_TRUE:
        return value_bool(json_type(json) == JSON_TRUE);
    case JSON_NUMBER:
        if (str_to_i64(json_raw(json), &number))
            return value_int(number);
        return value_text(json_raw(json));
    case JSON_STRING:
        return value_text(json_text(json, arena));
    case JSON_ARRAY:
        return list_of_json(json, arena);
    case JSON_OBJECT:
        return (struct value){.kind = VALUE_JSON, .json = json};
    default:
        return VALUE_NONE;
    }
}

/* A number with so many decimals, digit by digit from its end. */
static struct str number_text(int64_t number, unsigned decimals, struct arena *arena)
{
    char text[64];
    size_t at = sizeof text;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    assert(decimals < 20);
    for (unsigned digits = 0; digits <= decimals || rest > 0; digits++, rest /= 10) {
        if (digits == decimals && decimals > 0)
            text[--at] = '.';
        text[--at] = (char)('0' + rest % 10);
    }
    if (number < 0)
        text[--at] = '-';
    return arena_str(arena, str_of(text + at, sizeof text - at));
}

struct str value_str(struct value v, struct arena *arena)
{
    switch (v.kind) {
    case VALUE_TEXT:
        return v.text;
    case VALUE_INT:
        return number_text(v.number, 0, arena);
    case VALUE_BOOL:
        return v.truth ? STR("true") : STR("false");
    case VALUE_MONEY:
        return number_text(v.number, v.decimals, arena);
    default:
        return STR_NONE;
    }
}

static bool as_number(struct value v, int64_t *out)
{
    if (v.kind == VALUE_INT || v.kind == VALUE_MONEY) {
        *out = v.number;
        return true;
    }
    return v.kind == VALUE_TEXT && str_to_i64(v.text, out);
}

bool value_compare(struct value a, struct value b, struct arena *arena, int *order)
{
    int64_t x, y;
    bool numbers = a.kind != VALUE_TEXT || b.kind != VALUE_TEXT;
    if (numbers && as_number(a, &x) && as_number(b, &y)) {
        *order = (x > y) - (x < y);
        return true;
    }
    struct str s = value_str(a, arena), t = value_str(b, arena);
    if (!s.p || !t.p)
        return false;
    int cmp = str_cmp(s, t);
    *order = (cmp > 0) - (cmp < 0);
    return true;
}

const char *value_kind_name(enum value_kind kind)
{
    static const char *const names[] = {"nothing",     "nothing", "a truth value", "a number",
                                        "money",       "a text",  "a table",       "an object",
                                        "a JSON text", "a list",  "a place",       "parameters"};
    return names[kind];
}
