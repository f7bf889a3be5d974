/*
 * Faults planted in tables, each with the finding that it must cause: place, words and hint.
 */
#include "play.h"

static void add_all(struct buf *out, const struct findings *findings)
{
    findings_print(findings, out);
    buf_add_char(out, '\0');
}

struct planted {
    const char *table, *finding;
};

static void check_planted(const struct planted *rows, size_t count, const char *head)
{
    for (size_t i = 0; i < count; i++) {
        struct findings findings;
        struct buf out;
        char *table = NULL;
        findings_init(&findings);
        buf_init(&out, 1 << 20);
        assert_true(asprintf(&table, "%s%s", head, rows[i].table) > 0);
        struct plans *plans = load_table(table, &findings);
        add_all(&out, &findings);
        if (plans || findings_count(&findings, FINDING_ERROR) == 0)
            fail_msg("is taken: %s", rows[i].table);
        if (!strstr(out.p, rows[i].finding))
            fail_msg("%s\n  finds    %s  expected %s", rows[i].table, out.p, rows[i].finding);
        free(table);
        buf_clear(&out);
        findings_clear(&findings);
    }
}

#define CHECK(rows, head) check_planted(rows, sizeof(rows) / sizeof *(rows), head)

#define HEAD "{ `legacy`: `POST /old/x`, `about`: `A.`, `uses`: `desk`, "
#define CALL "`calls`: { `c`: { `send`: `GET /new/x` } }, "

static void members_called_as_they_read(void **state)
{
    (void)state;
    static const struct planted rows[] = {
        {"{ `= o`: [`x`] } }", "$.reply[\"= o\"]: expected the beginning of paths, found 'o' (a "
                               "path before names ends with a "
                               "point)"},
        {"{ `= c. | no`: [`x`] } }", "$.reply[\"= c. | no\"][0]: unknown word 'no'"},
        {"{ `= c.`: { `y`: 1 } } }", "$.reply[\"= c.\"].y: expected an expression, found a number"},
        {"{ `= c.`: [{ `y`: `x` }], `y`: 1 } }", "$.reply: the member 'y' is made twice"},
        {"{ `= c.`: {} } }", "$.reply[\"= c.\"]: expected a list of expressions, found an object"},
        {"{ `=`: `c.x` } }", "$.reply.=: expected a list of expressions, found a text"},
        {"{ `=`: [] } }", "$.reply.=: expected a list of expressions, found a list"},
        {"{ `=`: [ 1 ] } }", "$.reply.=[0]: expected an expression, found a number"},
        {"{ `=`: [ {} ] } }", "$.reply.=[0]: expected names of members, found an empty object"},
        {"{ `=`: [ `'text'` ] } }", "expected an expression that begins with a path"},
        {"{ `=`: [ `c.` ] } }", "expected an expression that begins with a path"},
        {"{ `=`: [ `c.x`, `c.o.x` ] } }", "$.reply: the member 'x' is made twice"},
        {"{ `=`: [ `c.x` ], `x`: 1 } }", "$.reply: the member 'x' is made twice"},
        {"{ `=`: [ `d.x` ] } }", "$.reply.=[0]: "},
    };
    CHECK(rows, HEAD CALL "`reply`: ");
}

static void whole_tables(void **state)
{
    (void)state;
    static const struct planted rows[] = {
        {"[]", "error: area/table.json: $: expected an object, found a list"},
        {"{", "error: area/table.json: is not JSON"},
        {"{ `legacy`: `POST /old/x`, `legacy`: 1 }", "$.legacy: this key stands here twice"},
        {"{ `about`: `A.`, `uses`: `desk`, `reply`: {} }",
         "$.legacy: expected a text such as \"POST /api/x\", found nothing"},
        {"{ `legacy`: `/old/x`, `about`: `A.`, `uses`: `desk`, `reply`: {} }",
         "$.legacy: expected a text such as \"POST /api/x\", found /old/x"},
        {"{ `legacy`: [], `about`: `A.`, `uses`: `desk`, `reply`: {} }",
         "$.legacy: expected at least one name"},
        {"{ `legacy`: [`GET /a`, `GET /a`], `about`: `A.`, `uses`: `desk`, `reply`: {} }",
         "$.legacy[1]: this name stands here twice"},
        {"{ `legacy`: `GET /a`, `uses`: `desk`, `reply`: {} }",
         "$.about: expected a sentence, found nothing"},
        {"{ `legacy`: `GET /a`, `about`: `A.`, `reply`: {} }",
         "$.uses: expected the name of a profile, found nothing"},
        {"{ `legacy`: `GET /a`, `about`: `A.`, `uses`: `dask`, `reply`: {} }",
         "$.uses: no profile 'dask' (did you mean desk?)"},
        {"{ `legacy`: `GET /a`, `about`: `A.`, `uses`: `desk` }",
         "$.reply: expected the shape of an object, found nothing"},
        {HEAD "`replay`: {}, `reply`: {} }",
         "$.replay: unknown key 'replay' (did you mean reply?)"},
        {HEAD "`reply`: `c` }", "$.reply: expected the shape of an object, found a text"},
        {HEAD "`version`: `202305`, `reply`: {} }",
         "$.version: expected a text such as \">= 202305\", found '202305'"},
        {HEAD "`version`: `>= 202305 < 202212`, `reply`: {} }", "$.version: the range is empty"},
        {HEAD "`upstream`: `new`, `reply`: {} }",
         "$.upstream: expected \"202309\" or \"newest\", found new"},
        {HEAD "`assumes`: [`maybe: so`], `reply`: {} }",
         "$.assumes[0]: expected a sentence that begins with high:, medium: or low:"},
        {HEAD "`refuse`: ``, `about`: `A.` }", "this key stands here twice"},
        {HEAD "`refuse`: `gone`, `reply`: {} }",
         "$.reply: the table always refuses, so this applies to nothing"},
        {HEAD "`refuse`: 7, `reply`: {} }", "$.refuse: expected a sentence, or a list of"},
        {HEAD "`refuse`: [ { `when`: `'x'` } ], `reply`: {} }",
         "$.refuse[0].say: expected a sentence, found nothing"},
        {HEAD "`refuse`: [ { `say`: `no` } ], `reply`: {} }",
         "$.refuse[0].when: expected an expression or a list of them, found nothing"},
    };
    CHECK(rows, "");
}

