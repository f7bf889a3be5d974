/*
 * Entries of the book: found by tag, kept in the order of their use, the oldest given up when a
 * new one needs its place. An entry that somebody waits for is never given up.
 */
#include "shop/shop_internal.h"
#include <stdlib.h>

static struct shop_entry **bucket_of(struct shop_book *book, const struct shop_tag *tag)
{
    return &book->buckets[tag->word[0] & (book->bucket_count - 1)];
}

struct shop_entry *shop_entry_get(struct shop_book *book, const struct shop_tag *tag)
{
    struct shop_entry *entry = *bucket_of(book, tag);
    while (entry && !shop_tag_eq(&entry->tag, tag))
        entry = entry->chain;
    return entry;
}

static void unlink_use(struct shop_entry *entry)
{
    entry->older->newer = entry->newer;
    entry->newer->older = entry->older;
}

static void link_newest(struct shop_book *book, struct shop_entry *entry)
{
    entry->newer = &book->use;
    entry->older = book->use.older;
    entry->older->newer = entry;
    book->use.older = entry;
}

static void entry_free(struct shop_entry *entry)
{
    shop_list_free(entry->list);
    free(entry->fault);
    free(entry);
}

static void give_up(struct shop_book *book, struct shop_entry *entry)
{
    struct shop_entry **place = bucket_of(book, &entry->tag);
    while (*place != entry)
        place = &(*place)->chain;
    *place = entry->chain;
    unlink_use(entry);
    entry_free(entry);
    book->count--;
}

bool shop_entry_busy(const struct shop_book *book, const struct shop_entry *entry, int64_t now_ms)
{
    return entry->fetching && now_ms - entry->fetch_ms < book->settings.wait_ms;
}

static bool make_place(struct shop_book *book, int64_t now_ms)
{
    if (book->count < book->settings.tokens)
        return true;
    struct shop_entry *entry = book->use.newer;
    while (entry != &book->use &&
           (shop_entry_busy(book, entry, now_ms) || entry->waiters.next != &entry->waiters))
        entry = entry->newer;
    if (entry == &book->use)
        return false;
    give_up(book, entry);
    return true;
}

struct shop_entry *shop_entry_need(struct shop_book *book, const struct shop_tag *tag,
                                   int64_t now_ms, struct fault *fault)
{
    struct shop_entry *entry = shop_entry_get(book, tag);
    if (entry) {
        unlink_use(entry);
        link_newest(book, entry);
        return entry;
    }
    if (!make_place(book, now_ms)) {
        fault_set(fault, FAULT_BUSY,
                  "The shops of %zu tokens are being asked for at the same time, which is the most "
                  "(setting shops.tokens). Try again in a moment.",
                  book->settings.tokens);
        return NULL;
    }
    entry = calloc(1, sizeof *entry);
    if (!entry) {
        fault_set(fault, FAULT_INTERNAL, "Out of memory.");
        return NULL;
    }
    entry->tag = *tag;
    entry->chain = *bucket_of(book, tag);
    *bucket_of(book, tag) = entry;
    shop_ring_init(&entry->waiters);
    link_newest(book, entry);
    book->count++;
    return entry;
}

void shop_entries_free(struct shop_book *book)
{
    while (book->use.newer != &book->use)
        give_up(book, book->use.newer);
}

void shop_ring_init(struct shop_waiter *head)
{
    head->prev = head->next = head;
}

void shop_ring_add(struct shop_waiter *head, struct shop_waiter *waiter)
{
    waiter->next = head;
    waiter->prev = head->prev;
    waiter->prev->next = waiter;
    head->prev = waiter;
    waiter->waiting = true;
}

void shop_ring_drop(struct shop_waiter *waiter)
{
    waiter->prev->next = waiter->next;
    waiter->next->prev = waiter->prev;
    waiter->waiting = false;
}

void shop_ring_move(struct shop_waiter *to, struct shop_waiter *from)
{
    shop_ring_init(to);
    if (from->next == from)
        return;
    *to = *from;
    to->next->prev = to->prev->next = to;
    shop_ring_init(from);
}
