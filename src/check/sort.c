/*
 * Sorts: made from contracts, types and constants. See sort.h. Owns nothing; everything made
 * is in the arena that is handed in, and `sort_anything` when that is full.
 */
#include "check/sort.h"

const struct sort sort_anything = {.kinds = SORT_ANY, .vague = true};

struct sort *sort_copy(struct arena *arena, const struct sort *sort)
{
    struct sort *copy = ARENA_NEW(arena, struct sort);
    static struct sort spare; /* when the arena is full: what is found then is not told */
    if (!copy)
        copy = &spare;
    *copy = *sort;
    copy->other = NULL;
    return copy;
}

const struct sort *sort_scalar(struct arena *arena, enum sort_kind kind)
{
    const struct sort scalar = {.kinds = kind};
    return sort_copy(arena, &scalar);
}

const struct sort *sort_list_of(struct arena *arena, const struct sort *item)
{
    const struct sort list = {.kinds = SORT_LIST, .item = item};
    return sort_copy(arena, &list);
}

const struct sort *sort_either(struct arena *arena, const struct sort *a, const struct sort *b)
{
    if (!a || a == b)
        return b;
    struct sort *first = NULL, *last = NULL;
    for (; a; a = a->other) {
        struct sort *copy = sort_copy(arena, a);
        if (arena_failed(arena))
            return &sort_anything;
        if (last)
            last->other = copy;
        else
            first = copy;
        last = copy;
    }
    last->other = b;
    return first;
}

static unsigned kind_of(enum contract_type type)
{
    switch (type) {
    case CONTRACT_STRING:
        return SORT_STRING;
    case CONTRACT_INT:
        return SORT_INT;
    case CONTRACT_FLOAT:
        return SORT_FLOAT;
    case CONTRACT_BOOL:
        return SORT_BOOL;
    case CONTRACT_OBJECT:
        return SORT_OBJECT;
    case CONTRACT_FILE:
        return SORT_FILE;
    default:
        return 0;
    }
}

static unsigned declared(const struct contract_field *field)
{
    unsigned kinds = kind_of(field->type) | kind_of(field->also);
    for (unsigned type = CONTRACT_STRING; type <= CONTRACT_FILE; type++)
        if (field->seen & 1u << type)
            kinds |= kind_of((enum contract_type)type);
    return kinds;
}

unsigned sort_allowed(const struct contract_field *field)
{
    unsigned kinds = declared(field);
    return kinds & SORT_FLOAT ? kinds | SORT_INT : kinds;
}

const struct sort *sort_of_field(struct arena *arena, const struct contract_fields *section,
                                 const struct contract_field *field, bool element)
{
    struct sort sort = {.kinds = declared(field),
                        .unit = field->unit,
                        .section = section,
                        .field = field,
                        .values = field->value_count ? field->values : NULL,
                        .value_count = field->value_count};
    sort.vague = (sort.kinds & (sort.kinds - 1)) != 0;
    const struct sort *made = sort_copy(arena, &sort);
    return field->list && !element ? sort_list_of(arena, made) : made;
}

const struct sort *sort_of_section(struct arena *arena, const struct contract_fields *section)
{
    const struct sort sort = {.kinds = SORT_OBJECT, .section = section};
    return sort_copy(arena, &sort);
}

static unsigned kind_accepted(enum type_kind kind)
{
    switch (kind) {
    case TYPE_INT:
    case TYPE_TIME:
        return SORT_INT;
    case TYPE_TEXT:
    case TYPE_ID:
    case TYPE_DECIMAL:
        return SORT_STRING;
    case TYPE_BOOL:
        return SORT_BOOL;
    case TYPE_FILE:
        return SORT_FILE;
    case TYPE_LIST:
    case TYPE_ITEMS:
        return SORT_LIST;
    case TYPE_OBJECT:
    case TYPE_FIELDS:
        return SORT_OBJECT;
    default:
        return SORT_ANY;
    }
}

static const struct sort *with_request(struct arena *arena, const struct sort *sort)
{
    struct sort *copy = sort_copy(arena, sort);
    copy->request = true;
    if (sort->item)
        copy->item = with_request(arena, sort->item);
    return copy;
}

