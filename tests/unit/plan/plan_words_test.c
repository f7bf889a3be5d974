/*
 * Words: the examples of the language's reference, read from it, and the corners of each word.
 */
#include "play.h"

/* A table whose reply is one expression, read in the element `s` of an answer. */
static char *expression_table(const char *expression)
{
    char *quoted = NULL;
    struct buf out;
    buf_init(&out, 1 << 16);
    json_quote(str_from(expression), &out);
    buf_add_char(&out, '\0');
    int n = asprintf(&quoted,
                     "{ `legacy`: `GET /old/x`, `about`: `One expression.`, `uses`: `desk`,"
                     " `enums`: { `state`: { `pairs`: [[1, `OPEN`], [2, `CLOSED`]],"
                     " `unknown`: 0 } },"
                     " `calls`: { `c`: { `send`: `GET /new/x` } },"
                     " `reply`: { `used`: `c.never | enum state`,"
                     " `out`: { `each`: `c.s`, `make`: %s } } }",
                     out.p);
    assert_true(n > 0);
    buf_clear(&out);
    return quoted;
}

static void check_expression(const char *expression, const char *sample, const char *expected)
{
    char *table = expression_table(expression), *answer = NULL, *reply = NULL;
    assert_true(asprintf(&answer, "{`s`: [%s]}", sample) > 0);
    if (expected[0] == '!')
        assert_true(asprintf(&reply, "%s", expected + 1) > 0);
    else
        assert_true(asprintf(&reply, "{`out`:[%s]}", expected) > 0);
    struct row row = {expression, "", {answer, NULL}, NULL, reply};
    play_rows(table, &row, 1);
    free(table);
    free(answer);
    free(reply);
}

/* The text of a cell `...` of a Markdown table, with \| as |; to be freed. */
static char *cell(const char *line, int index)
{
    const char *p = line;
    for (int bars = -1; bars < index; p++) {
        assert_true(*p && *p != '\n');
        if (*p == '|' && p[p == line ? 0 : -1] != '\\')
            bars++;
    }
    const char *from = strchr(p, '`') + 1, *end = strchr(from, '`');
    char *text = calloc(1, (size_t)(end - from) + 1), *to = text;
    for (; from < end; from++)
        if (!(from[0] == '\\' && from[1] == '|'))
            *to++ = *from;
    return text;
}

static void examples_of_the_reference(void **state)
{
    (void)state;
    char *text = file_text(TEST_ROOT "/mappings/README.md");
    const char *words = strstr(text, "\n### Words\n");
    assert_non_null(words);
    const char *from = strstr(words, "```json\n") + 8, *end = strstr(from, "```");
    char *sample = strndup(from, (size_t)(end - from));
    const char *line = strstr(end, "\n|---|");
    size_t rows = 0;
    for (line = strchr(line + 1, '\n') + 1; *line == '|'; line = strchr(line, '\n') + 1) {
        char *expression = cell(line, 2), *gives = cell(line, 3);
        check_expression(expression, sample, gives);
        free(expression);
        free(gives);
        rows++;
    }
    assert_true(rows >= 31);
    free(sample);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples_of_the_reference)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
