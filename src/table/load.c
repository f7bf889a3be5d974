/*
 * Reading of table files, see load.h.
 *
 * Owns nothing beyond what it returns. cJSON takes more than RFC 8259, so a text goes through
 * our own reader first, which says where it went wrong; it takes doubled keys, so the tree is
 * walked once for them here.
 */
#include "table/load.h"
#include "json/json.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILE_MAX = 4 << 20, DEPTH_MAX = 16, INDEX_MAX = 128 << 20 };

/* Adds a text from n on, as far as there is room; the new length. By hand: every place of every
 * table goes through here. */
static size_t put(char out[TABLE_PATH], size_t n, const char *text)
{
    size_t more = strlen(text), room = TABLE_PATH - 1 - n;
    more = more < room ? more : room;
    memcpy(out + n, text, more);
    out[n + more] = '\0';
    return n + more;
}

void table_path_key(char out[TABLE_PATH], const char *path, const char *key)
{
    bool plain = *key != '\0' && key[strcspn(key, ".[ \"")] == '\0';
    size_t n = put(out, 0, path);
    n = put(out, n, plain ? "." : "[\"");
    n = put(out, n, key);
    if (!plain)
        put(out, n, "\"]");
}

void table_path_index(char out[TABLE_PATH], const char *path, size_t index)
{
    char digits[24];
    snprintf(digits, sizeof digits, "[%zu]", index);
    put(out, put(out, 0, path), digits);
}

/* The bytes with a NUL behind them, or NULL with errno set. */
static char *slurp(const char *file, size_t *size)
{
    FILE *in = fopen(file, "rb");
    if (!in)
        return NULL;
    size_t room = 64 << 10, n = 0;
    char *text = malloc(room + 1);
    while (text) {
        size_t got = fread(text + n, 1, room - n, in);
        n += got;
        if (n < room)
            break;
        char *more = room < FILE_MAX ? realloc(text, room * 2 + 1) : NULL;
        if (!more) {
            errno = EFBIG;
            free(text);
        }
        text = more;
        room *= 2;
    }
    if (text && ferror(in)) {
        free(text);
        text = NULL;
    }
    int why = errno;
    fclose(in);
    errno = why;
    if (text)
        text[n] = '\0';
    *size = n;
    return text;
}

static void place_of(const char *text, const char *at, unsigned *line, unsigned *column)
{
    *line = 1;
    *column = 1;
    for (const char *p = text; p < at; p++) {
        if (*p == '\n') {
            ++*line;
            *column = 1;
        } else {
            ++*column;
        }
    }
}

static bool is_double(const cJSON *object, const cJSON *child)
{
    for (const cJSON *other = object->child; other != child; other = other->next)
        if (strcmp(other->string, child->string) == 0)
            return true;
    return false;
}

static void find_doubles(const cJSON *node, const char *path, const char *file,
                         struct findings *findings)
{
    char below[TABLE_PATH];
    size_t index = 0;
    for (const cJSON *child = node->child; child; child = child->next, index++) {
        bool twice = cJSON_IsObject(node) && is_double(node, child);
        if (!twice && !child->child)
            continue;
        if (cJSON_IsArray(node))
            table_path_index(below, path, index);
        else
            table_path_key(below, path, child->string);
        if (twice)
            findings_add(findings, FINDING_ERROR, file, below, "this key stands here twice");
        find_doubles(child, below, file, findings);
    }
}

static bool wrong_at(const char *file, struct str text, size_t offset, const char *what,
                     struct findings *findings)
{
    unsigned line, column;
    place_of(text.p, text.p + offset, &line, &column);
    return findings_add(findings, FINDING_ERROR, file, "", "%s at line %u, column %u", what, line,
                        column);
}

/* Where valid JSON escapes a NUL, or its length. */
static size_t find_nul(struct str text)
{
    for (size_t i = 0; i + 6 <= text.n; i++) {
        if (text.p[i] != '\\')
            continue;
        if (memcmp(text.p + i, "\\u0000", 6) == 0)
            return i;
        i++; /* the escaped character may be a backslash */
    }
    return text.n;
}

