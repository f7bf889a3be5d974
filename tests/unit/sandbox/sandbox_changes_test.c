/*
 * What requests change, in a shop of boxes and labels: forms and lists that are set, added
 * records, related ones, denials, and what the next request sees of it.
 */
#include "own_boxes.h"

static void a_scalar_and_a_member(void **state)
{
    (void)state;
    boxes_tell(
        "scalars",
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
    boxes_tell(
        "lists",
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
    boxes_tell(
        "elements",
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
    boxes_tell(
        "create",
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
    boxes_tell(
        "also",
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
    boxes_tell(
        "denies",
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
    return cmocka_run_group_tests(tests, boxes_setup, boxes_teardown);
}
