/*
 * Pages: what the client asks for, what goes upstream, rows, keys, and what is placed in the
 * reply.
 */
#include "play.h"

static const char cursor_table[] =
    "{ `legacy`: `POST /old/x`, `about`: `By cursor.`, `uses`: `desk`,"
    "  `accept`: { `shelf`: `int?`, `ids`: `list?`, `note`: `text?` },"
    "  `loses`: { `request`: { `note`: `There is no note any more.` } },"
    "  `calls`: { `c`: { `send`: `POST /new/x`, `query`: { `shelf`: `shelf`, `ids`: `ids` },"
    "                    `rows`: `list.items`, `limits`: [10, 100] } },"
    "  `pages`: { `style`: `cursor`, `in`: `cursor`, `size`: `page_size`, `limits`: [1, 50],"
    "             `default`: 20, `next`: `next_cursor`, `more`: `more` },"
    "  `reply`: { `items`: { `rows`: { `c`: { `id`: `id`, `shelf`: `/shelf`, `n`: `^c.total` } } },"
    "             `total`: `c.total` } }";

static const char *table_of(const char *style, const char *more)
{
    static char table[1024];
    snprintf(table, sizeof table,
             "{ `legacy`: `POST /old/x`, `about`: `Pages.`, `uses`: `desk`,"
             "  `calls`: { `c`: { `send`: `GET /new/x`, `rows`: `items` } },"
             "  `pages`: { `style`: `%s`, `in`: `at`, `size`: `size`, `limits`: [1, 50] %s },"
             "  `reply`: { `items`: { `rows`: { `c`: `.` } } } }",
             style, more);
    return table;
}

#define OR                                                                                         \
    ", `or`: { `style`: `offset`, `in`: `from`, `size`: `limit`, `limits`: [1, 30], "              \
    "`default`: 20, `lenient`: true }"