/* Exactly RFC 8259: cJSON takes more, and cuts a text at an escaped NUL. */
static bool check_json(const char *file, struct str text, struct findings *findings)
{
    struct arena *arena = arena_new(INDEX_MAX);
    struct json_doc doc;
    struct json_limits limits = {0};
    struct json_error error = {.expected = "memory"};
    if (!arena)
        return findings_add(findings, FINDING_ERROR, file, "", "out of memory");
    bool good = json_parse(&doc, text, &limits, arena, &error);
    arena_free(arena);
    if (!good) {
        char what[128];
        snprintf(what, sizeof what, "is not JSON: expected %s", error.expected);
        return wrong_at(file, text, error.offset, what, findings);
    }
    size_t nul = find_nul(text);
    return nul == text.n || wrong_at(file, text, nul, "holds an escaped NUL", findings);
}

cJSON *table_parse(const char *file, struct str text, struct findings *findings)
{
    if (text.n > FILE_MAX) {
        findings_add(findings, FINDING_ERROR, file, "", "is larger than %d bytes", FILE_MAX);
        return NULL;
    }
    if (!check_json(file, text, findings))
        return NULL;
    cJSON *document = cJSON_ParseWithLength(text.p, text.n);
    if (!document) {
        findings_add(findings, FINDING_ERROR, file, "", "out of memory");
        return NULL;
    }
    size_t before = findings->errors;
    find_doubles(document, "$", file, findings);
    if (findings->errors != before) {
        cJSON_Delete(document);
        return NULL;
    }
    return document;
}

cJSON *table_read(const char *file, struct findings *findings)
{
    size_t size = 0;
    char *text = slurp(file, &size);
    if (!text) {
        findings_add(findings, FINDING_ERROR, file, "", "cannot be read: %s", strerror(errno));
        return NULL;
    }
    cJSON *document = table_parse(file, str_of(text, size), findings);
    free(text);
    return document;
}

static bool add_name(struct table_files *files, char *name)
{
    char **names = realloc(files->names, (files->count + 1) * sizeof *names);
    if (!names)
        return false;
    files->names = names;
    files->names[files->count++] = name;
    return true;
}

static bool walk(const char *directory, unsigned depth, struct table_files *files,
                 struct findings *findings);

/* One directory entry: a file is taken, a directory walked, anything else passed over. */
static bool take_entry(const char *directory, const char *name, unsigned depth,
                       struct table_files *files, struct findings *findings)
{
    char *full = NULL;
    if (asprintf(&full, "%s/%s", directory, name) < 0)
        return findings_add(findings, FINDING_ERROR, directory, "", "out of memory");
    struct stat info;
    size_t n = strlen(full);
    bool good = true;
    if (stat(full, &info) != 0)
        good =
            findings_add(findings, FINDING_ERROR, full, "", "cannot be read: %s", strerror(errno));
    else if (S_ISDIR(info.st_mode))
        good = walk(full, depth + 1, files, findings);
    else if (S_ISREG(info.st_mode) && n > 5 && strcmp(full + n - 5, ".json") == 0) {
        if (add_name(files, full))
            return true;
        good = findings_add(findings, FINDING_ERROR, full, "", "out of memory");
    }
    free(full);
    return good;
}

static bool walk(const char *directory, unsigned depth, struct table_files *files,
                 struct findings *findings)
{
    if (depth > DEPTH_MAX)
        return findings_add(findings, FINDING_ERROR, directory, "", "directories nest too deeply");
    DIR *dir = opendir(directory);
    if (!dir)
        return findings_add(findings, FINDING_ERROR, directory, "", "cannot be opened: %s",
                            strerror(errno));
    bool good = true;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            good = take_entry(directory, entry->d_name, depth, files, findings) && good;
    closedir(dir);
    return good;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool table_list(const char *directory, struct table_files *files, struct findings *findings)
{
    *files = (struct table_files){0};
    bool good = walk(directory, 0, files, findings);
    if (files->count)
        qsort(files->names, files->count, sizeof *files->names, by_bytes);
    return good;
}

void table_files_clear(struct table_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->names[i]);
    free(files->names);
    *files = (struct table_files){0};
}
