/*
 * The sandbox on hostile bytes. The first byte of the input says where the rest goes:
 *   c  to a connection, as it stands
 *   r  to calls that are signed here: "METHOD path?query", 0x1E, body; several parted by 0x1D
 *   e  to the parser of expressions, and what they make in the scope of a record
 *   s  to the reader of state files; what it takes is saved, and read again
 *   t  to the rules of trouble
 * Whatever they hold, nothing crashes, and every answer of the shop is one envelope in JSON.
 * The tables are the repository's, found from where this file is; nobody hears of changes.
 */
#include "sandbox/access.h"
#include "sandbox/cache.h"
#include "sandbox/conn.h"
#include "sandbox/notifier.h"
#include "sandbox/signature.h"
#include "sandbox/state.h"
#include "sandbox/visit.h"

#include "base/log.h"
#include "fuzz.h"
#include "json/json.h"

#include <sys/socket.h>
#include <unistd.h>

enum { NOW = 1700000000, ORDERS = 10, SEED = 1, LONGEST = 32768, CALLS = 8 };

static struct core core;
static struct event_base *base;
static struct arena *arena;
static char folder[] = "/tmp/sandbox_fuzzXXXXXX";

static int64_t now(void *ctx)
{
    (void)ctx;
    return (int64_t)NOW * 1000;
}

static const struct clock stopped = {now, NULL};
static const struct sandbox_options options = {.seed = SEED};

static void remove_folder(void)
{
    rmdir(folder);
}

static void set_up(void)
{
    char mappings[1024];
    const char *slash = strrchr(__FILE__, '/');
    struct findings findings;
    findings_init(&findings);
    snprintf(mappings, sizeof mappings, "%.*s/../../mappings", slash ? (int)(slash - __FILE__) : 1,
             slash ? __FILE__ : ".");
    log_set_level(LOG_OFF);
    core = (struct core){.clock = &stopped, .seed = SEED, .epoch = NOW - NOW % 86400};
    core.tables = tables_load(mappings, &findings);
    MUST(core.tables && world_init(&core.world));
    core.tables->hearer.entity = NULL;
    core.world.orders = ORDERS;
    MUST(access_fill(&core.world, core.tables, &options, NOW, &findings));
    core.trouble = trouble_new(core.tables->contracts);
    core.notifier = notifier_new();
    core.lists = cache_new(1 << 20);
    core.cells = cache_new(1 << 20);
    base = event_base_new();
    arena = arena_new((size_t)64 << 20);
    MUST(core.trouble && core.notifier && core.lists && core.cells && base && arena);
    MUST(mkdtemp(folder));
    atexit(remove_folder);
    findings_clear(&findings);
}

/* ---- connections ---- */

static void serve(void *ctx, const struct visit_request *request, struct visit_answer *answer)
{
    (void)ctx;
    sandbox_serve(&core, request, answer);
    answer->delay_ms = 0;
}

static void talk(struct str bytes)
{
    char got[65536];
    int ends[2];
    struct hall hall = {.base = base, .fd = -1, .serve = serve};
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    conn_open(&hall, ends[0]);
    MUST(write(ends[1], bytes.p, bytes.n) == (ssize_t)bytes.n);
    MUST(shutdown(ends[1], SHUT_WR) == 0);
    size_t seen = 0;
    for (int turn = 0; turn < 8; turn++) {
        event_base_loop(base, EVLOOP_NONBLOCK);
        ssize_t n = read(ends[1], got, sizeof got);
        if (n > 9 && seen == 0)
            MUST(memcmp(got, "HTTP/1.1 ", 9) == 0);
        seen += n > 0 ? (size_t)n : 0;
    }
    hall_close(&hall);
    close(ends[1]);
}

/* ---- signed calls ---- */

/* The query with what every call needs, and its signature. */
static struct str complete(const struct visit_request *request, const struct contract *contract,
                           struct str path, struct str query)
{
    struct pairs pairs = {0};
    struct str plain;
    char hex[SIGNATURE_HEX + 1];
    bool shop = contract && contract_member(&contract->query, NULL, STR("shop_cipher"));
    bool auth = contract && contract->auth_host;
    query =
        arena_printf(arena, STR_FMT "%sapp_key=demo-app%s%s", STR_ARG(query), query.n ? "&" : "",
                     auth ? "&app_secret=demo-secret" : "&timestamp=1700000000",
                     shop ? "&shop_cipher=demo-cipher-gb" : "");
    if (!auth && url_decode_path(path, arena, &plain) &&
        url_parse_query(query, arena, 300, &pairs)) {
        bool form = contract && contract->form;
        struct signed_request what = {plain, &pairs, form ? STR("") : request->body};
        MUST(signature_make(&what, STR("demo-secret"), hex));
        query = arena_printf(arena, STR_FMT "&sign=%s", STR_ARG(query), hex);
    }
    return arena_printf(arena, STR_FMT "?" STR_FMT, STR_ARG(path), STR_ARG(query));
}

