/*
 * Notes: what is done with fields, gathered by path. See inside.h.
 */
#include "docs/inside.h"

void note_add(struct teller *t, struct notes *notes, const struct note *note)
{
    struct note kept = *note;
    kept.path = plain_path(t->arena, note->path);
    for (size_t i = 0; i < notes->count; i++)
        if (str_eq(notes->items[i].path, kept.path) && str_eq(notes->items[i].text, kept.text))
            return;
    if (notes->count == notes->room) {
        size_t room = notes->room ? notes->room * 2 : 64;
        struct note *wider =
            arena_resize(t->arena, notes->items, notes->room * sizeof *wider, room * sizeof *wider);
        if (!wider)
            return;
        notes->items = wider;
        notes->room = room;
    }
    notes->items[notes->count++] = kept;
}

bool notes_have(const struct notes *notes, struct str plain)
{
    for (size_t i = 0; i < notes->count; i++)
        if (str_eq(notes->items[i].path, plain))
            return true;
    return false;
}

struct str notes_text(const struct teller *t, const struct notes *notes, struct str plain)
{
    struct buf text;
    buf_init_arena(&text, 65536, t->arena);
    for (size_t i = 0; i < notes->count; i++) {
        if (!str_eq(notes->items[i].path, plain))
            continue;
        buf_add_str(&text, text.n ? STR("; ") : STR(""));
        buf_add_str(&text, notes->items[i].text);
    }
    return text.n ? buf_str(&text) : STR_NONE;
}

/* Whether `path` is below `above`. */
static bool below(struct str path, struct str above)
{
    return path.n > above.n && path.p[above.n] == '.' && str_starts(path, above);
}

const struct note *notes_whole(const struct notes *notes, struct str plain)
{
    const struct note *best = NULL;
    for (size_t i = 0; i < notes->count; i++) {
        const struct note *note = &notes->items[i];
        if (note->whole && below(plain, note->path) && (!best || note->path.n > best->path.n))
            best = note;
    }
    return best;
}

bool notes_below(const struct notes *notes, struct str plain)
{
    for (size_t i = 0; i < notes->count; i++)
        if (below(notes->items[i].path, plain))
            return true;
    return false;
}
