/*
 * A shop of boxes and labels, which the stories of several tests are about: what the contracts
 * and tables of an own shop look like in small.
 */
#ifndef SHOPSHIM_TESTS_SANDBOX_OWN_BOXES_H
#define SHOPSHIM_TESTS_SANDBOX_OWN_BOXES_H

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
    {"contracts/webhooks/made.json",
     "{\"name\": \"Made\", \"call\": \"POST /webhooks/1\", \"content\": \"json\", \"path\": {},"
     " \"query\": {}, \"body\": {\"box\": \"string\", \"pieces\": \"int\"}, \"answer\": {},"
     " \"errors\": []}"},
    {"contracts/v202309/listen.json",
     "{\"name\": \"Listen\", \"call\": \"PUT /box/202309/ears\", \"content\": \"json\", \"path\": "
     "{},"
     " \"query\": {\"shop_cipher\": \"string!\"}, \"body\": {\"address\": \"string!\"},"
     " \"answer\": {}, \"errors\": []}"},
    {"sandbox/webhooks.json",
     "{\"entity\": \"ear\", \"when\": \"address and type == value\", \"address\": \"address\"}"},
    {"sandbox/entities/ear.json",
     "{\"entity\": \"ear\", \"id\": {\"field\": \"type\"}, \"count\": 2,"
     " \"fields\": {\"type\": \"index + 1\", \"address\": \"absent\"}}"},
    {"sandbox/endpoints/ear.json", "{\"PUT /box/202309/ears\": {\"change\": \"ear\", \"of\": "
                                   "\"1\", \"set\": {\"address\": \"body.address\"}}}"},
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
     "  \"unknown\": {\"code\": 7, \"message\": \"no box\"},"
     "  \"elements\": {\"in\": \"lines[]\", \"of\": \"lines\", \"by\": \"key\", \"set\": "
     "{\"pieces\": \"item.pieces\"},"
     "    \"unknown\": {\"code\": 3, \"message\": \"no such line\"}}},"
     "\"POST /box/202309/boxes\": {\"create\": \"box\","
     "  \"reuse\": \"if has(body.name, 'again') then record('box', 0).id\","
     "  \"denies\": [{\"when\": \"body.name == ''\", \"code\": 4, \"message\": \"no name\"}],"
     "  \"set\": {\"name\": \"body.name\", \"labels\": \"body.labels\", \"state\": \"'OPEN'\"},"
     "  \"notify\": [{\"type\": 1, \"when\": \"name != 'quiet'\","
     "    \"data\": {\"box\": \"id\", \"pieces\": \"pieces\"}}],"
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

/* The ids of the first boxes are made as the sandbox makes them. */
static inline int boxes_setup(void **state)
{
    (void)state;
    own_make(shop.root, files, sizeof files / sizeof *files);
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < 8; i++) {
        struct str id = id_make(arena, STR("10"), 18, i);
        snprintf(ids[i], sizeof ids[i], STR_FMT, STR_ARG(id));
    }
    arena_free(arena);
    return 0;
}

static inline int boxes_teardown(void **state)
{
    (void)state;
    own_remove(&shop);
    return 0;
}

/* "{2}" stands for the id of box 2. */
static inline void boxes_fill(char out[1024], const char *text)
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

/* Tells a story to the shop as it stands. */
static inline void boxes_go_on(const char *name, const struct own_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char call[1024], body[1024], answer[1024], title[128];
        boxes_fill(call, steps[i].call);
        boxes_fill(body, steps[i].body ? steps[i].body : "");
        boxes_fill(answer, steps[i].answer);
        struct own_step step = {call, steps[i].body ? body : NULL, answer};
        snprintf(title, sizeof title, "%s (%zu)", name, i + 1);
        own_story(&shop, title, &step, 1);
    }
}

/* The same in a shop as the seed makes it. */
static inline void boxes_tell(const char *name, const struct own_step *steps, size_t count)
{
    own_start(&shop, (struct sandbox_options){.seed = 1, .orders = 15});
    boxes_go_on(name, steps, count);
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

#define PART "--B\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\r\n"

#endif