static void check_answer(const struct visit_answer *answer)
{
    static const struct str members[] = {STR_C("code"), STR_C("message"), STR_C("request_id"),
                                         STR_C("data")};
    struct json_doc doc;
    struct json_limits limits = {.depth = 200, .unique_keys = true};
    struct json_error error;
    MUST(answer->status >= 200 && answer->status <= 599);
    MUST(json_parse(&doc, buf_str(&answer->body), &limits, arena, &error));
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        MUST(json_exists(json_get(json_root(&doc), members[i])));
}

static void call(struct str text)
{
    struct str line = str_cut(&text, 0x1E), query = line, method = str_cut(&query, ' ');
    struct str path = query.p ? str_cut(&query, '?') : STR("");
    struct visit_request request = {.method = method, .body = text.p ? text : STR("")};
    struct visit_answer answer;
    struct contract_match match = {0};
    bool found = contracts_find(core.tables->contracts, method, path, &match) == CONTRACT_FOUND;
    const struct contract *contract = found ? match.contract : NULL;
    bool creator = contract && !(contract->users & 1u << 0);
    struct pair fields[] = {
        {STR("x-tts-access-token"), creator ? STR("demo-token-creator") : STR("demo-token")},
        {STR("content-type"), contract && contract->form ? STR("multipart/form-data; boundary=B")
                                                         : STR("application/json")}};
    request.headers = (struct pairs){fields, 2};
    request.target = complete(&request, contract, path, query.p ? query : STR(""));
    if (!request.target.p || str_starts(request.target, STR("/sandbox")))
        return;
    sandbox_serve(&core, &request, &answer);
    check_answer(&answer);
    buf_clear(&answer.body);
}

static void call_all(struct str text)
{
    for (int i = 0; i < CALLS && text.p; i++)
        call(str_cut(&text, 0x1D));
}

/* ---- the rest ---- */

static void evaluate(struct str text)
{
    char why[256];
    struct run run;
    const struct expr *expr = expr_parse(text, arena, why, sizeof why);
    const struct entity *entity = tables_entity(core.tables, STR("order"));
    if (!expr)
        return;
    run_init(&run, arena, core.tables, &core.world);
    run.seed = SEED;
    run.now = NOW;
    run.epoch = core.epoch;
    run.host = STR("localhost");
    struct record *record = entity ? run_record(&run, entity, 0, 3) : NULL;
    MUST(record);
    struct buf out;
    buf_init(&out, 1 << 20);
    stored_write(&run, run_eval(&run, expr, record->root), &out);
    buf_clear(&out);
}

static void write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    MUST(file && fwrite(text.p, 1, text.n, file) == text.n && fclose(file) == 0);
}

/* What was read can be saved and is the same for the next one. */
static bool read_state(const char *path, bool again)
{
    struct world *world = calloc(1, sizeof *world);
    struct findings findings;
    struct fault fault;
    struct state_origin origin = {SEED, ORDERS, core.epoch, false};
    findings_init(&findings);
    MUST(world && world_init(world));
    MUST(access_fill(world, core.tables, &options, NOW, &findings));
    bool good = state_load(path, core.tables, world, &origin, &fault);
    MUST(good || fault.text[0]);
    if (good && !again)
        MUST(state_save(path, core.tables, world, &origin, &fault) && read_state(path, true));
    world_clear(world);
    free(world);
    findings_clear(&findings);
    return good;
}

static void load(struct str text)
{
    char path[sizeof folder + 16];
    snprintf(path, sizeof path, "%s/state", folder);
    write_file(path, text);
    read_state(path, false);
    unlink(path);
}

static void make_trouble(struct str text)
{
    struct fault fault;
    struct harm harm = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    if (!trouble_add(core.trouble, text, &fault))
        MUST(fault.text[0]);
    if (!trouble_put(core.trouble, text, &fault))
        MUST(fault.text[0]);
    for (size_t i = 0; i < contracts_count(core.tables->contracts); i++)
        trouble_draw(core.trouble, contracts_at(core.tables->contracts, i), &harm);
    trouble_write(core.trouble, &out);
    struct json_doc doc;
    struct json_error error;
    MUST(buf_failed(&out) || json_parse(&doc, buf_str(&out), NULL, arena, &error));
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        char letter;
        void (*go)(struct str text);
    } ways[] = {{'c', talk}, {'r', call_all}, {'e', evaluate}, {'s', load}, {'t', make_trouble}};
    if (size == 0 || size > LONGEST)
        return 0;
    if (!core.tables)
        set_up();
    struct str text = arena_str(arena, str_of((const char *)data + 1, size - 1));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (ways[i].letter == (char)data[0])
            ways[i].go(text);
    world_reset(&core.world);
    trouble_forget(core.trouble);
    notifier_forget(core.notifier);
    arena_reset(arena);
    return 0;
}