static void asked(void **state)
{
    (void)state;
    static const struct {
        const char *style, *more, *request;
        const char *cursor; /* NULL: absent; or how the fault reads, with '!' */
        uint64_t size, offset;
    } rows[] = {
        {"cursor", ", `default`: 20", "{}", NULL, 20, 0},
        {"cursor", ", `default`: 20", "{`at`: ``, `size`: `7`}", NULL, 7, 0},
        {"cursor", ", `default`: 51", "{}", NULL, 51, 0},
        {"cursor", ", `default`: 51", "{`size`: 52}", "!parameter size: size must be from 1 to 50",
         0, 0},
        {"number", ", `default`: 500", "{`at`: 2}", NULL, 500, 500},
        {"cursor", "", "{`at`: `CUR`, `size`: 50}", "CUR", 50, 0},
        {"cursor", "", "?size=1&at=CUR", "CUR", 1, 0},
        {"cursor", "", "{}", "!parameter size: size is missing; it must be a whole number", 0, 0},
        {"cursor", "", "{`size`: 51}", "!parameter size: size must be from 1 to 50", 0, 0},
        {"cursor", "", "{`size`: 0}", "!parameter size: size must be from 1 to 50", 0, 0},
        {"cursor", "", "{`size`: -5}", "!parameter size: size must be from 1 to 50", 0, 0},
        {"offset", "", "{`size`: 10}", NULL, 10, 0},
        {"offset", "", "{`size`: 10, `at`: 35}", NULL, 10, 35},
        {"offset", "", "{`size`: 10, `at`: -1}", "!parameter at: at must be from 0 to 2147483647",
         0, 0},
        {"number", "", "{`size`: 10}", NULL, 10, 0},
        {"number", "", "{`size`: 10, `at`: 0}", NULL, 10, 0},
        {"number", "", "{`size`: 10, `at`: 1}", NULL, 10, 0},
        {"number", "", "{`size`: 10, `at`: 4}", NULL, 10, 30},
        {"offset", ", `lenient`: true", "{`size`: 7, `at`: 3}", NULL, 7, 3},
        {"offset", ", `lenient`: true", "{`size`: 0, `at`: -3}", NULL, 1, 0},
        {"offset", ", `lenient`: true, `default`: 10", "{`size`: 0}", NULL, 10, 0},
        {"offset", ", `lenient`: true, `default`: 10", "{`size`: -9, `at`: `-1`}", NULL, 10, 0},
        {"offset", ", `lenient`: true, `default`: 10", "{`size`: `51`}", NULL, 50, 0},
        {"offset", ", `lenient`: true", "{`size`: 99999999999999999999}", NULL, 50, 0},
        {"number", ", `lenient`: true", "{`size`: 500, `at`: -2}", NULL, 50, 0},
        {"cursor", ", `lenient`: true, `default`: 20", "{`size`: 500}", NULL, 50, 0},
        {"offset", ", `lenient`: true", "{`size`: `x`}",
         "!parameter size: size must be a whole number, not 'x'", 0, 0},
        {"offset", ", `lenient`: true", "{}",
         "!parameter size: size is missing; it must be a whole number", 0, 0},
        {"number", ", `default`: 10" OR, "{`at`: 3, `size`: 5}", NULL, 5, 10},
        {"number", ", `default`: 10" OR, "{}", NULL, 10, 0},
        {"number", ", `default`: 10" OR, "{`from`: 35}", NULL, 20, 35},
        {"number", ", `default`: 10" OR, "{`limit`: 7}", NULL, 7, 0},
        {"number", ", `default`: 10" OR, "{`from`: 35, `limit`: 500, `at`: 9}", NULL, 30, 35},
        {"offset", OR, "{`size`: 5, `from`: ``}", NULL, 5, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plans *plans = good_table(table_of(rows[i].style, rows[i].more));
        struct play p;
        struct plan_page_asked page = {0};
        bool good =
            play_begin(&p, plans, rows[i].request) && plan_page_asked(p.run, &page, &p.fault);
        bool fault = rows[i].cursor && rows[i].cursor[0] == '!';
        assert_int_equal(good, !fault);
        if (fault) {
            char text[800];
            snprintf(text, sizeof text, "%s %s: %s", fault_name(p.fault.kind), p.fault.where,
                     p.fault.text);
            assert_string_equal(text, rows[i].cursor + 1);
        } else {
            assert_true(str_eq(page.cursor, str_from(rows[i].cursor)));
            assert_int_equal(page.cursor.p != NULL, rows[i].cursor != NULL);
            assert_int_equal(page.size, rows[i].size);
            assert_int_equal(page.offset, rows[i].offset);
        }
        play_end(&p);
        plans_unref(plans);
    }
}

static void whole_page(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"rows",
         "{`shelf`: 3}",
         {"{`total`: 2, `list`: {`items`: [{`id`: 1}, {}]}}"},
         "POST /new/x?shelf=3&page_size=100\n",
         "{`items`:[{`id`:1,`shelf`:3,`n`:2},{`shelf`:3,`n`:2}],`total`:2,"
         "`next_cursor`:`NEXT`,`more`:true}"},
        {"no rows",
         "{}",
         {"{}"},
         "POST /new/x?page_size=100\n",
         "{`items`:[],`next_cursor`:`NEXT`,`more`:true}"},
        {"an empty row stays",
         "{}",
         {"{`list`: {`items`: [{}, {`id`: 4}]}}"},
         NULL,
         "{`items`:[{},{`id`:4}],`next_cursor`:`NEXT`,`more`:true}"},
        {"no list",
         "{}",
         {"{`list`: {`items`: {}}}"},
         NULL,
         "upstream_bad c: the answer to POST /new/x has no list where its rows should be"},
    };
    PLAY(cursor_table, rows);
}

