/*
 * What requests change, in a shop of boxes and labels: forms and lists that are set, added
 * records, related ones, denials, and what the next request sees of it.
 */
#include "own_shop.h"

#include "sandbox/run.h"

static const struct own_file files[] = {
    {"sandbox/entities/box.json",
     "{\"entity\": \"box\", \"id\": {\"field\": \"id\", \"prefix\": \"10\", \"digits\": 18},"
     " \"count\": \"orders / 5\", \"exists\": \"not _gone\", \"fields\": {"
     " \"id\": \"id()\", \"_gone\": false, \"name\": \"'box ' + index\","
     " \"state\": \"if index == 1 then 'SHUT' else 'OPEN'\","
     " \"price\": {\"amount\": \"money(100 + index)\", \"currency\": \"shop.currency\"},"
     " \"lines\": [\"2\", {\"key\": \"'k' + at\", \"pieces\": \"at + 1\","
     "             \"price\": {\"amount\": \"money(10 * (at + 1))\"}}],"
     " \"note\": \"absent\", \"labels\": \"absent\", \"_all\": \"sum(lines.pieces)\","
     " \"pieces\": \"_all\", \"total\": \"sum(lines.price.amount)\" }}"},
    {"sandbox/entities/label.json",
     "{\"entity\": \"label\", \"id\": {\"field\": \"text\"}, \"count\": 2, \"fields\": {"
     " \"text\": \"'label-' + index\", \"box\": \"absent\", \"uses\": 0 }}"},
    {"contracts/v202309/box.json",
     "{\"name\": \"Get Boxes\", \"call\": \"GET /box/202309/boxes\", \"content\": \"json\", "
     "\"path\": {},"
     " \"query\": {\"shop_cipher\": \"string!\", \"ids[]\": \"string!\"}, \"body\": {}, "
     "\"errors\": [],"
     " \"answer\": {\"boxes[]\": \"object\", \"boxes[].id\": \"string\", \"boxes[].name\": "
     "\"string\","
     " \"boxes[].note\": \"string\", \"boxes[].state\": \"string\", \"boxes[].pieces\": \"int\","
     " \"boxes[].total\": \"string\", \"boxes[].price\": \"object\", \"boxes[].price.amount\": "
     "\"string\","
     " \"boxes[].price.currency\": \"string\","
     " \"boxes[].lines[]\": \"object\", \"boxes[].lines[].key\": \"string\","
     " \"boxes[].lines[].pieces\": \"int\","
     " \"boxes[].lines[].price\": \"object\", \"boxes[].lines[].price.amount\": \"string\","
     " \"boxes[].labels[]\": \"string\"}}"},
    {"contracts/v202309/search.json",
     "{\"name\": \"Search\", \"call\": \"POST /box/202309/boxes/search\", \"content\": \"json\", "
     "\"path\": {},"
     " \"query\": {\"shop_cipher\": \"string!\", \"page_size\": \"int\", \"page_token\": "
     "\"string\"},"
     " \"body\": {\"state\": \"string\"}, \"errors\": [],"
     " \"answer\": {\"names[]\": \"string\", \"total_count\": \"int\", \"next_page_token\": "
     "\"string\"}}"},
    {"contracts/v202309/lines.json",
     "{\"name\": \"Lines\", \"call\": \"GET /box/202309/boxes/{box_id}/lines\", \"content\": "
     "\"json\","
     " \"path\": {\"box_id\": \"string!\"},"
     " \"query\": {\"shop_cipher\": \"string!\", \"page_size\": \"int\", \"page_token\": "
     "\"string\","
     "             \"sort_field\": \"string\", \"sort_order\": \"string\", \"key\": \"string\"},"
     " \"body\": {}, \"errors\": [], \"answer\": {\"lines[]\": \"object\", \"lines[].key\": "
     "\"string\","
     " \"lines[].pieces\": \"int\", \"total_count\": \"int\"}}"},
    {"contracts/v202309/change.json",
     "{\"name\": \"Change\", \"call\": \"PUT /box/202309/boxes/{box_id}\", \"content\": \"json\","
     " \"path\": {\"box_id\": \"string!\"}, \"query\": {\"shop_cipher\": \"string!\"},"
     " \"body\": {\"name\": \"string\", \"note\": \"string\", \"amount\": \"string\", \"rename\": "
     "\"string\","
     "   \"plain\": \"bool\", \"lines[]\": \"object\", \"lines[].key\": \"string!\","
     "   \"lines[].pieces\": \"int\", \"lines[].amount\": \"string\"}, \"errors\": [],"
     " \"answer\": {\"id\": \"string\", \"state\": \"string\"}}"},
    {"contracts/v202309/pieces.json",
     "{\"name\": \"Pieces\", \"call\": \"POST /box/202309/boxes/{box_id}/pieces\", \"content\": "
     "\"json\","
     " \"path\": {\"box_id\": \"string!\"}, \"query\": {\"shop_cipher\": \"string!\"},"
     " \"body\": {\"lines[]\": \"object\", \"lines[].key\": \"string!\", \"lines[].pieces\": "
     "\"int\"},"
     " \"errors\": [], \"answer\": {}}"},
    {"contracts/v202309/create.json",
     "{\"name\": \"Create\", \"call\": \"POST /box/202309/boxes\", \"content\": \"json\", "
     "\"path\": {},"
     " \"query\": {\"shop_cipher\": \"string!\"},"
     " \"body\": {\"name\": \"string!\", \"labels[]\": \"string\"}, \"errors\": [],"
     " \"answer\": {\"box_id\": \"string\"}}"},
    {"contracts/v202309/delete.json",
     "{\"name\": \"Delete\", \"call\": \"DELETE /box/202309/boxes\", \"content\": \"json\", "
     "\"path\": {},"
     " \"query\": {\"shop_cipher\": \"string!\"},"
     " \"body\": {\"boxes[]\": \"object\", \"boxes[].id\": \"string!\", \"boxes[].why\": "
     "\"string\"},"
     " \"errors\": [], \"answer\": {\"errors[]\": \"object\", \"errors[].code\": \"int\","
     " \"errors[].message\": \"string\", \"errors[].id\": \"string\", \"errors[].why\": "
     "\"string\"}}"},
    {"contracts/v202309/labels.json",
     "{\"name\": \"Labels\", \"call\": \"GET /box/202309/labels/{text}\", \"content\": \"json\","
     " \"path\": {\"text\": \"string!\"}, \"query\": {\"shop_cipher\": \"string!\"}, \"body\": {},"
     " \"errors\": [], \"answer\": {\"text\": \"string\", \"box\": \"string\", \"uses\": "
     "\"int\"}}"},
    {"contracts/v202309/upload.json",
     "{\"name\": \"Upload\", \"call\": \"POST /box/202309/pictures\", \"content\": \"form\", "
     "\"path\": {},"
     " \"query\": {}, \"body\": {\"picture\": \"file!\"}, \"errors\": [],"
     " \"answer\": {\"url\": \"string\", \"format\": \"string\"}}"},
    {"sandbox/endpoints/picture.json",
     "{\"POST /box/202309/pictures\": {\"upload\": \"picture\","
     " \"answer\": {\"url\": \"file.url\", \"format\": \"file.format\"}}}"},
    {"sandbox/endpoints/box.json",
     "{\"GET /box/202309/boxes\": {\"get\": \"box\", \"by\": \"ids[]\", \"at\": \"boxes[]\"},"
     "\"GET /box/202309/labels/{text}\": {\"get\": \"label\", \"by\": \"text\","
     "  \"unknown\": {\"code\": 9, \"message\": \"no such label\"}},"
     "\"POST /box/202309/boxes/search\": {\"list\": \"box\", \"where\": {\"state\": \"state == "
     "value\"},"
     "  \"answer\": {\"names\": [\"count(records)\", \"records[at].name\"]}},"
     "\"GET /box/202309/boxes/{box_id}/lines\": {\"of\": \"find('box', params.box_id).lines\","
     "  \"at\": \"lines[]\", \"where\": {\"key\": \"key == value\"}},"
     "\"PUT /box/202309/boxes/{box_id}\": {\"change\": \"box\", \"by\": \"box_id\","
     "  \"unknown\": {\"code\": 1, \"message\": \"no such box\"},"
     "  \"denies\": [{\"when\": \"state == 'SHUT'\", \"code\": 2, \"message\": \"it is shut\"}],"
     "  \"set\": {\"name\": \"body.name\", \"note\": \"if body.plain then none else body.note\","
     "    \"price.amount\": \"money(body.amount)\", \"lines[].key\": \"if body.rename then key + "
     "body.rename\","
     "    \"lines\": [\"if body.lines then count(body.lines)\", {"
     "       \"key\": \"body.lines[at].key\", \"pieces\": \"body.lines[at].pieces or 1\","
     "       \"price\": {\"_if\": \"body.lines[at].amount\", \"amount\": "
     "\"money(body.lines[at].amount)\"}}]}},"
     "\"POST /box/202309/boxes/{box_id}/pieces\": {\"change\": \"box\", \"by\": \"box_id\","
     "  \"elements\": {\"in\": \"lines[]\", \"of\": \"lines\", \"by\": \"key\", \"set\": "
     "{\"pieces\": \"item.pieces\"},"
     "    \"unknown\": {\"code\": 3, \"message\": \"no such line\"}}},"
     "\"POST /box/202309/boxes\": {\"create\": \"box\","
     "  \"reuse\": \"if has(body.name, 'again') then record('box', 0).id\","
     "  \"denies\": [{\"when\": \"body.name == ''\", \"code\": 4, \"message\": \"no name\"}],"
     "  \"set\": {\"name\": \"body.name\", \"labels\": \"body.labels\", \"state\": \"'OPEN'\"},"
     "  \"also\": [{\"in\": \"label\", \"of\": \"labels\", \"set\": {\"box\": \"record.name\", "
     "\"uses\": \"uses + 1\"},"
     "              \"also\": [{\"create\": \"label\", \"when\": \"uses == 2\","
     "                         \"set\": {\"text\": \"'more-of-' + record.text\", \"box\": "
     "\"body.name\"}}]}],"
     "  \"answer\": {\"box_id\": \"record.id\"}},"
     "\"DELETE /box/202309/boxes\": {\"change\": \"box\", \"each\": \"boxes[]\", \"by\": \"id\","
     "  \"unknown\": {\"code\": 1, \"message\": \"no such box\"},"
     "  \"denies\": [{\"when\": \"state == 'SHUT' and item.why != 'broken'\", \"code\": 2, "
     "\"message\": \"it is shut\"}],"
     "  \"set\": {\"_gone\": true},"
     "  \"fails\": {\"at\": \"errors[]\", \"make\": {\"code\": \"code\", \"message\": \"message\", "
     "\"id\": \"value\","
     "    \"why\": \"item.why\"}}}}"},
};

