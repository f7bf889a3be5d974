/*
 * Values of an indexed document: type, bytes, text, children. Owns nothing.
 */
#include "json/node.h"
#include "json/scan.h"

static const struct json_node *node_of(struct json value)
{
    return &value.doc->nodes[value.at];
}

struct json json_root(const struct json_doc *doc)
{
    return doc->count > 0 ? (struct json){doc, 0, doc->count} : JSON_NONE;
}

enum json_type json_type(struct json value)
{
    return value.doc ? node_type(node_of(value)) : JSON_ABSENT;
}

const char *json_type_name(enum json_type type)
{
    static const char *const names[] = {
        [JSON_ABSENT] = "a missing value", [JSON_NULL] = "null",        [JSON_FALSE] = "a boolean",
        [JSON_TRUE] = "a boolean",         [JSON_NUMBER] = "a number",  [JSON_STRING] = "a string",
        [JSON_ARRAY] = "an array",         [JSON_OBJECT] = "an object",
    };
    return names[type];
}

struct str json_raw(struct json value)
{
    if (!value.doc)
        return STR_NONE;
    const struct json_node *node = node_of(value);
    return str_of(value.doc->text.p + node->offset, node->length);
}

/* The decoded inside of a string or key. */
static struct str decoded(const struct json_doc *doc, const struct json_node *node,
                          struct arena *arena)
{
    struct str inner = node_inner(doc->text.p, node);
    if (!(node->meta & NODE_ESCAPED))
        return inner;
    return string_decode(inner, arena);
}

struct str json_text(struct json value, struct arena *arena)
{
    switch (json_type(value)) {
    case JSON_STRING:
        return decoded(value.doc, node_of(value), arena);
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        return json_raw(value);
    default:
        return STR_NONE;
    }
}

size_t json_count(struct json value)
{
    if (json_type(value) < JSON_ARRAY)
        return 0;
    return node_count(node_of(value));
}

struct json json_first(struct json value)
{
    enum json_type type = json_type(value);
    if (type < JSON_ARRAY)
        return JSON_NONE;
    uint32_t first = value.at + 1, edge = value.at + node_of(value)->span;
    if (first == edge)
        return JSON_NONE;
    if (type == JSON_OBJECT)
        return (struct json){value.doc, first + 1, edge | EDGE_MEMBER};
    return (struct json){value.doc, first, edge};
}

struct json json_next(struct json value)
{
    if (!value.doc)
        return JSON_NONE;
    uint32_t next = value.at + node_of(value)->span;
    if (next >= (value.edge & ~EDGE_MEMBER))
        return JSON_NONE;
    return (struct json){value.doc, next + (value.edge >> 31), value.edge};
}

struct json json_at(struct json array, size_t index)
{
    if (json_type(array) != JSON_ARRAY || index >= json_count(array))
        return JSON_NONE;
    uint32_t at = array.at + 1;
    while (index-- > 0)
        at += array.doc->nodes[at].span;
    return (struct json){array.doc, at, array.at + node_of(array)->span};
}

struct str json_key(struct json value, struct arena *arena)
{
    if (!value.doc || !(value.edge & EDGE_MEMBER))
        return STR_NONE;
    return decoded(value.doc, &value.doc->nodes[value.at - 1], arena);
}

bool json_is_number(struct str text)
{
    struct snag snag;
    const byte *p = (const byte *)text.p, *end = p + text.n;
    if (text.n == 0 || (*p != '-' && (unsigned)(*p - '0') > 9))
        return false;
    return scan_number(p, end, &snag) == end;
}
