/*
 * Calls: their messages, order, conditions, elements, forgiven errors, late refusals; enums in
 * both directions.
 */
#include "play.h"

#include "base/log.h"

static void messages(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `Everything a message has.`, `uses`: `desk`,"
        "  `accept`: { `id`: `id?`, `ids`: `list?`, `o`: `any?`, `b`: `text?`, `way`: `text?` },"
        "  `calls`: { `c`: { `send`: `PUT /new/{id}/x/{way | or 'w'}`,"
        "    `query`: { `ids`: `ids`, `o`: `o`, `n`: 5, `t`: `'x y'`, `none`: `b`,"
        "               `pick`: { `choose`: [ { `when`: `b`, `make`: `'B'` }, { `make`: `o` } ] } "
        "},"
        "    `body`: { `b`: `b`, `shop`: `shop.id`, `app`: `client.app_key` } } },"
        "  `reply`: { `made`: `c | has` } }";
    static const struct row rows[] = {
        {"plain",
         "{`id`: 7}",
         {"{}"},
         "PUT /new/7/x/w?n=5&t=x y {`shop`:`S1`,`app`:`key1`}\n",
         "{`made`:true}"},
        {"escaped",
         "{`id`: `a/b?c d\\u00e9%`}",
         {"{}"},
         "PUT /new/a%2Fb%3Fc%20d%C3%A9%25/x/w?n=5&t=x y {`shop`:`S1`,`app`:`key1`}\n",
         "{`made`:true}"},
        {"lists",
         "{`id`: 1, `ids`: [1, `b,c`, null, true]}",
         {"null"},
         "PUT /new/1/x/w?ids=1,b,c,true&n=5&t=x y {`shop`:`S1`,`app`:`key1`}\n",
         "{`made`:true}"},
        {"an object",
         "{`id`: 1, `o`: {`a`: [1]}, `b`: ``}",
         {"{}"},
         "PUT /new/1/x/w?o={`a`: [1]}&n=5&t=x y&none=&pick=B"
         " {`b`:``,`shop`:`S1`,`app`:`key1`}\n",
         "{`made`:true}"},
        {"missing",
         "{}",
         {NULL},
         "",
         "parameter id: id is missing, and PUT /new/{id}/x/"
         "{way | or 'w'} needs it"},
        {"up one",
         "{`id`: `..`}",
         {NULL},
         "",
         "parameter id: id is no id, and PUT /new/{id}/x/{way | or 'w'} needs it"},
        {"here",
         "{`id`: `.`}",
         {NULL},
         "",
         "parameter id: id is no id, and PUT /new/{id}/x/{way | or 'w'} needs it"},
        {"a list",
         "{`id`: 1, `way`: ``}",
         {NULL},
         "",
         "parameter way: way is missing, and PUT /new/{id}/x/{way | or 'w'} needs it"},
    };
    PLAY(table, rows);
}

static void bodies(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `A body.`, `uses`: `desk`,"
        "  `accept`: { `lines`: [ { `id`: `id`, `price`: `decimal?` } ], `from`: `time?` },"
        "  `calls`: { `c`: { `send`: `POST /new/x`, `body`: {"
        "    `items`: { `each`: `lines`, `make`: { `item`: { `id`: `id` },"
        "               `cost`: { `amount`: `price`, `currency`: `'GBP'` } } },"
        "    `range`: { `ge`: `from`, `lt`: `from | add 1` } } } },"
        "  `reply`: { } }";
    static const struct row rows[] = {
        {"both",
         "{`lines`: [{`id`: 1, `price`: 0.10}, {`id`: 2}], `from`: `9`}",
         {"{}"},
         "POST /new/x {`items`:[{`item`:{`id`:`1`},`cost`:{`amount`:`0.10`,`currency`:`GBP`}},"
         "{`item`:{`id`:`2`}}],`range`:{`ge`:9,`lt`:10}}\n",
         "{}"},
        {"nothing is left out as a whole",
         "{`lines`: []}",
         {"{}"},
         "POST /new/x {`items`:[]}\n",
         "{}"},
    };
    PLAY(table, rows);
    static const char list[] = "{ `legacy`: `POST /old/x`, `about`: `A list.`, `uses`: `desk`,"
                               "  `accept`: { `l`: `list` },"
                               "  `calls`: { `c`: { `send`: `DELETE /new/x`, `body`: `l` } },"
                               "  `reply`: { } }";
    static const struct row whole[] = {
        {"a body that is no object", "{`l`: [1]}", {"{}"}, "DELETE /new/x [1]\n", "{}"},
    };
    PLAY(list, whole);
}

