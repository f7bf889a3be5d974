/*
 * Contracts: the set of the repository is read whole, and every kind of fault in a file is
 * told with its place.
 */
#include "table/contract.h"
#include "table/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define assert_str(s, text)                                                                        \
    do {                                                                                           \
        struct str got_ = (s);                                                                     \
        assert_non_null(got_.p);                                                                   \
        assert_int_equal(got_.n, strlen(text));                                                    \
        assert_memory_equal(got_.p, (text), got_.n);                                               \
    } while (0)

static struct contracts *legacy, *current;

static struct contracts *load(const char *directory)
{
    struct findings findings;
    findings_init(&findings);
    struct contracts *set = contracts_load(directory, &findings);
    if (!set) {
        struct buf out;
        buf_init(&out, 1 << 20);
        findings_print(&findings, &out);
        print_error(STR_FMT, STR_ARG(buf_str(&out)));
        buf_clear(&out);
    }
    findings_clear(&findings);
    return set;
}

static int setup(void **state)
{
    (void)state;
    legacy = load(TEST_ROOT "/mappings/contracts/legacy");
    current = load(TEST_ROOT "/mappings/contracts/v202309");
    return legacy && current ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    contracts_free(legacy);
    contracts_free(current);
    return 0;
}

static void reads_all_contracts(void **state)
{
    (void)state;
    assert_int_equal(contracts_count(legacy), 87);
    assert_int_equal(contracts_count(current), 141);
    assert_null(contracts_at(current, 141));
    size_t fields = 0, required = 0, values = 0;
    const struct contracts *sets[] = {legacy, current};
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < contracts_count(sets[s]); i++) {
            const struct contract *c = contracts_at(sets[s], i);
            const struct contract_fields *parts[] = {&c->params, &c->query, &c->body, &c->answer};
            for (size_t p = 0; p < 4; p++)
                for (size_t k = 0; k < parts[p]->count; k++) {
                    fields++;
                    required += parts[p]->items[k].required;
                    values += parts[p]->items[k].value_count;
                }
        }
    assert_int_equal(values, 1937);
    assert_true(fields > 5700);
    assert_true(required > 1978);
}