#define ONCE(once, send, rest)                                                                     \
    "`once`: " once                                                                                \
    ", `accept`: { `a`: `text`, `l`: [{ `x`: `id` }] }, `calls`: { `c`: { `send`: `" send "`" rest \
    " } }, `reply`: { `a`: `a`, `l`: `l` } }"

static void made_once(void **state)
{
    (void)state;
    static const struct planted rows[] = {
        {ONCE("5", "POST /x", ""), "$.once: expected an expression, found a number"},
        {ONCE("`b`", "POST /x", ""), "$.once: 'b' is neither accepted nor the name of a call"},
        {ONCE("`'a'`", "POST /x", ""), "$.once: expected an expression that begins with a path"},
        {ONCE("`c.id`", "POST /x", ""),
         "$.once: it is read before any call, so no answer is there"},
        {ONCE("`a`", "GET /x", ""), "$.once: no call changes anything, so this applies to nothing"},
        {ONCE("`a`", "POST /x", ", `changes`: false"), "$.once: no call changes anything"},
        {"`once`: `a`, `refuse`: `Gone.` }",
         "$.once: the table always refuses, so this applies to nothing"},
        {"`once`: `a`, `accept`: { `a`: `text` }, `calls`: { `w`: { `send`: `POST /y` }, `c`: { "
         "`send`: `POST /x`, `rows`: `l` } }, `pages`: { `style`: `cursor`, `in`: `cursor`, "
         "`size`: `size`, `limits`: [1, 5], `next`: `next` }, "
         "`reply`: { `a`: `a`, `list`: { `rows`: { `c`: `id` } } } }",
         "$.once: a list that comes page by page is not read once"},
    };
    CHECK(rows, HEAD);
}

#define REMEMBER(remember, when)                                                                   \
    "`accept`: { `a`: `text` }, `remember`: " remember ", `calls`: { `c`: { `when`: " when         \
    ", `send`: `POST /x`, `body`: { `a`: `a` } } }, `reply`: { `b`: `c.b` } }"

static void remembered(void **state)
{
    (void)state;
    static const struct planted rows[] = {
        {REMEMBER("5", "`a`"), "$.remember: expected an object of what is remembered"},
        {REMEMBER("{}", "`a`"), "$.remember: expected an object of what is remembered"},
        {REMEMBER("{ `k`: 5 }", "`k`"), "$.remember.k: expected {\"of\": expression"},
        {REMEMBER("{ `k`: { `of`: `a`, `is`: `c.b`, `for`: 5 } }", "`k`"),
         "$.remember.k.for: unknown key 'for'"},
        {REMEMBER("{ `k`: { `is`: `c.b` } }", "`k`"), "$.remember.k.of: expected an expression"},
        {REMEMBER("{ `k`: { `of`: `a` } }", "`k`"), "$.remember.k.is: expected an expression"},
        {REMEMBER("{ `k`: { `of`: `c.b`, `is`: `c.b` } }", "`k`"),
         "$.remember.k.of: it is read before any call, so no answer is there"},
        {REMEMBER("{ `k`: { `of`: `a`, `is`: `a` } }", "`k`"),
         "$.remember.k.is: it reads no answer, so there is nothing to remember"},
        {REMEMBER("{ `k`: { `of`: `a`, `is`: `c.b | or k` } }", "`k`"),
         "$.remember.k.is: 'k' is remembered: it cannot be learned from"},
        {REMEMBER("{ `k`: { `of`: `a`, `is`: `c.b` } }", "`a`"),
         "$.remember.k: nothing reads what is remembered"},
        {REMEMBER("{ `k`: { `of`: `a`, `is`: `c.b` } }", "`k.x`"),
         "$.calls.c.when: 'k' is a text, and holds nothing"},
        {REMEMBER("{ `a`: { `of`: `a`, `is`: `c.b` } }", "`a`"),
         "$.remember.a: 'a' is the name of two things"},
    };
    CHECK(rows, HEAD);
}

