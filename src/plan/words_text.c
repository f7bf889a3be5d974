/*
 * Words on texts, choices and JSON: see vocabulary.c for the list.
 */
#include "plan/words.h"

#include "base/log.h"

struct value word_or(struct plan_run *run, const struct use *use, const struct value *in)
{
    return value_there(in) ? *in : operand_read(run, &use->arguments[0]);
}

/* "1, 2, 3" of what `side` knows, for a person. */
static struct str known_values(struct plan_run *run, const struct enum_side *side)
{
    struct buf out;
    buf_init_arena(&out, 300, run->arena);
    for (size_t i = 0; i < side->count; i++) {
        if (out.n + side->pairs[i].from.n + 8 > out.maximum) {
            buf_add_str(&out, STR(", ..."));
            break;
        }
        if (i)
            buf_add_str(&out, STR(", "));
        buf_add_str(&out, side->pairs[i].from);
    }
    return buf_str(&out);
}

struct value word_enum(struct plan_run *run, const struct use *use, const struct value *in)
{
    const struct enum_map *map = use->map;
    const struct enum_side *side = use->to_legacy ? &map->to_legacy : &map->to_upstream;
    struct str text = value_as_text(run, in);
    const struct enum_pair *pair = text.p ? enum_find(side, text) : NULL;
    if (pair)
        return pair->absent ? VALUE_NONE : value_constant(&pair->to);
    if (use->to_legacy) {
        unknown_value(run->plan, map, text.p ? text : STR("(no scalar)"));
        return map->unknown_absent ? VALUE_NONE : value_constant(&map->unknown);
    }
    return run_fault(run, use->from, "'" STR_FMT "' is not one of " STR_FMT, STR_ARG(text),
                     STR_ARG(known_values(run, side)));
}

bool quick_enum(const struct use *use, const struct value *in, struct str *json)
{
    const struct enum_map *map = use->map;
    if (in->type != JSON_STRING || in->kind != VALUE_JSON || in->escaped)
        return false;
    const struct enum_pair *pair = enum_find(use->to_legacy ? &map->to_legacy : &map->to_upstream,
                                             str_of(in->p + 1, in->n - 2));
    if (!pair || pair->absent)
        return false;
    *json = pair->to.json;
    return true;
}

bool quick_text(const struct use *use, const struct value *in, struct str *json)
{
    (void)use;
    *json = str_of(in->p, in->n);
    return in->type == JSON_STRING && value_is_ready(in);
}

struct value word_known(struct plan_run *run, const struct use *use, const struct value *in)
{
    const struct enum_map *map = use->map;
    struct str text = value_as_text(run, in);
    return value_bool(text.p &&
                      enum_find(use->to_legacy ? &map->to_legacy : &map->to_upstream, text));
}

struct value word_filled(struct plan_run *run, const struct use *use, const struct value *in)
{
    (void)use;
    struct str text = value_as_text(run, in);
    return text.p && !text.n ? VALUE_NONE : *in;
}

struct value word_text(struct plan_run *run, const struct use *use, const struct value *in)
{
    if (value_type(in) == JSON_STRING)
        return *in;
    struct str text = value_as_text(run, in);
    if (!text.p)
        return run_fault(run, use->from, "expected a scalar, found %s",
                         json_type_name(value_type(in)));
    return value_text(text);
}

static struct value with_case(struct plan_run *run, const struct use *use, const struct value *in,
                              char first, char last)
{
    struct str text = value_as_text(run, in);
    if (!text.p)
        return run_fault(run, use->from, "expected a text, found %s",
                         json_type_name(value_type(in)));
    size_t i = 0;
    while (i < text.n && !(text.p[i] >= first && text.p[i] <= last))
        i++;
    if (i == text.n)
        return *in;
    char *copy = arena_alloc(run->arena, text.n);
    if (!copy)
        return VALUE_NONE;
    for (i = 0; i < text.n; i++)
        copy[i] = text.p[i] >= first && text.p[i] <= last ? (char)(text.p[i] ^ 0x20) : text.p[i];
    return value_text(str_of(copy, text.n));
}

struct value word_upper(struct plan_run *run, const struct use *use, const struct value *in)
{
    return with_case(run, use, in, 'a', 'z');
}

struct value word_lower(struct plan_run *run, const struct use *use, const struct value *in)
{
    return with_case(run, use, in, 'A', 'Z');
}

static struct value put_together(struct plan_run *run, const struct use *use, struct str front,
                                 struct str back)
{
    if (!front.p || !back.p)
        return run_fault(run, use->from, "expected two texts to put together");
    char *both = arena_alloc(run->arena, front.n + back.n + 1);
    if (!both)
        return VALUE_NONE;
    memcpy(both, front.p, front.n);
    memcpy(both + front.n, back.p, back.n);
    return value_text(str_of(both, front.n + back.n));
}

struct value word_prefix(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct value prefix = operand_read(run, &use->arguments[0]);
    return put_together(run, use, value_as_text(run, &prefix), value_as_text(run, in));
}

