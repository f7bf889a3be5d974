/*
 * Notes: what the client sent in vain, fit for a header field.
 */
#include "play.h"

static const char table[] =
    "{ `legacy`: `POST /old/x`, `about`: `Notes.`, `uses`: `desk`,"
    "  `accept`: { `id`: `id?`, `note`: `text?`, `lines`: [ { `id`: `id`, `hint`: `text?`,"
    "              `box?`: { `w`: `int?` } } ], `extra`: `any?` },"
    "  `loses`: { `request`: { `note, lines[].{ hint, box.w}`: `Not any more.` },"
    "             `answer`: { `age`: `Nobody knows it.` } },"
    "  `calls`: { `c`: { `send`: `POST /new/x`, `body`: { `id`: `id`, `e`: `extra`,"
    "             `l`: { `each`: `lines`, `make`: `id` } } } },"
    "  `reply`: { } }";

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *request, *unused, *lost;
    } rows[] = {
        {"{`lines`: [], `id`: 1}", "", ""},
        {"{`lines`: [], `shop_id`: 1, `sign`: 2}", "", ""},
        {"?a=1&app_key=k&a=2 {`lines`: [], `b`: 1}", "b, a", ""},
        {"?lines[]={}&id[]=1&lines[x]=2 {`lines`: []}", "id[], lines[x]", ""},
        {"{`lines`: [{`id`: 1, `x`: 1, `box`: {`h`: 2}}, {`id`: 2, `x`: 1}]}",
         "lines[].x, lines[].box.h", ""},
        {"{`lines`: [], `extra`: {`free`: 1}}", "", ""},
        {"{`lines`: [], `note`: `n`}", "", "note"},
        {"?note=n {`lines`: []}", "", "note"},
        {"{`lines`: [], `note`: null}", "", ""},
        {"{`lines`: [{`id`: 1}, {`id`: 2, `hint`: `h`, `box`: {`w`: 1}}], `note`: ``}", "",
         "note, lines[].hint, lines[].box.w"},
        {"?lines=[{%22id%22:1,%22hint%22:%22h%22}]", "", "lines[].hint"},
        {"{`lines`: [], `evil\\r\\nSet-Cookie: x`: 1, `caf\\u00e9, b`: 2}",
         "evil??Set-Cookie??x, caf????b", ""},
    };
    struct plans *plans = good_table(table);
    assert_int_equal(plan_losses(plans_at(plans, 0)), 4);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct play p;
        struct buf unused, lost;
        buf_init(&unused, 4096);
        buf_init(&lost, 4096);
        assert_true(play_begin(&p, plans, rows[i].request));
        plan_notes(p.run, &unused, &lost);
        if (!str_eq(buf_str(&unused), str_from(rows[i].unused)) ||
            !str_eq(buf_str(&lost), str_from(rows[i].lost)))
            fail_msg("%s: '" STR_FMT "' and '" STR_FMT "'", rows[i].request,
                     STR_ARG(buf_str(&unused)), STR_ARG(buf_str(&lost)));
        buf_clear(&unused);
        buf_clear(&lost);
        play_end(&p);
    }
    plans_unref(plans);
}

static void stay_short(void **state)
{
    (void)state;
    struct plans *plans = good_table(table);
    struct play p;
    struct buf request, unused, lost;
    buf_init(&request, 1 << 20);
    buf_init(&unused, 1 << 20);
    buf_init(&lost, 1 << 20);
    buf_add_str(&request, STR("{"));
    for (int i = 0; i < 500; i++)
        buf_printf(&request, "`%0300d`: 1, ", i);
    for (int i = 0; i < 500; i++)
        buf_printf(&request, "`n%d`: 1, ", i);
    buf_add(&request, "`lines`: []}", 13);
    assert_true(play_begin(&p, plans, request.p));
    plan_notes(p.run, &unused, &lost);
    assert_true(unused.n > 0 && unused.n <= 20 * 82);
    buf_clear(&request);
    buf_clear(&unused);
    buf_clear(&lost);
    play_end(&p);
    plans_unref(plans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(stay_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