static void accepting(void **state)
{
    (void)state;
    static const struct planted rows[] = {
        {"`accept`: [], `reply`: {} }", "$.accept: expected an object, found a list"},
        {"`accept`: { `a`: `itn` }, `reply`: { `a`: `a` } }",
         "$.accept.a: unknown type 'itn' (did you mean int?)"},
        {"`accept`: { `a`: 5 }, `reply`: { `a`: `a` } }",
         "$.accept.a: expected a type, found a number"},
        {"`accept`: { `a`: `` }, `reply`: { `a`: `a` } }", "$.accept.a: expected a type"},
        {"`accept`: { `a?`: `int` }, `reply`: { `a`: `a` } }",
         "$.accept.a?: '?' stands behind the type here (\"a\": \"int?\")"},
        {"`accept`: { `a`: `int? = 5` }, `reply`: { `a`: `a` } }",
         "$.accept.a: '?' beside a default says nothing"},
        {"`accept`: { `a`: `int = x` }, `reply`: { `a`: `a` } }",
         "$.accept.a: 'x' is no default of type int"},
        {"`accept`: { `a`: `int = 9 in 1..5` }, `reply`: { `a`: `a` } }",
         "$.accept.a: the default is not among the values"},
        {"`accept`: { `a`: `text = C in A B` }, `reply`: { `a`: `a` } }",
         "$.accept.a: the default is not among the values"},
        {"`accept`: { `a`: `int in 5..1` }, `reply`: { `a`: `a` } }",
         "$.accept.a: '5..1' is no range"},
        {"`accept`: { `a`: `text in 1..5` }, `reply`: { `a`: `a` } }",
         "$.accept.a: a range stands with int, time and list only"},
        {"`accept`: { `a`: `id in A B` }, `reply`: { `a`: `a` } }",
         "$.accept.a: a set of values stands with text and int only"},
        {"`accept`: { `a`: `int from 5` }, `reply`: { `a`: `a` } }",
         "$.accept.a: expected '= default' or 'in values', found 'from'"},
        {"`accept`: { `a`: `file = x` }, `reply`: { `a`: `a` } }",
         "$.accept.a: file takes no default"},
        {"`accept`: { `a`: [] }, `reply`: { `a`: `a` } }",
         "$.accept.a: expected [type] or [type, \"in 1..50\"]"},
        {"`accept`: { `a`: [`id?`] }, `reply`: { `a`: `a` } }",
         "$.accept.a[0]: an element is never optional"},
        {"`accept`: { `a`: { `b`: `idd` } }, `reply`: { `a`: `a` } }",
         "$.accept.a.b: unknown type 'idd' (did you mean id?)"},
        {"`accept`: { `a`: `int`, `a?`: { } }, `reply`: { `a`: `a` } }",
         "$.accept.a?: this field stands here twice"},
        {"`accept`: { `a`: `int?` }, `reply`: {} }",
         "$.accept.a: the field is accepted, but nothing reads it and `loses.request` does not "
         "confess it"},
        {"`accept`: { `shop`: `int?` }, `reply`: {} }",
         "$.accept.shop: 'shop' is the name of two things"},
        {"`accept`: { `c`: `int?` }, " CALL "`reply`: {} }",
         "$.calls.c: 'c' is the name of two things"},
        {"`loses`: { `request`: { `b`: `S.` } }, `reply`: {} }",
         "$.loses.request.b: `accept` has no such field"},
        {"`accept`: { `a`: { `b`: `int?` } }, `loses`: { `request`: { `a.x`: `S.` } }, `reply`: "
         "{ `a`: `a` } }",
         "$.loses.request[\"a.x\"]: `accept` has no such field"},
        {"`accept`: { `a`: { `b`: `int?` } }, `loses`: { `request`: { `a.{b, x}`: `S.` } }, "
         "`reply`: "
         "{} }",
         "$.loses.request[\"a.{b, x}\"]: `accept` has no such field"},
        {"`loses`: { `answer`: { `a[].b`: `S.`, `c, a.{x, b}`: `S.`, `a[].{b, d}`: `S.` } }, "
         "`reply`: {} }",
         "$.loses.answer[\"a[].{b, d}\"]: 'a[].b' is confessed twice"},
        {"`loses`: { `answer`: { `a.{b, x`: `S.` } }, `reply`: {} }",
         "$.loses.answer[\"a.{b, x\"]: expected '}' behind 'a.{b, x'"},
        {"`loses`: { `answer`: { `a,, b`: `S.` } }, `reply`: {} }",
         "$.loses.answer[\"a,, b\"]: expected a path, found ''"},
        {"`loses`: { `replies`: {} }, `reply`: {} }", "$.loses.replies: unknown key 'replies'"},
        {"`loses`: { `answer`: { `x`: 5 } }, `reply`: {} }",
         "$.loses.answer.x: expected a sentence, found a number"},
    };
    CHECK(rows, HEAD);
}

