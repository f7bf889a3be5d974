/*
 * Kinds of files: the formats of pictures, documents and films that are uploaded.
 *
 * Only the beginning is looked at, so a damaged file keeps its kind; nothing is refused here.
 */
#include "plan/file_kind.h"

#include <strings.h>

static const struct {
    size_t at; /* where the mark stands */
    struct str mark;
    struct file_kind kind;
} marks[] = {
    {0, {"\x89PNG\r\n\x1a\n", 8}, {"image/png", "png"}},
    {0, {"\xff\xd8\xff", 3}, {"image/jpeg", "jpg"}},
    {8, {"WEBP", 4}, {"image/webp", "webp"}},
    {0, {"BM", 2}, {"image/bmp", "bmp"}},
    {4, {"ftypheic", 8}, {"image/heic", "heic"}},
    {4, {"ftypheix", 8}, {"image/heic", "heic"}},
    {4, {"ftypmif1", 8}, {"image/heic", "heic"}},
    {4, {"ftypqt  ", 8}, {"video/quicktime", "mov"}},
    {4, {"ftyp3g", 6}, {"video/3gpp", "3gp"}},
    {4, {"ftyp", 4}, {"video/mp4", "mp4"}},
    {0, {"%PDF-", 5}, {"application/pdf", "pdf"}},
};

/* Endings beside those of the marks. */
static const struct file_kind endings[] = {
    {"image/jpeg", "jpeg"}, {"video/x-matroska", "mkv"}, {"video/x-ms-wmv", "wmv"},
    {"video/webm", "webm"}, {"video/x-msvideo", "avi"},  {"video/x-flv", "flv"},
    {"video/mpeg", "mpeg"}, {"video/mpeg", "mpg"},
};

static bool ends_with(struct str name, const char *ending)
{
    size_t n = strlen(ending);
    return name.n > n && name.p[name.n - n - 1] == '.' &&
           strncasecmp(name.p + name.n - n, ending, n) == 0;
}

struct file_kind file_kind_of(struct str bytes, struct str name)
{
    enum { MARKS = sizeof marks / sizeof *marks, ENDINGS = sizeof endings / sizeof *endings };
    for (size_t i = 0; i < MARKS; i++)
        if (bytes.n >= marks[i].at + marks[i].mark.n &&
            memcmp(bytes.p + marks[i].at, marks[i].mark.p, marks[i].mark.n) == 0)
            return marks[i].kind;
    if (!name.n)
        return marks[1].kind;
    for (size_t i = 0; i < MARKS; i++)
        if (ends_with(name, marks[i].kind.ending))
            return marks[i].kind;
    for (size_t i = 0; i < ENDINGS; i++)
        if (ends_with(name, endings[i].ending))
            return endings[i];
    return (struct file_kind){"application/octet-stream", "bin"};
}
