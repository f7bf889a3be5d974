/*
 * Pages: what each thing that a table can say becomes, line by line; every field of the
 * contracts is told, and what nothing is said of is called missing.
 */
#include "library.h"

#include "plan/expression.h"

static struct docs_pages pages;

static int setup(void **state)
{
    return open_library(state) == 0 && docs_write(&library, &pages) ? 0 : -1;
}

static int teardown(void **state)
{
    docs_clear(&pages);
    return close_library(state);
}

static const struct docs_page *page_named(const struct docs_pages *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i].name, name) == 0)
            return &set->items[i];
    fail_msg("there is no page %s", name);
    return NULL;
}

static bool has_line(const struct docs_page *page, const char *line)
{
    struct str rest = buf_str(&page->text);
    while (rest.p)
        if (str_eq(str_cut(&rest, '\n'), str_from(line)))
            return true;
    return false;
}

struct row {
    const char *page, *line;
};

static void has_lines(const struct row *rows, size_t count)
{
    size_t bad = 0;
    for (size_t i = 0; i < count; i++)
        if (!has_line(page_named(&pages, rows[i].page), rows[i].line)) {
            print_error("%s: no line: %s\n", rows[i].page, rows[i].line);
            bad++;
        }
    assert_int_equal(bad, 0);
}

#define HAS_LINES(rows) has_lines(rows, sizeof(rows) / sizeof *(rows))

static void tells_each_row_of_the_guide(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"loans.md", "# Loans"},
        {"loans.md", "| [Find Loans](#find-loans) | `POST /old/loans/search` | 2 losses | `POST "
                     "/loans/202309/search` |"},
        {"loans.md",
         "| [Get Loan/Copy](#get-loancopy) | `GET /old/loans/one`, `POST /old/loans/one` | "
         "whole | `GET /loans/202309/loans/{loan_id}`, `GET /loans/202309/readers` (two "
         "become one) |"},
        {"loans.md",
         "| [End Loan](#end-loan) | `POST /old/loans/end` | no counterpart | no upgrade; "
         "recommended: `POST /loans/202309/search` |"},
        {"loans.md",
         "| Lend Again | `POST /old/loans/again` | not yet | `POST /loans/202309/search` |"},
        {"loans.md", "| Burn Loan | `POST /old/loans/burn` | no counterpart |  |"},
        {"loans.md", "| Renew Loan |  | native | `POST /loans/202309/renew` |"},
        {"bells.md",
         "| type 2: Loan Bell |  | pushed | type 11: Loan Rings, type 12: Copy Rings |"},
        {"other.md", "| [cards/give](#cardsgive) | `POST /old/cards` | whole |  |"},
        {"errors.md", "| sign | 8 | 401 |  |"},
        {"errors.md", "| 5001 | 501 | 403 | the card has run out |"},
        {"errors.md", "| 5002 | 502 | 409 | as it is |"},
        {"errors.md", "6000 to 6999: the desk is closed. The references list 6001, 6002."},
        {"README.md", "| [Loans](loans.md) | 1 | 1 | 1 | 1 | 4 | 1 | 0 |"},
    };
    HAS_LINES(rows);
}

static void tells_calls(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"loans.md",
         "1. `found`: `POST /loans/202309/search` (Search Loans); rows in `loans`, 1 to 40 a "
         "page"},
        {"loans.md", "1. `loan`: `GET /loans/202309/loans/{loan_id}` (Get Loan); error 404, 410 to "
                     "419 counts as "
                     "an answer"},
        {"loans.md",
         "2. `copies`: `GET /loans/202309/copies/{@}`, once for each of `copy_ids`, each once, "
         "at most 5, when `loan.state` is not `\"LOST\"`"},
        {"loans.md", "3. `readers`: `GET /loans/202309/readers`"},
        {"loans.md", "4. `scan`: `POST /loans/202309/scan`; any error of it counts as an answer"},
    };
    HAS_LINES(rows);
}

