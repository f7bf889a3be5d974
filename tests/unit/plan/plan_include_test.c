/*
 * Named shapes: what a table is with `+`, and the same written out; what is refused.
 */
#include "play.h"

static struct plans *load(const char *shapes, const char *table, struct findings *findings)
{
    static const char *const shared[] = {"profiles.json", "errors.json", "enums.json"};
    struct plan_text texts[5];
    char *held[5];
    for (int i = 0; i < 3; i++) {
        char name[512];
        snprintf(name, sizeof name, LIBRARY "/%s", shared[i]);
        held[i] = file_text(name);
        texts[i] = (struct plan_text){shared[i], str_from(held[i])};
    }
    held[3] = quotes(shapes);
    texts[3] = (struct plan_text){"shapes.json", str_from(held[3])};
    held[4] = quotes(table);
    texts[4] = (struct plan_text){"area/table.json", str_from(held[4])};
    struct plans *plans = plans_load_texts(texts, 5, findings);
    for (int i = 0; i < 5; i++)
        free(held[i]);
    return plans;
}

/* A table with these parts. */
static char *table_of(const char *parts)
{
    char *table = NULL;
    assert_true(asprintf(&table,
                         "{ `legacy`: `POST /old/x`, `about`: `Shapes.`, `uses`: `desk`, %s }",
                         parts) > 0);
    return table;
}

/* The plan of a table, printed; to be cleared. */
static struct buf printed(const char *shapes, const char *parts)
{
    struct findings findings;
    struct buf out;
    char *table = table_of(parts);
    findings_init(&findings);
    buf_init(&out, 1 << 20);
    struct plans *plans = load(shapes, table, &findings);
    if (plans)
        plan_print(plans_at(plans, 0), &out);
    else
        findings_print(&findings, &out);
    plans_unref(plans);
    findings_clear(&findings);
    free(table);
    return out;
}

#define BOTH                                                                                       \
    "{ `both`: { `a`: `f`, `b`: 2 }, `more`: { `+`: `both`, `c`: { `+`: `list` } },"               \
    "  `list`: [1, `f`], `leaf`: `f | or 1`, `types`: { `f`: `any?` },"                            \
    "  `named`: { `=`: [`f`] }, `again`: { `+`: `leaf` }, `names`: [`f`] }"
#define CALL "`calls`: { `c`: { `send`: `POST /new/x`, `body`: { `f`: `f` } } }, "

