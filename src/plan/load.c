/*
 * Loading: all tables of a directory into one immutable set. See plan.h.
 *
 * The set owns an arena in which everything compiled lives; references are counted, and the
 * last one frees it. All faults of all files are told before the load gives up.
 */
#include "plan/compile.h"

#include <stdlib.h>

enum { PLANS_MEMORY = 256 << 20 };

static atomic_uint alive; /* sets whose last reference is not gone */

static struct plans *plans_new(void)
{
    struct plans *plans = calloc(1, sizeof *plans);
    if (!plans)
        return NULL;
    plans->arena = arena_new(PLANS_MEMORY);
    if (!plans->arena || pthread_mutex_init(&plans->unknowns.lock, NULL) != 0) {
        arena_free(plans->arena);
        free(plans);
        return NULL;
    }
    atomic_fetch_add(&alive, 1);
    atomic_init(&plans->references, 1);
    atomic_init(&plans->unknowns.count, 0);
    return plans;
}

struct plans *plans_ref(struct plans *plans)
{
    atomic_fetch_add_explicit(&plans->references, 1, memory_order_relaxed);
    return plans;
}

void plans_unref(struct plans *plans)
{
    if (!plans || atomic_fetch_sub_explicit(&plans->references, 1, memory_order_acq_rel) != 1)
        return;
    pthread_mutex_destroy(&plans->unknowns.lock);
    arena_free(plans->arena);
    free(plans);
    atomic_fetch_sub(&alive, 1);
}

unsigned plans_alive(void)
{
    return atomic_load(&alive);
}

/* ---- the files, parsed ---- */

struct source {
    const char *name; /* "order/list.json": below the directory */
    cJSON *tree;
};

struct sources {
    struct source *items;
    size_t count;
};

static void sources_clear(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        cJSON_Delete(sources->items[i].tree);
    free(sources->items);
}

static const struct source *find_source(const struct sources *sources, const char *name)
{
    for (size_t i = 0; i < sources->count; i++)
        if (strcmp(sources->items[i].name, name) == 0)
            return &sources->items[i];
    return NULL;
}

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* ---- compiling them ---- */

struct loading {
    struct plans *plans;
    const struct sources *sources;
    const char *directory;
    struct findings *findings;
    struct shape_book shapes;
};

static struct place file_place(const struct loading *l, const char *name)
{
    struct str full = *l->directory ? arena_printf(l->plans->arena, "%s/%s", l->directory, name)
                                    : arena_str(l->plans->arena, str_from(name));
    struct place place = {l->findings, full.p ? full.p : name, "$"};
    return place;
}

typedef bool compile_file(struct plans *plans, const cJSON *file, const struct place *place);

static bool shared_enums(struct plans *plans, const cJSON *file, const struct place *place)
{
    bool good = true;
    plans->enums = enums_compile(plans->arena, file, place, &plans->enum_count, &good);
    return good;
}

static bool load_shared(const struct loading *l, const char *name, bool needed,
                        compile_file *compile)
{
    const struct source *source = find_source(l->sources, name);
    struct place place = file_place(l, name);
    if (!source)
        return !needed || place_error(&place, "expected this file");
    return !source->tree || compile(l->plans, source->tree, &place);
}

static bool load_table(struct loading *l, const struct source *source)
{
    struct place place = file_place(l, source->name);
    char *name =
        arena_cstr(l->plans->arena, str_of(source->name, strlen(source->name) - strlen(".json")));
    if (!name)
        return place_error(&place, "out of memory");
    if (!include_shapes(&l->shapes, source->tree, l->plans->arena, &place))
        return false;
    struct plan *plan = compile_table(l->plans, source->tree, name, &place);
    if (!plan)
        return false;
    l->plans->plans[l->plans->count++] = plan;
    return !plan->faulty;
}

static bool load_tables(struct loading *l)
{
    /* The last is the guide's list of endpoints: the business of `check`. */
    static const char *const shared[] = {"profiles.json", "enums.json", "shapes.json",
                                         "errors.json", "guide.json"};
    l->plans->plans = ARENA_ARRAY(l->plans->arena, struct plan *, l->sources->count + 1);
    if (!l->plans->plans)
        return false;
    bool good = true;
    for (size_t i = 0; i < l->sources->count; i++) {
        const struct source *source = &l->sources->items[i];
        if (strchr(source->name, '/')) {
            good = source->tree && load_table(l, source) && good;
            continue;
        }
        bool known = false;
        for (size_t j = 0; j < sizeof shared / sizeof *shared; j++)
            known |= strcmp(source->name, shared[j]) == 0;
        struct place place = file_place(l, source->name);
        if (!known)
            good = place_error(&place, "no file of this name belongs here; tables stand in "
                                       "directories");
    }
    return good;
}

