/*
 * A run allocates from its arena and from nowhere else; a full arena is a fault, never a crash.
 */
#include "play.h"

#include "base/log.h"

static const char table[] =
    "{ `legacy`: `POST /old/x`, `about`: `A bit of everything.`, `uses`: `desk`,"
    "  `accept`: { `ids`: [`id`], `lines`: [ { `id`: `id`, `price`: `decimal` } ], `data`: `file?`,"
    "              `s`: `text?` },"
    "  `refuse`: [ { `when`: `first.locked`, `say`: `locked` } ],"
    "  `calls`: {"
    "    `first`: { `send`: `POST /new/x/{ids | first}`, `query`: { `ids`: `ids` },"
    "               `body`: { `l`: { `each`: `lines`, `make`: { `id`: `id`, `p`: `price` } },"
    "                         `up`: `s | upper | prefix 'x' | split 'A' | join 'B'` } },"
    "    `docs`: { `send`: `GET /new/y/{@}`, `each`: `ids`, `on_error`: [ { `codes`: `any`,"
    "              `data`: { `code`: `code`, `why`: `message` } } ] },"
    "    `up`: { `send`: `POST /new/z`, `when`: `data | has`,"
    "            `form`: { `f`: { `file`: `data`, `name`: `s` } } },"
    "    `rows`: { `send`: `GET /new/w`, `rows`: `rows` } },"
    "  `pages`: { `style`: `cursor`, `in`: `cursor`, `size`: `size`, `limits`: [1, 9], `default`: "
    "5,"
    "             `next`: `next`, `more`: `more` },"
    "  `reply`: { `rows`: { `rows`: { `rows`: { `id`: `id`, `ms`: `t | s_to_ms | text` } } },"
    "             `docs`: { `each`: `docs`, `make`: { `id`: `@`, `why`: `why`, `shelf`: `s | enum "
    "shelf` } },"
    "             `g`: { `group`: `first.l`, `by`: `k | text`, `make`: { `n`: `* | collect v | "
    "sum`,"
    "                    `u`: `* | collect v | unique | count`, `j`: `* | json`, `p`: `j | parse` "
    "} },"
    "             `f`: `first.l | collect t | flat | where . 'a' | first`,"
    "             `m`: `first.l | find k 1 v | add 1` } }";

static const char request[] = "?size=3 {`ids`: [1, `2`], `lines`: [{`id`: 1, `price`: 0.10}], "
                              "`data`: `aGVsbG8=`, `s`: `bAd`}";

static const char *const answers[] = {
    "{`l`: [{`k`: 1, `v`: 2, `t`: [`a`], `j`: `[1]`}, {`k`: 1, `v`: `3`, `t`: [`a`, `b`]},"
    " {`k`: 2, `v`: 0.5}]}",
    "{}",
    "{`rows`: [{`id`: `\\u0041`, `t`: 5}]}",
    "{`s`: `NORTH`}",
    "!9",
    NULL};

/* Everything but the reply's writer's own buffer and the arena's blocks. */
static size_t allocations;

void *__real_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_realloc(void *p, size_t size)
{
    allocations++;
    return __real_realloc(p, size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

/* The whole of a run without the helpers that allocate; false and a fault when it fails. */
static bool translate(struct play *p, const struct str *bodies, struct buf *reply)
{
    struct plan_page_ask ask = {.size = 5};
    struct plan_page_given given = {STR("N"), false};
    struct json_writer w;
    size_t times, body = 0;
    struct plan_shop shop = {STR("S"), STR("GB"), STR("C")};
    p->run = plan_begin(p->plan, &p->request, p->arena, &p->fault);
    if (!p->run)
        return false;
    plan_set_shop(p->run, &shop);
    static const unsigned order[] = {0, 2, 3, 1};
    for (size_t i = 0; i < 4; i++) {
        unsigned call = order[i];
        if (!plan_call_wanted(p->run, call))
            continue; /* a fault is told by what comes next */
        if (!plan_call_times(p->run, call, &times, &p->fault))
            return false;
        for (unsigned e = 0; e < times; e++) {
            struct plan_slot slot = {call, e, 0};
            struct plan_message message;
            struct plan_answer answer;
            if (!plan_build(p->run, slot, call == 3 ? &ask : NULL, &message, &p->fault) ||
                !plan_take(p->run, slot, bodies[body++], &answer, &p->fault))
                return false;
            if (call == 3) /* a fault here is told by the reply */
                plan_pick(p->run, slot, 0, plan_rows(p->run, slot));
        }
    }
    struct plan_page_asked asked;
    if (!plan_page_asked(p->run, &asked, &p->fault))
        return false;
    plan_filters(p->run);
    json_writer_init(&w, reply);
    return plan_reply(p->run, &given, &w, &p->fault);
}

static void prepare(struct play *p, struct plans *plans, struct str bodies[5])
{
    assert_true(play_begin(p, plans, request));
    for (size_t i = 0; answers[i]; i++)
        bodies[i] = play_envelope(p, answers[i]);
}

static const char expected[] =
    "{`rows`:[{`id`:`\\u0041`,`ms`:`5000`}],"
    "`docs`:[{`id`:`1`,`shelf`:1},{`id`:`2`,`why`:`no`}],"
    "`g`:[{`n`:5,`u`:2,`j`:`[{\\`k\\`: 1, \\`v\\`: 2, \\`t\\`: [\\`a\\`], \\`j\\`: \\`[1]\\`},"
    "{\\`k\\`: 1, \\`v\\`: \\`3\\`, \\`t\\`: [\\`a\\`, \\`b\\`]}]`,`p`:[1]},"
    "{`n`:0.5,`u`:1,`j`:`[{\\`k\\`: 2, \\`v\\`: 0.5}]`}],"
    "`f`:`a`,`m`:3,`next`:`N`,`more`:false}";

static void from_the_arena_only(void **state)
{
    (void)state;
    struct plans *plans = good_table(table);
    struct play p;
    struct str bodies[5];
    prepare(&p, plans, bodies);
    buf_reserve(&p.reply, 1 << 16);
    struct arena *own = arena_new(1 << 20);
    struct arena *request_arena = p.arena;
    p.arena = own;
    size_t blocks = arena_blocks(own), before = allocations;
    assert_true(translate(&p, bodies, &p.reply));
    assert_int_equal(allocations - before, arena_blocks(own) - blocks);
    assert_true(allocations > before); /* the counter counts */
    buf_add_char(&p.reply, '\0');
    check_text("everything", "reply", p.reply.p, expected);
    arena_free(own);
    p.arena = request_arena;
    play_end(&p);
    plans_unref(plans);
}

static void full_arena(void **state)
{
    (void)state;
    struct plans *plans = good_table(table);
    struct play p;
    struct str bodies[5];
    size_t failures = 0;
    prepare(&p, plans, bodies);
    struct arena *request_arena = p.arena;
    log_set_level(LOG_OFF);
    for (size_t room = 0; room < 80000; room += 96) {
        struct arena *small = arena_new(room);
        p.arena = small;
        p.fault = (struct fault){0};
        buf_reset(&p.reply);
        if (translate(&p, bodies, &p.reply)) {
            buf_add_char(&p.reply, '\0');
            check_text("room", "reply", p.reply.p, expected);
        } else {
            failures++;
            assert_int_equal(p.fault.kind, FAULT_TOO_LARGE);
        }
        arena_free(small);
    }
    assert_true(failures > 10);
    p.arena = request_arena;
    play_end(&p);
    plans_unref(plans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(from_the_arena_only),
                                       cmocka_unit_test(full_arena)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