static void expressions(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *finding;
    } rows[] = {
        {"c.x | enm shelf", "unknown word 'enm' (did you mean enum?)"},
        {"c.x | enum shelff", "no enum 'shelff' (did you mean shelf?)"},
        {"c.x | enum", "'enum' takes 1 argument, found 0"},
        {"c.x | enum a.b", "'enum' expects the name of an enum, found a.b"},
        {"c.x | text 5", "'text' takes 0 arguments, found '5' too"},
        {"c.x | join", "'join' takes 1 argument, found 0"},
        {"c.x | join c.y", "'join' expects a text in quotes, found c.y"},
        {"c.x | chunk 0", "'chunk' expects a whole number from 1 to 9999, found 0"},
        {"c.x | chunk 10000", "'chunk' expects a whole number from 1 to 9999, found 10000"},
        {"c.x | chunk c.y", "'chunk' expects a whole number from 1 to 9999, found c.y"},
        {"c.x | chunk '2'", "'chunk' expects a whole number from 1 to 9999, found '2'"},
        {"c.x | round 19", "'round' expects a whole number from 0 to 18, found 19"},
        {"c.x | round -1", "'round' expects a whole number from 0 to 18, found -1"},
        {"c.x | round 1.5", "'round' expects a whole number from 0 to 18, found 1.5"},
        {"c.x | where", "'where' takes at least 1 argument, found 0"},
        {"c.x | collect 'a'", "'collect' expects a plain path, found 'a'"},
        {"c.x | collect /a", "'collect' expects a plain path, found /a"},
        {"c.x | find a 'b'", "'find' takes 3 arguments, found 2"},
        {"c.x | one_of", "'one_of' takes at least 1 argument, found 0"},
        {"c.x |", "expected a word behind '|'"},
        {"c.x | | text", "unknown word '|'"},
        {"c.x text", "expected '|' before 'text'"},
        {"", "an empty expression (an empty text is written as \"''\")"},
        {"| text", "expected a path or a constant, found '|'"},
        {"'open", "found a text without its second quote"},
        {"c.x | or 'open", "a text without its second quote"},
        {"null", "expected a path or a constant, found 'null' (what is absent is left out)"},
        {"`x`", "texts stand in single quotes"},
        {"12a", "expected a number, found '12a'"},
        {"1e5", "expected a number, found '1e5'"},
        {"c..x", "expected a path, found 'c..x'"},
        {"c.", "expected a path, found 'c.'"},
        {"/", "expected a path, found '/'"},
        {"c.1x", "expected a path, found 'c.1x'"},
        {"c.x$", "expected a path, found 'c.x$'"},
        {"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a", "a path of more than 16 names"},
        {"c | or 1 | or 1 | or 1 | or 1 | or 1 | or 1 | or 1 | or 1 | or 1 | or 1 | or 1 | or 1 |"
         " or 1 | or 1 | or 1 | or 1 | or 1",
         "more than 16 words"},
        {"d.x", "'d' is neither accepted nor the name of a call"},
        {"fild", "'fild' is neither accepted nor the name of a call (did you mean field?)"},
        {"shop.name", "'shop' holds id, region and cipher"},
        {"client", "'client' holds version and app_key"},
        {"field.x", "'x' is looked for in int"},
        {"some.x", "`accept` has no 'x' there (did you mean xx?)"},
        {"many.x", "'x' is looked for in a list"},
        {"raw.x", "'x' is looked for in a list"},
        {"docs.url", "the answers of 'docs' are a list (use each, collect or find)"},
        {".", "'.' stands for an element, and there is none here"},
        {"*", "'*' stands for the elements of a group, and there is none here"},
        {"@id", "'@' stands for the element of a call with `each`, and there is none here"},
        {"^c.x", "'^c.x' leads out of the outermost scope"},
        {"c.x | enum quiet", "enum 'quiet' is used towards the app and has no `unknown`"},
        {"field | or ^x", "'^x' leads out of the outermost scope"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *table = NULL;
        struct buf quoted;
        buf_init(&quoted, 4096);
        char *text = quotes(rows[i].expression);
        json_quote(str_from(text), &quoted);
        buf_add_char(&quoted, '\0');
        assert_true(
            asprintf(&table,
                     "`accept`: { `field`: `int`, `some`: { `xx`: `int` }, `many`: [`int`],"
                     " `raw`: `list` }, `enums`: { `quiet`: { `pairs`: [[1, 2]] } },"
                     "`calls`: { `c`: { `send`: `GET /new/x`, `query`: { `f`: `field | enum quiet`,"
                     " `s`: `some.xx`, `m`: `many`, `r`: `raw` } },"
                     " `docs`: { `send`: `GET /new/y`, `each`: `many` } },"
                     "`reply`: { `out`: %s } }",
                     quoted.p) > 0);
        struct planted row = {table, rows[i].finding};
        check_planted(&row, 1, HEAD);
        free(table);
        free(text);
        buf_clear(&quoted);
    }
}

static void shapes(void **state)
{
    (void)state;
    static const struct planted rows[] = {
        {CALL "`reply`: { `l`: { `each`: `c.l`, `mkae`: `x` } } }",
         "$.reply.l.mkae: unknown key 'mkae' (did you mean make?)"},
        {CALL "`reply`: { `l`: { `in`: `c.l`, `make`: 1, `x`: 1 } } }",
         "$.reply.l.x: unknown key 'x'"},
        {CALL "`reply`: { `l`: { `in`: {}, `make`: 1 } } }",
         "$.reply.l.in: expected an expression, found an object"},
        {"`accept`: { `n`: `int` }, `reply`: { `l`: { `in`: `n`, `make`: 1 } } }",
         "$.reply.l.in: 'n' is no object"},
        {CALL "`reply`: { `l`: { `flat`: `c.l` } } }",
         "$.reply.l.flat: expected `each`, `group` or a list, of lists"},
        {CALL "`reply`: { `l`: { `json`: { `each`: 1 } } } }",
         "$.reply.l.json.each: expected an expression, found a number"},
        {CALL "`reply`: { `l`: { `each`: `c.l` } } }",
         "$.reply.l: expected `make`, the shape of an element"},
        {CALL "`reply`: { `l`: { `each`: 5, `make`: 1 } } }",
         "$.reply.l.each: expected an expression, found a number"},
        {CALL "`reply`: { `l`: { `each`: [], `make`: 1 } } }",
         "$.reply.l.each: expected an expression, or 2 to 4 of them in a list"},
        {CALL "`reply`: { `l`: { `each`: [`c.l`], `make`: 1 } } }",
         "$.reply.l.each: expected an expression, or 2 to 4 of them in a list"},
        {CALL "`reply`: { `l`: { `group`: [`c.l`, 5], `by`: `.`, `make`: 1 } } }",
         "$.reply.l.group[1]: expected an expression, found a number"},
        {"`accept`: { `n`: `int` }, `reply`: { `l`: { `each`: `n`, `make`: 1 } } }",
         "$.reply.l.each: 'n' is no list"},
        {"`accept`: { `l`: [ { `id`: `id` } ] }, `reply`: { `l`: { `each`: `l`, `make`: `idd` } } "
         "}",
         "$.reply.l.make: `accept` has no 'idd' there (did you mean id?)"},
        {CALL "`reply`: { `l`: { `each`: `c.l`, `where`: 7, `make`: 1 } } }",
         "$.reply.l.where: expected an expression or a list of them, found a number"},
        {CALL "`reply`: { `l`: { `each`: `c.l`, `where`: [], `make`: 1 } } }",
         "$.reply.l.where: expected an expression or a list of them, found a list"},
        {CALL "`reply`: { `l`: { `each`: `c.l`, `where`: [`a`, 1], `make`: 1 } } }",
         "$.reply.l.where[1]: expected an expression, found a number"},
        {CALL "`reply`: { `l`: { `group`: `c.l`, `make`: 1 } } }",
         "$.reply.l.by: expected an expression or a list of them, found nothing"},
        {CALL "`reply`: { `l`: { `choose`: [] } } }",
         "$.reply.l.choose: expected a list of alternatives, found a list"},
        {CALL "`reply`: { `l`: { `choose`: [ { `make`: 1 }, { `make`: 2 } ] } } }",
         "$.reply.l.choose[0]: only the last alternative stands without `when`"},
        {CALL "`reply`: { `l`: { `choose`: [ 5 ] } } }",
         "$.reply.l.choose[0]: expected {\"when\": condition, \"make\": shape}, found a number"},
        {CALL "`reply`: { `l`: 0.10 } }",
         "$.reply.l: this number would not keep its digits (write it as a text: \"0.10\")"},
        {CALL "`reply`: { `l`: 9007199254740993 } }",
         "$.reply.l: this number would not keep its digits"},
        {CALL "`reply`: { `l`: { `rows`: { `d`: { } } } } }", "$.reply.l.rows.d: no call 'd'"},
        {CALL "`reply`: { `l`: { `rows`: { `c`: `id` } } } }",
         "$.reply.l.rows.c: the call has no `rows`"},
        {CALL "`reply`: { `l`: { `rows`: {} } } }",
         "$.reply.l.rows: expected {call: shape}, found an empty object"},
    };
    CHECK(rows, HEAD);
}