static struct own_shop shop;
static char ids[8][32];

/* The ids of the first boxes, by asking for them through the run that the sandbox uses. */
static int setup(void **state)
{
    (void)state;
    own_make(shop.root, files, sizeof files / sizeof *files);
    struct findings findings;
    findings_init(&findings);
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < 8; i++) {
        struct str id = id_make(arena, STR("10"), 18, i);
        snprintf(ids[i], sizeof ids[i], STR_FMT, STR_ARG(id));
    }
    arena_free(arena);
    findings_clear(&findings);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    own_remove(&shop);
    return 0;
}

/* "{2}" stands for the id of box 2. */
static void fill(char out[1024], const char *text)
{
    size_t n = 0;
    for (; *text && n < 1000; text++)
        if (text[0] == '{' && text[1] >= '0' && text[1] <= '7' && text[2] == '}') {
            n += (size_t)snprintf(out + n, 1024 - n, "%s", ids[text[1] - '0']);
            text += 2;
        } else {
            out[n++] = *text;
        }
    out[n] = '\0';
}

static void tell(const char *name, const struct own_step *steps, size_t count)
{
    own_start(&shop, (struct sandbox_options){.seed = 1, .orders = 15});
    for (size_t i = 0; i < count; i++) {
        char call[1024], body[1024], answer[1024];
        fill(call, steps[i].call);
        fill(body, steps[i].body ? steps[i].body : "");
        fill(answer, steps[i].answer);
        struct own_step step = {call, steps[i].body ? body : NULL, answer};
        char title[128];
        snprintf(title, sizeof title, "%s (%zu)", name, i + 1);
        own_story(&shop, title, &step, 1);
    }
    own_stop(&shop);
}