static void tells_fields_of_the_request(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"loans.md", "| `shelf` | int, 1 to 9, optional | body `shelf`, by [shelf](#enum-shelf) |"},
        {"loans.md", "| `from` | time, optional | body `since_ge`, else `since` plus `1` |"},
        {"loans.md", "| `since` | time, optional | body `since_ge` when nothing else is given |"},
        {"loans.md",
         "| `kind` | text: `ANY`, `ONE TWO`, `\"ANY\"` when absent | query `kind` in small "
         "letters |"},
        {"loans.md", "| `newest` | bool, optional | decides the order of rows |"},
        {"loans.md", "| `reader` | object, optional | by its members |"},
        {"loans.md", "| `reader.name` | text, optional | body `reader.name` |"},
        {"loans.md",
         "| `reader.tags[]` | list of text, 1 to 3 | *lost:* Readers have no tags any more. |"},
        {"loans.md", "| `colour` | string, optional | **missing** |"},
        {"loans.md", "| `cursor` | text, optional | where the page begins, from the last answer |"},
        {"loans.md", "| `size` | int, 2 to 50, `10` when absent | rows of a page |"},
        {"loans.md", "| `loan_id` | id | path of `loan`; answer `id` when nothing else is given |"},
        {"loans.md",
         "| `copy_ids[]` | list of id, optional | path of `copies`; `copies` is called for each, "
         "each once; decides whether it is refused; answer `copies[].asked`; answer `both[]`, one "
         "for "
         "each |"},
        {"loans.md",
         "| `detail` | any, optional | decides query `full` of `loan`; query `full` of `loan` is "
         "`\"x\"`; decides answer `boxed.w` |"},
        {"loans.md",
         "| `title` | text, optional | names the file in form `data` of `scan`; form `note` of "
         "`scan`, else `\"none\"` |"},
        {"other.md", "| `name` | text | body `name` |"},
    };
    HAS_LINES(rows);
}

static void tells_fields_of_the_answer(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"loans.md", "| `loans[]` | list of object | the page's rows of `found.loans[]` |"},
        {"loans.md", "| `loans[].id` | string or int | `found.loans[].id` as text |"},
        {"loans.md",
         "| `loans[].shelf` | int | `found.loans[].shelf`, by [shelf](#enum-shelf), else `7` |"},
        {"loans.md", "| `loans[].due` | int, milliseconds | `found.loans[].due_time` |"},
        {"loans.md", "| `loans[].colour` | string | *lost:* Loans have no colour. |"},
        {"loans.md", "| `loans[].weight` | float, from 0 | **missing** |"},
        {"loans.md", "| `loans[].copies[]` | list of object | `found.loans[].copies` |"},
        {"loans.md", "| `loans[].copies[].id` | string | `found.loans[].copies[].id` |"},
        {"loans.md", "| `loans[].copies[].size` | string | **missing** |"},
        {"loans.md",
         "| `next_cursor` | string | where the next page begins; empty on the last one |"},
        {"loans.md", "| `more` | bool | whether another page follows |"},
        {"loans.md",
         "| `ids[]` | list of string | the page's rows of `found.loans[]`; `found.loans[].id` |"},
    };
    HAS_LINES(rows);
}

