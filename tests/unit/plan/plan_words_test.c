/*
 * Words: the examples of the language's reference, read from it, and the corners of each word.
 */
#include "play.h"

#include "base/log.h"
#include "plan/expression.h"

/* A table whose reply is one expression, or a member that is, read in elements `s`. */
static char *expression_table(const char *expression, bool member)
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
                     " `out`: { `each`: `c.s`, `make`: %s%s%s } } }",
                     member ? "{`v`: " : "", out.p, member ? "}" : "");
    assert_true(n > 0);
    buf_clear(&out);
    return quoted;
}

static void check_in(const char *expression, bool member, const char *sample, const char *expected)
{
    char *table = expression_table(expression, member), *answer = NULL, *reply = NULL;
    assert_true(asprintf(&answer, "{`s`: [%s]}", sample) > 0);
    if (expected[0] == '!')
        assert_true(asprintf(&reply, "%s", expected + 1) > 0);
    else if (member && expected[0])
        assert_true(asprintf(&reply, "{`out`:[{`v`:%s}]}", expected) > 0);
    else
        assert_true(asprintf(&reply, "{`out`:[%s]}", expected) > 0);
    struct row row = {expression, "", {answer, NULL}, NULL, reply};
    play_rows(table, &row, 1);
    free(table);
    free(answer);
    free(reply);
}

