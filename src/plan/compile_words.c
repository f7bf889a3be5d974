/*
 * The parts of a table that say where it applies and what people should know. See compile.h.
 */
#include "plan/compile.h"

/* The type that `name` leads to below `type`; lists are gone through. */
static const struct type *below(const struct type *type, struct str name)
{
    while (type && type->kind == TYPE_ITEMS)
        type = type->item;
    if (!type || type->kind == TYPE_ANY || type->kind == TYPE_OBJECT || type->kind == TYPE_LIST)
        return type;
    for (size_t i = 0; i < type->field_count; i++)
        if (str_eq(type->fields[i].name, name))
            return &type->fields[i].type;
    return NULL;
}

/* "lines[].price" without the brackets; they only show where the lists are. */
static bool sentence_path(struct compiler *c, const char *text, const struct place *place,
                          struct operand *out)
{
    char *plain = arena_cstr(c->arena, str_from(text));
    if (!plain)
        return place_error(place, "out of memory");
    char *to = plain;
    for (const char *from = plain; *from; from++) {
        if (from[0] == '[' && from[1] == ']')
            from++;
        else
            *to++ = *from;
    }
    *to = '\0';
    if (!path_parse(str_from(plain), c->arena, place, out))
        return false;
    out->text = keep(c, text);
    return out->text.p || place_error(place, "out of memory");
}

static bool confess(struct compiler *c, const char *path, bool request, const struct place *place,
                    struct sentence *out)
{
    if (!path)
        return place_error(place, "out of memory");
    out->key = keep(c, path);
    if (!sentence_path(c, path, place, &out->path))
        return false;
    if (!request)
        return true;
    struct type root = {
        .kind = TYPE_FIELDS, .fields = c->plan->fields, .field_count = c->plan->field_count};
    const struct type *type = &root;
    for (size_t i = 0; i < out->path.count && type; i++)
        type = below(type, out->path.names[i]);
    if (!type)
        return place_error(place, "`accept` has no such field, so nothing of it can be lost");
    for (size_t i = 0; i < c->outer_count; i++)
        if (str_eq(c->outer[i].name, out->path.names[0]))
            c->outer[i].used = true;
    return true;
}

/* At most so many paths stand in a key. */
static size_t count_paths(const char *key)
{
    size_t count = 1;
    for (; *key; key++)
        count += *key == ',';
    return count;
}

/* The next piece between commas that stand in no braces. */
static struct str next_path(struct str *rest)
{
    size_t i = 0;
    for (bool inside = false; i < rest->n && (inside || rest->p[i] != ','); i++)
        inside = rest->p[i] == '{' || (inside && rest->p[i] != '}');
    struct str piece = str_trim(str_of(rest->p, i));
    *rest = i < rest->n ? str_of(rest->p + i + 1, rest->n - i - 1) : STR_NONE;
    return piece;
}

/* "a.{b, c}.d" is "a.b.d" and "a.c.d". */
static bool confess_braces(struct compiler *c, struct str path, bool request,
                           const struct place *place, struct sentence *list, size_t *count)
{
    size_t open = str_find(path, '{'), close = str_find(path, '}');
    if (open == path.n || close < open)
        return confess(c, arena_cstr(c->arena, path), request, place, &list[(*count)++]);
    if (close == path.n)
        return place_error(place, "expected '}' behind '" STR_FMT "'", STR_ARG(path));
    struct str head = str_of(path.p, open), inside = str_of(path.p + open + 1, close - open - 1);
    struct str tail = str_of(path.p + close + 1, path.n - close - 1);
    bool good = true;
    while (inside.p) {
        struct str one = str_trim(str_cut(&inside, ','));
        struct str whole = arena_printf(c->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(head),
                                        STR_ARG(one), STR_ARG(tail));
        good = confess(c, arena_cstr(c->arena, whole), request, place, &list[(*count)++]) && good;
    }
    return good;
}

/* The last of the list speaks of a path of its own. */
static bool check_once_only(const struct sentence *list, size_t count, const struct place *place)
{
    const struct operand *last = &list[count - 1].path;
    for (size_t i = 0; i + 1 < count; i++)
        if (str_eq(list[i].path.text, last->text))
            return place_error(place, "'" STR_FMT "' is confessed twice", STR_ARG(last->text));
    return true;
}

/* One sentence, of all paths that its key names. */
static bool confess_all(struct compiler *c, const cJSON *node, bool request,
                        const struct place *place, struct sentence *list, size_t *count)
{
    if (!cJSON_IsString(node) || !*node->valuestring)
        return place_error(place, "expected a sentence, found %s", place_kind(node));
    struct str rest = str_from(node->string), text = keep(c, node->valuestring);
    bool good = true;
    while (rest.p) {
        size_t first = *count;
        good = confess_braces(c, next_path(&rest), request, place, list, count) && good;
        for (size_t i = first; i < *count; i++) {
            list[i].text = text;
            good = good && check_once_only(list, i + 1, place);
        }
    }
    return good;
}

static bool confessions(struct compiler *c, const cJSON *node, bool request,
                        const struct place *place, struct sentence **list, size_t *count)
{
    if (!node)
        return true;
    if (!cJSON_IsObject(node))
        return place_error(place, "expected {path: sentence}, found %s", place_kind(node));
    size_t room = 0;
    const cJSON *child;
    cJSON_ArrayForEach(child, node) room += count_paths(child->string);
    *list = ARENA_ARRAY(c->arena, struct sentence, room + 1);
    if (!*list)
        return place_error(place, "out of memory");
    bool good = true;
    cJSON_ArrayForEach(child, node)
    {
        struct place at = place_key(place, child->string);
        good = confess_all(c, child, request, &at, *list, count) && good;
    }
    return good;
}

