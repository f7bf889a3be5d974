/*
 * The form of a store that keeps positions in this process: a skip list (Pugh, 1990) ordered by
 * list and row, so that the nearest position before a row is found at once, and a ring in the
 * order of use, whose oldest go first when the bytes are spent. One lock guards all, held for no
 * longer than a search and a copy. Refuses, in silence, a position that is larger than all the
 * bytes there are.
 */
#include "page/store.h"
#include <pthread.h>
#include <stdlib.h>

enum { LEVELS = 16, MALLOC_BYTES = 16 };

struct entry {
    struct entry *older, *newer; /* by use */
    int64_t until_ms;
    uint64_t at;
    size_t list_n, value_n;
    unsigned levels;
    struct entry *next[]; /* on each level; behind them the bytes of list and value */
};

struct local {
    pthread_mutex_t lock;
    size_t most;
    size_t bytes, count;
    uint64_t random;
    struct entry *oldest, *newest;
    struct entry *first[LEVELS];
};

/* Where a search went down, level by level: the links that lead over the place searched for. */
struct path {
    struct entry **links[LEVELS];
    struct entry *before; /* the last entry before the place; NULL: none */
};

static struct str list_of(const struct entry *entry)
{
    return str_of((const char *)&entry->next[entry->levels], entry->list_n);
}

static struct str value_of(const struct entry *entry)
{
    return str_of((const char *)&entry->next[entry->levels] + entry->list_n, entry->value_n);
}

static size_t size_of(unsigned levels, size_t list_n, size_t value_n)
{
    return sizeof(struct entry) + levels * sizeof(struct entry *) + list_n + value_n;
}

static int compare(const struct entry *entry, struct str list, uint64_t at)
{
    int order = str_cmp(list_of(entry), list);
    return order != 0 ? order : (entry->at > at) - (entry->at < at);
}

/* The place before the first entry that is not before (list, at). */
static void search(struct local *local, struct str list, uint64_t at, struct path *path)
{
    struct entry **links = local->first;
    path->before = NULL;
    for (unsigned level = LEVELS; level-- > 0;) {
        while (links[level] && compare(links[level], list, at) < 0) {
            path->before = links[level];
            links = path->before->next;
        }
        path->links[level] = &links[level];
    }
}

static struct entry *found(const struct path *path, struct str list, uint64_t at)
{
    struct entry *entry = *path->links[0];
    return entry && compare(entry, list, at) == 0 ? entry : NULL;
}

/* ---- order of use ---- */

static void link_newest(struct local *local, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = local->newest;
    *(local->newest ? &local->newest->newer : &local->oldest) = entry;
    local->newest = entry;
}

static void unlink_use(struct local *local, struct entry *entry)
{
    *(entry->older ? &entry->older->newer : &local->oldest) = entry->newer;
    *(entry->newer ? &entry->newer->older : &local->newest) = entry->older;
}

/* ---- entries come and go ---- */

static void give_up(struct local *local, struct entry *entry)
{
    struct path path;
    search(local, list_of(entry), entry->at, &path);
    for (unsigned level = 0; level < entry->levels; level++)
        *path.links[level] = entry->next[level];
    unlink_use(local, entry);
    local->bytes -= size_of(entry->levels, entry->list_n, entry->value_n) + MALLOC_BYTES;
    local->count--;
    free(entry);
}

/* One level more with a chance of a quarter (xorshift, Marsaglia). */
static unsigned draw_levels(struct local *local)
{
    unsigned levels = 1;
    local->random ^= local->random << 13;
    local->random ^= local->random >> 7;
    local->random ^= local->random << 17;
    for (uint64_t bits = local->random; levels < LEVELS && (bits & 3) == 0; bits >>= 2)
        levels++;
    return levels;
}

static void insert(struct local *local, struct str list, uint64_t at, struct str value,
                   int64_t until_ms)
{
    struct path path;
    unsigned levels = draw_levels(local);
    size_t size = size_of(levels, list.n, value.n);
    if (size + MALLOC_BYTES > local->most)
        return;
    while (local->bytes + size + MALLOC_BYTES > local->most)
        give_up(local, local->oldest);
    struct entry *entry = malloc(size);
    if (!entry)
        return;
    *entry = (struct entry){
        .until_ms = until_ms, .at = at, .list_n = list.n, .value_n = value.n, .levels = levels};
    char *bytes = (char *)&entry->next[levels];
    memcpy(bytes, list.p, list.n);
    memcpy(bytes + list.n, value.p, value.n);
    search(local, list, at, &path);
    for (unsigned level = 0; level < levels; level++) {
        entry->next[level] = *path.links[level];
        *path.links[level] = entry;
    }
    link_newest(local, entry);
    local->bytes += size + MALLOC_BYTES;
    local->count++;
}

/* ---- the form ---- */

static struct entry *nearest(struct local *local, struct str list, uint64_t at)
{
    struct path path;
    search(local, list, at, &path);
    struct entry *entry = found(&path, list, at);
    if (!entry && path.before && str_eq(list_of(path.before), list))
        entry = path.before;
    return entry;
}

static enum page_found get(void *self, struct str list, uint64_t at, int64_t now_ms,
                           struct page_waiter *waiter, struct arena *arena, struct page_kept *kept)
{
    struct local *local = self;
    struct entry *entry;
    (void)waiter;
    pthread_mutex_lock(&local->lock);
    while ((entry = nearest(local, list, at)) && entry->until_ms <= now_ms)
        give_up(local, entry);
    if (entry) {
        unlink_use(local, entry);
        link_newest(local, entry);
        *kept = (struct page_kept){entry->at, arena_str(arena, value_of(entry))};
    }
    pthread_mutex_unlock(&local->lock);
    return entry && kept->value.p ? PAGE_FOUND : PAGE_MISSING;
}

static void put(void *self, struct str list, uint64_t at, struct str value, int64_t until_ms,
                int64_t now_ms)
{
    struct local *local = self;
    struct path path;
    pthread_mutex_lock(&local->lock);
    search(local, list, at, &path);
    struct entry *old = found(&path, list, at);
    if (old)
        give_up(local, old);
    if (until_ms > now_ms)
        insert(local, list, at, value, until_ms);
    pthread_mutex_unlock(&local->lock);
}

static void drop(void *self, struct str list)
{
    struct local *local = self;
    struct path path;
    pthread_mutex_lock(&local->lock);
    search(local, list, 0, &path);
    for (struct entry *entry = *path.links[0]; entry && str_eq(list_of(entry), list);) {
        struct entry *next = entry->next[0];
        give_up(local, entry);
        entry = next;
    }
    pthread_mutex_unlock(&local->lock);
}

static void tell(void *self, struct page_store_use *use)
{
    struct local *local = self;
    pthread_mutex_lock(&local->lock);
    use->positions = local->count;
    use->bytes = local->bytes;
    pthread_mutex_unlock(&local->lock);
}

static void local_free(void *self)
{
    struct local *local = self;
    while (local->oldest)
        give_up(local, local->oldest);
    pthread_mutex_destroy(&local->lock);
    free(local);
}

struct page_store *page_store_local(size_t bytes)
{
    static const struct page_store_form form = {
        .get = get, .put = put, .drop = drop, .free = local_free, .use = tell};
    struct local *local = calloc(1, sizeof *local);
    if (!local)
        return NULL;
    pthread_mutex_init(&local->lock, NULL);
    local->most = bytes;
    local->random = UINT64_C(0x2545f4914f6cdd1d);
    return page_store_new(&form, local);
}