#define CALLS(text) "`calls`: { `c`: { `send`: `POST /new/x`, " text " } }, `reply`: {} }"

static void calls(void **state)
{
    (void)state;
    static const struct planted rows[] = {
        {"`calls`: [], `reply`: {} }", "$.calls: expected an object of calls, found a list"},
        {"`calls`: { `c`: 5 }, `reply`: {} }",
         "$.calls.c: expected an object with `send`, found a number"},
        {"`calls`: { `c d`: { `send`: `GET /x` } }, `reply`: {} }",
         "$.calls[\"c d\"]: this name cannot stand in a path"},
        {"`calls`: { `c`: {} }, `reply`: {} }",
         "$.calls.c.send: expected a text such as \"GET /x/{id}\", found nothing"},
        {"`calls`: { `c`: { `send`: `FETCH /x` } }, `reply`: {} }",
         "$.calls.c.send: expected a method and a path such as \"GET /x/{id}\", found 'FETCH /x'"},
        {CALLS("`changes`: true"),
         "$.calls.c.changes: expected false: a call changes something unless it says so"},
        {"`calls`: { `c`: { `send`: `GET /x`, `changes`: false } }, `reply`: {} }",
         "$.calls.c.changes: a GET changes nothing anyway"},
        {"`calls`: { `c`: { `send`: `GET /x?y=1` } }, `reply`: {} }",
         "$.calls.c.send: expected a method and a path"},
        {"`calls`: { `c`: { `send`: `GET /x y` } }, `reply`: {} }",
         "$.calls.c.send: '/x y' holds what must not stand in a path"},
        {"`calls`: { `c`: { `send`: `GET /x/{y` } }, `reply`: {} }",
         "$.calls.c.send: '{' and '}' do not match"},
        {"`calls`: { `c`: { `send`: `GET /x/y}` } }, `reply`: {} }",
         "$.calls.c.send: '{' and '}' do not match"},
        {"`calls`: { `c`: { `send`: `GET /x/{id}` } }, `reply`: {} }",
         "$.calls.c.send: 'id' is neither accepted nor the name of a call"},
        {"`calls`: { `c`: { `send`: `GET /x`, `body`: {} } }, `reply`: {} }",
         "$.calls.c.body: a GET has no body"},
        {CALLS("`qurey`: {}"), "$.calls.c.qurey: unknown key 'qurey' (did you mean query?)"},
        {CALLS("`query`: []"), "$.calls.c.query: expected an object of leaves, found a list"},
        {CALLS("`query`: { `a`: [] }"), "$.calls.c.query.a: expected a leaf, found a list"},
        {CALLS("`query`: { `a`: {} }"), "$.calls.c.query.a: expected a leaf, found an object"},
        {CALLS("`body`: {}, `form`: { `a`: 1 }"),
         "$.calls.c: a call has a `body` or a `form`, not both"},
        {CALLS("`form`: {}"), "$.calls.c.form: expected an object of leaves and files"},
        {CALLS("`form`: { `f`: { `file`: 5 } }"),
         "$.calls.c.form.f.file: expected an expression, found a number"},
        {CALLS("`form`: { `f`: { `choose`: [{ `make`: [] }] } }"),
         "$.calls.c.form.f: expected a choice between leaves"},
        {CALLS("`form`: { `f`: { `nmae`: `x` } }"),
         "$.calls.c.form.f.nmae: unknown key 'nmae' (did you mean name?)"},
        {CALLS("`body`: { `x`: `c.y` }"), "$.calls.c.body.x: a call cannot read its own answer"},
        {CALLS("`most`: 5"), "$.calls.c.most: `most` belongs to `each`"},
        {CALLS("`each`: `shop.id`, `most`: 0"),
         "$.calls.c.most: expected a number from 1 to 1000, found another number"},
        {CALLS("`part`: 5"), "$.calls.c.part: expected a sentence, found a number"},
        {CALLS("`part`: `Fine.`"), "$.calls.c.part: `part` belongs to `each`"},
        {CALLS("`each`: `shop.id`, `part`: `Fine.`"),
         "$.calls.c.part: the call changes something: all of it is done, or nothing"},
        {CALLS("`each`: 5"), "$.calls.c.each: expected an expression, found a number"},
        {CALLS("`limits`: [1, 5]"), "$.calls.c.limits: `limits` belongs to `rows`"},
        {CALLS("`page`: {}"), "$.calls.c.page: `page` belongs to `rows`"},
        {CALLS("`order_by`: `x`"), "$.calls.c.order_by: `order_by` belongs to `rows`"},
        {CALLS("`rows`: `l`, `order_by`: []"),
         "$.calls.c.order_by: expected an expression or a choice of them, found a list"},
        {CALLS("`rows`: `l`, `limits`: [5, 1]"), "$.calls.c.limits: the range is empty"},
        {CALLS("`rows`: `l`, `limits`: 5"),
         "$.calls.c.limits: expected [least, most], found a number"},
        {CALLS("`rows`: 5"), "$.calls.c.rows: expected the path of a list, found a number"},
        {CALLS("`rows`: `l`, `page`: { `token`: `header.x` }"),
         "$.calls.c.page.token: expected \"query.name\" or \"body.name\", found 'header.x'"},
        {CALLS("`rows`: `l`, `page`: { `naxt`: `x` }"),
         "$.calls.c.page.naxt: unknown key 'naxt' (did you mean next?)"},
        {CALLS("`on_error`: {}"), "$.calls.c.on_error: expected a list of"},
        {CALLS("`on_error`: [ { `codes`: `all`, `data`: {} } ]"),
         "$.calls.c.on_error[0].codes: expected a list of error codes or \"any\", found a text"},
        {CALLS("`on_error`: [ { `codes`: [0], `data`: {} } ]"),
         "$.calls.c.on_error[0].codes[0]: expected an error code from 1"},
        {CALLS("`on_error`: [ { `codes`: [[1]], `data`: {} } ]"),
         "$.calls.c.on_error[0].codes[0]: expected [least, most], found a list"},
        {CALLS("`on_error`: [ { `codes`: [7, [0, 5]], `data`: {} } ]"),
         "$.calls.c.on_error[0].codes[1]: expected a number from 1"},
        {CALLS("`on_error`: [ { `codes`: [[5, 4]], `data`: {} } ]"),
         "$.calls.c.on_error[0].codes[0]: the range is empty"},
        {CALLS("`on_error`: [ { `codes`: [1] } ]"),
         "$.calls.c.on_error[0].data: expected the shape of an object, found nothing"},
        {CALLS("`on_error`: [ { `codes`: [1], `data`: { `a`: `codee` } } ]"),
         "$.calls.c.on_error[0].data.a: `accept` has no 'codee' there (did you mean code?)"},
        {"`calls`: { `a`: { `send`: `GET /x/{b.i}` }, `b`: { `send`: `GET /y/{a.i}` } }, "
         "`reply`: {} }",
         "$.calls.a: the call waits for its own answer, by way of others"},
    };
    CHECK(rows, HEAD);
}

