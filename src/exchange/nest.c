/*
 * Lists in lists: the calls that are made for each row of an outer list. A position counts rows
 * of the outer page it stands in; should that page hold other rows when it comes again, the row is
 * found by its mark, a hash of the message that asks for its list, or the position is refused:
 * never is the token of one list used in another.
 */
#include "exchange/life.h"

enum { OUTER, INNER };

static struct plan_slot outer_slot(const struct exchange *x)
{
    return (struct plan_slot){.call = x->pages.calls[OUTER], .page = x->pages.here[OUTER]};
}

bool nest_element(struct exchange *x, size_t row)
{
    struct pages *pages = &x->pages;
    unsigned element;
    if (!plan_nest(x->run, pages->calls[INNER], outer_slot(x), row, &element, &x->fault))
        return false;
    if (element != pages->element || pages->lists == 0) {
        pages->next[INNER] = 0;
        pages->lists++;
    }
    pages->element = element;
    return true;
}

static uint64_t mix(uint64_t hash, struct str part)
{
    return (hash ^ str_hash(part) ^ part.n) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Never 0, which says that nothing is known. */
static bool mark_of(struct exchange *x, size_t row, uint64_t *mark)
{
    struct plan_slot slot = {.call = x->pages.calls[INNER]};
    struct plan_message message;
    if (!plan_nest(x->run, slot.call, outer_slot(x), row, &slot.element, &x->fault) ||
        !plan_build(x->run, slot, NULL, &message, &x->fault))
        return false;
    uint64_t hash = mix(0, message.path);
    for (size_t i = 0; i < message.query.count; i++)
        hash = mix(mix(hash, message.query.items[i].name), message.query.items[i].value);
    hash = mix(hash, message.body);
    *mark = hash != 0 ? hash : 1;
    return true;
}

bool nest_mark(struct exchange *x)
{
    size_t row;
    struct page_walk *walk = &x->pages.walk;
    return !page_walk_row(walk, &row) || mark_of(x, row, &walk->position.mark);
}

bool nest_find(struct exchange *x, size_t rows, bool *found)
{
    struct page_position *position = &x->pages.walk.position;
    size_t first = position->streams[OUTER].given;
    *found = position->mark == 0;
    for (size_t i = 0; i < rows && !*found; i++) {
        uint64_t mark;
        size_t row = (first + i) % rows;
        if (!mark_of(x, row, &mark))
            return false;
        *found = mark == position->mark;
        if (*found)
            position->streams[OUTER].given = (uint32_t)row;
    }
    position->mark = 0;
    return true;
}