bool compile_losses(struct compiler *c, const cJSON *loses, const struct place *place)
{
    static const char *const known[] = {"request", "answer", NULL};
    struct plan *plan = c->plan;
    if (!loses)
        return true;
    if (!cJSON_IsObject(loses))
        return place_error(place, "expected {\"request\": ..., \"answer\": ...}, found %s",
                           place_kind(loses));
    bool good = true;
    compile_known_keys(c, place, loses, known);
    struct place request = place_key(place, "request"), answer = place_key(place, "answer");
    good = confessions(c, cJSON_GetObjectItemCaseSensitive(loses, "request"), true, &request,
                       &plan->lost_in_request, &plan->lost_in_request_count) &&
           good;
    return confessions(c, cJSON_GetObjectItemCaseSensitive(loses, "answer"), false, &answer,
                       &plan->lost_in_answer, &plan->lost_in_answer_count) &&
           good;
}

bool compile_assumes(struct compiler *c, const cJSON *assumes, const struct place *place)
{
    static const char *const grades[] = {"high: ", "medium: ", "low: "};
    if (!assumes)
        return true;
    if (!cJSON_IsArray(assumes))
        return place_error(place, "expected a list of sentences, found %s", place_kind(assumes));
    c->plan->assumes = ARENA_ARRAY(c->arena, struct str, (size_t)cJSON_GetArraySize(assumes) + 1);
    if (!c->plan->assumes)
        return place_error(place, "out of memory");
    bool good = true;
    size_t index = 0;
    const cJSON *child;
    cJSON_ArrayForEach(child, assumes)
    {
        struct place at = place_index(place, index++);
        bool graded = false;
        for (size_t i = 0; i < 3 && cJSON_IsString(child); i++)
            graded |= str_starts(str_from(child->valuestring), str_from(grades[i]));
        if (!graded)
            good = place_error(&at, "expected a sentence that begins with high:, medium: or low:");
        else
            c->plan->assumes[c->plan->assumes_count++] = keep(c, child->valuestring);
    }
    return good;
}

static bool version_bound(struct str op, uint64_t number, struct version_range *out)
{
    if (str_eq(op, STR(">=")) || str_eq(op, STR(">"))) {
        out->from = number + (op.n == 1);
        return true;
    }
    if (str_eq(op, STR("<")) || str_eq(op, STR("<="))) {
        out->before = number + (op.n == 2);
        return true;
    }
    return false;
}

/* "< 202305", ">= 202212 < 202305" */
bool compile_version(struct compiler *c, const cJSON *version, const struct place *place)
{
    struct version_range *out = &c->plan->version;
    if (!version)
        return true;
    if (!cJSON_IsString(version))
        return place_error(place, "expected a text such as \">= 202305\", found %s",
                           place_kind(version));
    out->text = keep(c, version->valuestring);
    struct str rest = out->text;
    while (rest.p) {
        struct str op = str_cut(&rest, ' '), digits = rest.p ? str_cut(&rest, ' ') : STR("");
        uint64_t number;
        if (!str_to_u64(digits, &number) || number > UINT32_MAX || !version_bound(op, number, out))
            return place_error(place, "expected a text such as \">= 202305\", found '%s'",
                               version->valuestring);
    }
    return !out->before || out->from < out->before || place_error(place, "the range is empty");
}

bool compile_generation(struct compiler *c, const cJSON *upstream, const struct place *place)
{
    if (!upstream)
        return true;
    if (cJSON_IsString(upstream) && strcmp(upstream->valuestring, "202309") == 0)
        c->plan->generation = GENERATION_202309;
    else if (cJSON_IsString(upstream) && strcmp(upstream->valuestring, "newest") == 0)
        c->plan->generation = GENERATION_NEWEST;
    else
        return place_error(place, "expected \"202309\" or \"newest\", found %s",
                           cJSON_IsString(upstream) ? upstream->valuestring : place_kind(upstream));
    return true;
}

static bool legacy_name(struct compiler *c, const cJSON *node, const struct place *place)
{
    static const char *const methods[] = {"GET ", "POST ", "PUT ", "DELETE "};
    struct str text = cJSON_IsString(node) ? str_from(node->valuestring) : STR("");
    struct str path = STR("");
    for (size_t i = 0; i < 4; i++)
        if (str_starts(text, str_from(methods[i])))
            path = str_of(text.p + strlen(methods[i]), text.n - strlen(methods[i]));
    bool good = path.n > 1 && path.p[0] == '/';
    for (size_t i = 0; i < path.n; i++)
        good = good && path.p[i] > ' ' && path.p[i] != '?' && path.p[i] != '{';
    if (!good)
        return place_error(place, "expected a text such as \"POST /api/x\", found %s",
                           text.n ? text.p : place_kind(node));
    for (size_t i = 0; i < c->plan->legacy_count; i++)
        if (str_eq(c->plan->legacy[i], text))
            return place_error(place, "this name stands here twice");
    c->plan->legacy[c->plan->legacy_count++] = arena_str(c->arena, text);
    return true;
}

bool compile_legacy(struct compiler *c, const cJSON *legacy, const struct place *place)
{
    bool list = cJSON_IsArray(legacy);
    size_t count = list ? (size_t)cJSON_GetArraySize(legacy) : 1;
    c->plan->legacy = ARENA_ARRAY(c->arena, struct str, count + 1);
    if (!c->plan->legacy)
        return place_error(place, "out of memory");
    if (!list)
        return legacy_name(c, legacy, place);
    if (!count)
        return place_error(place, "expected at least one name");
    bool good = true;
    size_t index = 0;
    const cJSON *child;
    cJSON_ArrayForEach(child, legacy)
    {
        struct place at = place_index(place, index++);
        good = legacy_name(c, child, &at) && good;
    }
    return good;
}
