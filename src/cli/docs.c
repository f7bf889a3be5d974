/*
 * docs: writes the reference pages of the tables into a directory, or says which are stale.
 *
 * Files that are no page of ours stay as they are; with --check, one that looks like a page
 * and is none is told, as it belongs to an area that is gone.
 */
#include "cli/print.h"
#include "cli/reference.h"
#include "cli/verbs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

struct docs_options {
    const char *out;
    bool check;
};

static void *fresh(void)
{
    static struct docs_options options;
    options = (struct docs_options){0};
    return &options;
}

static const struct option own_options[] = {
    {.group = "Only this command",
     .flag = "out",
     .type = OPTION_TEXT,
     .value = "DIR",
     OPTION_AT(struct docs_options, out),
     .verbs = VERB_ANY,
     .help = "where the pages are"},
    {.group = "Only this command",
     .flag = "check",
     .type = OPTION_SWITCH,
     OPTION_AT(struct docs_options, check),
     .verbs = VERB_ANY,
     .help = "write nothing, tell which pages are stale"},
};

static FILE *open_page(const char *directory, const char *name, const char *mode)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return NULL;
    return fopen(path, mode);
}

static bool write_page(const char *directory, const struct docs_page *page)
{
    FILE *file = open_page(directory, page->name, "wb");
    bool good = file && print_buf(file, &page->text);
    if (!file)
        fprintf(stderr, "shopshim: %s/%s: %s\n", directory, page->name, strerror(errno));
    if (file && fclose(file) != 0)
        good = false;
    return good;
}

static int write_pages(const char *directory, const struct docs_pages *pages)
{
    size_t missing = pages->items[0].missing;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "shopshim: %s: %s\n", directory, strerror(errno));
        return EXIT_FINDINGS;
    }
    for (size_t i = 0; i < pages->count; i++)
        if (!write_page(directory, &pages->items[i]))
            return EXIT_FINDINGS;
    printf("%zu pages in %s; fields of which no table says anything: %zu\n", pages->count,
           directory, missing);
    return EXIT_GOOD;
}

/* ---- stale pages ---- */

static bool same(FILE *file, struct str text)
{
    char *have = malloc(text.n + 2);
    size_t n = have ? fread(have, 1, text.n + 1, file) : 0;
    bool good = have && !ferror(file) && str_eq(str_of(have, n), text);
    free(have);
    return good;
}

static size_t stale_pages(const char *directory, const struct docs_pages *pages)
{
    size_t stale = 0;
    for (size_t i = 0; i < pages->count; i++) {
        FILE *file = open_page(directory, pages->items[i].name, "rb");
        bool good = file && same(file, buf_str(&pages->items[i].text));
        if (!good)
            printf("%s/%s: %s\n", directory, pages->items[i].name, file ? "stale" : "not there");
        stale += !good;
        if (file)
            fclose(file);
    }
    return stale;
}

static bool is_page(const struct docs_pages *pages, const char *name)
{
    for (size_t i = 0; i < pages->count; i++)
        if (strcmp(pages->items[i].name, name) == 0)
            return true;
    return false;
}

static size_t lost_pages(const char *directory, const struct docs_pages *pages)
{
    DIR *dir = opendir(directory);
    size_t lost = 0;
    if (!dir)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t n = strlen(entry->d_name);
        if (n < 4 || strcmp(entry->d_name + n - 3, ".md") != 0 || is_page(pages, entry->d_name))
            continue;
        printf("%s/%s: no area has this page; remove it\n", directory, entry->d_name);
        lost++;
    }
    closedir(dir);
    return lost;
}

static int check_pages(const char *directory, const struct docs_pages *pages)
{
    size_t stale = stale_pages(directory, pages), lost = lost_pages(directory, pages);
    if (stale)
        printf("write them anew: ./dev docs (or shopshim docs --out %s)\n", directory);
    return stale + lost ? EXIT_FINDINGS : EXIT_GOOD;
}

/* ---- the command ---- */

static int run(const struct run *run)
{
    const struct docs_options *options = run->own;
    struct reference reference;
    struct docs_pages pages = {0};
    int code = EXIT_CONFIG;
    if (!options->out) {
        fprintf(stderr, "shopshim: docs: expected --out DIR\n");
        return EXIT_USAGE;
    }
    if (reference_load(run, &reference)) {
        const struct docs_sources sources = reference_sources(&reference);
        if (!docs_write(&sources, &pages))
            fprintf(stderr, "shopshim: out of memory\n");
        else if (options->check)
            code = check_pages(options->out, &pages);
        else
            code = write_pages(options->out, &pages);
    }
    docs_clear(&pages);
    reference_clear(&reference);
    return code;
}

const struct verb verb_docs = {
    .name = "docs",
    .synopsis = "--out DIR [--check] [--mappings DIR]",
    .about = "reference pages of the tables: every field, where it goes or comes from",
    .more = "With --check nothing is written; it ends with 1 when a page is stale.",
    .bit = VERB_ROUTES,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