struct value word_suffix(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct value suffix = operand_read(run, &use->arguments[0]);
    return put_together(run, use, value_as_text(run, in), value_as_text(run, &suffix));
}

struct value word_trim(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = value_as_text(run, in);
    if (!text.p)
        return run_fault(run, use->from, "expected a text, found %s",
                         json_type_name(value_type(in)));
    struct str inside = text;
    while (inside.n && strchr(" \t\r\n", inside.p[0]))
        inside = str_of(inside.p + 1, inside.n - 1);
    while (inside.n && strchr(" \t\r\n", inside.p[inside.n - 1]))
        inside.n--;
    return inside.n == text.n ? *in : value_text(inside);
}

static bool is_letter(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c & 0x80);
}

/* Letters and digits first, no blanks, and no period but that of the ending. */
static struct str clean_name(struct plan_run *run, struct str name)
{
    while (name.n && name.p[name.n - 1] == '.')
        name.n--;
    const char *point = name.n ? memrchr(name.p, '.', name.n) : NULL;
    size_t stem = point ? (size_t)(point - name.p) : name.n, skip = 0;
    while (skip < stem && !is_letter(name.p[skip]))
        skip++;
    struct str front = skip < stem ? str_of(name.p + skip, stem - skip) : STR("upload");
    size_t size = front.n + (name.n - stem);
    char *out = arena_alloc(run->arena, size + 1);
    if (!out) {
        run_no_memory(run);
        return STR_NONE;
    }
    memcpy(out, front.p, front.n);
    memcpy(out + front.n, name.p + stem, name.n - stem);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)out[i] <= ' ' || (out[i] == '.' && i < front.n))
            out[i] = '_';
    return str_of(out, size);
}

struct value word_clean_name(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = value_as_text(run, in);
    if (!text.p)
        return run_fault(run, use->from, "expected a text, found %s",
                         json_type_name(value_type(in)));
    struct str clean = clean_name(run, text);
    return clean.p ? value_text(clean) : VALUE_NONE;
}

static bool same_text(struct plan_run *run, const struct operand *operand, struct str text)
{
    struct value other = operand_read(run, operand);
    struct str against = value_as_text(run, &other);
    return text.p && against.p && str_eq(text, against);
}

struct value word_is(struct plan_run *run, const struct use *use, const struct value *in)
{
    return value_bool(same_text(run, &use->arguments[0], value_as_text(run, in)));
}

struct value word_is_not(struct plan_run *run, const struct use *use, const struct value *in)
{
    return value_bool(!same_text(run, &use->arguments[0], value_as_text(run, in)));
}

struct value word_one_of(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = value_as_text(run, in);
    bool any = false;
    for (size_t i = 0; i < use->count && !any; i++)
        any = same_text(run, &use->arguments[i], text);
    return value_bool(any);
}

/* Whether X holds, or equals one of the others. */
static bool given(struct plan_run *run, const struct use *use)
{
    struct value value = operand_read(run, &use->arguments[0]);
    if (use->count == 1)
        return value_holds(&value);
    struct str text = value_as_text(run, &value);
    for (size_t i = 1; i < use->count; i++)
        if (same_text(run, &use->arguments[i], text))
            return true;
    return false;
}

struct value word_if(struct plan_run *run, const struct use *use, const struct value *in)
{
    return given(run, use) ? *in : VALUE_NONE;
}

struct value word_unless(struct plan_run *run, const struct use *use, const struct value *in)
{
    return given(run, use) ? VALUE_NONE : *in;
}

struct value word_has(struct plan_run *run, const struct use *use, const struct value *in)
{
    (void)run;
    (void)use;
    return value_bool(value_there(in));
}

struct value word_not(struct plan_run *run, const struct use *use, const struct value *in)
{
    (void)run;
    (void)use;
    return value_bool(!value_holds(in));
}

struct value word_parse(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = value_as_text(run, in);
    struct json_doc *doc = ARENA_NEW(run->arena, struct json_doc);
    struct json_limits limits = {0};
    struct json_error error;
    if (!doc)
        return VALUE_NONE;
    if (!text.p || value_type(in) != JSON_STRING)
        return run_fault(run, use->from, "expected a text that holds JSON, found %s",
                         json_type_name(value_type(in)));
    if (!text.n)
        return VALUE_NONE;
    if (!json_parse(doc, text, &limits, run->arena, &error))
        return run_fault(run, use->from, "expected a text that holds JSON: expected %s at byte %zu",
                         error.expected, error.offset);
    return value_json(json_root(doc));
}

struct value word_json(struct plan_run *run, const struct use *use, const struct value *in)
{
    (void)use;
    if (in->kind == VALUE_JSON)
        return value_text(json_raw(in->as.json));
    struct buf out;
    struct json_writer w;
    buf_init_arena(&out, SIZE_MAX / 4, run->arena);
    json_writer_init(&w, &out);
    value_write(run, in, &w);
    if (buf_failed(&out))
        run_no_memory(run);
    return value_text(buf_str(&out));
}
