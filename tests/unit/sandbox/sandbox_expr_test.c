/*
 * Expressions: what they make in the scope of a record, and what is refused.
 */
#include "sandbox/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct tables *tables;

static int setup(void **state)
{
    (void)state;
    struct findings findings;
    findings_init(&findings);
    tables = tables_load(TEST_ROOT "/mappings", &findings);
    findings_clear(&findings);
    return tables ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    tables_free(tables);
    return 0;
}

/* In the scope of the fifth product of the third shop (whole units, region ID). */
static const struct {
    const char *source, *text; /* text NULL: absent */
} values[] = {
    {"1 + 2 * 3 - 4", "3"},
    {"(1 + 2) * 3", "9"},
    {"7 / 2", "4"},
    {"-7 / 2", "-4"},
    {"5 / 2 * 2", "6"},
    {"9223372036854775807 / 2", "4611686018427387904"},
    {"-9223372036854775807 / 9223372036854775807", "-1"},
    {"(-9223372036854775807 - 1) % -1", "0"},
    {"7 % 3", "1"},
    {"-3 + 1", "-2"},
    {"'a' + 1 + 'b'", "a1b"},
    {"'x' == 'x' and 2 > 1", "true"},
    {"not (1 == 1)", "false"},
    {"1 < 2 or absent", "true"},
    {"absent or 'else'", "else"},
    {"false or 'else'", "else"},
    {"0 or 'else'", "0"},
    {"if 1 > 2 then 'a' else 'b'", "b"},
    {"if 1 > 2 then 'a'", NULL},
    {"if false then 1 else if true then 2 else 3", "2"},
    {"absent + 1", NULL},
    {"id('12', absent)", NULL},
    {"absent == absent", "true"},
    {"absent < 1", "false"},
    {"'2' in ['1', '2']", "true"},
    {"2 in ['1', '2']", "true"},
    {"3 in [1, 2]", "false"},
    {"[10, 20, 30][1]", "20"},
    {"[10, 20, 30][3]", NULL},
    {"join(['a', 'b'], '-')", "a-b"},
    {"sum([1, 2, 3])", "6"},
    {"sum([])", "0"},
    {"count([1, 2])", "2"},
    {"min(3, absent, 2)", "2"},
    {"max(3, 7, 2)", "7"},
    {"pad(7, 3)", "007"},
    {"upper('abC')", "ABC"},
    {"text(12)", "12"},
    {"every([1, 1], 1)", "true"},
    {"every([1, 2], 1)", "false"},
    {"decimals(['1', '2.50'])", "true"},
    {"decimals(['1.'])", "false"},
    {"decimals(['-1'])", "false"},
    {"decimals(['1e3'])", "false"},
    {"index", "4"},
    {"number", "20000004"},
    {"shop.currency", "IDR"},
    {"money(1234)", "1234"},
    {"record('shop', 0).currency", "GBP"},
    {"size('order')", "25"},
    {"find('product', record('product', 7).id).external_product_id", "EXT-00007"},
    {"find('product', '1')", NULL},
    {"external_product_id", "EXT-00004"},
    {"root.external_product_id", "EXT-00004"},
    {"count(skus.id) == count(skus)", "true"},
    {"skus[0].price.currency", "IDR"},
    {"words.order_stages['UNPAID']", "0"},
    {"words.order_stages['NOTHING']", NULL},
    {"join([1, 2] + [3], '-')", "1-2-3"},
    {"join(absent + [3] + absent, '-')", "3"},
    {"none", NULL},
    {"none or 'else'", "else"},
    {"count(where(words.categories, 'id', '600001'))", "1"},
    {"where(words.categories, 'id', ['x', '600001'])[0].id", "600001"},
    {"count(without(words.categories, 'id', '600001')) == count(words.categories) - 1", "true"},
    {"where(skus, 'price.currency', 'IDR')[0].seller_sku == skus[0].seller_sku", "true"},
    {"merge(words.categories[0], absent).id", "600001"},
    {"merge(words.categories[0], words.categories[1]).id == words.categories[1].id", "true"},
    {"join(unique([1, 2, '1', absent, 2, 3]), '-')", "1-2-3"},
    {"join(flat([[1, 2], absent, [3]]), '-')", "1-2-3"},
    {"hash('a') == hash('a')", "true"},
    {"uploaded('pictures/0123456789abcdef0123456789abcdef')", NULL},
    {"uploaded(absent)", NULL},
    {"hash('a') == hash('b')", "false"},
    {"has('Stoneware Mug', 'wareM')", "false"},
    {"has('Stoneware Mug', 'WARE m')", "true"},
    {"has(absent, 'x')", NULL},
    {"document(['a', 'b'])", "http://localhost/sandbox/documents/YQpi.pdf"},
    {"document('a', 'ZPL')", "http://localhost/sandbox/documents/YQ.zpl"},
    {"fresh('123', 18) == fresh('123', 18)", "false"},
    {"orders", "25"},
    {"money('12')", "12"},
    {"money('12.5')", NULL},
    {"money('12.00')", "12"},
    {"money('12.0')", "12"},
    {"money('12.')", NULL},
    {"money('12.001')", NULL},
    {"money('-12')", "-12"},
    {"money('1e3')", NULL},
    {"sum(['12', '30'])", "42"},
    {"original('product', 7).external_product_id", "EXT-00007"},
    {"original('product', 1000)", NULL},
    {"roll(1)", "0"},
    {"cycle(['a', 'b', 'c'])", "b"},
    {"id('12', 5, 18) == id('12', 5, 18)", "true"},
    {"id('12', 5, 18) == id('12', 6, 18)", "false"},
};