#define STORY(...)                                                                                 \
    (const struct own_step[]){__VA_ARGS__},                                                        \
        sizeof((const struct own_step[]){__VA_ARGS__}) / sizeof(struct own_step)
#define GET           "GET /box/202309/boxes?ids="
#define PUT           "PUT /box/202309/boxes/"
#define SEARCH        "POST /box/202309/boxes/search"
#define BOX(id, rest) "{\"boxes\":[{\"id\":\"" id "\"," rest "}]}"
#define PRICE(amount) "\"price\":{\"amount\":\"" amount "\",\"currency\":\"GBP\"}"
#define SEEDED                                                                                     \
    "\"lines\":[{\"key\":\"k0\",\"pieces\":1,\"price\":{\"amount\":\"0.10\"}},"                    \
    "{\"key\":\"k1\",\"pieces\":2,\"price\":{\"amount\":\"0.20\"}}]"

static void a_scalar_and_a_member(void **state)
{
    (void)state;
    tell("scalars",
         STORY({GET "{0}", NULL,
                BOX("{0}",
                    "\"name\":\"box 0\",\"state\":\"OPEN\",\"pieces\":3,\"total\":\"0.30\"," PRICE(
                        "1.00") "," SEEDED)},
               {PUT "{0}", "{\"name\":\"mine\",\"note\":\"n\",\"amount\":\"7.5\"}",
                "{\"id\":\"{0}\",\"state\":\"OPEN\"}"},
               {GET "{0}", NULL,
                BOX("{0}", "\"name\":\"mine\",\"note\":\"n\",\"state\":\"OPEN\",\"pieces\":3,"
                           "\"total\":\"0.30\"," PRICE("7.50") "," SEEDED)},
               {PUT "{0}", "{\"plain\":true}", "{\"id\":\"{0}\",\"state\":\"OPEN\"}"},
               {GET "{0}", NULL,
                BOX("{0}",
                    "\"name\":\"mine\",\"state\":\"OPEN\",\"pieces\":3,\"total\":\"0.30\"," PRICE(
                        "7.50") "," SEEDED)}));
}