static void stands_as_if_written_there(void **state)
{
    (void)state;
    static const struct {
        const char *with, *without;
    } rows[] = {
        {"`accept`: { `+`: `types` }, " CALL "`reply`: {}",
         "`accept`: { `f`: `any?` }, " CALL "`reply`: {}"},
        {"`accept`: { `f`: `any?` }, `reply`: { `x`: 1, `+`: `both`, `y`: 2 }",
         "`accept`: { `f`: `any?` }, `reply`: { `x`: 1, `a`: `f`, `b`: 2, `y`: 2 }"},
        {"`accept`: { `f`: `any?` }, `reply`: { `x`: { `+`: `more` } }",
         "`accept`: { `f`: `any?` }, `reply`: { `x`: { `a`: `f`, `b`: 2, `c`: [1, `f`] } }"},
        {"`accept`: { `f`: `any?` }, `reply`: { `x`: [0, { `+`: `list` }, { `+`: `leaf` }] }",
         "`accept`: { `f`: `any?` }, `reply`: { `x`: [0, 1, `f`, `f | or 1`] }"},
        {"`accept`: { `f`: `any?` }, `reply`: { `x`: { `+`: `again` } }",
         "`accept`: { `f`: `any?` }, `reply`: { `x`: `f | or 1` }"},
        {"`accept`: { `f`: `any?` }, `reply`: { `+`: [`both`, `named`] }",
         "`accept`: { `f`: `any?` }, `reply`: { `a`: `f`, `b`: 2, `f`: `f` }"},
        {"`accept`: { `f`: `any?` }, `reply`: { `=`: [{ `+`: `names` }] }",
         "`accept`: { `f`: `any?` }, `reply`: { `f`: `f` }"},
        {"`accept`: { `f`: `any?` }, `reply`: { `x`: { `each`: `f`, `+`: `of` } }, "
         "`shapes`: { `of`: { `where`: `a`, `make`: { `+`: `inner` } }, `inner`: { `b`: `b` } }",
         "`accept`: { `f`: `any?` }, "
         "`reply`: { `x`: { `each`: `f`, `where`: `a`, `make`: { `b`: `b` } } }"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf with = printed(BOTH, rows[i].with), without = printed("{}", rows[i].without);
        if (!str_eq(buf_str(&with), buf_str(&without)))
            fail_msg("%s\n" STR_FMT "\nis not\n" STR_FMT, rows[i].with, STR_ARG(buf_str(&with)),
                     STR_ARG(buf_str(&without)));
        buf_clear(&with);
        buf_clear(&without);
    }
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *shapes, *parts, *finding;
    } rows[] = {
        {"{}", "`reply`: { `x`: { `+`: `a` } }", "area/table.json: $.reply.x.+: no shape 'a'"},
        {"{ `both`: {} }", "`reply`: { `+`: `bott`, `z`: 1 }",
         "area/table.json: $.reply.+: no shape 'bott' (did you mean both?)"},
        {"{ `a`: { `+`: `b` }, `b`: { `x`: { `+`: `a` } } }", "`reply`: { `+`: `a` }",
         "area/table.json: $.reply.+.a.+.b.x.+: the shape 'a' stands within itself"},
        {"{ `a`: { `x`: 1 } }", "`reply`: { `+`: `a`, `x`: 2 }",
         "area/table.json: $.reply.+: the member 'x' of the shape 'a' stands here already"},
        {"{ `a`: { `x`: 1 } }", "`reply`: { `+`: [`a`, `a`] }",
         "area/table.json: $.reply.+[1]: the member 'x' of the shape 'a' stands here already"},
        {"{ `a`: [1] }", "`reply`: { `+`: `a`, `x`: 2 }",
         "area/table.json: $.reply.+: the shape 'a' is a list, which has no members"},
        {"{}", "`reply`: { `+`: 1, `x`: 2 }",
         "area/table.json: $.reply.+: expected the name of a shape, or a list of names, found a "
         "number"},
        {"{}", "`reply`: { `+`: [], `x`: 2 }",
         "area/table.json: $.reply.+: expected the name of a shape, found an empty list"},
        {"{ `a`: {} }", "`shapes`: { `a`: 1 }, `reply`: { `x`: { `+`: `a` } }",
         "area/table.json: $.shapes.a: shapes.json holds a shape of the same name"},
        {"{}", "`shapes`: { `a`: 1 }, `reply`: {}",
         "area/table.json: $.shapes.a: nothing includes this shape"},
        {"{}", "`shapes`: [], `reply`: {}",
         "area/table.json: $.shapes: expected an object of shapes, found a list"},
        {"[]", "`reply`: {}", "shapes.json: $: expected an object of shapes, found a list"},
        {"{ `+`: {} }", "`reply`: {}", "shapes.json: $: '+' is no name of a shape"},
        {"{ `a`: [{ `+`: `b` }, { `+`: `b` }, { `+`: `b` }, { `+`: `b` }, { `+`: `b` }],"
         "  `b`: [{ `+`: `c` }, { `+`: `c` }, { `+`: `c` }, { `+`: `c` }, { `+`: `c` }],"
         "  `c`: [{ `+`: `d` }, { `+`: `d` }, { `+`: `d` }, { `+`: `d` }, { `+`: `d` }],"
         "  `d`: [{ `+`: `e` }, { `+`: `e` }, { `+`: `e` }, { `+`: `e` }, { `+`: `e` }],"
         "  `e`: [1, 2] }",
         "`shapes`: { `f`: [{ `+`: `a` }, { `+`: `a` }] }, `reply`: { `x`: { `+`: `f` } }",
         "more than 1000 shapes in one table"},
        {"{ `a`: { `+`: `b` }, `b`: { `+`: `c` }, `c`: { `+`: `d` }, `d`: { `+`: `e` },"
         "  `e`: { `+`: `f` }, `f`: { `+`: `g` }, `g`: { `+`: `h` }, `h`: { `+`: `i` },"
         "  `i`: { `+`: `j` }, `j`: { `+`: `k` }, `k`: { `+`: `l` }, `l`: { `+`: `m` },"
         "  `m`: { `+`: `n` }, `n`: { `+`: `o` }, `o`: { `+`: `p` }, `p`: { `+`: `q` }, `q`: {} }",
         "`reply`: { `+`: `a` }", "shapes in shapes, more than 16 deep"},
        {"{ `a`: { `x`: 1 } }", "`reply`: {}",
         "warning: shapes.json: $.a: no table includes this shape"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct findings findings;
        struct buf out;
        char *table = table_of(rows[i].parts);
        findings_init(&findings);
        buf_init(&out, 1 << 20);
        plans_unref(load(rows[i].shapes, table, &findings));
        findings_print(&findings, &out);
        buf_add_char(&out, '\0');
        if (!strstr(out.p, rows[i].finding))
            fail_msg("%s: expected\n%s\nfound\n%s", rows[i].parts, rows[i].finding, out.p);
        buf_clear(&out);
        findings_clear(&findings);
        free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stands_as_if_written_there),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