static void begin(struct run *run, struct arena *arena, struct world *world)
{
    run_init(run, arena, tables, world);
    world->orders = 25;
    run->shop = 2;
    run->host = STR("localhost");
    run->epoch = 1700000000;
    run->seed = 1;
}

static struct value evaluate(struct run *run, const char *source)
{
    char why[256] = "";
    const struct expr *expr = expr_parse(str_from(source), run->arena, why, sizeof why);
    if (!expr)
        fail_msg("%s: %s", source, why);
    struct record *record = run_record(run, tables_entity(tables, STR("product")), 2, 4);
    assert_non_null(record);
    return run_eval(run, expr, record->root);
}

static void makes_values(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16 << 20);
    struct world world;
    assert_true(world_init(&world));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct run run;
        begin(&run, arena, &world);
        struct str text = value_str(evaluate(&run, values[i].source), arena);
        if (run.faulty)
            fail_msg("%s: %s", values[i].source, run.fault);
        if (!values[i].text ? text.p != NULL : !str_eq(text, str_from(values[i].text)))
            fail_msg("%s made '" STR_FMT "', not '%s'", values[i].source, STR_ARG(text),
                     values[i].text ? values[i].text : "nothing");
        arena_reset(arena);
    }
    world_clear(&world);
    arena_free(arena);
}

static const struct {
    const char *source, *fault;
} faults[] = {
    {"nothing_like_it", "nothing is named"},
    {"skus[0].nothing", "has no 'nothing'"},
    {"title.x", "has no 'x'"},
    {"1 + skus", "cannot calculate"},
    {"[1] + 1", "cannot calculate"},
    {"fresh('1234567890', 12)", "fresh() expects"},
    {"where([1], 2, 3)", "where() expects"},
    {"original('products', 1)", "original() expects"},
    {"'a' * 2", "cannot calculate"},
    {"skus == 1", "cannot compare"},
    {"1 / 0", "division by zero"},
    {"9223372036854775807 + 1", "too large"},
    {"(-9223372036854775807 - 1) / -1", "too large"},
    {"money(1) + record('shop', 0).decimals * money(skus)", "money() expects"},
    {"roll(0)", "roll() expects"},
    {"id('1', 2, 99)", "id() expects"},
    {"pad('a', 2)", "pad() expects"},
    {"[1][0 - 1]", "no whole number"},
};

static void tells_faults(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16 << 20);
    struct world world;
    assert_true(world_init(&world));
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct run run;
        begin(&run, arena, &world);
        evaluate(&run, faults[i].source);
        if (!run.faulty || !strstr(run.fault, faults[i].fault))
            fail_msg("%s: expected '%s', found '%s'", faults[i].source, faults[i].fault, run.fault);
        arena_reset(arena);
    }
    world_clear(&world);
    arena_free(arena);
}

static const struct {
    const char *source, *why;
} wrong[] = {
    {"", "expected a value"},          {"1 +", "expected a value"},
    {"1 2", "unexpected '2'"},         {"(1", "expected ')'"},
    {"[1, 2", "expected ',' or ']'"},  {"'open", "has no end"},
    {"if 1", "expected 'then'"},       {"a.", "expected a name"},
    {"a[1", "expected ']'"},           {"rol(3)", "did you mean 'roll'?"},
    {"frobnicate(1)", "unknown word"}, {"roll()", "takes 1 to 1"},
    {"roll(1, 2)", "takes 1 to 1"},    {"99999999999999999999", "whole number"},
    {"1 == 2 == 3", "unexpected"},     {"a = b", "unexpected"},
};