/* What the contract says of a field that `accept` takes as it is. */
static const struct sort *opaque(struct arena *arena, const struct type *type,
                                 const struct origin *origin)
{
    struct sort sort = {.kinds = kind_accepted(type->kind), .request = true, .type = type};
    sort.vague = sort.kinds == SORT_ANY;
    if (!origin->field)
        return sort_copy(arena, &sort);
    struct sort *told = sort_copy(
        arena,
        with_request(arena, sort_of_field(arena, origin->section, origin->field, origin->element)));
    if (type->kind != TYPE_ANY && !(told->kinds & sort.kinds))
        return sort_copy(arena, &sort);
    told->type = type;
    return told;
}

const struct sort *sort_of_type(struct arena *arena, const struct type *type,
                                const struct origin *origin)
{
    const struct contract_field *field = origin->field;
    if (type->kind == TYPE_LIST || type->kind == TYPE_OBJECT || type->kind == TYPE_ANY)
        return opaque(arena, type, origin);
    struct sort sort = {.kinds = kind_accepted(type->kind),
                        .request = true,
                        .type = type,
                        .section = origin->section,
                        .field = field};
    sort.digits = type->kind == TYPE_ID || type->kind == TYPE_DECIMAL;
    if (type->kind == TYPE_ITEMS) {
        struct origin below = *origin;
        below.element = true;
        sort.item = sort_of_type(arena, type->item, &below);
    } else if (type->kind == TYPE_TIME) {
        sort.unit = CONTRACT_SECONDS;
    } else if (field && (type->kind == TYPE_INT || type->kind == TYPE_TEXT)) {
        sort.unit = field->unit;
    }
    if (type->set_count) {
        sort.values = type->set;
        sort.value_count = type->set_count;
    } else if (field && field->value_count && sort.kinds & SORT_SCALAR) {
        sort.values = field->values;
        sort.value_count = field->value_count;
    }
    return sort_copy(arena, &sort);
}

const struct sort *sort_of_constant(struct arena *arena, const struct constant *constant)
{
    struct sort sort = {0};
    char c = constant->json.n ? constant->json.p[0] : 'n';
    if (c == 'n')
        return &sort_anything;
    sort.kinds = c == '"'               ? SORT_STRING
                 : c == '['             ? SORT_LIST
                 : c == '{'             ? SORT_OBJECT
                 : c == 't' || c == 'f' ? SORT_BOOL
                                        : SORT_INT;
    if (sort.kinds == SORT_INT && str_find(constant->json, '.') < constant->json.n)
        sort.kinds = SORT_FLOAT;
    sort.digits = c == '"' && json_is_number(constant->text);
    sort.empty = sort.kinds == SORT_LIST;
    if (sort.kinds & SORT_SCALAR) {
        sort.values = &constant->text;
        sort.value_count = 1;
    }
    return sort_copy(arena, &sort);
}

const struct sort *sort_items(struct arena *arena, const struct sort *sort)
{
    const struct sort *items = NULL;
    for (; sort; sort = sort->other) {
        if (!(sort->kinds & SORT_LIST) || sort->empty)
            continue;
        items = sort_either(arena, items, sort->item ? sort->item : &sort_anything);
    }
    return items;
}

unsigned sort_kinds(const struct sort *sort)
{
    unsigned kinds = 0;
    for (; sort; sort = sort->other)
        kinds |= sort->kinds;
    return kinds;
}

const struct contract_field *sort_children(const struct contract_fields *section,
                                           const struct contract_field *field)
{
    if (!field)
        return section ? section->first : NULL;
    return field->recursive && field->parent ? field->parent->child : field->child;
}

static const struct {
    unsigned kind;
    const char *one, *many;
} names[] = {
    {SORT_STRING, "a text", "texts"},
    {SORT_INT, "a whole number", "whole numbers"},
    {SORT_FLOAT, "a number", "numbers"},
    {SORT_BOOL, "true or false", "true or false"},
    {SORT_OBJECT, "an object", "objects"},
    {SORT_LIST, "a list", "lists"},
    {SORT_FILE, "the bytes of a file", "files"},
};

void sort_describe(const struct sort *sort, struct buf *out)
{
    if (sort->kinds == SORT_ANY) {
        buf_add_str(out, STR("anything"));
        return;
    }
    bool more = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(sort->kinds & names[i].kind))
            continue;
        buf_printf(out, "%s%s", more ? " or " : "", names[i].one);
        more = true;
    }
    if (sort->kinds != SORT_LIST || !sort->item || sort->item->other)
        return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sort->item->kinds == names[i].kind)
            buf_printf(out, " of %s", names[i].many);
}