/* Several pages of one call, in parts. */
static void parts_of_pages(void **state)
{
    (void)state;
    struct plans *plans = good_table(cursor_table);
    struct play p;
    struct plan_message message;
    struct plan_answer answer;
    struct plan_slot first = {0, 0, 0}, third = {0, 0, 2};
    struct plan_page_ask ask = {.size = 30, .token = STR("a=b&c")};
    struct plan_page_given given = {STR("N\"1"), true}, last = {STR_NONE, false};
    struct json_writer w;
    assert_true(play_begin(&p, plans, "{`shelf`: 1}"));
    assert_true(plan_build(p.run, first, &ask, &message, &p.fault));
    assert_true(str_eq(pairs_get(&message.query, STR("page_size")), STR("30")));
    assert_true(str_eq(pairs_get(&message.query, STR("page_token")), STR("a=b&c")));
    struct str page = play_envelope(&p, "{`total`: 5, `next_page_token`: `T2`,"
                                        " `list`: {`items`: [{`id`: 1}, {`id`: 2}, {`id`: 3}]}}");
    assert_true(plan_take(p.run, third, page, &answer, &p.fault));
    page = play_envelope(&p, "{`total`: 4, `next_page_token`: 7, `list`: {`items`: [{`id`: 9}]}}");
    assert_true(plan_take(p.run, first, page, &answer, &p.fault));
    assert_int_equal(plan_rows(p.run, third), 3);
    assert_int_equal(plan_rows(p.run, first), 1);
    assert_true(str_eq(plan_next_token(p.run, third), STR("T2")));
    assert_true(str_eq(plan_next_token(p.run, first), STR("7")));
    assert_int_equal(plan_row_key(p.run, first, 0).n, 0);
    assert_true(plan_pick(p.run, third, 1, 3));
    assert_true(plan_pick(p.run, first, 0, 1));
    assert_true(plan_pick(p.run, third, 0, 0));
    json_writer_init(&w, &p.reply);
    assert_true(plan_reply(p.run, &given, &w, &p.fault));
    buf_add_char(&p.reply, '\0');
    check_text("parts", "reply", p.reply.p,
               "{`items`:[{`id`:2,`shelf`:1,`n`:4},{`id`:3,`shelf`:1,`n`:4},"
               "{`id`:9,`shelf`:1,`n`:4}],`total`:4,`next_cursor`:`N\\`1`,`more`:true}");
    buf_reset(&p.reply);
    json_writer_init(&w, &p.reply);
    assert_true(plan_reply(p.run, &last, &w, &p.fault));
    buf_add_char(&p.reply, '\0');
    assert_non_null(strstr(p.reply.p, "\"next_cursor\":\"\",\"more\":false}"));
    play_end(&p);
    plans_unref(plans);
}

static void merged(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `Two lists.`, `uses`: `desk`,"
        "  `accept`: { `up`: `bool = false` },"
        "  `calls`: {"
        "    `a`: { `send`: `POST /new/a`, `rows`: `l`, `order_by`: `time`, `limits`: [5, 20],"
        "           `page`: { `size`: `body.n`, `token`: `body.t`, `next`: `p.next` } },"
        "    `b`: { `send`: `POST /new/b`, `body`: { `x`: `'y'` }, `rows`: `l`, `order_by`: `when "
        "| or /up`,"
        "           `page`: { `size`: `body.n`, `token`: `query.t` } } },"
        "  `pages`: { `style`: `offset`, `in`: `offset`, `size`: `size`, `limits`: [1, 50],"
        "             `more`: `more`, `descending`: [`up | not`] },"
        "  `reply`: { `l`: { `rows`: { `a`: { `a`: `id` }, `b`: { `b`: `id` } } } } }";
    struct plans *plans = good_table(table);
    struct play p;
    struct plan_message m;
    struct plan_answer answer;
    struct plan_slot a = {0, 0, 0}, b = {1, 0, 0};
    struct plan_page_ask ask = {.size = 20, .token = STR("T\"")};
    struct json_writer w;
    assert_true(play_begin(&p, plans, "{`size`: 5}"));
    const struct plan_call *about = plan_call_at(p.plan, 0);
    assert_true(about->paged);
    assert_int_equal(about->page_min, 5);
    assert_int_equal(about->page_max, 20);
    assert_int_equal(plan_call_at(p.plan, 1)->page_max, 100);
    assert_true(plan_page_descending(p.run));
    assert_true(plan_build(p.run, a, &ask, &m, &p.fault));
    assert_true(str_eq(m.body, STR("{\"n\":20,\"t\":\"T\\\"\"}")));
    assert_int_equal(m.query.count, 0);
    assert_true(plan_build(p.run, b, &ask, &m, &p.fault));
    assert_true(str_eq(m.body, STR("{\"x\":\"y\",\"n\":20}")));
    assert_true(str_eq(pairs_get(&m.query, STR("t")), STR("T\"")));
    ask.token = STR("");
    assert_true(plan_build(p.run, a, &ask, &m, &p.fault));
    assert_true(str_eq(m.body, STR("{\"n\":20,\"t\":\"\"}"))); /* the first page */
    struct str page = play_envelope(&p, "{`l`: [{`id`: 1, `time`: 30}, {`id`: 2, `time`: `10`}],"
                                        " `p`: {`next`: `X`}}");
    assert_true(plan_take(p.run, a, page, &answer, &p.fault));
    page = play_envelope(&p, "{`l`: [{`id`: 3, `when`: 20}, {`id`: 4}], `next_page_token`: ``}");
    assert_true(plan_take(p.run, b, page, &answer, &p.fault));
    assert_true(str_eq(plan_next_token(p.run, a), STR("X")));
    assert_true(str_eq(plan_next_token(p.run, b), STR("")));
    assert_true(str_eq(plan_row_key(p.run, a, 1), STR("10")));
    assert_true(str_eq(plan_row_key(p.run, a, 0), STR("30")));
    assert_true(str_eq(plan_row_key(p.run, b, 0), STR("20")));
    assert_true(str_eq(plan_row_key(p.run, b, 1), STR("false")));
    assert_false(plan_row_key(p.run, b, 2).p);
    assert_true(plan_pick(p.run, a, 0, 1) && plan_pick(p.run, b, 0, 1) &&
                plan_pick(p.run, a, 1, 2) && plan_pick(p.run, b, 1, 2));
    struct plan_page_given given = {STR("N"), false};
    json_writer_init(&w, &p.reply);
    assert_true(plan_reply(p.run, &given, &w, &p.fault));
    buf_add_char(&p.reply, '\0');
    check_text("merged", "reply", p.reply.p,
               "{`l`:[{`a`:1},{`b`:3},{`a`:2},{`b`:4}],`more`:false}");
    play_end(&p);
    assert_true(play_begin(&p, plans, "{`size`: 5, `up`: true}"));
    assert_false(plan_page_descending(p.run));
    play_end(&p);
    plans_unref(plans);
}