static void tells_shapes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"loans.md", "| `id` |  | `loan.id`, else the request's `loan_id` |"},
        {"loans.md", "| `region` |  | the shop's `region` |"},
        {"loans.md", "| `generation` |  | the request's `version` |"},
        {"loans.md",
         "| `state` |  | when `loan.lost` is set: `\"gone\"`; when `loan.state` is not there and "
         "`loan.id` is there: left out; else `loan.state` in small letters |"},
        {"loans.md",
         "| `copies` |  | one for each of `copies` where `copies[].state` is `\"OK\"` |"},
        {"loans.md", "| `copies.asked` |  | the request's `copy_ids[]` |"},
        {"loans.md", "| `copies.of` |  | `loan.id` |"},
        {"loans.md",
         "| `groups` |  | one for each different `loan.lines[].kind` and `loan.lines[].size` "
         "among `loan.lines`, its members from the first of them |"},
        {"loans.md", "| `groups.count` |  | the group's `loan.lines[]`, how many |"},
        {"loans.md", "| `groups.price` |  | the group's `loan.lines[].price` added up |"},
        {"loans.md",
         "| `both` |  | one for each of `loan.lines`, then of the request's `copy_ids` |"},
        {"loans.md", "| `both.kind` |  | `kind` |"},
        {"loans.md",
         "| `both` |  | one for each of `loan.lines`, then of the request's `copy_ids` |"},
        {"loans.md", "| `both.kind` |  | `kind` |"},
        {"loans.md", "| `boxed` |  | when there is `loan.box` |"},
        {"loans.md",
         "| `boxed.size` |  | `loan.box.size` when `loan.kind` is `\"A\"` or `\"B\"` |"},
        {"loans.md", "| `boxed.w` |  | `loan.box.w` unless the request's `detail` is set |"},
        {"loans.md",
         "| `all_tags` |  | one for each of `readers.list`; one for each of `readers.list[].tags` "
         "where `old` does not hold and `readers.list[].more`; `readers.list[].tags[]` |"},
        {"loans.md", "| `packed` |  | a text that holds JSON |"},
        {"loans.md", "| `packed.a` |  | `loan.id` with `\"!\"` behind it |"},
        {"loans.md", "| `reader` |  | when `readers.list` is set |"},
        {"loans.md",
         "| `reader.name` |  | when `readers.list` is set: `readers.list[].name`, the first; "
         "else: `loan.reader`, else `\"\"` |"},
        {"loans.md", "| `shelves` |  | a list of `loan.shelf` and `\"X\"` |"},
        {"loans.md", "| `notes` |  | always an empty list |"},
        {"loans.md", "| `boxes` |  | a list of 2 |"},
        {"loans.md", "| `boxes.n` |  | always `1`; `loan.box` |"},
        {"loans.md", "| `tags` |  | `readers.list[].tags[]`, each once |"},
        {"loans.md",
         "| `first_tag` |  | `readers.list[].name` where `kind` is `\"A\"` where `id` is "
         "`loan.owner` |"},
        {"loans.md", "| `paper` |  | `scan.uri` split at `\"\\n\"`, the last |"},
        {"loans.md", "| `mood` |  | `loan.mood`, by [mood](#enum-mood) |"},
    };
    HAS_LINES(rows);
}

static void tells_the_rest_of_a_table(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"loans.md",
         "`POST /old/loans/search` with `version` `>= 202305` · 2 losses · table `loans/find`"},
        {"loans.md", "`POST /old/loans/search` with `version` `< 202305` where `newest` calls are "
                     "chosen · 1 loss · table `loans/find_newest`"},
        {"loans.md", "| `ids[]` | list of string | always an empty list; *lost:* Loans have no ids "
                     "any more: always empty. |"},
        {"loans.md", "Loans by shelf and time, one page at a time."},
        {"loans.md", "Pages are asked for by a cursor in `cursor`, their size in `size`, from 2 to "
                     "50 and 10 when absent; the greatest first when `newest` is set."},
        {"loans.md", "- *low*: since is the older name of from"},
        {"loans.md", "- *high*: a shelf is never empty"},
        {"loans.md", "- when (`copy_ids`, how many) is `0` and `loan.state` is none of `\"LOST\"`, "
                     "`\"BURNT\"` or `\"EATEN\"`: Nothing is left of it."},
        {"loans.md", "- always: Loans end by themselves now."},
        {"loans.md", "| `1` | ↔ | `NORTH` |"},
        {"loans.md", "| `3` | → | `SOUTH` |"},
        {"loans.md", "| `0` | → | left out |"},
        {"loans.md", "| `9` | ← | `ATTIC` |"},
        {"loans.md", "| `7` | ← | any other |"},
        {"loans.md", "| `a\\|b` | ↔ | `2` |"},
        {"loans.md", "| left out | ← | any other |"},
    };
    HAS_LINES(rows);
}