#define PAGES(text)                                                                                \
    "`calls`: { `c`: { `send`: `POST /new/x`, `rows`: `l` } }, `pages`: { " text " }, "            \
    "`reply`: { `l`: { `rows`: { `c`: `id` } }, `total`: 1 } }"
#define GOOD   "`style`: `cursor`, `in`: `cursor`, `size`: `size`, `limits`: [1, 5]"
#define NUMBER "`style`: `number`, `in`: `at`, `size`: `size`, `limits`: [1, 5]"

/* A list in a list: more of the inner call, more of the outer one, the rows of the reply. */
#define NESTED(inner, outer, rows)                                                                 \
    "`calls`: { `o`: { `send`: `GET /new/x`, `rows`: `l`" outer " }, "                             \
    "`c`: { " inner " `send`: `GET /new/{@id}`, `rows`: `m`, `each`: `o.l` }, "                    \
    "`d`: { `send`: `GET /new/z`, `rows`: `l` } }, `reply`: { `l`: { `rows`: { " rows " } } } }"

static void pages_and_enums(void **state)
{
    (void)state;
    static const struct planted rows[] = {
        {PAGES("`style`: `scroll`"),
         "$.pages.style: expected \"cursor\", \"offset\" or \"number\", found scroll"},
        {PAGES("`style`: `cursor`, `size`: `s`, `limits`: [1, 5]"),
         "$.pages.in: expected the name of a field, found nothing"},
        {PAGES("`style`: `cursor`, `in`: `c`, `size`: `s`"),
         "$.pages.limits: expected [least, most], found nothing"},
        {PAGES(GOOD ", `default`: 0"),
         "$.pages.default: expected a number of rows from 1 to 1000000, found another number"},
        {PAGES(GOOD ", `nxet`: `n`"), "$.pages.nxet: unknown key 'nxet' (did you mean next?)"},
        {PAGES(GOOD ", `more`: `total`"), "$.pages.more: `reply` makes a member 'total' too"},
        {PAGES("`style`: `offset`, `in`: `o`, `size`: `s`, `limits`: [1, 5], `next`: `n`"),
         "$.pages.next: `next` belongs to the style cursor"},
        {PAGES(GOOD ", `descending`: `cursor`"),
         "$.pages: `descending`, and no call has `order_by`"},
        {"`accept`: { `size`: `text` }, " PAGES(GOOD),
         "$.pages.size: `accept` says that 'size' is text; it must be int"},
        {CALL "`pages`: { " GOOD " }, `reply`: { `x`: `c.x` } }",
         "$.pages: `pages`, and no call's `rows` in the reply"},
        {"`calls`: { `c`: { `send`: `GET /new/x`, `rows`: `l` } }, `reply`: { `x`: `c.l` } }",
         "the `rows` of call 'c' make no rows of the reply"},
        {"`calls`: { `c`: { `send`: `GET /new/x`, `rows`: `l`, `each`: `shop.id` } }, "
         "`reply`: { `l`: { `rows`: { `c`: `id` } } } }",
         "$.calls.c.each: a call with `rows` is made for each row of another call with `rows`, "
         "and for nothing else"},
        {"`calls`: { `o`: { `send`: `GET /new/x`, `rows`: `l` }, "
         "`c`: { `send`: `GET /new/y`, `rows`: `m`, `each`: `o.l` } }, "
         "`reply`: { `l`: { `rows`: { `c`: `id`, `o`: `id` } } } }",
         "the rows of 'o' are asked for 'c', so they make no rows of the reply themselves"},
        {PAGES(GOOD ", `or`: 1"), "$.pages.or: expected an object, found a number"},
        {PAGES(GOOD ", `or`: { `style`: `offset`, `in`: `o`, `size`: `s`, `limits`: [1, 5], "
                    "`default`: 5 }"),
         "$.pages.or.style: a cursor cannot be one of two forms"},
        {PAGES(NUMBER ", `or`: { `style`: `offset`, `in`: `o`, `size`: `s`, `limits`: [1, 5], "
                      "`default`: 5, `next`: `n` }"),
         "$.pages.or.next: unknown key 'next'"},
        {PAGES(NUMBER ", `or`: { `style`: `offset`, `in`: `o`, `size`: `s`, `limits`: [1, 5] }"),
         "$.pages.or.default: `or` needs the size of a page that names none"},
        {PAGES(NUMBER ", `or`: { `style`: `offset`, `in`: `at`, `size`: `s`, `limits`: [1, 5], "
                      "`default`: 5 }"),
         "$.pages.or.in: the fields of the two forms must differ"},
        {PAGES(GOOD ", `lenient`: 1"), "$.pages.lenient: expected true or false, found a number"},
        {NESTED("`most`: 5,", "", "`c`: `id`"),
         "$.calls.c.most: a list in a list goes as far as the legacy page, so this applies to "
         "nothing"},
        {NESTED("`order_by`: `x`,", "", "`c`: `id`"),
         "lists in lists are not merged, so the `order_by` of 'c' applies to nothing"},
        {NESTED("", ", `order_by`: `x`", "`c`: `id`"),
         "lists in lists are not merged, so the `order_by` of 'o' applies to nothing"},
        {NESTED("", "", "`c`: `id`, `d`: `id`"), "the list in a list of 'c' is merged with others"},
        {"`calls`: { `a`: { `send`: `GET /new/x`, `rows`: `l` }, "
         "`b`: { `send`: `GET /new/y`, `rows`: `l` } }, `pages`: { " GOOD " }, "
         "`reply`: { `l`: { `rows`: { `a`: `id`, `b`: `id` } }, `total`: `b.total` } }",
         "$.pages: `reply` reads the answer of 'b' beside its rows, and there is none on the pages "
         "behind the end of that list"},
        {"`calls`: { `a`: { `send`: `GET /new/x`, `rows`: `l` }, "
         "`n`: { `each`: `a.l`, `send`: `GET /new/{@id}` } }, "
         "`reply`: { `l`: { `rows`: { `a`: `id` } }, `n`: `n.x` } }",
         "$.reply.n: the answers of 'n' are a list (use each, collect or find)"},
        {"`calls`: { `a`: { `send`: `GET /new/x`, `rows`: `l` }, "
         "`b`: { `send`: `GET /new/y`, `rows`: `l` }, "
         "`n`: { `each`: `a.l`, `send`: `GET /new/{@id}` } }, "
         "`reply`: { `l`: { `rows`: { `a`: `id`, `b`: `/n.x` } } } }",
         "$.reply.l.rows.b: the answers of 'n' are a list (use each, collect or find)"},
        {"`enums`: [], `reply`: {} }", "$.enums: expected an object, found a list"},
        {"`enums`: { `e`: {} }, `reply`: {} }", "$.enums.e: expected `pairs`"},
        {"`enums`: { `e`: { `pairs`: [[1]] } }, `reply`: {} }",
         "$.enums.e.pairs[0]: expected a pair such as [100, \"A\"], found a list"},
        {"`enums`: { `e`: { `pairs`: [[1, []]] } }, `reply`: {} }",
         "$.enums.e.pairs[0][1]: expected a text, a number, true or false, found a list"},
        {"`enums`: { `e`: { `pairs`: [[1, `A`], [1, `A`]] } }, `reply`: {} }",
         "$.enums.e.pairs[1]: this pair never wins: both values stand in earlier pairs"},
        {"`enums`: { `e`: { `pairs`: [[null, null]] } }, `reply`: {} }",
         "$.enums.e.pairs[0]: a pair of nothing"},
        {"`enums`: { `e`: { `pairs`: [[1, `A`]], `to_legacy`: [[`A`, 2]] } }, `reply`: {} }",
         "$.enums.e.to_legacy[0]: 'A' is decided by an earlier pair"},
        {"`enums`: { `e`: { `pairs`: [], `to_upstream`: [[null, 2]] } }, `reply`: {} }",
         "$.enums.e.to_upstream[0]: expected a value to go from, found null"},
        {"`enums`: { `e`: { `pairs`: [], `unknwon`: 1 } }, `reply`: {} }",
         "$.enums.e.unknwon: unknown key 'unknwon' (did you mean unknown?)"},
        {"`enums`: { `e`: { `pairs`: [[1, 2]] } }, `reply`: {} }",
         "$.enums.e: no expression uses this enum"},
        {"`enums`: { `shelf`: { `pairs`: [[1, 2]], `unknown`: 1 } }, " CALL
         "`reply`: { `x`: `c.x | enum shelf` } }",
         "$.enums.shelf: enums.json holds an enum of the same name"},
    };
    CHECK(rows, HEAD);
}

