/*
 * JUnit, see junit.h. Owns nothing. What XML cannot hold (control characters) becomes '?'.
 */
#include "cli/junit.h"
#include "base/log.h"

static void put_escaped(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '&')
            buf_add_str(out, STR("&amp;"));
        else if (c == '<')
            buf_add_str(out, STR("&lt;"));
        else if (c == '>')
            buf_add_str(out, STR("&gt;"));
        else if (c == '"')
            buf_add_str(out, STR("&quot;"));
        else
            buf_add_char(out, (unsigned char)c < ' ' && c != '\n' && c != '\t' ? '?' : c);
    }
}

static void put_masked(const char *text, struct buf *out)
{
    struct buf masked;
    buf_init(&masked, 65536);
    log_mask(str_from(text), &masked);
    put_escaped(buf_str(&masked), out);
    buf_clear(&masked);
}

static bool is_in(const struct finding *finding, struct str file)
{
    return str_eq(str_from(finding->file), file);
}

static void put_finding(const struct finding *finding, struct buf *out)
{
    buf_printf(out, "%s: ", finding->level == FINDING_ERROR ? "error" : "warning");
    put_escaped(str_from(finding->path), out);
    buf_add_str(out, finding->path[0] ? STR(": ") : STR(""));
    put_masked(finding->text, out);
    if (finding->hint[0]) {
        buf_add_str(out, STR(" ("));
        put_masked(finding->hint, out);
        buf_add_char(out, ')');
    }
    buf_add_char(out, '\n');
}

static void put_test(const struct findings *findings, struct str file, struct buf *out)
{
    size_t found = 0;
    for (size_t i = 0; i < findings->count; i++)
        found += is_in(&findings->items[i], file);
    buf_add_str(out, STR("    <testcase classname=\"check\" name=\""));
    put_escaped(file.n ? file : STR("command line"), out);
    if (!found) {
        buf_add_str(out, STR("\"/>\n"));
        return;
    }
    buf_printf(out, "\">\n      <failure message=\"%zu finding%s\">", found, found == 1 ? "" : "s");
    for (size_t i = 0; i < findings->count; i++)
        if (is_in(&findings->items[i], file))
            put_finding(&findings->items[i], out);
    buf_add_str(out, STR("</failure>\n    </testcase>\n"));
}

/* Whether an earlier test holds the file of finding `index`. */
static bool told(const struct findings *findings, const struct str *files, size_t count,
                 size_t index)
{
    struct str file = str_from(findings->items[index].file);
    for (size_t i = 0; i < count; i++)
        if (str_eq(files[i], file))
            return true;
    for (size_t i = 0; i < index; i++)
        if (is_in(&findings->items[i], file))
            return true;
    return false;
}

static bool failed(const struct findings *findings, struct str file)
{
    for (size_t i = 0; i < findings->count; i++)
        if (is_in(&findings->items[i], file))
            return true;
    return false;
}

void print_findings_junit(const struct findings *findings, const struct str *files, size_t count,
                          struct buf *out)
{
    size_t tests = count, failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += failed(findings, files[i]);
    for (size_t i = 0; i < findings->count; i++)
        if (!told(findings, files, count, i)) {
            tests++;
            failures++;
        }
    buf_printf(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites tests=\"%zu\" failures=\"%zu\">\n"
        "  <testsuite name=\"shopshim check\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n",
        tests, failures, tests, failures);
    for (size_t i = 0; i < count; i++)
        put_test(findings, files[i], out);
    for (size_t i = 0; i < findings->count; i++)
        if (!told(findings, files, count, i))
            put_test(findings, str_from(findings->items[i].file), out);
    buf_add_str(out, STR("  </testsuite>\n</testsuites>\n"));
}
