/*
 * Printable documents, see document.h. Owns nothing.
 */
#include "sandbox/document.h"

#include "base/base64.h"

enum { PDF_OBJECTS = 5, PAGE_WIDTH = 298, PAGE_HEIGHT = 420, LINES_MAX = 24 };

struct str document_path(struct arena *arena, struct str lines, bool zpl)
{
    struct buf path;
    buf_init_arena(&path, 1 << 12, arena);
    buf_add_str(&path, STR(DOCUMENT_PATH));
    base64url_encode(str_of(lines.p, lines.n < DOCUMENT_TEXT ? lines.n : DOCUMENT_TEXT), &path);
    buf_add_str(&path, zpl ? STR(".zpl") : STR(".pdf"));
    return buf_failed(&path) ? STR_NONE : buf_str(&path);
}

/* Characters, not bytes: one '?' for each letter that is not ASCII. */
static void add_plain(struct str line, bool zpl, struct buf *out)
{
    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        if ((c & 0xc0) == 0x80)
            continue;
        if (c < 0x20 || c > 0x7e || (zpl && (c == '^' || c == '~')))
            c = '?'; /* ^ and ~ begin commands */
        if (!zpl && (c == '(' || c == ')' || c == '\\'))
            buf_add_char(out, '\\');
        buf_add_char(out, (char)c);
    }
}

static void write_content(struct str text, struct buf *out)
{
    buf_add_str(out, STR("BT /F1 11 Tf 14 TL 20 390 Td\n"));
    for (int i = 0; text.p && i < LINES_MAX; i++) {
        buf_add_char(out, '(');
        add_plain(str_cut(&text, '\n'), false, out);
        buf_add_str(out, STR(") Tj T*\n"));
    }
    buf_add_str(out, STR("ET"));
}

static void write_pdf(struct str text, struct buf *out)
{
    size_t offsets[PDF_OBJECTS];
    struct buf content;
    buf_init(&content, 1 << 14);
    write_content(text, &content);
    buf_add_str(out, STR("%PDF-1.4\n"));
    offsets[0] = out->n;
    buf_add_str(out, STR("1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"));
    offsets[1] = out->n;
    buf_add_str(out, STR("2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"));
    offsets[2] = out->n;
    buf_printf(out,
               "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 5 0 R"
               "/Resources<</Font<</F1 4 0 R>>>>>>\nendobj\n",
               PAGE_WIDTH, PAGE_HEIGHT);
    offsets[3] = out->n;
    buf_add_str(out, STR("4 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n"));
    offsets[4] = out->n;
    buf_printf(out, "5 0 obj\n<</Length %zu>>\nstream\n", content.n);
    buf_add_str(out, buf_str(&content));
    buf_add_str(out, STR("\nendstream\nendobj\n"));
    size_t table = out->n;
    buf_printf(out, "xref\n0 %d\n0000000000 65535 f \n", PDF_OBJECTS + 1);
    for (size_t i = 0; i < PDF_OBJECTS; i++)
        buf_printf(out, "%010zu 00000 n \n", offsets[i]);
    buf_printf(out, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", PDF_OBJECTS + 1,
               table);
    buf_clear(&content);
}

static void write_zpl(struct str text, struct buf *out)
{
    buf_add_str(out, STR("^XA\n"));
    for (int i = 0; text.p && i < LINES_MAX; i++) {
        buf_printf(out, "^FO40,%d^A0N,28,28^FD", 40 + i * 36);
        add_plain(str_cut(&text, '\n'), true, out);
        buf_add_str(out, STR("^FS\n"));
    }
    buf_add_str(out, STR("^XZ\n"));
}

bool document_write(struct str path, struct arena *arena, struct buf *out, struct str *media_type)
{
    struct str text, ending = STR(".pdf"), zpl = STR(".zpl");
    size_t head = sizeof DOCUMENT_PATH - 1;
    if (!str_starts(path, STR(DOCUMENT_PATH)) || path.n < head + ending.n)
        return false;
    struct str code = str_of(path.p + head, path.n - head - ending.n);
    struct str last = str_of(path.p + path.n - ending.n, ending.n);
    if ((!str_eq(last, ending) && !str_eq(last, zpl)) || !base64url_decode(code, arena, &text) ||
        text.n > DOCUMENT_TEXT)
        return false;
    bool pdf = str_eq(last, ending);
    *media_type = pdf ? STR("application/pdf") : STR("text/plain");
    if (pdf)
        write_pdf(text, out);
    else
        write_zpl(text, out);
    return true;
}