/* Faults of the files that all tables share, and of the directory as a whole. */
static void shared_files(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *finding;
    } rows[] = {
        {"profiles.json", NULL, "error: profiles.json: $: expected this file"},
        {"errors.json", NULL, "error: errors.json: $: expected this file"},
        {"errors.json", "{ `kinds`: { `sgin`: { `code`: 1, `status`: 400 } } }",
         "errors.json: $.kinds.sgin: no kind of fault has this name (did you mean sign?)"},
        {"errors.json", "{ `kinds`: {} }",
         "errors.json: $.kinds: expected an entry for faults of kind 'parameter'"},
        {"errors.json", "{ `kinds`: { `sign`: { `code`: 0, `status`: 400 } } }",
         "errors.json: $.kinds.sign.code: expected an error code from 1"},
        {"errors.json", "{ `kinds`: { `sign`: { `code`: 1, `status`: 99 } } }",
         "errors.json: $.kinds.sign.status: expected an HTTP status from 200 to 599"},
        {"errors.json", "{ `kinds`: {}, `codes`: { `0x1`: { `code`: 1, `status`: 400 } } }",
         "errors.json: $.codes.0x1: expected the number of a v202309 error"},
        {"errors.json", "{ `kinds`: {}, `passes`: {} }",
         "errors.json: $.passes: expected a list, found an object"},
        {"errors.json", "{ `kinds`: {}, `passes`: [{ `from`: 7, `to`: 6, `about`: `x` }] }",
         "errors.json: $.passes[0].to: expected an error code from 7"},
        {"errors.json", "{ `kinds`: {}, `passes`: [{ `from`: 7, `to`: 9 }] }",
         "errors.json: $.passes[0].about: expected a sentence, found nothing"},
        {"profiles.json", "{ `profiles`: {}, `common`: [] }",
         "profiles.json: $.profiles: expected an object of profiles, found an empty one"},
        {"profiles.json", "{ `profiles`: { `p`: { `host`: `web` } }, `common`: [] }",
         "profiles.json: $.profiles.p.host: expected \"auth\" or \"api\", found web"},
        {"profiles.json", "{ `profiles`: { `p`: { `sign`: 1 } }, `common`: [] }",
         "profiles.json: $.profiles.p.sign: expected true or false, found a number"},
        {"profiles.json", "{ `profiles`: { `p`: {} }, `common`: [`a`, `a`] }",
         "profiles.json: $.common[1]: 'a' stands here twice"},
        {"profiles.json", "{ `profiles`: { `p`: {} } }",
         "profiles.json: $.common: expected a list of texts, found nothing"},
        {"profiles.json",
         "{ `profiles`: { `p`: {} }, `common`: [], `shops`: { `send`: `POST /x` } }",
         "profiles.json: $.shops.send: expected a text such as \"GET /x\", found 'POST /x'"},
        {"profiles.json",
         "{ `profiles`: { `p`: {} }, `common`: [], `shops`: { `send`: `GET /x` } }",
         "profiles.json: $.shops.cipher: expected the name of a member, found nothing"},
        {"enums.json", "[]", "enums.json: $: expected an object, found a list"},
        {"other.json", "{}", "other.json: $: no file of this name belongs here"},
        {"area/b.json", "{ `legacy`: `POST /old/x`, `about`: `B.`, `uses`: `desk`, `reply`: {} }",
         "area/b.json: $.legacy: POST /old/x is served by area/a.json too (give both a `version` "
         "that does not overlap, or another `upstream`)"},
    };
    static const char good[] = HEAD "`reply`: {} }";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static const char *const shared[] = {"profiles.json", "errors.json", "enums.json"};
        struct plan_text texts[5];
        char *held[5];
        size_t count = 0;
        for (size_t j = 0; j < 3; j++) {
            char name[512];
            snprintf(name, sizeof name, LIBRARY "/%s", shared[j]);
            if (strcmp(shared[j], rows[i].name) == 0)
                continue;
            held[count] = file_text(name);
            texts[count] = (struct plan_text){shared[j], str_from(held[count])};
            count++;
        }
        held[count] = quotes(good);
        texts[count] = (struct plan_text){"area/a.json", str_from(held[count])};
        count++;
        if (rows[i].text) {
            held[count] = quotes(rows[i].text);
            texts[count] = (struct plan_text){rows[i].name, str_from(held[count])};
            count++;
        }
        struct findings findings;
        struct buf out;
        findings_init(&findings);
        buf_init(&out, 1 << 20);
        assert_null(plans_load_texts(texts, count, &findings));
        add_all(&out, &findings);
        if (!strstr(out.p, rows[i].finding))
            fail_msg("%s\n  finds    %s  expected %s", rows[i].text, out.p, rows[i].finding);
        for (size_t j = 0; j < count; j++)
            free(held[j]);
        buf_clear(&out);
        findings_clear(&findings);
    }
}