static void one_after_another(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `GET /old/x`, `about`: `Three calls.`, `uses`: `desk`,"
        "  `accept`: { `id`: `id`, `deep`: `bool = false` },"
        "  `calls`: {"
        "    `last`:  { `send`: `GET /new/last/{second.n}`, `when`: `second.n` },"
        "    `first`: { `send`: `GET /new/first/{id}` },"
        "    `second`: { `send`: `GET /new/second/{first.next}`, `when`: [`deep`, `first.next`] } "
        "},"
        "  `reply`: { `a`: `first.a`, `b`: `second.b`, `c`: `last.c`, `asked`: `last | has` } }";
    static const struct row rows[] = {
        {"only the first",
         "{`id`: 1}",
         {"{`a`: 1, `next`: 2}"},
         "GET /new/first/1\n",
         "{`a`:1,`asked`:false}"},
        {"two",
         "{`id`: 1, `deep`: true}",
         {"{`next`: 2}", "{`b`: 3}"},
         "GET /new/first/1\nGET /new/second/2\n",
         "{`b`:3,`asked`:false}"},
        {"all",
         "{`id`: 1, `deep`: 1}",
         {"{`next`: `N`}", "{`b`: 3, `n`: 4}", "{`c`: 5}"},
         "GET /new/first/1\nGET /new/second/N\nGET /new/last/4\n",
         "{`b`:3,`c`:5,`asked`:true}"},
        {"broken",
         "{`id`: 1}",
         {"=[]"},
         NULL,
         "upstream_bad first: the answer to GET /new/first/{id} is no JSON object"},
        {"not JSON",
         "{`id`: 1}",
         {"=<html>"},
         NULL,
         "upstream_bad first: the answer to GET /new/first/{id} is not JSON:"
         " expected a value at byte 0"},
        {"no code",
         "{`id`: 1}",
         {"={`data`: {}}"},
         NULL,
         "upstream_bad first: the answer to GET /new/first/{id} has no numeric code"},
        {"a list",
         "{`id`: 1}",
         {"[1]"},
         NULL,
         "upstream_bad first: the answer to GET /new/first/{id} holds data that is no object"},
        {"an error", "{`id`: 1}", {"!5001"}, NULL, "upstream : "},
    };
    PLAY(table, rows);
    struct plans *plans = good_table(table);
    const struct plan *plan = plans_at(plans, 0);
    assert_int_equal(plan_call_at(plan, 0)->needs, 1u << 2);
    assert_int_equal(plan_call_at(plan, 1)->needs, 0);
    assert_int_equal(plan_call_at(plan, 2)->needs, 1u << 1);
    plans_unref(plans);
}

