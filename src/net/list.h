/*
 * Circular lists through members (private to this room): a node knows its neighbours, so that
 * anything can leave its list without looking for itself. A node that is in no list points to
 * itself and may be removed again.
 */
#ifndef SHOPSHIM_NET_LIST_H
#define SHOPSHIM_NET_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *prev, *next;
};

/* The structure whose member a node is. */
#define CONTAINER_OF(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void list_init(struct list *node)
{
    node->prev = node->next = node;
}

static inline bool list_empty(const struct list *list)
{
    return list->next == list;
}

static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/* Behind the last one. */
static inline void list_append(struct list *list, struct list *node)
{
    node->prev = list->prev;
    node->next = list;
    list->prev->next = node;
    list->prev = node;
}

/* Before the first one. */
static inline void list_prepend(struct list *list, struct list *node)
{
    list_append(list->next, node);
}

/* All of `from`, which is empty afterwards, becomes `to`, which was empty. */
static inline void list_move_all(struct list *to, struct list *from)
{
    if (list_empty(from)) {
        list_init(to);
        return;
    }
    *to = *from;
    to->prev->next = to;
    to->next->prev = to;
    list_init(from);
}

#endif