static bool read_shapes(struct loading *l)
{
    const struct source *source = find_source(l->sources, "shapes.json");
    struct place place = file_place(l, "shapes.json");
    return shape_book_fill(&l->shapes, source ? source->tree : NULL, l->plans->arena, &place);
}

static void warn_unused_shapes(const struct loading *l)
{
    struct place place = file_place(l, "shapes.json");
    for (size_t i = 0; i < l->shapes.count; i++) {
        struct place at = place_key(&place, l->shapes.shapes[i].node->string);
        if (!l->shapes.shapes[i].used)
            place_warning(&at, "no table includes this shape");
    }
}

static void warn_unused_enums(const struct loading *l)
{
    struct place place = file_place(l, "enums.json");
    for (size_t i = 0; i < l->plans->enum_count; i++) {
        struct place at = place_key(&place, l->plans->enums[i].name.p);
        if (!l->plans->enums[i].used)
            place_warning(&at, "no table uses this enum");
    }
}

static int by_name(const void *a, const void *b)
{
    return str_cmp((*(struct plan *const *)a)->name, (*(struct plan *const *)b)->name);
}

static bool compile_all(struct loading *l)
{
    bool good = load_shared(l, "profiles.json", true, profiles_compile);
    good = load_shared(l, "errors.json", true, errors_compile) && good;
    good = load_shared(l, "enums.json", false, shared_enums) && good;
    if (!l->plans->profile_count)
        return false;
    good = read_shapes(l) && good;
    good = load_tables(l) && good;
    struct plans *plans = l->plans;
    if (plans->count)
        qsort(plans->plans, plans->count, sizeof *plans->plans, by_name);
    good = routes_compile(plans, l->findings) && good;
    if (good) {
        warn_unused_enums(l);
        warn_unused_shapes(l);
    }
    return good;
}

static struct plans *compile_sources(const struct sources *sources, const char *directory,
                                     struct findings *findings)
{
    struct plans *plans = plans_new();
    if (!plans) {
        findings_add(findings, FINDING_ERROR, directory, NULL, "out of memory");
        return NULL;
    }
    struct loading loading = {plans, sources, directory, findings, {0}};
    compile_all(&loading);
    if (!arena_failed(plans->arena))
        return plans;
    findings_add(findings, FINDING_ERROR, directory, NULL, "out of memory");
    plans_unref(plans);
    return NULL;
}

struct plans *plans_load_texts(const struct plan_text *texts, size_t count,
                               struct findings *findings)
{
    struct sources sources = {calloc(count + 1, sizeof *sources.items), 0};
    size_t before = findings->errors;
    if (!sources.items) {
        findings_add(findings, FINDING_ERROR, NULL, NULL, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        sources.items[sources.count++] =
            (struct source){texts[i].name, table_parse(texts[i].name, texts[i].json, findings)};
    struct plans *plans = compile_sources(&sources, "", findings);
    sources_clear(&sources);
    if (findings->errors == before)
        return plans;
    plans_unref(plans);
    return NULL;
}

struct plans *plans_load_sound(const char *directory, struct findings *findings)
{
    struct table_files files;
    table_list(directory, &files, findings);
    struct sources sources = {calloc(files.count + 1, sizeof *sources.items), 0};
    size_t skip = strlen(directory) + 1;
    for (size_t i = 0; sources.items && i < files.count; i++) {
        const char *name = files.names[i] + skip;
        if (starts(name, "contracts/") || starts(name, "sandbox/") ||
            strcmp(name, "guide.json") == 0)
            continue;
        sources.items[sources.count++] =
            (struct source){name, table_read(files.names[i], findings)};
    }
    struct plans *plans = NULL;
    if (!sources.items)
        findings_add(findings, FINDING_ERROR, directory, NULL, "out of memory");
    else
        plans = compile_sources(&sources, directory, findings);
    sources_clear(&sources);
    table_files_clear(&files);
    return plans;
}

struct plans *plans_load(const char *directory, struct findings *findings)
{
    size_t before = findings->errors;
    struct plans *plans = plans_load_sound(directory, findings);
    if (findings->errors == before)
        return plans;
    plans_unref(plans);
    return NULL;
}

size_t plans_count(const struct plans *plans)
{
    return plans->count;
}

const struct plan *plans_at(const struct plans *plans, size_t index)
{
    return plans->plans[index];
}

uint64_t plans_unknown_values(const struct plans *plans)
{
    return atomic_load_explicit(&plans->unknowns.count, memory_order_relaxed);
}