static void one_for_each(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `GET /old/x`, `about`: `One call for each.`, `uses`: `desk`,"
        "  `accept`: { `items`: [ { `id`: `id`, `kind`: `int = 1` } ] },"
        "  `calls`: { `docs`: { `send`: `GET /new/docs/{@id}`, `each`: `items`, `most`: 3,"
        "             `query`: { `kind`: `@kind`, `all`: `items | count` },"
        "             `on_error`: [ { `codes`: [404], `data`: { `lost`: `@id`, `why`: `message`,"
        "                                                     `code`: `code`, `n`: `/items | "
        "count` } } ] } },"
        "  `reply`: { `docs`: { `each`: `docs`, `make`: { `id`: `@id`, `url`: `url`, `lost`: "
        "`lost`,"
        "               `why`: `why`, `code`: `code`, `n`: `n` } },"
        "             `urls`: `docs | collect url | join ' '`, `n`: `docs | count`,"
        "             `bad`: { `each`: `docs | where lost '2'`, `make`: `lost` } } }";
    static const struct row rows[] = {
        {"two",
         "{`items`: [{`id`: 1}, {`id`: 2, `kind`: 7}]}",
         {"{`url`: `u1`}", "{`url`: `u2`}"},
         "GET /new/docs/1?kind=1&all=2\nGET /new/docs/2?kind=7&all=2\n",
         "{`docs`:[{`id`:`1`,`url`:`u1`},{`id`:`2`,`url`:`u2`}],`urls`:`u1 u2`,`n`:2,`bad`:[]}"},
        {"none", "{`items`: []}", {NULL}, "", "{`docs`:[],`urls`:``,`n`:0,`bad`:[]}"},
        {"one is forgiven",
         "{`items`: [{`id`: 1}, {`id`: 2}]}",
         {"{`url`: `u1`}", "!404"},
         NULL,
         "{`docs`:[{`id`:`1`,`url`:`u1`},"
         "{`id`:`2`,`lost`:`2`,`why`:`no`,`code`:404,`n`:2}],`urls`:`u1`,`n`:2,`bad`:[`2`]}"},
        {"one is not",
         "{`items`: [{`id`: 1}, {`id`: 2}]}",
         {"{`url`: `u1`}", "!405"},
         NULL,
         "upstream : "},
        {"too many",
         "{`items`: [{`id`: 1}, {`id`: 2}, {`id`: 3}, {`id`: 4}]}",
         {NULL},
         "",
         "parameter items: holds 4 elements; at most 3 are taken in one request"},
    };
    PLAY(table, rows);
    static const char texts[] =
        "{ `legacy`: `GET /old/x`, `about`: `Elements that are texts.`, `uses`: `desk`,"
        "  `accept`: { `ids`: [`id`] },"
        "  `calls`: { `a`: { `send`: `GET /new/a/{@}`, `each`: `ids | unique` },"
        "             `b`: { `send`: `POST /new/b`, `each`: `a | collect x`, `body`: { `x`: `@`,"
        "                    `list`: { `each`: `a`, `make`: { `i`: `@`, `x`: `x` } }, `again`: `@` "
        "} } },"
        "  `reply`: { `b`: { `each`: `b`, `make`: { `x`: `@`, `ok`: `ok` } } } }";
    static const struct row more[] = {
        {"nested",
         "{`ids`: [1, 2, 1]}",
         {"{`x`: 10}", "{}", "{`ok`: true}"},
         "GET /new/a/1\nGET /new/a/2\n"
         "POST /new/b {`x`:10,`list`:[{`i`:`1`,`x`:10},{`i`:`2`}],`again`:10}\n",
         "{`b`:[{`x`:10,`ok`:true}]}"},
    };
    PLAY(texts, more);
}

