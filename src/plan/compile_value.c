/*
 * Constants, leaves and numbers of a table, see compile.h. Refused are numbers whose digits
 * would not last, and what is of another kind than its place wants.
 */
#include "plan/compile.h"

#include <math.h>

bool compile_number(struct compiler *c, const cJSON *node, const struct place *place,
                    struct constant *out)
{
    double x = node->valuedouble;
    if (!(fabs(x) < 9007199254740992.0) || floor(x) != x) {
        place_error(place, "this number would not keep its digits");
        findings_hint(place->findings, "write it as a text: \"0.10\"");
        return false;
    }
    struct str digits = arena_printf(c->arena, "%.0f", x == 0 ? 0.0 : x);
    return digits.p ? constant_number(out, digits, c->arena) : place_error(place, "out of memory");
}

bool compile_constant(struct compiler *c, const cJSON *node, const struct place *place,
                      struct constant *out)
{
    if (cJSON_IsString(node))
        return constant_text(out, str_from(node->valuestring), c->arena) ||
               place_error(place, "out of memory");
    if (cJSON_IsNumber(node))
        return compile_number(c, node, place, out);
    if (!cJSON_IsBool(node))
        return place_error(place, "expected a text, a number, true or false, found %s",
                           place_kind(node));
    *out = cJSON_IsTrue(node) ? constant_true : constant_false;
    return true;
}

bool compile_leaf(struct compiler *c, const cJSON *node, const struct view *view,
                  const struct place *place, struct expression *out)
{
    if (cJSON_IsString(node))
        return compile_expression(c, node->valuestring, view, place, out, NULL);
    *out = (struct expression){.from = {.constant = true}};
    if (cJSON_IsArray(node) || cJSON_IsObject(node) || cJSON_IsNull(node))
        return place_error(place, "expected a leaf, found %s", place_kind(node));
    return compile_constant(c, node, place, &out->from.value);
}

bool compile_whole(const cJSON *node, const struct place *place, const char *what, uint64_t least,
                   uint64_t most, uint64_t *out)
{
    double x = cJSON_IsNumber(node) ? node->valuedouble : -1;
    if (x < (double)least || x > (double)most || floor(x) != x)
        return place_error(place, "expected %s from %llu to %llu, found %s", what,
                           (unsigned long long)least, (unsigned long long)most,
                           cJSON_IsNumber(node) ? "another number" : place_kind(node));
    *out = (uint64_t)x;
    return true;
}

bool compile_range(const cJSON *node, const struct place *place, uint64_t most, uint64_t *low,
                   uint64_t *high)
{
    if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) != 2)
        return place_error(place, "expected [least, most], found %s", place_kind(node));
    if (!compile_whole(node->child, place, "a number", 1, most, low) ||
        !compile_whole(node->child->next, place, "a number", 1, most, high))
        return false;
    return *low <= *high || place_error(place, "the range is empty");
}