static void tells_merged_and_nested_lists(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"other.md", "1. `cards`: `GET /loans/202309/cards`; rows in `list`, 1 to 100 a page, "
                     "merged by one of these: when "
                     "`by` is `\"NAME\"`: `cards.list[].name`; else `cards.list[].id`"},
        {"other.md", "2. `passes`: `GET /loans/202309/passes`; rows in `list`, 1 to 100 a page, "
                     "merged by `passes.list[].number` with the sign turned"},
        {"other.md",
         "3. `faces`: `GET /loans/202309/faces/{@id}`, once for each row of `cards` on the page"},
        {"other.md", "2. `stamps`: `GET /loans/202309/cards/{@id}/stamps`, a list for each row of "
                     "`cards`; rows in `stamps`, 1 to 100 a page"},
        {"other.md", "| `by` | text, optional | decides the order of rows |"},
        {"other.md", "| `down` | bool, optional | decides the order of rows |"},
        {"other.md", "| `offset` | int, optional | how many rows come before the page |"},
        {"other.md", "| `page` | int, 0 to 2147483647, optional | the number of the page |"},
        {"other.md",
         "| `list` |  | the page's rows of `cards.list[]`; the page's rows of `passes.list[]` |"},
        {"other.md", "| `list.id` |  | `cards.list[].id`; `passes.list[].number` |"},
        {"other.md", "| `list.face` |  | `faces.uri` |"},
        {"other.md", "| `list.card` |  | `cards.list[].id` |"},
        {"other.md", "Pages are asked for by an offset in `offset`, their size in `size`, from 1 "
                     "to 20 and 5 when absent; the greatest first when `down` is set."},
        {"other.md", "A smaller size counts as the default, a larger one as the largest, a "
                     "position before the first as"},
        {"other.md", "Pages are asked for by their number in `page`, their size in `size`, from 1 "
                     "to 20 and 5 when absent."},
    };
    HAS_LINES(rows);
}

static void counts_what_is_missing(void **state)
{
    (void)state;
    assert_int_equal(page_named(&pages, "loans.md")->missing, 3);
    assert_int_equal(page_named(&pages, "bells.md")->missing, 0);
    assert_string_equal(pages.items[0].name, "README.md");
    assert_int_equal(pages.items[0].missing, 3);
    assert_true(
        has_line(&pages.items[0],
                 "Fields of which no table says anything: 3. They are marked **missing**."));
}

static void without_contracts_tells_what_tables_know(void **state)
{
    (void)state;
    struct docs_pages bare;
    const struct docs_sources sources = {.plans = library.plans};
    assert_true(docs_write(&sources, &bare));
    assert_int_equal(bare.count, 3);
    const struct docs_page *page = page_named(&bare, "other.md");
    assert_true(has_line(page, "## loans/find"));
    assert_true(
        has_line(page, "1. `found`: `POST /loans/202309/search`; rows in `loans`, 1 to 40 a page"));
    assert_true(has_line(
        page, "| `reader.tags[]` | list of text, 1 to 3 | *lost:* Readers have no tags any "
              "more. |"));
    assert_int_equal(page->missing, 0);
    docs_clear(&bare);
}

static void knows_every_word(void **state)
{
    (void)state;
    for (size_t i = 0; word_at(i); i++)
        if (!docs_knows_word(str_from(word_at(i)->name)))
            fail_msg("src/docs/words.c has no phrase for the word `%s`", word_at(i)->name);
    assert_false(docs_knows_word(STR("nonsense")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_each_row_of_the_guide),
        cmocka_unit_test(tells_calls),
        cmocka_unit_test(tells_fields_of_the_request),
        cmocka_unit_test(tells_fields_of_the_answer),
        cmocka_unit_test(tells_shapes),
        cmocka_unit_test(tells_the_rest_of_a_table),
        cmocka_unit_test(tells_merged_and_nested_lists),
        cmocka_unit_test(counts_what_is_missing),
        cmocka_unit_test(without_contracts_tells_what_tables_know),
        cmocka_unit_test(knows_every_word),
    };
    return cmocka_run_group_tests_name("docs/pages", tests, setup, teardown);
}
