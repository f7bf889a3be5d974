/*
 * Options: --help and the reference page, written from the rows. See option.h.
 *
 * The default that is shown is the value that the table's target holds when it is asked, so
 * it cannot differ from what the program does.
 */
#include "cli/option.h"

enum { HELP_COLUMN = 34 };

void option_placeholder(const struct option *option, struct buf *out)
{
    if (option->type == OPTION_SWITCH)
        return;
    if (option->value)
        buf_add_str(out, str_from(option->value));
    else if (option->type == OPTION_CHOICE) {
        for (int i = 0; option->choices[i]; i++)
            buf_printf(out, "%s%s", i ? "|" : "", option->choices[i]);
    } else if (option->type == OPTION_BOOL)
        buf_add_str(out, STR("true|false"));
    else if (option->type == OPTION_MS)
        buf_add_str(out, STR("MS"));
    else if (option->type == OPTION_BYTES)
        buf_add_str(out, STR("BYTES"));
    else
        buf_add_str(out, STR("N"));
}

static bool shown(const struct option_table *table, const struct option *row)
{
    return (row->verbs & table->verbs) != 0;
}

/* "  -t, --listen HOST:PORT", or the variable of an option without a flag. */
static void help_name(const struct option *row, struct buf *out)
{
    char name[OPTION_NAME];
    if (row->letter)
        buf_printf(out, "  -%c", row->letter);
    if (option_flag(row, name))
        buf_printf(out, "%s--%s", row->letter ? ", " : "      ", name);
    else if (!row->letter) {
        option_env(row, name);
        buf_printf(out, "      %s", name);
        return;
    }
    size_t before = out->n;
    buf_add_char(out, ' ');
    option_placeholder(row, out);
    if (out->n == before + 1)
        out->n = before;
}

static void help_line(const struct option_table *table, const struct option *row, struct buf *out)
{
    size_t start = out->n;
    help_name(row, out);
    if (out->n - start >= HELP_COLUMN) {
        buf_add_char(out, '\n');
        start = out->n;
    }
    while (!buf_failed(out) && out->n - start < HELP_COLUMN)
        buf_add_char(out, ' ');
    buf_add_str(out, str_from(row->help));
    size_t before = out->n;
    buf_add_str(out, STR(" ("));
    size_t open = out->n;
    option_show(row, table->target, out);
    if (out->n == open)
        out->n = before;
    else
        buf_add_char(out, ')');
    buf_add_char(out, '\n');
}

void option_help(const struct option_table *table, struct buf *out)
{
    const char *group = NULL;
    for (size_t i = 0; i < table->count && !buf_failed(out); i++) {
        const struct option *row = &table->rows[i];
        if (!shown(table, row) || row->type == OPTION_APPS)
            continue;
        if (!group || strcmp(group, row->group) != 0)
            buf_printf(out, "\n%s:\n", row->group);
        group = row->group;
        help_line(table, row, out);
    }
}

/* "`x` |", or a dash for what an option does not have. */
static void cell(const char *prefix, const char *text, struct buf *out)
{
    if (text)
        buf_printf(out, " `%s%s` |", prefix, text);
    else
        buf_add_str(out, STR(" - |"));
}

static void reference_line(const struct option_table *table, const struct option *row,
                           struct buf *out)
{
    char name[OPTION_NAME];
    buf_add_char(out, '|');
    cell("", row->path, out);
    cell("--", option_flag(row, name) ? name : NULL, out);
    if (row->secret)
        buf_printf(out, " `%s`, `%s_FILE` |", row->env, row->env);
    else
        cell("", option_env(row, name) ? name : NULL, out);
    struct buf value;
    buf_init(&value, 4096);
    option_show(row, table->target, &value);
    buf_add_char(&value, '\0');
    cell("", value.n > 1 ? value.p : NULL, out);
    buf_clear(&value);
    buf_printf(out, " %s |\n", row->help);
}

void option_reference(const struct option_table *table, struct buf *out)
{
    const char *group = NULL;
    for (size_t i = 0; i < table->count && !buf_failed(out); i++) {
        const struct option *row = &table->rows[i];
        if (!shown(table, row))
            continue;
        if (!group || strcmp(group, row->group) != 0)
            buf_printf(out,
                       "%s### %s\n\n| setting | flag | environment | default | meaning |\n"
                       "|---|---|---|---|---|\n",
                       group ? "\n" : "", row->group);
        group = row->group;
        reference_line(table, row, out);
    }
}
