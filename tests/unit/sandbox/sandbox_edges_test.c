/*
 * Where tables and requests reach an edge: records inside of records that were kept, counts
 * that go in a circle, lists and texts that are too long, more tokens than are kept.
 */
#include "own_shop.h"

#define QUERY                                                                                      \
    "\"content\": \"json\", \"path\": {}, \"query\": {\"shop_cipher\": \"string!\","               \
    " \"sort_field\": \"string\"}"
#define THINGS                                                                                     \
    "\"things[]\": \"object\", \"things[].seen\": \"int\", \"things[].parts[]\": \"object\","      \
    " \"things[].parts[].id\": \"string\", \"things[].after\": \"int\""

static const struct own_file files[] = {
    {"contracts/v202309/things.json",
     "{\"name\": \"Things\", \"call\": \"GET /x/202309/things\", " QUERY
     ", \"body\": {}, \"errors\": [], \"answer\": {" THINGS "}}"},
    {"contracts/v202309/rings.json",
     "{\"name\": \"Rings\", \"call\": \"GET /x/202309/rings\", " QUERY
     ", \"body\": {}, \"errors\": [], \"answer\": {\"rings[]\": \"object\","
     " \"rings[].ones[]\": \"string\"}}"},
    {"contracts/v202309/texts.json",
     "{\"name\": \"Texts\", \"call\": \"POST /x/202309/texts\", " QUERY
     ", \"body\": {\"text\": \"string\", \"numbers[]\": \"int\"}, \"errors\": [],"
     " \"answer\": {\"text\": \"string\", \"count\": \"int\"}}"},
    {"sandbox/entities/part.json",
     "{\"entity\": \"part\", \"id\": {\"field\": \"id\", \"prefix\": \"20\"}, \"count\": 2,"
     " \"fields\": {\"id\": \"'part ' + index\"}}"},
    {"sandbox/entities/thing.json",
     "{\"entity\": \"thing\", \"id\": {\"field\": \"id\", \"prefix\": \"10\"}, \"count\": 1,"
     " \"fields\": {\"id\": \"id()\", \"seen\": \"now\","
     " \"parts\": \"[record('part', 0), record('part', 1)]\", \"after\": 1}}"},
    {"sandbox/entities/ring.json",
     "{\"entity\": \"ring\", \"id\": {\"field\": \"id\", \"prefix\": \"30\"}, \"count\": 1,"
     " \"fields\": {\"id\": \"id()\", \"ones\": [\"count(others)\", \"'a'\"],"
     " \"others\": [\"count(ones)\", \"'b'\"]}}"},
    {"sandbox/endpoints/things.json",
     "{\"GET /x/202309/things\": {\"list\": \"thing\", \"at\": \"things[]\"},"
     " \"GET /x/202309/rings\": {\"list\": \"ring\", \"at\": \"rings[]\"},"
     " \"POST /x/202309/texts\": {\"answer\": {\"text\": \"join([body.text, body.text], '')\","
     " \"count\": \"count(body.numbers)\"}}}"},
};

static struct own_shop shop;

static int setup(void **state)
{
    (void)state;
    own_make(shop.root, files, sizeof files / sizeof *files);
    own_start(&shop, (struct sandbox_options){.seed = 1});
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    own_remove(&shop);
    return 0;
}

/* "code message" or the data begins with, or holds, these words. */
static void ask(const char *call, const char *body, const char *words)
{
    char *answer = own_call(&shop, call, body);
    if (!strstr(answer, words))
        fail_msg("%s: expected %s, found %s", call, words, answer);
    free(answer);
}

static void kept_records_know_the_time(void **state)
{
    (void)state;
    static const char *const seen[] = {"{\"things\":[{\"seen\":1700000000,\"parts\":["
                                       "{\"id\":\"part 0\"},{\"id\":\"part 1\"}],\"after\":1}]}",
                                       "\"seen\":1700000005,", "\"seen\":1700000005,"};
    ask("GET /x/202309/things", NULL, seen[0]);
    atomic_store(&client_time_ms, (int64_t)(CLIENT_NOW + 5) * 1000);
    ask("GET /x/202309/things", NULL, seen[1]);
    ask("GET /x/202309/things", NULL, seen[2]);
    atomic_store(&client_time_ms, (int64_t)CLIENT_NOW * 1000);
}

static void fields_that_are_not_there_sort_nothing(void **state)
{
    (void)state;
    ask("GET /x/202309/things?sort_field=after", NULL, "\"after\":1");
    ask("GET /x/202309/things?sort_field=before", NULL, "36009004 Invalid parameter. sort_field");
    ask("GET /x/202309/things?sort_field=before", NULL, "'before' is none");
}

static void counts_in_a_circle_are_faults(void **state)
{
    (void)state;
    ask("GET /x/202309/rings", NULL, "needs itself");
}

static void write_numbers(struct buf *out, size_t count)
{
    buf_reset(out);
    buf_add_str(out, STR("{\"text\":\"a\",\"numbers\":["));
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%zu", i ? "," : "", i);
    buf_add_str(out, STR("]}"));
    buf_add_char(out, '\0');
}

static void long_lists_and_texts_are_refused(void **state)
{
    (void)state;
    struct buf body;
    buf_init(&body, 1 << 20);
    write_numbers(&body, 1000);
    ask("POST /x/202309/texts", body.p, "{\"text\":\"aa\",\"count\":1000}");
    write_numbers(&body, 1001);
    ask("POST /x/202309/texts", body.p, "body.numbers has 1001 elements, the sandbox takes 1000");
    ask("POST /x/202309/texts", "{\"text\":\"\",\"numbers\":[-9223372036854775808]}",
        "body.numbers[0] must have at most 16 digits");
    buf_reset(&body);
    buf_add_str(&body, STR("{\"text\":\""));
    for (int i = 0; i < 40000; i++)
        buf_add_char(&body, 'a');
    buf_add_str(&body, STR("\"}"));
    buf_add_char(&body, '\0');
    ask("POST /x/202309/texts", body.p, "join() expects texts of 64 KiB at most");
    buf_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_records_know_the_time),
        cmocka_unit_test(fields_that_are_not_there_sort_nothing),
        cmocka_unit_test(counts_in_a_circle_are_faults),
        cmocka_unit_test(long_lists_and_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