static void forgiven(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `Errors that are answers.`, `uses`: `desk`,"
        "  `accept`: { `ids`: [`id`] },"
        "  `calls`: { `c`: { `send`: `POST /new/x`, `on_error`: ["
        "    { `codes`: [7, 8], `data`: { `failed`: { `each`: `/ids`, `make`: { `id`: `.`, `why`: "
        "`^message` } } } },"
        "    { `codes`: `any`, `data`: { `code`: `code | text` } } ] } },"
        "  `reply`: { `failed`: `c.failed | or []`, `code`: `c.code`, `ok`: `c.ok` } }";
    static const struct row rows[] = {
        {"good", "{`ids`: [1]}", {"{`ok`: 1}"}, NULL, "{`failed`:[],`ok`:1}"},
        {"eight",
         "{`ids`: [1, 2]}",
         {"!8"},
         NULL,
         "{`failed`:[{`id`:`1`,`why`:`no`},{`id`:`2`,`why`:`no`}]}"},
        {"any", "{`ids`: []}", {"!99"}, NULL, "{`failed`:[],`code`:`99`}"},
    };
    PLAY(table, rows);
    static const char conditions[] =
        "{ `legacy`: `POST /old/x`, `about`: `Errors that depend.`, `uses`: `desk`,"
        "  `accept`: { `ids`: [`id`], `soft`: `bool?` },"
        "  `calls`: { `c`: { `each`: `ids | chunk 2`, `send`: `POST /new/x`, `body`: { `ids`: `@` "
        "},"
        "    `on_error`: ["
        "    { `codes`: [7], `when`: [`/soft`, `message | is 'no'`], `data`: { `ids`: `@` } },"
        "    { `codes`: `any`, `when`: `@ | count | is 1`, `data`: { `code`: `code | text` } } ] } "
        "},"
        "  `reply`: { `failed`: `c | collect ids | flat`, `code`: `c | collect code` } }";
    static const struct row depending[] = {
        {"chunks",
         "{`ids`: [1, 2, 3]}",
         {"{}", "{}"},
         "POST /new/x {`ids`:[`1`,`2`]}\nPOST /new/x {`ids`:[`3`]}\n",
         "{`failed`:[],`code`:[]}"},
        {"the first",
         "{`ids`: [1, 2, 3], `soft`: true}",
         {"!7", "!7"},
         NULL,
         "{`failed`:[`1`,`2`,`3`],`code`:[]}"},
        {"the second, of one",
         "{`ids`: [1, 2, 3]}",
         {"{}", "!7"},
         NULL,
         "{`failed`:[],`code`:[`7`]}"},
        {"neither", "{`ids`: [1, 2]}", {"!7"}, NULL, "upstream : "},
        {"another code", "{`ids`: [1, 2], `soft`: true}", {"!8"}, NULL, "upstream : "},
    };
    PLAY(conditions, depending);
    static const char ranges[] =
        "{ `legacy`: `POST /old/x`, `about`: `Ranges of errors.`, `uses`: `desk`,"
        "  `calls`: { `c`: { `send`: `POST /new/x`, `on_error`: ["
        "    { `codes`: [3, [100, 199], [300, 300]], `data`: { `code`: `code` } } ] } },"
        "  `reply`: { `code`: `c.code` } }";
    static const struct row more[] = {
        {"a code beside ranges", "{}", {"!3"}, NULL, "{`code`:3}"},
        {"below", "{}", {"!99"}, NULL, "upstream : "},
        {"the first", "{}", {"!100"}, NULL, "{`code`:100}"},
        {"the last", "{}", {"!199"}, NULL, "{`code`:199}"},
        {"above", "{}", {"!200"}, NULL, "upstream : "},
        {"of one", "{}", {"!300"}, NULL, "{`code`:300}"},
    };
    PLAY(ranges, more);
}

static void refusals(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `Advice.`, `uses`: `desk`,"
        "  `accept`: { `id`: `id`, `mode`: `int?` },"
        "  `refuse`: [ { `when`: [`mode | is 3`], `say`: `mode 3 has ended` },"
        "              { `when`: `look.locked`, `say`: `the loan is locked` } ],"
        "  `calls`: { `write`: { `send`: `POST /new/write/{id}` },"
        "             `look`: { `send`: `GET /new/look/{id}` } },"
        "  `reply`: { `done`: `write.done` } }";
    static const struct row rows[] = {
        {"before all",
         "{`id`: 1, `mode`: 3}",
         {NULL},
         "",
         "refused : POST /old/x: mode 3 has ended"},
        {"before the write",
         "{`id`: 1}",
         {"{`locked`: true}"},
         "GET /new/look/1\n",
         "refused : POST /old/x: the loan is locked"},
        {"not at all",
         "{`id`: 1, `mode`: 2}",
         {"{}", "{`done`: 1}"},
         "GET /new/look/1\nPOST /new/write/1\n",
         "{`done`:1}"},
    };
    PLAY(table, rows);
    static const char late[] =
        "{ `legacy`: `GET /old/x`, `about`: `Advice on an answer alone.`, `uses`: `desk`,"
        "  `refuse`: [ { `when`: `look.locked`, `say`: `it is locked` } ],"
        "  `calls`: { `look`: { `send`: `GET /new/look` } },"
        "  `reply`: { `x`: `look.x` } }";
    static const struct row after[] = {
        {"before the reply",
         "",
         {"{`locked`: 1, `x`: 2}"},
         NULL,
         "refused : GET /old/x: it is locked"},
        {"fine", "", {"{`locked`: false, `x`: 2}"}, NULL, "{`x`:2}"},
    };
    PLAY(late, after);
    static const char shop[] =
        "{ `legacy`: `GET /old/x`, `about`: `Advice on a shop.`, `uses`: `desk`,"
        "  `accept`: { `any`: `bool?` },"
        "  `refuse`: [ { `when`: [`shop.region | is 'GB'`, `any | not`], `say`: `not there` } ],"
        "  `calls`: { `c`: { `send`: `GET /new/x` } }, `reply`: { `x`: `c.x` } }";
    static const struct row there[] = {
        {"before the call", "", {NULL}, "", "refused : GET /old/x: not there"},
        {"not then", "?any=1", {"{`x`: 2}"}, NULL, "{`x`:2}"},
    };
    PLAY(shop, there);
    static const char always[] = "{ `legacy`: `GET /old/x`, `about`: `Gone.`, `uses`: `desk`,"
                                 "  `refuse`: `ask the desk` }";
    static const struct row gone[] = {
        {"always", "?a=1", {NULL}, "", "refused : GET /old/x: ask the desk"},
    };
    PLAY(always, gone);
}