/* The rows of one list for each row of another. */
static void nested(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `A list of lists.`, `uses`: `desk`,"
        "  `calls`: {"
        "    `inner`: { `send`: `GET /new/o/{@id}/i`, `each`: `outer.data.list`, `rows`: `rows`,"
        "               `query`: { `of`: `@name` } },"
        "    `outer`: { `send`: `GET /new/o`, `rows`: `data.list` } },"
        "  `pages`: { `style`: `cursor`, `in`: `cursor`, `size`: `size`, `limits`: [1, 50],"
        "             `more`: `more` },"
        "  `reply`: { `l`: { `rows`: { `inner`: { `i`: `id`, `o`: `@id` } } } } }";
    struct plans *plans = good_table(table);
    struct play p;
    struct plan_message m;
    struct plan_answer answer;
    struct plan_slot outer = {1, 0, 0}, second = {1, 0, 1}, slot = {0, 0, 0};
    struct plan_page_ask ask = {.size = 7};
    struct json_writer w;
    unsigned element;
    assert_true(play_begin(&p, plans, "{`size`: 5}"));
    const struct plan_call *inner = plan_call_at(p.plan, 0);
    assert_true(inner->nested && inner->paged && inner->each && inner->outer == 1);
    assert_true(plan_call_at(p.plan, 1)->paged && !plan_call_at(p.plan, 1)->nested);
    assert_int_equal(inner->needs, 2);
    struct str page = play_envelope(&p, "{`data`: {`list`: [{`id`: 1}, {`id`: 2, `name`: `B`}]}}");
    assert_true(plan_take(p.run, outer, page, &answer, &p.fault));
    page = play_envelope(&p, "{`data`: {`list`: [{`id`: 3}]}}");
    assert_true(plan_take(p.run, second, page, &answer, &p.fault));
    static const struct {
        unsigned page;
        size_t row;
        unsigned element;
        const char *path, *answer;
    } rows[] = {
        {0, 1, 0, "/new/o/2/i", "{`rows`: [{`id`: 21}, {`id`: 22}]}"},
        {1, 0, 1, "/new/o/3/i", "{`rows`: []}"},
        {0, 0, 2, "/new/o/1/i", "{`rows`: [{`id`: 11}]}"},
    };
    for (size_t i = 0; i < 3; i++) {
        outer.page = rows[i].page;
        for (int twice = 0; twice < 2; twice++) {
            assert_true(plan_nest(p.run, 0, outer, rows[i].row, &element, &p.fault));
            assert_int_equal(element, rows[i].element);
        }
        slot.element = element;
        assert_true(plan_build(p.run, slot, &ask, &m, &p.fault));
        assert_true(str_eq(m.path, str_from(rows[i].path)));
        assert_true(str_eq(pairs_get(&m.query, STR("page_size")), STR("7")));
        assert_true(str_eq(pairs_get(&m.query, STR("of")), i == 0 ? STR("B") : STR_NONE));
        page = play_envelope(&p, rows[i].answer);
        assert_true(plan_take(p.run, slot, page, &answer, &p.fault));
    }
    assert_true(plan_pick(p.run, slot, 0, 1));
    slot.element = 0;
    assert_true(plan_pick(p.run, slot, 0, 2));
    struct plan_page_given given = {STR("N"), true};
    json_writer_init(&w, &p.reply);
    assert_true(plan_reply(p.run, &given, &w, &p.fault));
    buf_add_char(&p.reply, '\0');
    check_text("nested", "reply", p.reply.p,
               "{`l`:[{`i`:11,`o`:1},{`i`:21,`o`:2},{`i`:22,`o`:2}],`more`:true}");
    play_end(&p);
    plans_unref(plans);
}

