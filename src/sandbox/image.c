/*
 * The size of a picture: the IHDR chunk of PNG (ISO/IEC 15948, 11.2.2) and the frame header
 * of JPEG (ITU-T T.81, B.2.2). Owns nothing.
 */
#include "sandbox/image.h"

static unsigned big16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static unsigned big32(const unsigned char *p)
{
    return big16(p) << 16 | big16(p + 2);
}

static bool read_png(const unsigned char *p, size_t n, struct image *image)
{
    static const unsigned char head[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (n < 24 || memcmp(p, head, sizeof head) != 0 || memcmp(p + 12, "IHDR", 4) != 0)
        return false;
    *image = (struct image){"PNG", big32(p + 16), big32(p + 20)};
    return true;
}

/* Start of frame: C0 to CF without C4 (tables), C8 (reserved) and CC (arithmetic coding). */
static bool frame(unsigned char marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static bool read_jpeg(const unsigned char *p, size_t n, struct image *image)
{
    if (n < 4 || p[0] != 0xff || p[1] != 0xd8)
        return false;
    for (size_t at = 2; at + 9 < n && p[at] == 0xff;) {
        unsigned char marker = p[at + 1];
        if (marker == 0xff) {
            at++;
            continue;
        }
        if (frame(marker)) {
            *image = (struct image){"JPEG", big16(p + at + 7), big16(p + at + 5)};
            return true;
        }
        at += 2 + big16(p + at + 2);
    }
    return false;
}

static bool read_other(struct str bytes, struct image *image)
{
    const char *format = NULL;
    if (bytes.n >= 12 && memcmp(bytes.p, "RIFF", 4) == 0 && memcmp(bytes.p + 8, "WEBP", 4) == 0)
        format = "WEBP";
    else if (bytes.n >= 26 && memcmp(bytes.p, "BM", 2) == 0)
        format = "BMP";
    else if (bytes.n >= 12 && memcmp(bytes.p + 4, "ftyphei", 7) == 0)
        format = "HEIC";
    else if (bytes.n >= 12 && memcmp(bytes.p + 4, "ftyp", 4) == 0)
        format = "MP4";
    else if (bytes.n >= 5 && memcmp(bytes.p, "%PDF-", 5) == 0)
        format = "PDF";
    *image = (struct image){format, 0, 0};
    return format != NULL;
}

bool image_read(struct str bytes, struct image *image)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    if (read_png(p, bytes.n, image) || read_jpeg(p, bytes.n, image))
        return image->width && image->height;
    return read_other(bytes, image);
}

struct str image_media_type(struct str bytes)
{
    static const struct {
        const char *format, *type;
    } types[] = {{"PNG", "image/png"},      {"JPEG", "image/jpeg"}, {"WEBP", "image/webp"},
                 {"BMP", "image/bmp"},      {"HEIC", "image/heic"}, {"MP4", "video/mp4"},
                 {"PDF", "application/pdf"}};
    struct image image;
    for (size_t i = 0; image_read(bytes, &image) && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].format, image.format) == 0)
            return str_from(types[i].type);
    return STR("application/octet-stream");
}
