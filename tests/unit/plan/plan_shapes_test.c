/*
 * Shapes: objects, lists, each, group, choose, scopes, and what is left out.
 */
#include "play.h"

/* A table whose reply is `shape`, over the answer of one call `c` and the field `f`. */
static void check_shape(const char *shape, const char *answer, const char *expected)
{
    char *table = NULL;
    assert_true(asprintf(&table,
                         "{ `legacy`: `POST /old/x`, `about`: `One shape.`, `uses`: `desk`,"
                         " `accept`: { `f`: `any?` },"
                         " `calls`: { `c`: { `send`: `POST /new/x`, `body`: { `f`: `f` } } },"
                         " `reply`: %s }",
                         shape) > 0);
    struct row row = {shape, "{`f`: `F`}", {answer, NULL}, "POST /new/x {`f`:`F`}\n", expected};
    play_rows(table, &row, 1);
    free(table);
}

struct shape_row {
    const char *shape, *answer, *reply;
};

static void check_rows(const struct shape_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_shape(rows[i].shape, rows[i].answer, rows[i].reply);
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void objects_and_absence(void **state)
{
    (void)state;
    static const struct shape_row rows[] = {
        {"{ `a`: `c.x` }", "{`x`: 1}", "{`a`:1}"},
        {"{ `a`: `c.x` }", "{`x`: null}", "{}"},
        {"{ `a`: `c.x` }", "{}", "{}"},
        {"{ `a`: `c.x` }", "null", "{}"},
        {"{ `a`: 1, `b`: true, `c`: null, `d`: `'t'`, `e`: `0.50`, `g`: -3 }", "{}",
         "{`a`:1,`b`:true,`c`:null,`d`:`t`,`e`:0.50,`g`:-3}"},
        /* an object lives by what it reads */
        {"{ `o`: { `k`: 1, `a`: `c.x` } }", "{`x`: 2}", "{`o`:{`k`:1,`a`:2}}"},
        {"{ `o`: { `k`: 1, `a`: `c.x` } }", "{}", "{}"},
        {"{ `o`: { `k`: 1 } }", "{}", "{`o`:{`k`:1}}"},
        {"{ `o`: {} }", "{}", "{`o`:{}}"},
        {"{ `o`: { `p`: { `k`: 1 }, `a`: `c.x` } }", "{}", "{}"},
        {"{ `o`: { `p`: { `a`: `c.x` }, `k`: 1 } }", "{`x`: 0}", "{`o`:{`p`:{`a`:0},`k`:1}}"},
        {"{ `o`: { `p`: { `a`: `c.x | or ''` } } }", "{}", "{`o`:{`p`:{`a`:``}}}"},
        {"{ `b`: 1, `o`: { `a`: `c.x` }, `d`: 2 }", "{}", "{`b`:1,`d`:2}"},
        {"{ `o`: { `a`: `c.x` }, `d`: `c.y` }", "{`y`: 2}", "{`d`:2}"},
        /* lists that are written out */
        {"{ `l`: [ `c.x`, 2, `c.y` ] }", "{`y`: 3}", "{`l`:[2,3]}"},
        {"{ `l`: [ `c.x` ] }", "{}", "{}"},
        {"{ `l`: [ 1, `c.x` ] }", "{}", "{}"},
        {"{ `l`: [] }", "{}", "{`l`:[]}"},
        {"{ `l`: [ 1 ] }", "{}", "{`l`:[1]}"},
        {"{ `l`: [ { `a`: `c.x` }, { `a`: `c.y` } ] }", "{`y`: 1}", "{`l`:[{`a`:1}]}"},
        /* members that are called as what they read */
        {"{ `=`: [ `c.x`, `/c.o.y | or 7`, `c.z` ], `k`: `c.x` }", "{`x`: 1, `o`: {`y`: [2]}}",
         "{`x`:1,`y`:[2],`k`:1}"},
        {"{ `o`: { `k`: 1, `=`: [ `c.x` ] } }", "{}", "{}"},
        {"{ `l`: { `each`: `c.l`, `make`: { `=`: [ `a`, `^c.b|text` ] } } }",
         "{`l`: [{`a`: 1}], `b`: 2}", "{`l`:[{`a`:1,`b`:`2`}]}"},
        {"{ `=c.`: [ `x`, { `z`: `o.y`, `w`: `x | text` } ], `= /c.o. | or 7 | text`: { `v`: `n` } "
         "}",
         "{`x`: 1, `o`: {`y`: 2}}", "{`x`:1,`z`:2,`w`:`1`,`v`:`7`}"},
        {"{ `= | or 0`: [ `c.x`, `c.y | or c.z`, { `u`: `'a' | if c.x` } ], `=`: [ `c.o` ] }",
         "{`z`: 5, `o`: {}}", "{`x`:0,`y`:5,`u`:0,`o`:{}}"},
        {"{ `l`: { `each`: `c.l`, `make`: { `= ^c.`: [ `b` ], `= ^`: [ `f` ] } } }",
         "{`l`: [1], `b`: 2}", "{`l`:[{`b`:2,`f`:`F`}]}"},
        /* names that must be escaped */
        {"{ `q\\``: `c.x`, `\\u00e9`: 1 }", "{`x`: 1}", "{`q\\``:1,`\xc3\xa9`:1}"},
    };
    CHECK(rows);
}

static void each(void **state)
{
    (void)state;
    static const struct shape_row rows[] = {
        {"{ `l`: { `each`: `c.l`, `make`: { `a`: `x` } } }", "{`l`: [{`x`: 1}, {`x`: 2}]}",
         "{`l`:[{`a`:1},{`a`:2}]}"},
        {"{ `l`: { `each`: `c.l`, `make`: `x` } }", "{`l`: [{`x`: 1}, {}, {`x`: 2}]}",
         "{`l`:[1,2]}"},
        {"{ `l`: { `each`: `c.l`, `make`: `.` } }", "{`l`: [1, null, [2]]}", "{`l`:[1,[2]]}"},
        {"{ `l`: { `each`: `c.l`, `make`: { `a`: `x` } } }", "{`l`: []}", "{`l`:[]}"},
        {"{ `l`: { `each`: `c.l`, `make`: { `a`: `x` } } }", "{}", "{}"},
        {"{ `l`: { `each`: `c.l | or []`, `make`: { `a`: `x` } } }", "{}", "{`l`:[]}"},
        {"{ `l`: { `each`: `c.l`, `make`: { `k`: 1, `a`: `x` } } }", "{`l`: [{}, {`x`: 1}]}",
         "{`l`:[{`k`:1,`a`:1}]}"},
        {"{ `l`: { `each`: `c.l`, `make`: { `a`: `x` } } }", "{`l`: 5}",
         "upstream_bad c.l: expected a list, found a number"},
        {"{ `l`: { `each`: `c.l`, `where`: `ok`, `make`: `x` } }",
         "{`l`: [{`x`: 1, `ok`: true}, {`x`: 2, `ok`: false}, {`x`: 3}, {`x`: 4, `ok`: 0}]}",
         "{`l`:[1,4]}"},
        {"{ `l`: { `each`: `c.l`, `where`: [`ok`, `x | is_not 4`], `make`: `x` } }",
         "{`l`: [{`x`: 1, `ok`: true}, {`x`: 4, `ok`: true}]}", "{`l`:[1]}"},
        {"{ `l`: { `each`: `c.s | split ','`, `make`: { `v`: `.` } } }", "{`s`: `a,b`}",
         "{`l`:[{`v`:`a`},{`v`:`b`}]}"},
        /* several lists, one after the other */
        {"{ `l`: { `each`: [`c.l`, `c.m`], `make`: { `a`: `x`, `b`: `y` } } }",
         "{`l`: [{`x`: 1, `y`: 5}], `m`: [{`y`: 2}, {`x`: 3}]}",
         "{`l`:[{`a`:1,`b`:5},{`b`:2},{`a`:3}]}"},
        {"{ `l`: { `each`: [`c.l`, `c.m`, `c.n`], `where`: `. | is_not 2`, `make`: `.` } }",
         "{`l`: [1, 2], `n`: [2, 3]}", "{`l`:[1,3]}"},
        {"{ `l`: { `each`: [`c.l`, `c.m`], `make`: `.` } }", "{`m`: []}", "{`l`:[]}"},
        {"{ `l`: { `each`: [`c.l`, `c.m`], `make`: `.` }, `k`: 1 }", "{}", "{`k`:1}"},
        {"{ `l`: { `each`: [`c.l`, `c.m`], `make`: `.` } }", "{`l`: [1], `m`: 2}",
         "upstream_bad c.m: expected a list, found a number"},
        {"{ `l`: { `each`: [`c.l`, `c.m`], `make`: { `each`: [`.`, `/c.l | flat`],"
         " `make`: `. | text` } } }",
         "{`l`: [[1], [2]], `m`: [[3]]}", "{`l`:[[`1`,`1`,`2`],[`2`,`1`,`2`],[`3`,`1`,`2`]]}"},
        /* scopes */
        {"{ `l`: { `each`: `c.l`, `make`: { `i`: `id`, `f`: `/f`, `t`: `/c.t`,"
         " `m`: { `each`: `m`, `make`: { `i`: `id`, `p`: `^id`, `t`: `^^c.t`, `o`: `^` } } } } }",
         "{`t`: 9, `l`: [{`id`: 1, `m`: [{`id`: 2}]}, {`id`: 3, `m`: [4]}]}",
         "{`l`:[{`i`:1,`f`:`F`,`t`:9,`m`:[{`i`:2,`p`:1,`t`:9,`o`:{`id`: 1, `m`: [{`id`: 2}]}}]},"
         "{`i`:3,`f`:`F`,`t`:9,`m`:[{`p`:3,`t`:9,`o`:{`id`: 3, `m`: [4]}}]}]}"},
        /* what one element has, the next does not inherit */
        {"{ `l`: { `each`: `c.l`, `make`: { `i`: `id`, `d`: `o.d`, `e`: `o.p.e` } } }",
         "{`l`: [{`id`: 1, `o`: {`d`: 2, `p`: {`e`: 3}}}, {`id`: 4}, {`id`: 5, `o`: {}}]}",
         "{`l`:[{`i`:1,`d`:2,`e`:3},{`i`:4},{`i`:5}]}"},
    };
    CHECK(rows);
}

static void group(void **state)
{
    (void)state;
    static const struct shape_row rows[] = {
        {"{ `g`: { `group`: `c.l`, `by`: `k`, `make`: { `k`: `k`, `n`: `* | count | int`,"
         " `s`: `* | collect v | sum`, `first`: `v` } } }",
         "{`l`: [{`k`: `a`, `v`: 1.5}, {`k`: `b`, `v`: 2}, {`k`: `a`, `v`: `0.25`}]}",
         "{`g`:[{`k`:`a`,`n`:2,`s`:1.75,`first`:1.5},{`k`:`b`,`n`:1,`s`:2,`first`:2}]}"},
        {"{ `g`: { `group`: `c.l`, `by`: [`k`, `j`], `make`: { `n`: `* | count` } } }",
         "{`l`: [{`k`: `a`, `j`: `bc`}, {`k`: `ab`, `j`: `c`}, {`k`: `a`}, {`j`: `a`},"
         " {`k`: `a`}]}",
         "{`g`:[{`n`:1},{`n`:1},{`n`:2},{`n`:1}]}"},
        {"{ `g`: { `group`: `c.l`, `by`: `k | lower`, `where`: `v`, `make`: `* | collect v` } }",
         "{`l`: [{`k`: `A`, `v`: 1}, {`k`: `a`, `v`: 2}, {`k`: `a`, `v`: false}]}",
         "{`g`:[[1,2]]}"},
        {"{ `g`: { `group`: `c.l`, `by`: `.`, `make`: `.` } }", "{`l`: [1, 2, 1]}", "{`g`:[1,2]}"},
        {"{ `g`: { `group`: `c.l`, `by`: `.`, `make`: `.` } }", "{`l`: []}", "{`g`:[]}"},
        {"{ `g`: { `group`: `c.l`, `by`: `.`, `make`: `.` } }", "{}", "{}"},
        {"{ `g`: { `group`: [`c.l`, `c.m | where v 4`], `by`: `k`, `make`: { `k`: `k`,"
         " `s`: `* | collect v | sum`, `w`: `v` } } }",
         "{`l`: [{`k`: 1, `v`: 1}, {`k`: 2, `v`: 2}, {`k`: 1, `v`: 3}],"
         " `m`: [{`k`: 3, `v`: 4}, {`k`: 2, `v`: 4}, {`k`: 5, `v`: 5}]}",
         "{`g`:[{`k`:1,`s`:4,`w`:1},{`k`:2,`s`:6,`w`:2},{`k`:3,`s`:4,`w`:4}]}"},
        {"{ `g`: { `group`: [`c.l`, `c.m`], `by`: `.`, `make`: `.` } }", "{`m`: [1, 1]}",
         "{`g`:[1]}"},
        {"{ `g`: { `group`: [`c.l`, `c.m`], `by`: `.`, `make`: `.` } }", "{}", "{}"},
        {"{ `g`: { `group`: `c.l`, `by`: `k`, `make`: { `m`: { `each`: `*`, `make`:"
         " { `v`: `v`, `k`: `^k` } } } } }",
         "{`l`: [{`k`: 1, `v`: 1}, {`k`: 1, `v`: 2}]}",
         "{`g`:[{`m`:[{`v`:1,`k`:1},{`v`:2,`k`:1}]}]}"},
    };
    CHECK(rows);
}

static void choose(void **state)
{
    (void)state;
    static const char *const two =
        "{ `x`: { `choose`: [ { `when`: `c.a`, `make`: `c.a` },"
        " { `when`: [`c.b`, `c.d | is 1`], `make`: { `b`: `c.b` } } ] } }";
    static const char *const last = "{ `x`: { `choose`: [ { `when`: `c.a | is 1`, `make`: 7 },"
                                    " { `make`: `c.b` } ] } }";
    const struct shape_row rows[] = {
        {two, "{`a`: 1}", "{`x`:1}"},
        {two, "{`a`: false, `b`: 2, `d`: 1}", "{`x`:{`b`:2}}"},
        {two, "{`b`: 2}", "{}"},
        {last, "{`a`: 1, `b`: 3}", "{`x`:7}"},
        {last, "{`b`: 3}", "{`x`:3}"},
        {last, "{}", "{}"},
        {"{ `choose`: [ { `when`: `c.a`, `make`: { `a`: 1 } }, { `make`: { `b`: 2 } } ] }",
         "{`a`: true}", "{`a`:1}"},
        {"{ `x`: { `choose`: [ { `when`: `c.a`, `make`: null }, { `make`: 1 } ] } }", "{`a`: 1}",
         "{}"},
        {"{ `x`: [ { `choose`: [ { `when`: `c.a`, `make`: null }, { `make`: 1 } ] }, 2 ] }",
         "{`a`: 1}", "{`x`:[2]}"},
        {"{ `choose`: [ { `when`: `c.a`, `make`: { `a`: 1 } }, { `make`: { `b`: 2 } } ] }", "{}",
         "{`b`:2}"},
        {"{ `l`: { `each`: `c.l`, `make`: { `choose`: [ { `when`: `a`, `make`: `a` } ] } } }",
         "{`l`: [{`a`: 1}, {}, {`a`: 2}]}", "{`l`:[1,2]}"},
    };
    CHECK(rows);
}

static void inside(void **state)
{
    (void)state;
    static const char *const whole =
        "{ `in`: `c.o`, `make`: { `a`: `x | or 1`, `b`: `^c.y`, `f`: `/f` } }";
    const struct shape_row rows[] = {
        {"{ `p`: { `in`: `c.o`, `make`: { `=`: [`x`, `y | or 7`], `z`: `^c.z` } } }",
         "{`o`: {`x`: {`n`: 1}}, `z`: 2}", "{`p`:{`x`:{`n`: 1},`y`:7,`z`:2}}"},
        {"{ `p`: { `in`: `c.o`, `make`: { `y`: `y | or 7` } }, `k`: 1 }", "{}", "{`k`:1}"},
        {"{ `p`: { `in`: `c.o`, `make`: { `y`: `y | or 7` } } }", "{`o`: {}}", "{`p`:{`y`:7}}"},
        {"{ `p`: { `in`: `c.o`, `make`: { `y`: `y` } }, `k`: 1 }", "{`o`: {}}", "{`k`:1}"},
        {"{ `p`: { `in`: `c.l | first`, `make`: `x` } }", "{`l`: [{`x`: 1}]}", "{`p`:1}"},
        {"{ `p`: { `in`: `c.o`, `make`: { `y`: `y` } } }", "{`o`: 5}",
         "upstream_bad c.o: expected an object, found a number"},
        {"{ `l`: { `each`: `c.l`, `make`: { `in`: `o`, `make`: { `a`: `x`, `b`: `^x`,"
         " `m`: { `each`: `m`, `make`: `^^x` } } } } }",
         "{`l`: [{`x`: 1, `o`: {`x`: 2, `m`: [1]}}, {`x`: 3}, {`x`: 4, `o`: {`x`: 5}}]}",
         "{`l`:[{`a`:2,`b`:1,`m`:[1]},{`a`:5,`b`:4}]}"},
        {whole, "{`o`: {`x`: 2}, `y`: 3}", "{`a`:2,`b`:3,`f`:`F`}"},
        {whole, "{}", "{}"},
        /* a member of that name, where nothing is made */
        {"{ `o`: { `in`: `c.x` } }", "{`x`: 2}", "{`o`:{`in`:2}}"},
    };
    CHECK(rows);
}

static void made_apart(void **state)
{
    (void)state;
    static const char *const flat = "{ `l`: { `flat`: { `each`: `c.l`, `make`: { `each`: `/c.m`,"
                                    " `make`: { `a`: `^x`, `b`: `.` } } } } }";
    const struct shape_row rows[] = {
        {flat, "{`l`: [{`x`: 1}, {`x`: 2}], `m`: [3, 4]}",
         "{`l`:[{`a`:1,`b`:3},{`a`:1,`b`:4},{`a`:2,`b`:3},{`a`:2,`b`:4}]}"},
        {flat, "{`l`: [], `m`: [3]}", "{`l`:[]}"},
        {flat, "{`l`: [{}], `m`: []}", "{`l`:[]}"},
        {flat, "{`m`: [3]}", "{}"},
        {"{ `l`: { `flat`: [`c.l`, `c.m`, 5] } }", "{`l`: [1, [2]], `m`: [`\\``]}",
         "{`l`:[1,[2],`\\``,5]}"},
        {"{ `l`: { `flat`: [[], []] }, `k`: 1 }", "{}", "{`l`:[],`k`:1}"},
        {"{ `l`: { `flat`: { `group`: `c.l`, `by`: `k`, `make`: `* | collect v` } } }",
         "{`l`: [{`k`: 1, `v`: 1}, {`k`: 2, `v`: 2}, {`k`: 1, `v`: 3}]}", "{`l`:[1,3,2]}"},
        {"{ `t`: { `json`: { `a`: `c.x`, `b`: { `each`: `c.l`, `make`: `. | text` } } } }",
         "{`x`: `q\\`\u00e9`, `l`: [1, 2]}",
         "{`t`:`{\\`a\\`:\\`q\\\\\\`\xc3\xa9\\`,\\`b\\`:[\\`1\\`,\\`2\\`]}`}"},
        {"{ `t`: { `json`: { `a`: `c.x` } } }", "{}", "{}"},
        {"{ `t`: { `json`: { `a`: 1 } } }", "{}", "{`t`:`{\\`a\\`:1}`}"},
        {"{ `o`: { `t`: { `json`: { `a`: 1 } }, `x`: `c.x` } }", "{}", "{}"},
        /* beside other members they are names like others */
        {"{ `json`: `c.x`, `flat`: 1 }", "{`x`: 2}", "{`json`:2,`flat`:1}"},
    };
    CHECK(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_and_absence),
        cmocka_unit_test(each),
        cmocka_unit_test(group),
        cmocka_unit_test(choose),
        cmocka_unit_test(inside),
        cmocka_unit_test(made_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