static void assert_unknown(const struct plans *plans, const char *value, const char *name,
                           uint64_t count)
{
    struct plan_unknown unknown;
    for (size_t i = 0; plans_unknown_at(plans, i, &unknown); i++)
        if (strcmp(unknown.value, value) == 0) {
            assert_true(str_eq(unknown.name, str_from(name)));
            assert_true(str_eq(unknown.table, STR("area/table")));
            assert_int_equal(unknown.count, count);
            return;
        }
    fail_msg("no value %s", value);
}

static void enums(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `Enums both ways.`, `uses`: `desk`,"
        "  `accept`: { `shelf`: `any?`, `mood`: `text?` },"
        "  `calls`: { `c`: { `send`: `POST /new/x`, `body`: { `shelf`: `shelf | enum shelf`,"
        "             `mood`: `mood | enum mood` } } },"
        "  `reply`: { `shelf`: `c.shelf | enum shelf`, `mood`: `c.mood | enum mood` } }";
    static const struct row rows[] = {
        {"a pair",
         "{`shelf`: 2}",
         {"{`shelf`: `NORTH`}"},
         "POST /new/x {`shelf`:`SOUTH`}\n",
         "{`shelf`:1}"},
        {"a text of a number", "{`shelf`: `2`}", {"{}"}, "POST /new/x {`shelf`:`SOUTH`}\n", "{}"},
        {"the first pair wins",
         "{`shelf`: 3}",
         {"{`shelf`: `SOUTH`}"},
         "POST /new/x {`shelf`:`SOUTH`}\n",
         "{`shelf`:2}"},
        {"one way up",
         "{`shelf`: 8}",
         {"{`shelf`: `CELLAR`}"},
         "POST /new/x {`shelf`:`CELLAR`}\n",
         "{`shelf`:7}"},
        {"one way down", "{}", {"{`shelf`: `ATTIC`}"}, "POST /new/x {}\n", "{`shelf`:9}"},
        {"left out", "{`shelf`: 0}", {"{}"}, "POST /new/x {}\n", "{}"},
        {"a list",
         "{`shelf`: [1, 0, 2]}",
         {"{`shelf`: [`ATTIC`, `NORTH`]}"},
         "POST /new/x {`shelf`:[`NORTH`,`SOUTH`]}\n",
         "{`shelf`:[9,1]}"},
        {"numbers upstream",
         "{`mood`: `bad`}",
         {"{`mood`: 1}"},
         "POST /new/x {`mood`:2}\n",
         "{`mood`:`good`}"},
        {"unknown and absent", "{}", {"{`mood`: 3}"}, NULL, "{}"},
        {"unknown and odd", "{}", {"{`shelf`: {}}"}, NULL, "{`shelf`:7}"},
        {"refused", "{`shelf`: 4}", {NULL}, "", "parameter shelf: '4' is not one of 1, 2, 3, 8, 0"},
        {"refused text", "{`mood`: ``}", {NULL}, "", "parameter mood: '' is not one of good, bad"},
        {"refused object",
         "{`shelf`: {}}",
         {NULL},
         "",
         "parameter shelf: '' is not one of 1, 2, 3, 8, 0"},
    };
    log_set_level(LOG_OFF);
    PLAY(table, rows);
    struct plans *plans = good_table(table);
    static const char *const answers[] = {"{`shelf`: `GARDEN`, `mood`: 9}", NULL};
    for (uint64_t i = 1; i <= 3; i++) {
        struct play p;
        play(&p, plans, "{}", answers);
        assert_int_equal(plans_unknown_values(plans), 2 * i);
        play_end(&p);
    }
    assert_unknown(plans, "GARDEN", "shelf", 3);
    assert_unknown(plans, "9", "mood", 3);
    assert_false(plans_unknown_at(plans, 2, &(struct plan_unknown){0}));
    plans_unref(plans);
}