static void refuses_what_is_no_expression(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char why[256] = "";
        assert_null(expr_parse(str_from(wrong[i].source), arena, why, sizeof why));
        if (!strstr(why, wrong[i].why))
            fail_msg("%s: expected '%s', found '%s'", wrong[i].source, wrong[i].why, why);
    }
    char deep[200], why[256] = "";
    memset(deep, '(', sizeof deep);
    assert_null(expr_parse(str_of(deep, sizeof deep), arena, why, sizeof why));
    assert_non_null(strstr(why, "too deeply"));
    struct buf text;
    buf_init(&text, 1 << 16);
    for (int i = 0; i < 100; i++)
        buf_add_str(&text, STR("not "));
    assert_null(expr_parse(buf_str(&text), arena, why, sizeof why));
    assert_non_null(strstr(why, "too deeply"));
    buf_reset(&text);
    for (int i = 0; i < 600; i++)
        buf_add_str(&text, STR("1 + "));
    assert_null(expr_parse(buf_str(&text), arena, why, sizeof why));
    assert_non_null(strstr(why, "more than 1000 parts"));
    buf_clear(&text);
    arena_free(arena);
}

static void ids_lead_back_to_numbers(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, 1, 2, 999, 10000000, 30000059, 99999999};
    struct arena *arena = arena_new(1 << 20);
    for (unsigned digits = 12; digits <= 19; digits++)
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            uint64_t back = 0;
            struct str id = id_make(arena, STR("172"), digits, numbers[i]);
            assert_int_equal(id.n, digits);
            assert_true(id_read(id, STR("172"), digits, &back));
            assert_int_equal(back, numbers[i]);
            assert_false(id_read(id, STR("173"), digits, &back));
            assert_false(id_read(id, STR("172"), digits - 1, &back));
        }
    arena_free(arena);
}

static void seeds_have_ids_of_their_own(void **state)
{
    (void)state;
    static const struct entity box = {.prefix = STR_C("172"), .digits = 18};
    struct run run = {.arena = arena_new(1 << 20), .seed = 1}, other = {.arena = run.arena};
    for (uint64_t number = 0; number < 100; number++) {
        uint64_t back = 0;
        struct str id = run_make_id(&run, box.prefix, box.digits, number);
        for (other.seed = 2; other.seed < 10; other.seed++) {
            struct str differs = run_make_id(&other, box.prefix, box.digits, number);
            assert_false(str_eq(id, differs));
            assert_true(run_read_id(&other, differs, &box, &back));
            assert_int_equal(back, number);
        }
        assert_true(run_read_id(&run, id, &box, &back));
        assert_int_equal(back, number);
    }
    arena_free(run.arena);
}

static void globs_match(void **state)
{
    (void)state;
    assert_true(glob_match(STR("*"), STR("")));
    assert_true(glob_match(STR("*_id"), STR("shop_id")));
    assert_false(glob_match(STR("*_id"), STR("shop_ids")));
    assert_true(glob_match(STR("a*c*e"), STR("abcde")));
    assert_false(glob_match(STR("a*c*e"), STR("abde")));
    assert_true(glob_match(STR("same"), STR("same")));
    assert_false(glob_match(STR("same"), STR("samee")));
    assert_true(glob_match(STR("**a*"), STR("bab")));
    assert_false(
        glob_match(STR("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"),
                   STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
}

/* Every word stands in the reference of the tables, with its arguments. */
static void every_word_is_in_the_reference(void **state)
{
    (void)state;
    static char text[64 << 10];
    FILE *file = fopen(TEST_ROOT "/mappings/sandbox/README.md", "r");
    assert_non_null(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    assert_true(n > 0 && n < sizeof text - 1);
    text[n] = '\0';
    fclose(file);
    for (int i = 0; i < rule_word_count(); i++) {
        char name[64];
        snprintf(name, sizeof name, "`" STR_FMT "(", STR_ARG(word_name(i)));
        if (!strstr(text, name))
            fail_msg("the reference lacks %s)`", name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_values),
        cmocka_unit_test(tells_faults),
        cmocka_unit_test(refuses_what_is_no_expression),
        cmocka_unit_test(ids_lead_back_to_numbers),
        cmocka_unit_test(seeds_have_ids_of_their_own),
        cmocka_unit_test(globs_match),
        cmocka_unit_test(every_word_is_in_the_reference),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
