/*
 * accept: every type in every form that loses nothing, and every refusal, with its words.
 */
#include "play.h"

/* A table that takes one field `f` of a type and replies with it. */
static void check_field(const char *type, const char *request, const char *expected)
{
    char *table = NULL;
    assert_true(asprintf(&table,
                         "{ `legacy`: `POST /old/x`, `about`: `One field.`, `uses`: `desk`,"
                         " `accept`: { %s }, `reply`: { `f`: `f` } }",
                         type) > 0);
    struct row row = {request, request, {NULL}, NULL, expected};
    play_rows(table, &row, 1);
    free(table);
}

struct field_row {
    const char *type, *request, *reply;
};

static void check_rows(const struct field_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_field(rows[i].type, rows[i].request, rows[i].reply);
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void scalars(void **state)
{
    (void)state;
    static const struct field_row rows[] = {
        /* id: text of digits as sent */
        {"`f`: `id`", "{`f`: `0012`}", "{`f`:`0012`}"},
        {"`f`: `id`", "{`f`: 576461302937453663123}", "{`f`:`576461302937453663123`}"},
        {"`f`: `id`", "?f=12", "{`f`:`12`}"},
        {"`f`: `id`", "{`f`: 1.5}", "parameter f: f must be a text or a whole number, not '1.5'"},
        {"`f`: `id`", "{`f`: 576461302937453663.0}",
         "parameter f: f must be a text or a whole number, not '576461302937453663.0'"},
        {"`f`: `id`", "{`f`: true}",
         "parameter f: f must be a text or a whole number, not a boolean"},
        {"`f`: `id`", "{`f`: ``}",
         "parameter f: f is missing; it must be a text or a whole number"},
        {"`f`: `id?`", "{`f`: ``}", "{}"},
        /* int: number, digits untouched */
        {"`f`: `int`", "{`f`: 7}", "{`f`:7}"},
        {"`f`: `int`", "{`f`: `7`}", "{`f`:7}"},
        {"`f`: `int`", "?f=-7", "{`f`:-7}"},
        {"`f`: `int`", "{`f`: 99999999999999999999}", "{`f`:99999999999999999999}"},
        {"`f`: `int`", "{`f`: 7.0}", "{`f`:7}"},
        {"`f`: `int`", "{`f`: `-7.00`}", "{`f`:-7}"},
        {"`f`: `int`", "{`f`: 99999999999999999999.0}", "{`f`:99999999999999999999}"},
        {"`f`: `int in 1..50`", "?f=50.0", "{`f`:50}"},
        {"`f`: `int in 1..50`", "{`f`: 51.0}", "parameter f: f must be from 1 to 50"},
        {"`f`: `int`", "{`f`: 7.01}", "parameter f: f must be a whole number, not '7.01'"},
        {"`f`: `int`", "{`f`: `7.`}", "parameter f: f must be a whole number, not '7.'"},
        {"`f`: `int`", "{`f`: `.0`}", "parameter f: f must be a whole number, not '.0'"},
        {"`f`: `int`", "{`f`: `x.0`}", "parameter f: f must be a whole number, not 'x.0'"},
        {"`f`: `int`", "{`f`: 7e0}", "parameter f: f must be a whole number, not '7e0'"},
        {"`f`: `int`", "{`f`: `07`}", "parameter f: f must be a whole number, not '07'"},
        {"`f`: `int`", "{`f`: `+7`}", "parameter f: f must be a whole number, not '+7'"},
        {"`f`: `int`", "{`f`: []}", "parameter f: f must be a whole number, not an array"},
        {"`f`: `int`", "{`f`: null}", "parameter f: f is missing; it must be a whole number"},
        {"`f`: `int`", "", "parameter f: f is missing; it must be a whole number"},
        {"`f`: `int?`", "{`f`: null}", "{}"},
        {"`f`: `int = 3`", "{}", "{`f`:3}"},
        {"`f`: `int = 3`", "?f=", "{`f`:3}"},
        {"`f`: `int in 1..50`", "{`f`: 50}", "{`f`:50}"},
        {"`f`: `int in 1..50`", "{`f`: 51}", "parameter f: f must be from 1 to 50"},
        {"`f`: `int in 1..50`", "{`f`: `0`}", "parameter f: f must be from 1 to 50"},
        {"`f`: `int in 1..50`", "{`f`: 99999999999999999999}",
         "parameter f: f must be from 1 to 50"},
        {"`f`: `int in 1..`", "{`f`: 0}", "parameter f: f must be at least 1"},
        {"`f`: `int in ..-1`", "{`f`: 0}", "parameter f: f must be at most -1"},
        {"`f`: `int in 1 2 4`", "{`f`: `2`}", "{`f`:2}"},
        {"`f`: `int in 1 2 4`", "{`f`: 3}", "parameter f: f must be one of 1, 2, 4"},
        {"`f`: `int = 2 in 1..3`", "{}", "{`f`:2}"},
        /* time */
        {"`f`: `time`", "{`f`: `1700000000`}", "{`f`:1700000000}"},
        {"`f`: `time`", "{`f`: 1700000000.0}", "{`f`:1700000000}"},
        {"`f`: `time`", "{`f`: 1700000000.5}",
         "parameter f: f must be a time in whole seconds, not '1700000000.5'"},
        {"`f`: `time?`", "{`f`: `now`}",
         "parameter f: f must be a time in whole seconds, not 'now'"},
        /* decimal: text, digits untouched */
        {"`f`: `decimal`", "{`f`: 0.10}", "{`f`:`0.10`}"},
        {"`f`: `decimal`", "{`f`: `12`}", "{`f`:`12`}"},
        {"`f`: `decimal`", "{`f`: 1e5}", "parameter f: f must be a decimal number, not '1e5'"},
        {"`f`: `decimal`", "{`f`: `1,5`}", "parameter f: f must be a decimal number, not '1,5'"},
        {"`f`: `decimal = 0.50`", "{}", "{`f`:`0.50`}"},
        /* text */
        {"`f`: `text`", "{`f`: `a\\n\\u00e9`}", "{`f`:`a\\n\\u00e9`}"},
        {"`f`: `text`", "{`f`: 1.50}", "{`f`:`1.50`}"},
        {"`f`: `text`", "{`f`: ``}", "{`f`:``}"},
        {"`f`: `text`", "?f=a%20b%22", "{`f`:`a b\\``}"},
        {"`f`: `text`", "{`f`: false}", "parameter f: f must be a text or a number, not a boolean"},
        {"`f`: `text = DESC in ASC DESC`", "{}", "{`f`:`DESC`}"},
        {"`f`: `text in ASC 'TO BE'`", "{`f`: `TO BE`}", "{`f`:`TO BE`}"},
        {"`f`: `text in ASC DESC`", "{`f`: `asc`}", "parameter f: f must be one of ASC, DESC"},
        {"`f`: `text = ''`", "{}", "{`f`:``}"},
        /* bool */
        {"`f`: `bool`", "{`f`: true}", "{`f`:true}"},
        {"`f`: `bool`", "{`f`: `false`}", "{`f`:false}"},
        {"`f`: `bool`", "{`f`: 1}", "{`f`:true}"},
        {"`f`: `bool`", "?f=0", "{`f`:false}"},
        {"`f`: `bool`", "?f=True", "{`f`:true}"},
        {"`f`: `bool`", "{`f`: `FALSE`}", "{`f`:false}"},
        {"`f`: `bool`", "{`f`: 2}", "parameter f: f must be true or false, not '2'"},
        {"`f`: `bool`", "{`f`: `yes`}", "parameter f: f must be true or false, not 'yes'"},
        {"`f`: `bool = true`", "{}", "{`f`:true}"},
        /* any */
        {"`f`: `any`", "{`f`: [ 1 ]}", "{`f`:[ 1 ]}"},
        {"`f`: `any`", "?f=x", "{`f`:`x`}"},
        {"`f`: `any?`", "{}", "{}"},
    };
    CHECK(rows);
}

static void lists_and_objects(void **state)
{
    (void)state;
    static const struct field_row rows[] = {
        {"`f`: `list`", "{`f`: [1, {}]}", "{`f`:[1, {}]}"},
        {"`f`: `list`", "?f=a,b,c", "{`f`:[`a`,`b`,`c`]}"},
        {"`f`: `list`", "?f=[1,%222%22]", "{`f`:[1,`2`]}"},
        {"`f`: `list`", "?f=[1", "parameter f: f must be a list, not '[1'"},
        {"`f`: `list`", "{`f`: `a,b`}", "parameter f: f must be a list, not 'a,b'"},
        {"`f`: `list`", "{`f`: {}}", "parameter f: f must be a list, not an object"},
        {"`f`: `list in 1..2`", "{`f`: []}", "parameter f: f must hold 1 to 2 elements, not 0"},
        {"`f`: `list in 1..2`", "{`f`: [1, 2, 3]}",
         "parameter f: f must hold 1 to 2 elements, not 3"},
        {"`f`: `list in 1..2`", "?f=a,b,c", "parameter f: f must hold 1 to 2 elements, not 3"},
        {"`f`: `list = []`", "{}", "{`f`:[]}"},
        {"`f`: [`id`]", "{`f`: [1, `2`, null]}", "{`f`:[`1`,`2`]}"},
        {"`f`: [`id`]", "{`f`: [``, `2`]}", "{`f`:[`2`]}"},
        {"`f`: [`text`]", "{`f`: [``, `2`]}", "{`f`:[``,`2`]}"},
        {"`f`: [`id`, `in 1..`]", "{`f`: [null, ``]}",
         "parameter f: f must hold 1 element or more, not 0"},
        {"`f`: [`id`]", "?f=1,2", "{`f`:[`1`,`2`]}"},
        {"`f`: [`id`, `in 1..2`]", "?f=1,,2", "{`f`:[`1`,`2`]}"},
        {"`f`: [`id`, `in 1..2`]", "?f=,", "parameter f: f must hold 1 to 2 elements, not 0"},
        {"`f`: [`id`]", "?f=[1,2]", "{`f`:[`1`,`2`]}"},
        {"`f`: [`id`]", "?f=1&f=2&f=3", "{`f`:[`1`,`2`,`3`]}"},
        {"`f`: [`id`]", "?f=1,2&f=3", "{`f`:[`1`,`2`,`3`]}"},
        {"`f`: [`id`]", "?f[]=1&f[]=2", "{`f`:[`1`,`2`]}"},
        {"`f`: [`id`]", "?f%5B0%5D=1&f%5B1%5D=2", "{`f`:[`1`,`2`]}"},
        {"`f`: [`id`]", "?f[]=7", "{`f`:[`7`]}"},
        {"`f`: `list`", "?f[]=a&f[]=b", "{`f`:[`a`,`b`]}"},
        {"`f`: [`id`, `in 1..2`]", "?f[]=1&f[]=2&f[]=3",
         "parameter f: f must hold 1 to 2 elements, not 3"},
        {"`f`: [`id`]", "?f[x]=1", "parameter f: f is missing; it must be a list"},
        {"`f`: [`id`]", "?f[=1", "parameter f: f is missing; it must be a list"},
        {"`f`: [`id`]", "?f[]=1 {`f`: [2]}", "{`f`:[`2`]}"},
        {"`f`: `id`", "?f[]=1", "parameter f: f is missing; it must be a text or a whole number"},
        {"`f`: [`int`]", "?f=1,x", "parameter f[1]: f[1] must be a whole number, not 'x'"},
        {"`f`: [`int`, `in 1..2`]", "{`f`: [1, 2, 3]}",
         "parameter f: f must hold 1 to 2 elements, not 3"},
        {"`f`: [`id`]", "{`f`: [[1]]}",
         "parameter f[0]: f[0] must be a text or a whole number, not an array"},
        {"`f`: `object`", "{`f`: { `a`: 1 }}", "{`f`:{ `a`: 1 }}"},
        {"`f`: `object`", "?f={%22a%22:1}", "{`f`:{`a`:1}}"},
        {"`f`: `object`", "{`f`: []}", "parameter f: f must be an object, not an array"},
        {"`f`: { `a`: `id`, `b`: `int = 2`, `c`: `text?` }", "{`f`: {`a`: 1}}",
         "{`f`:{`a`:`1`,`b`:2}}"},
        {"`f`: { `a`: `id` }", "{`f`: {`a`: 1, `x`: 2}}", "{`f`:{`a`:`1`}}"},
        {"`f`: { `a`: `id` }", "?f={%22a%22:1}", "{`f`:{`a`:`1`}}"},
        {"`f`: { `a`: `id` }", "{`f`: {}}",
         "parameter f.a: f.a is missing; it must be a text or a whole number"},
        {"`f`: { `a`: `id` }", "{}", "parameter f: f is missing; it must be an object"},
        {"`f?`: { `a`: `id` }", "{}", "{}"},
        {"`f`: [ { `id`: `id`, `price`: `decimal`, `at?`: { `w`: `time` } } ]",
         "{`f`: [{`id`: 1, `price`: 0.10}, {`id`: `2`, `price`: `3`, `at`: {`w`: `5`}}]}",
         "{`f`:[{`id`:`1`,`price`:`0.10`},{`id`:`2`,`price`:`3`,`at`:{`w`:5}}]}"},
        {"`f`: [ { `id`: `id`, `price`: `decimal` } ]", "{`f`: [{`id`: 1, `price`: 1}, {`id`: 2}]}",
         "parameter f[1].price: f[1].price is missing; it must be a decimal number"},
        {"`f`: [ { `id`: `id` } ]", "{`f`: [7]}",
         "parameter f[0]: f[0] must be an object, not '7'"},
        {"`f`: [ [ `int in 1..2` ] ]", "{`f`: [[1], [2, 3]]}",
         "parameter f[1][1]: f[1][1] must be from 1 to 2"},
        {"`f`: [ { `d`: `any`, `l`: `list?` } ]", "{`f`: [{`d`: {`x`: 1}, `l`: [1]}]}",
         "{`f`:[{`d`:{`x`: 1},`l`:[1]}]}"},
    };
    CHECK(rows);
}

static void body_and_query(void **state)
{
    (void)state;
    static const struct field_row rows[] = {
        {"`f`: `int`", "?f=1 {`f`: 2}", "{`f`:2}"},
        {"`f`: `int`", "?f=1 {`f`: null}", "{`f`:1}"},
        {"`f`: `int`", "?f=1&f=1", "{`f`:1}"},
        {"`f`: `int`", "?f=1&f=2", "parameter f: f is there twice, with two values"},
        {"`f`: `int`", "?f=1&f=2 {`f`: 3}", "{`f`:3}"},
        {"`f`: `int`", "{`f`: 1, `f`: 2}", "{`f`:2}"},
        {"`f`: `int`", "{`\\u0066`: 1}", "{`f`:1}"},
        {"`f`: `int`", "[1]", "body : the body must be a JSON object, not an array"},
        {"`f`: `int?`", "null", "{}"},
        {"`f`: `int?`", "``", "body : the body must be a JSON object, not a string"},
    };
    CHECK(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars),
        cmocka_unit_test(lists_and_objects),
        cmocka_unit_test(body_and_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