/* All faults of all files are told at once. */
static void all_at_once(void **state)
{
    (void)state;
    static const char table[] =
        HEAD "`version`: `x`, `accept`: { `a`: `itn`, `b`: `int = z` }, `assumes`: [5],"
             "`calls`: { `c`: { `send`: `GET x`, `query`: { `q`: `d.e`, `r`: `a | txt` } } },"
             "`reply`: { `x`: `c.x | enum no`, `y`: { `each`: `c.y`, `mak`: 1 } } }";
    struct findings findings;
    findings_init(&findings);
    assert_null(load_table(table, &findings));
    assert_true(findings_count(&findings, FINDING_ERROR) >= 10);
    findings_clear(&findings);
}

/* What nobody needs is a warning, and stops nothing. */
static void warnings(void **state)
{
    (void)state;
    struct findings findings;
    findings_init(&findings);
    struct plans *plans = load_table(HEAD "`reply`: {} }", &findings);
    assert_non_null(plans);
    assert_int_equal(findings_count(&findings, FINDING_WARNING), 2);
    assert_string_equal(findings.items[0].path, "$.shelf");
    assert_string_equal(findings.items[0].text, "no table uses this enum");
    findings_clear(&findings);
    plans_unref(plans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_called_as_they_read),
        cmocka_unit_test(whole_tables),
        cmocka_unit_test(made_once),
        cmocka_unit_test(remembered),
        cmocka_unit_test(accepting),
        cmocka_unit_test(expressions),
        cmocka_unit_test(shapes),
        cmocka_unit_test(calls),
        cmocka_unit_test(pages_and_enums),
        cmocka_unit_test(shared_files),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