/* Alone and as a member, which is written in other ways. */
static void check_expression(const char *expression, const char *sample, const char *expected)
{
    check_in(expression, false, sample, expected);
    check_in(expression, true, sample, expected);
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

/* Every word of the vocabulary stands in the reference, and nothing else does. */
static void the_reference_has_all_words(void **state)
{
    (void)state;
    char *text = file_text(TEST_ROOT "/mappings/README.md");
    const char *line = strstr(strstr(text, "\n### Words\n"), "\n|---|");
    size_t named = 0, words = 0;
    const struct word *before = NULL; /* a word may have rows for its forms */
    for (line = strchr(line + 1, '\n') + 1; *line == '|'; line = strchr(line, '\n') + 1) {
        char *first = cell(line, 0);
        struct str name = str_of(first, strcspn(first, " "));
        const struct word *word = word_named(name);
        if (!word)
            fail_msg("the vocabulary has no word " STR_FMT, STR_ARG(name));
        free(first);
        named += word != before;
        before = word;
    }
    while (word_at(words))
        words++;
    assert_int_equal(named, words);
    free(text);
}

/* Read from the element `s`; "!" before what the reply is when it is a fault. */
static void corners(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *sample, *gives;
    } rows[] = {
        {"a", "{`a`: 12345678901234567890123}", "12345678901234567890123"},
        {"a", "{`a`: 1.50e3}", "1.50e3"},
        {"a", "{`a`: `\\u0041\\/\\``}", "`\\u0041\\/\\``"},
        {"a", "{`a`: { `b` : [ 1 ] }}", "{ `b` : [ 1 ] }"},
        {"a", "{`a`: null}", ""},
        {"a", "{}", ""},
        {"a.b.c", "{`a`: {`b`: {`c`: 1}}}", "1"},
        {"a.b.c", "{`a`: {`b`: 3}}", ""},
        {"a.b", "{`a`: [{`b`: 3}]}", ""},
        {"a", "{`a`: 1, `a`: 2}", "2"},
        {"a.b", "{`a`: {`b`: 1}, `a`: {}}", ""},
        {"a.b", "{`a`: {`b`: 1}, `a`: null}", ""},
        {"a", "{`\\u0061`: 5}", "5"},
        {"'it''s'", "{}", "`it's`"},
        {"''", "{}", "``"},
        {"0.10", "{}", "0.10"},
        {"-7", "{}", "-7"},
        {"true", "{}", "true"},
        {"[]", "{}", "[]"},
        {"{}", "{}", "{}"},
        {".", "7", "7"},
        {". | text", "7", "`7`"},
        /* or */
        {"a | or b | or 1", "{}", "1"},
        {"a | or b | or 1", "{`b`: false}", "false"},
        {"a | or ''", "{`a`: null}", "``"},
        {"a | or [] | count", "{}", "0"},
        {"a | or 'it''s | b'", "{}", "`it's | b`"},
        /* text */
        {"a | text", "{`a`: true}", "`true`"},
        {"a | text", "{`a`: -0.50}", "`-0.50`"},
        {"a | text", "{`a`: `x\\n`}", "`x\\n`"},
        {"a | text", "{`a`: [1, null, `2`]}", "[`1`,`2`]"},
        {"a | text", "{`a`: ``}", "``"},
        {"a | text", "{`a`: `0123456789012345678901234567890123`}",
         "`0123456789012345678901234567890123`"},
        {"a | text | or ''", "{`a`: null}", "``"},
        {"a | text | or ''", "{`a`: 7}", "`7`"},
        {"a | text", "{`a`: {}}", "!upstream_bad c.s[].a: expected a scalar, found an object"},
        /* number */
        {"a | number", "{`a`: `100.00`}", "100.00"},
        {"a | number", "{`a`: `-0`}", "-0"},
        {"a | number", "{`a`: `0`}", "0"},
        {"a | number", "{`a`: `00`}", "!upstream_bad c.s[].a: expected a number, found '00'"},
        {"a | number", "{`a`: `1.`}", "!upstream_bad c.s[].a: expected a number, found '1.'"},
        {"a | number", "{`a`: `1.2.3`}", "!upstream_bad c.s[].a: expected a number, found '1.2.3'"},
        {"a | number", "{`a`: `1e5`}", "1e5"},
        {"a | number", "{`a`: `+1`}", "!upstream_bad c.s[].a: expected a number, found '+1'"},
        {"a | number", "{`a`: ` 1`}", "!upstream_bad c.s[].a: expected a number, found ' 1'"},
        {"a | number", "{`a`: `NaN`}", "!upstream_bad c.s[].a: expected a number, found 'NaN'"},
        {"a | number", "{`a`: ``}", ""},
        {"a | number", "{`a`: true}", "!upstream_bad c.s[].a: expected a number, found 'true'"},
        {"a | number", "{`a`: [`1`, `2.0`]}", "[1,2.0]"},
        {"a | number", "{`a`: `12345678901234567890.1234567890`}",
         "12345678901234567890.1234567890"},
        {"a | number", "{`a`: `\\u0031.5`}", "1.5"},
        {"a | number", "{`a`: 0.10}", "0.10"},
        {"a | number", "{`a`: `0.1`}", "0.1"},
        {"a | number", "{`a`: `-0.25`}", "-0.25"},
        {"a | number", "{`a`: `1234.567`}", "1234.567"},
        {"a | number", "{`a`: `12345678`}", "12345678"},
        {"a | number", "{`a`: `1234567.8`}", "1234567.8"},
        {"a | number", "{`a`: `.`}", "!upstream_bad c.s[].a: expected a number, found '.'"},
        {"a | number", "{`a`: `.5`}", "!upstream_bad c.s[].a: expected a number, found '.5'"},
        {"a | number", "{`a`: `01.5`}", "!upstream_bad c.s[].a: expected a number, found '01.5'"},
        {"a | number", "{`a`: `1,5`}", "!upstream_bad c.s[].a: expected a number, found '1,5'"},
        {"a | number", "{`a`: `1/5`}", "!upstream_bad c.s[].a: expected a number, found '1/5'"},
        {"a | number", "{`a`: `1:5`}", "!upstream_bad c.s[].a: expected a number, found '1:5'"},
        {"a | number | or 0", "{`a`: ``}", "0"},
        {"a | number | or 0", "{`a`: null}", "0"},
        {"a | number | or 0", "{`a`: `7.0`}", "7.0"},
        {"a | number | or 0", "{`a`: `x`}", "!upstream_bad c.s[].a: expected a number, found 'x'"},
        {"a | number | or 0", "{}", "0"},
        {"a | number | or b", "{`b`: `x`}", "`x`"},
        /* int */
        {"a | int", "{`a`: `12`}", "12"},
        {"a | int", "{`a`: `-12`}", "-12"},
        {"a | int", "{`a`: `-`}", "!upstream_bad c.s[].a: expected a whole number, found '-'"},
        {"a | int", "{`a`: `1-2`}", "!upstream_bad c.s[].a: expected a whole number, found '1-2'"},
        {"a | int", "{`a`: 1.5}", "!upstream_bad c.s[].a: expected a whole number, found '1.5'"},
        {"a | int", "{`a`: `12.0`}",
         "!upstream_bad c.s[].a: expected a whole number, found '12.0'"},
        {"a | int", "{`a`: ``}", ""},
        {"a | int", "{`a`: 0}", "0"},
        {"a | int", "{`a`: `012`}", "!upstream_bad c.s[].a: expected a number, found '012'"},
        {"a | int", "{`a`: `1153000000000000000`}", "1153000000000000000"},
        {"a | int", "{`a`: `1153000000x00000000`}",
         "!upstream_bad c.s[].a: expected a whole number, found '1153000000x00000000'"},
        {"a | int", "{`a`: [`1`, 2]}", "[1,2]"},
        {"a | int | or '-'", "{`a`: ``}", "`-`"},
        /* bool, bit */
        {"a | bool", "{`a`: 0}", "false"},
        {"a | bool", "{`a`: `1`}", "true"},
        {"a | bool", "{`a`: `false`}", "false"},
        {"a | bool", "{`a`: ``}", ""},
        {"a | bool", "{`a`: 2}", "!upstream_bad c.s[].a: expected true or false, found '2'"},
        {"a | bool", "{`a`: {}}", "!upstream_bad c.s[].a: expected true or false, found an object"},
        {"a | bit", "{`a`: false}", "0"},
        {"a | bit", "{`a`: `1`}", "1"},
        {"a | bit", "{`a`: true}", "1"},
        {"a | bit | or 0", "{}", "0"},
        {"a | bit", "{`a`: [true, 0]}", "[1,0]"},
        /* add and times */
        {"a | add 1", "{`a`: 9}", "10"},
        {"a | add 1", "{`a`: `9`}", "`10`"},
        {"a | add -10", "{`a`: 9}", "-1"},
        {"a | add -9", "{`a`: 9}", "0"},
        {"a | add b", "{`a`: 99999999999999999999, `b`: 1}", "100000000000000000000"},
        {"a | add b", "{`a`: 1}", ""},
        {"a | negate", "{`a`: `-6.10`}", "`6.10`"},
        {"a | negate", "{`a`: `6.10`}", "`-6.10`"},
        {"a | negate", "{`a`: 123456789012345678901}", "-123456789012345678901"},
        {"a | negate", "{`a`: `0`}", "`0`"},
        {"a | negate", "{`a`: `0.00`}", "`0.00`"},
        {"a | negate", "{`a`: -0}", "0"},
        {"a | negate", "{`a`: ``}", ""},
        {"a | negate", "{`a`: [1, `-2`]}", "[-1,`2`]"},
        {"a | negate", "{`a`: `1e3`}",
         "!upstream_bad c.s[].a: expected a decimal number, found '1e3'"},
        {"a | negate", "{`a`: {}}",
         "!upstream_bad c.s[].a: expected a decimal number, found an object"},
        {"a | add 1", "{`a`: 1.5}", "!upstream_bad c.s[].a: expected a whole number, found '1.5'"},
        {"a | s_to_ms", "{`a`: 0}", "0"},
        {"a | s_to_ms", "{`a`: -3}", "-3000"},
        {"a | ms_to_s", "{`a`: 999}", "0"},
        {"a | ms_to_s", "{`a`: `1999`}", "`1`"},
        {"a | ms_to_s", "{`a`: -1999}", "-1"},
        {"a | s_to_ms", "{`a`: `x`}", "!upstream_bad c.s[].a: expected a whole number, found 'x'"},
        {"a | s_to_ms", "{`a`: ``}", ""},
        {"a | time_in 'UTC'", "{`a`: `1970-01-01 00:00`}", "0"},
        {"a | time_in 'z'", "{`a`: `1970-1-1T0:00:01`}", "1"},
        {"a | time_in 'GMT-03:30'", "{`a`: `1970/01/01 00:00:00`}", "12600"},
        {"a | time_in '+0545'", "{`a`: `1970/01/01 05:45:00`}", "0"},
        {"a | time_in b", "{`a`: `2024-02-29 23:59:59`, `b`: `utc+14`}", "1709200799"},
        {"a | time_in 'UTC'", "{`a`: `2000-03-01 00:00:00`}", "951868800"},
        {"a | time_in 'UTC'", "{`a`: `1969-12-31 23:59:59`}", "-1"},
        {"a | time_in 'UTC'", "{`a`: ``}", ""},
        {"a | time_in 'UTC'", "{`a`: `2023-02-29 00:00`}",
         "!upstream_bad c.s[].a: expected a time such as 2022-12-30 22:11:00,"
         " found '2023-02-29 00:00'"},
        {"a | time_in 'UTC'", "{`a`: `2023-01-01 24:00`}",
         "!upstream_bad c.s[].a: expected a time such as 2022-12-30 22:11:00,"
         " found '2023-01-01 24:00'"},
        {"a | time_in 'UTC'", "{`a`: 1700000000}",
         "!upstream_bad c.s[].a: expected a time such as 2022-12-30 22:11:00, found '1700000000'"},
        {"a | time_in 'Europe/London'", "{`a`: `2023-01-01 00:00`}",
         "!upstream_bad c.s[].a: expected a time zone such as UTC+8, found 'Europe/London'"},
        {"a | time_in b", "{`a`: `2023-01-01 00:00`}",
         "!upstream_bad c.s[].a: expected a time zone such as UTC+8, found ''"},
        /* lists */
        {"a | join '-'", "{`a`: []}", "``"},
        {"a | join ''", "{`a`: [1, `b`, true]}", "`1btrue`"},
        {"a | join ','", "{`a`: [[1]]}",
         "!upstream_bad c.s[].a: expected a list of scalars, found an array in it"},
        {"a | join ','", "{`a`: `x`}", "!upstream_bad c.s[].a: expected a list, found a string"},
        {"a | split ','", "{`a`: ``}", "[]"},
        {"a | split ', '", "{`a`: `1, 2, `}", "[`1`,`2`,``]"},
        {"a | split 'aa'", "{`a`: `aaaa`}", "[``,``,``]"},
        {"a | first", "{`a`: []}", ""},
        {"a | last", "{`a`: [1, 2]}", "2"},
        {"a | count", "{`a`: []}", "0"},
        {"a | count", "{`a`: 3}", "!upstream_bad c.s[].a: expected a list, found a number"},
        {"a | unique", "{`a`: [1, `1`, 2]}", "[1,2]"},
        {"a | unique", "{`a`: [{}]}",
         "!upstream_bad c.s[].a: expected a list of scalars, found an object in it"},
        {"a | collect b.c", "{`a`: [{`b`: {`c`: 1}}, {}, {`b`: 2}, {`b`: {`c`: 3}}]}", "[1,3]"},
        {"a | collect .", "{`a`: [1, null, 2]}", "[1,2]"},
        {"a | flat", "{`a`: [[1], 2, [], [3, null]]}", "[1,2,3]"},
        {"a | where x b", "{`a`: [{`x`: 1}, {`x`: `2`}], `b`: 2}", "[{`x`: `2`}]"},
        {"a | where x b", "{`a`: [{`x`: 1}, {}]}", "[]"},
        {"a | where . 'y'", "{`a`: [`x`, `y`, `y`]}", "[`y`,`y`]"},
        {"a | where x",
         "{`a`: [{`x`: 0}, {`x`: false}, {}, {`x`: `false`}, {`x`: ``}, {`x`: null}]}",
         "[{`x`: 0},{`x`: ``}]"},
        {"a | without x", "{`a`: [{`x`: 0}, {`x`: false}, {}, {`x`: `false`}]}",
         "[{`x`: false},{},{`x`: `false`}]"},
        {"a | without x b", "{`a`: [{`x`: 1}, {`x`: `2`}, {}], `b`: 2}", "[{`x`: 1},{}]"},
        {"a | without x b", "{`a`: [{`x`: 1}]}", "[{`x`: 1}]"},
        {"a | without x", "{`a`: 1}", "!upstream_bad c.s[].a: expected a list, found a number"},
        {"a | plus b", "{`a`: [1], `b`: [2, null, 3]}", "[1,2,3]"},
        {"a | plus b", "{`a`: [1, null]}", "[1, null]"},
        {"a | plus b", "{`b`: [2]}", "[2]"},
        {"a | plus b", "{`b`: 2}", "[2]"},
        {"a | plus b", "{`a`: [], `b`: {`x`: 1}}", "[{`x`: 1}]"},
        {"a | plus b", "{}", ""},
        {"a | plus b", "{`a`: 1, `b`: [2]}",
         "!upstream_bad c.s[].a: expected a list, found a number"},
        {"a | plus b", "{`a`: 1}", "!upstream_bad c.s[].a: expected a list, found a number"},
        {"a | chunk 2", "{`a`: [1, null, 2, 3]}", "[[1,2],[3]]"},
        {"a | chunk 2", "{`a`: [[1], {}]}", "[[[1],{}]]"},
        {"a | chunk 9999", "{`a`: [1]}", "[[1]]"},
        {"a | chunk 1 | flat", "{`a`: [1, 2]}", "[1,2]"},
        {"a | chunk 2", "{`a`: []}", "[]"},
        {"a | chunk 2", "{`a`: 1}", "!upstream_bad c.s[].a: expected a list, found a number"},
        {"a | find x 2 y.z", "{`a`: [{`x`: 1}, {`x`: 2, `y`: {`z`: 9}}]}", "9"},
        {"a | find x 3 y", "{`a`: [{`x`: 1}]}", ""},
        /* sum */
        {"a | sum", "{`a`: []}", "0"},
        {"a | sum", "{`a`: [`0.1`, `0.2`]}", "0.3"},
        {"a | sum", "{`a`: [0.1, null, ``, `-0.30`]}", "-0.20"},
        {"a | sum", "{`a`: [99999999999999999999999999.99, 0.01]}",
         "100000000000000000000000000.00"},
        {"a | sum", "{`a`: [`1e3`]}",
         "!upstream_bad c.s[].a: expected a decimal number, found '1e3'"},
        {"a | sum | text", "{`a`: [1, 1]}", "`2`"},
        /* comparisons */
        {"a | is b", "{`a`: 1, `b`: `1`}", "true"},
        {"a | is b", "{`a`: 1}", "false"},
        {"a | is ''", "{`a`: ``}", "true"},
        {"a | is 'x'", "{}", ""},
        {"a | is_not 'x'", "{}", ""},
        {"a | one_of 1 2 3", "{`a`: `3`}", "true"},
        {"a | one_of 1 2 3", "{`a`: 4}", "false"},
        {"a | has", "{`a`: false}", "true"},
        {"a | not", "{`a`: `false`}", "true"},
        {"a | not", "{`a`: 0}", "false"},
        {"a | has | not", "{}", "true"},
        {"a | if b", "{`a`: 1, `b`: true}", "1"},
        {"a | if b", "{`a`: 1, `b`: `false`}", ""},
        {"a | if b", "{`a`: 1}", ""},
        {"a | if b 2", "{`a`: [1, 2], `b`: `2`}", "[1, 2]"},
        {"a | if b 'x' 'y'", "{`a`: 1, `b`: `y`}", "1"},
        {"a | if b 'x' c", "{`a`: 1, `b`: `z`, `c`: `z`}", "1"},
        {"a | if b 'x' c", "{`a`: 1, `b`: `z`}", ""},
        {"a | if b c", "{`a`: 1}", ""},
        {"'k' | if b 1 | or 'else'", "{`b`: 2}", "`else`"},
        {"'k' | if b 1 | or 'else'", "{`b`: 1}", "`k`"},
        {"a | unless b", "{`a`: 1, `b`: false}", "1"},
        {"a | unless b", "{`a`: 1, `b`: 0}", ""},
        {"a | unless b 1 2", "{`a`: 1, `b`: 2}", ""},
        {"a | unless b 1 2", "{`a`: 1}", "1"},
        /* letters */
        {"a | upper", "{`a`: `aZ\\u00e9 1`}", "`AZ\xc3\xa9 1`"},
        {"a | lower", "{`a`: `AZ`}", "`az`"},
        {"a | upper", "{`a`: [`a`, `b`]}", "[`A`,`B`]"},
        {"a | prefix b", "{`a`: `x`, `b`: 7}", "`7x`"},
        {"a | prefix b", "{`a`: `x`}", "!upstream_bad c.s[].a: expected two texts to put together"},
        {"a | suffix b", "{`a`: `x`, `b`: 7}", "`x7`"},
        {"a | suffix b", "{`a`: `x`}", "!upstream_bad c.s[].a: expected two texts to put together"},
        {"a | trim", "{`a`: ` \\t\\r\\n`}", "``"},
        {"a | trim", "{`a`: `\u00a0x y\\n`}", "`\xc2\xa0x y`"},
        {"a | trim", "{`a`: [`a `, 7]}", "[`a`,7]"},
        {"a | trim", "{`a`: {}}", "!upstream_bad c.s[].a: expected a text, found an object"},
        {"a | clean_name", "{`a`: `._ (1) a..b c.PDF`}", "`1)_a__b_c.PDF`"},
        {"a | clean_name", "{`a`: `.pdf`}", "`upload.pdf`"},
        {"a | clean_name", "{`a`: `--.pdf`}", "`upload.pdf`"},
        {"a | clean_name", "{`a`: `scan`}", "`scan`"},
        {"a | clean_name", "{`a`: `a.b..`}", "`a.b`"},
        {"a | clean_name", "{`a`: `...`}", "`upload`"},
        {"a | clean_name", "{`a`: 7}", "`7`"},
        {"a | clean_name", "{`a`: `\u00e9 t.mp4`}", "`\xc3\xa9_t.mp4`"},
        {"a | clean_name", "{`a`: ``}", "`upload`"},
        {"a | clean_name", "{`a`: []}", "[]"},
        {"a | filled", "{`a`: ``}", ""},
        {"a | filled", "{`a`: [``, ` `, 0, false]}", "[` `,0,false]"},
        {"a | known state", "{`a`: `OPEN`}", "true"},
        {"a | known state", "{`a`: `NEVER SEEN`}", "false"},
        {"a | known state", "{}", "false"},
        {"a | known state", "{`a`: {}}", "false"},
        /* rounding */
        {"a | round 2", "{`a`: `1.005`}", "`1.01`"},
        {"a | round 2", "{`a`: 1.0049999999999999999999}", "1.00"},
        {"a | round 0", "{`a`: `99.5`}", "`100`"},
        {"a | round 0", "{`a`: `-0.4`}", "`0`"},
        {"a | round 0", "{`a`: `-0.5`}", "`-1`"},
        {"a | round 3", "{`a`: 12}", "12.000"},
        {"a | thousandth 2", "{`a`: `500`}", "`0.50`"},
        {"a | thousandth 2", "{`a`: `4.9999`}", "`0.00`"},
        {"a | thousandth 2", "{`a`: `5`}", "`0.01`"},
        {"a | thousandth 0", "{`a`: `-1499.9`}", "`-1`"},
        {"a | thousandth 2", "{`a`: `99995`}", "`100.00`"},
        {"a | thousandth 3", "{`a`: 12345678901234567890.5}", "12345678901234567.891"},
        {"a | thousandth 2", "{`a`: ``}", ""},
        {"a | round 1", "{`a`: `12345678901234567890.95`}", "`12345678901234567891.0`"},
        {"a | round 1", "{`a`: ``}", ""},
        {"a | round 1", "{`a`: `x`}",
         "!upstream_bad c.s[].a: expected a decimal number, found 'x'"},
        /* JSON in texts */
        {"a | parse", "{`a`: ``}", ""},
        {"a | parse | collect id", "{`a`: `[{\\`id\\`: 1.0}]`}", "[1.0]"},
        {"a | parse", "{`a`: `{`}",
         "!upstream_bad c.s[].a: expected a text that holds JSON: expected a key at byte 1"},
        {"a | parse", "{`a`: 1}",
         "!upstream_bad c.s[].a: expected a text that holds JSON, found a number"},
        {"a | json", "{`a`: { `x`: 1.0 }}", "`{ \\`x\\`: 1.0 }`"},
        {"a | json", "{`a`: `t`}", "`\\`t\\``"},
        {"a | text | json", "{`a`: [1]}", "`[\\`1\\`]`"},
        /* enums, towards the app */
        {"a | enum state", "{`a`: `CLOSED`}", "2"},
        {"a | enum state", "{`a`: `NEVER SEEN`}", "0"},
        {"a | enum state", "{`a`: [`OPEN`, `CLOSED`]}", "[1,2]"},
    };
    log_set_level(LOG_OFF);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_expression(rows[i].expression, rows[i].sample, rows[i].gives);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_reference),
        cmocka_unit_test(the_reference_has_all_words),
        cmocka_unit_test(corners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