static void a_list_as_a_whole(void **state)
{
    (void)state;
    tell("lists",
         STORY({PUT "{2}",
                "{\"lines\":[{\"key\":\"x\",\"pieces\":5,\"amount\":\"1.25\"},{\"key\":\"y\"}]}",
                "{\"id\":\"{2}\",\"state\":\"OPEN\"}"},
               {GET "{2}", NULL,
                BOX("{2}",
                    "\"name\":\"box 2\",\"state\":\"OPEN\",\"pieces\":6,\"total\":\"1.25\"," PRICE(
                        "1.02") ",\"lines\":[{\"key\":\"x\",\"pieces\":5,\"price\":{\"amount\":\"1."
                                "25\"}},{\"key\":\"y\",\"pieces\":1}]")},
               {"POST /box/202309/boxes/{2}/pieces", "{\"lines\":[{\"key\":\"y\",\"pieces\":9}]}",
                "{}"},
               {"POST /box/202309/boxes/{2}/pieces",
                "{\"lines\":[{\"key\":\"x\",\"pieces\":1},{\"key\":\"z\",\"pieces\":1}]}",
                "3 no such line"},
               {PUT "{2}", "{\"rename\":\"!\"}", "{\"id\":\"{2}\",\"state\":\"OPEN\"}"},
               {GET "{2}", NULL,
                BOX("{2}",
                    "\"name\":\"box 2\",\"state\":\"OPEN\",\"pieces\":14,\"total\":\"1.25\"," PRICE(
                        "1.02") ",\"lines\":[{\"key\":\"x!\",\"pieces\":5,\"price\":{\"amount\":"
                                "\"1.25\"}},{\"key\":\"y!\",\"pieces\":9}]")}));
}

static void elements_of_a_template(void **state)
{
    (void)state;
    tell("elements",
         STORY({"POST /box/202309/boxes/{0}/pieces", "{\"lines\":[{\"key\":\"k1\",\"pieces\":7}]}",
                "{}"},
               {PUT "{0}", "{\"rename\":\"-\"}", "{\"id\":\"{0}\",\"state\":\"OPEN\"}"},
               {"GET /box/202309/boxes/{0}/lines", NULL,
                "{\"lines\":[{\"key\":\"k0-\",\"pieces\":1},{\"key\":\"k1-\",\"pieces\":7}],"
                "\"total_count\":2}"},
               {"GET /box/202309/boxes/{0}/lines?key=k1-", NULL,
                "{\"lines\":[{\"key\":\"k1-\",\"pieces\":7}],\"total_count\":1}"},
               {"GET /box/202309/boxes/{0}/lines?sort_field=pieces&sort_order=DESC&page_size=1",
                NULL, "{\"lines\":[{\"key\":\"k1-\",\"pieces\":7}],\"total_count\":2}"}));
}

static void records_are_added(void **state)
{
    (void)state;
    tell("create",
         STORY({SEARCH, "{}",
                "{\"names\":[\"box 0\",\"box 1\",\"box "
                "2\"],\"total_count\":3,\"next_page_token\":\"\"}"},
               {"POST /box/202309/boxes", "{\"name\":\"\"}", "4 no name"},
               {"POST /box/202309/boxes", "{\"name\":\"fourth\",\"labels\":[\"a\"]}",
                "{\"box_id\":\"{3}\"}"},
               {"POST /box/202309/boxes", "{\"name\":\"fifth\"}", "{\"box_id\":\"{4}\"}"},
               {"POST /box/202309/boxes", "{\"name\":\"again\"}", "{\"box_id\":\"{0}\"}"},
               {SEARCH, "{\"state\":\"OPEN\"}",
                "{\"names\":[\"again\",\"box "
                "2\",\"fourth\",\"fifth\"],\"total_count\":4,\"next_page_token\":\"\"}"},
               {GET "{3}", NULL,
                BOX("{3}",
                    "\"name\":\"fourth\",\"state\":\"OPEN\",\"pieces\":3,\"total\":\"0.30\"," PRICE(
                        "1.03") "," SEEDED ",\"labels\":[\"a\"]")}));
}