static void finds_by_path(void **state)
{
    (void)state;
    static const struct {
        const char *name, *method, *path;
        enum contract_found found;
        const char *id, *param, *nearest;
    } rows[] = {
        {"fixed", "POST", "/order/202309/orders/search", CONTRACT_FOUND, "orders/get-order-list",
         NULL, NULL},
        {"one parameter", "GET", "/product/202309/products/172", CONTRACT_FOUND,
         "products/get-product", "172", NULL},
        {"parameter inside", "POST", "/product/202309/products/172/prices/update", CONTRACT_FOUND,
         "products/update-price", "172", NULL},
        {"fixed wins over parameter", "POST", "/product/202309/products/deactivate", CONTRACT_FOUND,
         "products/deactivate-products", NULL, NULL},
        {"earlier version", "GET", "/order/202309/orders", CONTRACT_FOUND,
         "orders/get-order-detail@202309", NULL, NULL},
        {"auth host", "GET", "/api/v2/token/get", CONTRACT_FOUND, "authorization/get-access-token",
         NULL, NULL},
        {"method", "PATCH", "/order/202309/orders/search", CONTRACT_NO_METHOD,
         "orders/get-order-list", NULL, NULL},
        {"typo", "POST", "/order/202309/orders/serach", CONTRACT_NO_PATH, NULL, NULL,
         "POST /order/202309/orders/search"},
        {"typo behind an id", "POST", "/product/202309/products/1729592969712207008/price/update",
         CONTRACT_NO_PATH, NULL, NULL, "POST /product/202309/products/{product_id}/prices/update"},
        {"empty parameter", "POST", "/product/202309/products//prices/update", CONTRACT_NO_PATH,
         NULL, NULL, "POST /product/202309/products/{product_id}/prices/update"},
        {"trailing slash", "GET", "/seller/202309/shops/", CONTRACT_NO_PATH, NULL, NULL,
         "GET /seller/202309/shops"},
        {"nothing near", "GET", "/", CONTRACT_NO_PATH, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        struct contract_match match;
        assert_int_equal(
            contracts_find(current, str_from(rows[i].method), str_from(rows[i].path), &match),
            rows[i].found);
        if (rows[i].id)
            assert_str(match.contract->id, rows[i].id);
        else
            assert_null(match.contract);
        if (rows[i].param)
            assert_str(match.params[0], rows[i].param);
        if (rows[i].nearest)
            assert_str(match.nearest, rows[i].nearest);
        else
            assert_null(match.nearest.p);
    }
}

static void knows_two_shapes_of_one_call(void **state)
{
    (void)state;
    const struct contract *c = contracts_by_call(legacy, STR("POST /api/orders/detail/query"));
    assert_str(c->id, "order/get_order_detail");
    assert_str(c->version, "202305");
    assert_null(c->before.p);
    assert_str(c->other->id, "order/get_order_detail@before-202305");
    assert_str(c->other->before, "202305");
    assert_ptr_equal(c->other->other, c);
    assert_null(contracts_by_call(legacy, STR("GET /api/orders/detail/query")));
}

static void knows_facts_of_an_endpoint(void **state)
{
    (void)state;
    const struct contract *c = contracts_by_id(current, STR("products/upload-product-image"));
    assert_true(c->form);
    assert_str(c->group, "products");
    assert_str(c->name, "Upload Product Image");
    assert_int_equal(c->users, 1);
    assert_int_equal(c->errors[1], 12019116);
    assert_int_equal(contract_field(&c->body, STR("data"))->type, CONTRACT_FILE);
    c = contracts_by_id(current, STR("authorization/get-access-token"));
    assert_true(c->auth_host);
    assert_int_equal(c->users, 0);
    c = contracts_by_id(current, STR("supply-chain/confirm-package-shipment"));
    assert_int_equal(c->users, 1 << 0 | 1 << 1 | 1 << 3);
    c = contracts_by_id(legacy, STR("fulfillment/search_pre_combine_pkg"));
    assert_int_equal(c->alias_count, 1);
    assert_str(c->aliases[0], "Search Pre Combine Package");
    c = contracts_by_id(legacy, STR("global_product/get_global_categories"));
    assert_str(c->without[0], "shop_cipher");
    assert_null(contracts_by_id(current, STR("products/no-such")));
}

static void parses_fields(void **state)
{
    (void)state;
    const struct contract *list = contracts_by_id(current, STR("orders/get-order-list"));
    const struct contract_field *f = contract_field(&list->query, STR("page_size"));
    assert_int_equal(f->type, CONTRACT_INT);
    assert_true(f->required && f->has_min && f->has_max && !f->list);
    assert_int_equal(f->min, 1);
    assert_int_equal(f->max, 100);
    assert_str(f->preset, "20");
    f = contract_field(&list->query, STR("sort_order"));
    assert_false(f->required);
    assert_int_equal(f->value_count, 2);
    assert_true(contract_allows(f, STR("ASC")));
    assert_false(contract_allows(f, STR("asc")));
    f = contract_field(&list->body, STR("warehouse_ids[]"));
    assert_true(f->list);
    assert_str(f->name, "warehouse_ids");
    assert_int_equal(f->max_items, 100);
    f = contract_field(&list->answer, STR("orders[].create_time"));
    assert_int_equal(f->unit, CONTRACT_SECONDS);
    assert_str(f->parent->path, "orders[]");
    const struct contract *detail = contracts_by_id(current, STR("orders/get-order-detail@202309"));
    f = contract_field(&detail->answer, STR("orders[].payment.total_amount"));
    assert_int_equal(f->type, CONTRACT_FLOAT);
    assert_int_equal(f->also, CONTRACT_STRING);
    assert_int_equal(f->seen, 1u << CONTRACT_STRING);
    const struct contract *limits =
        contracts_by_id(current, STR("promotion/update-activity-product"));
    f = contract_field(&limits->body, STR("products[].quantity_limit"));
    assert_true(f->has_unlimited);
    assert_int_equal(f->unlimited, -1);
}

static void walks_the_tree(void **state)
{
    (void)state;
    const struct contract *c = contracts_by_id(current, STR("orders/get-order-detail@202309"));
    const struct contract_fields *a = &c->answer;
    const struct contract_field *orders = contract_member(a, NULL, STR("orders"));
    assert_true(orders->list);
    const struct contract_field *items = contract_member(a, orders, STR("line_items"));
    const struct contract_field *combined = contract_member(a, items, STR("combined_listing_skus"));
    const struct contract_field *again = contract_member(a, combined, STR("combined_listing_skus"));
    assert_true(again->recursive && again->unseen);
    assert_ptr_equal(contract_member(a, again, STR("sku_id")),
                     contract_member(a, combined, STR("sku_id")));
    assert_null(contract_member(a, NULL, STR("id")));
    size_t seen = 0;
    for (const struct contract_field *f = orders->child; f; f = f->next)
        seen += f->parent == orders;
    assert_true(seen > 50);
    assert_str(contract_nearest_member(a, items, STR("product_idd")), "product_id");
    assert_str(contract_nearest_path(a, STR("orders[].payment.totalamount")),
               "orders[].payment.total_amount");
    assert_null(contract_nearest_path(a, STR("nothing like it at all")).p);
}

/* ---- faults ---- */

#define HEAD                                                                                       \
    "\"name\": \"N\", \"call\": \"GET /x/{id}\", \"content\": \"json\", \"path\": {\"id\": "       \
    "\"string!\"}"
#define FILE_OF(query, rest)                                                                       \
    "{" HEAD ", \"query\": {" query "}, \"body\": {}, \"answer\": {}" rest "}"

static const struct {
    const char *name, *text, *path, *says;
} faults[] = {
    {"no JSON", "{\n  nope", "", "is not JSON: expected a key at line 2, column "},
    {"bytes behind", "{} {}", "", "is not JSON"},
    {"no object", "[]", "$", "expected an object"},
    {"doubled key", FILE_OF("\"a\": \"int\", \"a\": \"int\"", ""), "$.query.a", "twice"},
    {"unknown key", FILE_OF("", ", \"erors\": []"), "$.erors",
     "unknown key (did you mean errors?)"},
    {"missing section", "{" HEAD ", \"query\": {}, \"body\": {}}", "$.answer",
     "expected an object of fields"},
    {"content",
     "{\"name\": \"N\", \"call\": \"GET /x\", \"content\": \"xml\", \"path\": {}, "
     "\"query\": {}, \"body\": {}, \"answer\": {}}",
     "$.content", "expected \"json\" or \"form\""},
    {"call",
     "{\"name\": \"N\", \"call\": \"GET\", \"content\": \"json\", \"path\": {}, "
     "\"query\": {}, \"body\": {}, \"answer\": {}}",
     "$.call", "expected \"METHOD /path\""},
    {"parameters",
     "{\"name\": \"N\", \"call\": \"GET /x/{id}\", \"content\": \"json\", "
     "\"path\": {\"di\": \"string!\"}, \"query\": {}, \"body\": {}, \"answer\": {}}",
     "$.path", "not those of the call"},
    {"host", FILE_OF("", ", \"host\": \"api\""), "$.host", "expected \"auth\""},
    {"users", FILE_OF("", ", \"users\": [99]"), "$.users", "from 0 to 15"},
    {"errors", FILE_OF("", ", \"errors\": [\"1\"]"), "$.errors", "whole numbers"},
    {"fraction", FILE_OF("", ", \"errors\": [1.5]"), "$.errors", "whole numbers"},
    {"type", FILE_OF("\"a\": \"text\"", ""), "$.query.a", "expected a type"},
    {"no spec", FILE_OF("\"a\": 1", ""), "$.query.a", "expected a text"},
    {"also", FILE_OF("\"a\": \"int|int\"", ""), "$.query.a", "another type"},
    {"token", FILE_OF("\"a\": \"int lenn<=3\"", ""), "$.query.a", "unknown token 'lenn<=3'"},
    {"two blanks", FILE_OF("\"a\": \"int  s\"", ""), "$.query.a", "one blank"},
    {"range", FILE_OF("\"a\": \"int 9..1\"", ""), "$.query.a", "expected a range"},
    {"empty range", FILE_OF("\"a\": \"int ..\"", ""), "$.query.a", "expected a range"},
    {"length", FILE_OF("\"a\": \"string len<=0\"", ""), "$.query.a", "at least 1"},
    {"items", FILE_OF("\"a\": \"string items<=3\"", ""), "$.query.a", "on a list only"},
    {"unlimited", FILE_OF("\"a\": \"int unlimited=x\"", ""), "$.query.a", "whole number"},
    {"seen", FILE_OF("\"a\": \"int seen=x\"", ""), "$.query.a", "behind seen="},
    {"enum open", FILE_OF("\"a\": \"string A}\"", ""), "$.query.a", "at the end"},
    {"enum of int", FILE_OF("\"a\": \"int {1, A}\"", ""), "$.query.a", "the enum of an int"},
    {"enum doubled", FILE_OF("\"a\": \"string {A, A}\"", ""), "$.query.a", "twice"},
    {"enum empty", FILE_OF("\"a\": \"string {A,, B}\"", ""), "$.query.a", "empty"},
    {"no parent", FILE_OF("\"a.b\": \"int\"", ""), "$.query[\"a.b\"]", "must stand before"},
    {"parent no object", FILE_OF("\"a\": \"int\", \"a.b\": \"int\"", ""), "$.query[\"a.b\"]",
     "no object"},
    {"empty part", FILE_OF("\"a.\": \"int\"", ""), "$.query[\"a.\"]", "empty part"},
};

static void write_file(const char *directory, const char *name, const char *text)
{
    char file[256];
    snprintf(file, sizeof file, "%s/%s", directory, name);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static void remove_file(const char *directory, const char *name)
{
    char file[256];
    snprintf(file, sizeof file, "%s/%s", directory, name);
    unlink(file);
}

static void tells_each_fault(void **state)
{
    (void)state;
    char directory[] = "/tmp/contract_testXXXXXX";
    assert_non_null(mkdtemp(directory));
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        print_message("  %s\n", faults[i].name);
        write_file(directory, "a.json", faults[i].text);
        struct findings findings;
        findings_init(&findings);
        assert_null(contracts_load(directory, &findings));
        struct buf out;
        buf_init(&out, 1 << 16);
        findings_print(&findings, &out);
        buf_add_char(&out, '\0');
        assert_string_equal(findings.items[0].path, faults[i].path);
        if (!strstr(out.p, faults[i].says) || !strstr(out.p, "/a.json"))
            fail_msg("expected '%s' in: %s", faults[i].says, out.p);
        buf_clear(&out);
        findings_clear(&findings);
    }
    remove_file(directory, "a.json");
    rmdir(directory);
}

static void tells_all_faults_of_a_directory(void **state)
{
    (void)state;
    char directory[] = "/tmp/contract_testXXXXXX";
    assert_non_null(mkdtemp(directory));
    write_file(directory, "a.json", FILE_OF("\"a\": \"text\", \"b\": \"int x\"", ""));
    write_file(directory, "b.json", FILE_OF("", ""));
    write_file(directory, "c.json", FILE_OF("", ""));
    write_file(directory, "notes.txt", "not read");
    struct findings findings;
    findings_init(&findings);
    assert_null(contracts_load(directory, &findings));
    /* two fields of a; b and c for the same call as a, and as each other */
    assert_int_equal(findings_count(&findings, FINDING_ERROR), 2 + 1 + 2);
    findings_clear(&findings);
    remove_file(directory, "a.json");
    remove_file(directory, "b.json");
    remove_file(directory, "c.json");
    remove_file(directory, "notes.txt");
    findings_init(&findings);
    assert_null(contracts_load(directory, &findings));
    assert_string_equal(findings.items[0].text, "no contract stands here");
    findings_clear(&findings);
    rmdir(directory);
    findings_init(&findings);
    assert_null(contracts_load(directory, &findings));
    assert_non_null(strstr(findings.items[0].text, "No such file"));
    findings_clear(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_contracts),
        cmocka_unit_test(finds_by_path),
        cmocka_unit_test(knows_two_shapes_of_one_call),
        cmocka_unit_test(knows_facts_of_an_endpoint),
        cmocka_unit_test(parses_fields),
        cmocka_unit_test(walks_the_tree),
        cmocka_unit_test(tells_each_fault),
        cmocka_unit_test(tells_all_faults_of_a_directory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