/* Which value orders the rows may depend on the request. */
static void ordered_by_choice(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `Two lists.`, `uses`: `desk`, `accept`: { `by`: "
        "`int?` },"
        "  `calls`: {"
        "    `a`: { `send`: `POST /new/a`, `rows`: `l`, `order_by`: { `choose`: ["
        "             { `when`: `/by | is 1`, `make`: `changed` }, { `make`: `made` } ] } },"
        "    `b`: { `send`: `POST /new/b`, `rows`: `l`, `order_by`: `made` } },"
        "  `reply`: { `l`: { `rows`: { `a`: { `a`: `made` }, `b`: { `b`: `made` } } } } }";
    struct plans *plans = good_table(table);
    for (int by = 0; by <= 1; by++) {
        struct play p;
        struct plan_message m;
        struct plan_answer answer;
        struct plan_slot a = {0, 0, 0};
        struct plan_page_ask ask = {.size = 20};
        assert_true(play_begin(&p, plans, by ? "{`by`: 1}" : "{}"));
        assert_true(plan_build(p.run, a, &ask, &m, &p.fault));
        struct str page = play_envelope(&p, "{`l`: [{`made`: 5, `changed`: 7}]}");
        assert_true(plan_take(p.run, a, page, &answer, &p.fault));
        assert_true(str_eq(plan_row_key(p.run, a, 0), by ? STR("7") : STR("5")));
        play_end(&p);
    }
    plans_unref(plans);
}

/* Calls that are made for each row on the page, whose answers stand in that row. */
static void calls_for_rows(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `Rows with notes.`, `uses`: `desk`,"
        "  `accept`: { `noted`: `bool = true` },"
        "  `calls`: {"
        "    `a`: { `send`: `POST /new/a`, `rows`: `l` },"
        "    `b`: { `send`: `POST /new/b`, `rows`: `l` },"
        "    `notes`: { `when`: `noted`, `each`: `a.l`, `most`: 3, `send`: `GET /new/{@id}/notes` "
        "} },"
        "  `reply`: { `l`: { `rows`: {"
        "      `a`: { `id`: `id`, `first`: `/notes.first`, `notes`: { `each`: `/notes.list`, "
        "`make`: `.` } },"
        "      `b`: { `b`: `id`, `all`: `/notes | count` } } },"
        "    `ids`: { `each`: `notes`, `make`: `@id` } } }";
    static const char *const wanted = "{`l`:[{`id`:2,`first`:`x`,`notes`:[21,22]},{`b`:9,`all`:2},"
                                      "{`id`:4,`notes`:[]}],`ids`:[2,4]}";
    struct plans *plans = good_table(table);
    struct plan_slot a = {0, 0, 0}, b = {1, 0, 0}, notes = {2, 0, 0};
    struct plan_page_ask ask = {.size = 20};
    for (int noted = 1; noted >= 0; noted--) {
        struct play p;
        struct plan_message m;
        struct plan_answer answer;
        struct json_writer w;
        size_t times;
        assert_true(play_begin(&p, plans, noted ? "{}" : "{`noted`: false}"));
        const struct plan_call *about = plan_call_at(p.plan, 2);
        assert_true(about->per_row && about->each && !about->nested && about->outer == 0);
        assert_int_equal(about->needs, 1);
        assert_true(plan_build(p.run, a, &ask, &m, &p.fault));
        struct str page = play_envelope(&p, "{`l`: [{`id`: 1}, {`id`: 2}, {`id`: 3}, {`id`: 4}]}");
        assert_true(plan_take(p.run, a, page, &answer, &p.fault));
        page = play_envelope(&p, "{`l`: [{`id`: 9}]}");
        assert_true(plan_take(p.run, b, page, &answer, &p.fault));
        assert_true(plan_pick(p.run, a, 1, 2) && plan_pick(p.run, b, 0, 1) &&
                    plan_pick(p.run, a, 3, 4));
        assert_int_equal(plan_call_wanted(p.run, 2), noted);
        if (noted) {
            assert_true(plan_call_times(p.run, 2, &times, &p.fault));
            assert_int_equal(times, 2);
            for (notes.element = 0; notes.element < 2; notes.element++) {
                assert_true(plan_build(p.run, notes, NULL, &m, &p.fault));
                assert_true(
                    str_eq(m.path, notes.element ? STR("/new/4/notes") : STR("/new/2/notes")));
                page = play_envelope(&p, notes.element ? "{`list`: []}"
                                                       : "{`list`: [21, 22], `first`: `x`}");
                assert_true(plan_take(p.run, notes, page, &answer, &p.fault));
            }
        }
        json_writer_init(&w, &p.reply);
        assert_true(plan_reply(p.run, NULL, &w, &p.fault));
        buf_add_char(&p.reply, '\0');
        check_text("rows with notes", "reply", p.reply.p,
                   noted ? wanted : "{`l`:[{`id`:2},{`b`:9,`all`:0},{`id`:4}]}");
        play_end(&p);
    }
    plans_unref(plans);
}

static void no_more_calls_for_rows_than_told(void **state)
{
    (void)state;
    static const char table[] =
        "{ `legacy`: `POST /old/x`, `about`: `Rows with notes.`, `uses`: `desk`,"
        "  `calls`: {"
        "    `a`: { `send`: `POST /new/a`, `rows`: `l` },"
        "    `notes`: { `each`: `a.l`, `most`: 2, `send`: `GET /new/{@id}/notes` } },"
        "  `reply`: { `l`: { `rows`: { `a`: { `first`: `/notes.first` } } } } }";
    struct plans *plans = good_table(table);
    struct plan_slot a = {0, 0, 0};
    struct plan_page_ask ask = {.size = 20};
    struct plan_message m;
    struct plan_answer answer;
    struct play p;
    size_t times;
    assert_true(play_begin(&p, plans, "{}"));
    assert_true(plan_build(p.run, a, &ask, &m, &p.fault));
    struct str page = play_envelope(&p, "{`l`: [{`id`: 1}, {`id`: 2}, {`id`: 3}]}");
    assert_true(plan_take(p.run, a, page, &answer, &p.fault));
    assert_true(plan_pick(p.run, a, 0, 3));
    assert_false(plan_call_times(p.run, 1, &times, &p.fault));
    assert_string_equal(p.fault.text, "holds 3 elements; at most 2 are taken in one request");
    play_end(&p);
    plans_unref(plans);
}

static void filters(void **state)
{
    (void)state;
    static const struct {
        const char *name, *a, *b;
        bool same;
    } rows[] = {
        {"paging is no filter", "{`shelf`: 1}", "{`shelf`: 1, `cursor`: `x`, `page_size`: 9}",
         true},
        {"forms of one value", "{`shelf`: 1, `ids`: [`a`]}", "?shelf=1 {`ids`: [`a`]}", true},
        {"order of fields", "{`shelf`: 1, `note`: `n`}", "{`note`: `n`, `shelf`: 1}", true},
        {"what is not accepted", "{`shelf`: 1}", "{`shelf`: 1, `odd`: 2}", true},
        {"another value", "{`shelf`: 1}", "{`shelf`: 2}", false},
        {"one more", "{`shelf`: 1}", "{`shelf`: 1, `note`: ``}", false},
        {"a value that looks like two", "{`note`: `x`, `shelf`: 1}",
         "{`note`: `x\\`,\\`shelf\\`:1`}", false},
    };
    struct plans *plans = good_table(cursor_table);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct play a, b;
        assert_true(play_begin(&a, plans, rows[i].a));
        assert_true(play_begin(&b, plans, rows[i].b));
        if (str_eq(plan_filters(a.run), plan_filters(b.run)) != rows[i].same)
            fail_msg("%s", rows[i].name);
        play_end(&a);
        play_end(&b);
    }
    plans_unref(plans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asked),
        cmocka_unit_test(whole_page),
        cmocka_unit_test(parts_of_pages),
        cmocka_unit_test(merged),
        cmocka_unit_test(nested),
        cmocka_unit_test(filters),
        cmocka_unit_test(ordered_by_choice),
        cmocka_unit_test(calls_for_rows),
        cmocka_unit_test(no_more_calls_for_rows_than_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