static void related_records_change_too(void **state)
{
    (void)state;
    tell("also",
         STORY({"POST /box/202309/boxes", "{\"name\":\"one\",\"labels\":[\"label-1\",\"label-7\"]}",
                "{\"box_id\":\"{3}\"}"},
               {"GET /box/202309/labels/label-1", NULL,
                "{\"text\":\"label-1\",\"box\":\"one\",\"uses\":1}"},
               {"GET /box/202309/labels/more-of-label-1", NULL, "9 no such label"},
               {"POST /box/202309/boxes", "{\"name\":\"two\",\"labels\":[\"label-1\"]}",
                "{\"box_id\":\"{4}\"}"},
               {"GET /box/202309/labels/label-1", NULL,
                "{\"text\":\"label-1\",\"box\":\"two\",\"uses\":2}"},
               {"GET /box/202309/labels/more-of-label-1", NULL,
                "{\"text\":\"more-of-label-1\",\"box\":\"two\",\"uses\":0}"}));
}

static void denials_and_failures(void **state)
{
    (void)state;
    tell("denies",
         STORY(
             {PUT "{1}", "{\"name\":\"x\"}", "2 it is shut"},
             {PUT "{7}", "{\"name\":\"x\"}", "1 no such box"},
             {"DELETE /box/202309/boxes",
              "{\"boxes\":[{\"id\":\"{0}\"},{\"id\":\"{1}\",\"why\":\"old\"},{\"id\":\"5\"}]}",
              "{\"errors\":[{\"code\":2,\"message\":\"it is shut\",\"id\":\"{1}\",\"why\":\"old\"},"
              "{\"code\":1,\"message\":\"no such box\",\"id\":\"5\"}]}"},
             {SEARCH, "{}",
              "{\"names\":[\"box 1\",\"box 2\"],\"total_count\":2,\"next_page_token\":\"\"}"},
             {PUT "{0}", "{\"name\":\"x\"}", "1 no such box"},
             {GET "{0},{2}", NULL,
              BOX("{2}",
                  "\"name\":\"box 2\",\"state\":\"OPEN\",\"pieces\":3,\"total\":\"0.30\"," PRICE(
                      "1.02") "," SEEDED)},
             {"DELETE /box/202309/boxes", "{\"boxes\":[{\"id\":\"{1}\",\"why\":\"broken\"}]}",
              "{}"}));
}

#define PART "--B\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\r\n"

static void files_are_given_back(void **state)
{
    (void)state;
    own_start(&shop, (struct sandbox_options){.seed = 1, .orders = 15});
    struct got got =
        client_good(&shop.client, &(struct ask){.method = "POST",
                                                .path = "/box/202309/pictures",
                                                .body = STR(PART "%PDF-\0\r1\r\n--B--\r\n"),
                                                .type = "multipart/form-data; boundary=B",
                                                .multipart = true});
    struct str url = text_at(&got, got.data, "url"), base = str_from(shop.client.url);
    assert_true(str_eq(text_at(&got, got.data, "format"), STR("PDF")));
    assert_true(str_starts(url, base));
    char path[256];
    struct buf bytes;
    buf_init(&bytes, 1 << 10);
    snprintf(path, sizeof path, "%.*s", (int)(url.n - base.n), url.p + base.n);
    struct ask ask = {.path = path, .unsigned_call = true};
    assert_int_equal(client_send(&shop.client, &ask, &bytes), 200);
    assert_true(str_eq(buf_str(&bytes), STR("%PDF-\0\r1")));
    ask.path = "/sandbox/files/0123";
    assert_int_equal(client_send(&shop.client, &ask, &bytes), 404);
    buf_clear(&bytes);
    got_clear(&got);
    own_stop(&shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scalar_and_a_member),      cmocka_unit_test(a_list_as_a_whole),
        cmocka_unit_test(elements_of_a_template),     cmocka_unit_test(records_are_added),
        cmocka_unit_test(related_records_change_too), cmocka_unit_test(denials_and_failures),
        cmocka_unit_test(files_are_given_back),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
