/*
 * Reading of table files, see load.h.
 *
 * Owns nothing beyond what it returns. cJSON takes doubled keys, so the tree is walked once
 * for them here; it reports where it stopped, from which line and column are counted.
 */
#include "table/load.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILE_MAX = 4 << 20, DEPTH_MAX = 16 };

void table_path_key(char out[TABLE_PATH], const char *path, const char *key)
{
    bool plain = *key != '\0';
    for (const char *p = key; *p; p++)
        if (*p == '.' || *p == '[' || *p == ' ' || *p == '"')
            plain = false;
    snprintf(out, TABLE_PATH, plain ? "%s.%s" : "%s[\"%s\"]", path, key);
}

void table_path_index(char out[TABLE_PATH], const char *path, size_t index)
{
    snprintf(out, TABLE_PATH, "%s[%zu]", path, index);
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

static void find_doubles(const cJSON *node, const char *path, const char *file,
                         struct findings *findings)
{
    char below[TABLE_PATH];
    size_t index = 0;
    for (const cJSON *child = node->child; child; child = child->next, index++) {
        if (cJSON_IsArray(node))
            table_path_index(below, path, index);
        else
            table_path_key(below, path, child->string);
        if (cJSON_IsObject(node))
            for (const cJSON *other = node->child; other != child; other = other->next)
                if (strcmp(other->string, child->string) == 0)
                    findings_add(findings, FINDING_ERROR, file, below,
                                 "this key stands here twice");
        if (child->child)
            find_doubles(child, below, file, findings);
    }
}

cJSON *table_parse(const char *file, struct str text, struct findings *findings)
{
    const char *end = text.p;
    cJSON *document = cJSON_ParseWithLengthOpts(text.p, text.n, &end, false);
    while (document && (size_t)(end - text.p) < text.n && memchr(" \t\r\n", *end, 4))
        end++;
    if (!document || end != text.p + text.n) {
        unsigned line, column;
        place_of(text.p, end, &line, &column);
        findings_add(findings, FINDING_ERROR, file, "", "is not JSON: wrong at line %u, column %u",
                     line, column);
        cJSON_Delete(document);
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