/* A value that holds a NUL is one value, however often it comes. */
static void an_unknown_value_may_hold_anything(void **state)
{
    (void)state;
    struct plans *plans = good_table("{ `legacy`: `POST /old/x`, `about`: `A.`, `uses`: `desk`, "
                                     "`calls`: { `c`: { `send`: `POST /new/x` } }, "
                                     "`reply`: { `shelf`: `c.shelf | enum shelf` } }");
    log_set_level(LOG_OFF);
    for (int i = 0; i < 3; i++) {
        static const char *const answers[] = {"{`shelf`: `A\\u0000B`}", NULL};
        struct play p;
        play(&p, plans, "{}", answers);
        play_end(&p);
    }
    struct plan_unknown unknown;
    assert_true(plans_unknown_at(plans, 0, &unknown));
    assert_string_equal(unknown.value, "A");
    assert_int_equal(unknown.count, 3);
    assert_false(plans_unknown_at(plans, 1, &unknown));
    log_set_level(LOG_INFO);
    plans_unref(plans);
}

/* Values without end: all are counted, the first are told apart, and none is cut in two. */
static void unknown_values_are_bounded(void **state)
{
    (void)state;
    struct plans *plans = good_table("{ `legacy`: `POST /old/x`, `about`: `A.`, `uses`: `desk`, "
                                     "`calls`: { `c`: { `send`: `POST /new/x` } }, "
                                     "`reply`: { `shelf`: `c.shelf | enum shelf` } }");
    log_set_level(LOG_OFF);
    for (int i = 0; i < 300; i++) {
        char answer[200];
        struct play p;
        snprintf(
            answer, sizeof answer, "{`shelf`: `%d%.*s\u00e9`}", 1000 + i, 75 + i % 3,
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
        const char *const answers[] = {answer, NULL};
        play(&p, plans, "{}", answers);
        play_end(&p);
    }
    assert_int_equal(plans_unknown_values(plans), 300);
    struct plan_unknown unknown;
    size_t count = 0;
    for (; plans_unknown_at(plans, count, &unknown); count++) {
        size_t n = strlen(unknown.value);
        assert_true(n >= 79 && n < PLAN_UNKNOWN_VALUE);
        assert_true((unknown.value[n - 1] & 0x80) == 0);
    }
    assert_int_equal(count, 256);
    plans_unref(plans);
}

static void stand_ins(void **state)
{
    (void)state;
    struct plans *plans = good_table(
        "{ `legacy`: `POST /old/x`, `about`: `A.`, `uses`: `desk`, `accept`: { `s`: `int?` }, "
        "`calls`: { `c`: { `send`: `POST /new/x`, `body`: { `s`: `s | enum shelf` } } }, "
        "`reply`: { `m`: { `choose`: [ { `when`: `c.a`, `make`: `c.mood | enum mood` } ] }, "
        "`l`: { `each`: `c.l`, `make`: { `m`: `. | enum mood` } } } }");
    struct plan_stand_in items[4];
    assert_int_equal(plan_stand_ins(plans_at(plans, 0), items, 4), 1);
    assert_true(str_eq(items[0].name, STR("mood")));
    assert_false(items[0].value.p); /* left out */
    plans_unref(plans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages),
        cmocka_unit_test(bodies),
        cmocka_unit_test(one_after_another),
        cmocka_unit_test(one_for_each),
        cmocka_unit_test(forgiven),
        cmocka_unit_test(refusals),
        cmocka_unit_test(enums),
        cmocka_unit_test(unknown_values_are_bounded),
        cmocka_unit_test(an_unknown_value_may_hold_anything),
        cmocka_unit_test(stand_ins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
