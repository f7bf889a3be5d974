/*
 * Multipart forms: parts, kinds of files, names, boundaries, base64 in every spelling, memory.
 */
#include "play.h"

#include "base/base64.h"

static const char table[] =
    "{ `legacy`: `POST /old/x`, `about`: `An upload.`, `uses`: `desk`,"
    "  `accept`: { `data`: `file?`, `name`: `text?`, `scene`: `int?` },"
    "  `calls`: { `c`: { `send`: `POST /new/branches/{client.app_key}/photos`, `form`: {"
    "    `scene`: `scene | enum shelf`, `kind`: `'photo'`, `file`: { "
    "`file`: `data`, `name`: `name` } } } },"
    "  `reply`: { } }";

/* Begins and builds; the message is in *message. */
static bool build(struct play *p, struct plans *plans, const char *request,
                  struct plan_message *message)
{
    return play_begin(p, plans, request) &&
           plan_build(p->run, (struct plan_slot){0}, NULL, message, &p->fault);
}

static struct str boundary_of(const struct plan_message *message)
{
    static const struct str head = STR_C("multipart/form-data; boundary=");
    assert_true(str_starts(message->content_type, head));
    return str_of(message->content_type.p + head.n, message->content_type.n - head.n);
}

static void parts(void **state)
{
    (void)state;
    struct plans *plans = good_table(table);
    struct play p;
    struct plan_message m;
    assert_true(
        build(&p, plans, "{`data`: `aGVsbG8=`, `name`: `a\\`b\\r\\n/c.txt`, `scene`: 1}", &m));
    assert_true(m.multipart);
    assert_false(plan_call_at(p.plan, 0)->cipher);
    assert_true(plan_call_at(p.plan, 0)->multipart);
    struct str b = boundary_of(&m);
    struct str expected = arena_printf(
        p.arena,
        "--" STR_FMT "\r\nContent-Disposition: form-data; name=\"scene\"\r\n\r\nNORTH\r\n"
        "--" STR_FMT "\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nphoto\r\n"
        "--" STR_FMT "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"abc.txt\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\nhello\r\n--" STR_FMT "--\r\n",
        STR_ARG(b), STR_ARG(b), STR_ARG(b), STR_ARG(b));
    if (!str_eq(m.body, expected))
        fail_msg(STR_FMT "\n" STR_FMT, STR_ARG(m.body), STR_ARG(expected));
    play_end(&p);
    plans_unref(plans);
}

static void choices(void **state)
{
    (void)state;
    static const char chosen[] =
        "{ `legacy`: `POST /old/x`, `about`: `An upload.`, `uses`: `desk`,"
        "  `accept`: { `scene`: `int?`, `all`: `bool?` },"
        "  `calls`: { `c`: { `send`: `POST /new/photos`, `form`: { `scene`: { `choose`: ["
        "    { `when`: `all`, `make`: null }, { `when`: `scene | is 2`, `make`: `'two'` },"
        "    { `make`: `scene | or 7` } ] } } } },"
        "  `reply`: { } }";
    static const struct {
        const char *request, *part;
    } rows[] = {
        {"{`all`: true}", NULL},
        {"{`scene`: 2}", "name=\"scene\"\r\n\r\ntwo\r\n"},
        {"{`scene`: 3}", "name=\"scene\"\r\n\r\n3\r\n"},
        {"{}", "name=\"scene\"\r\n\r\n7\r\n"},
    };
    struct plans *plans = good_table(chosen);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct play p;
        struct plan_message m;
        assert_true(build(&p, plans, rows[i].request, &m));
        const char *part = rows[i].part ? rows[i].part : "name=";
        bool found = memmem(m.body.p, m.body.n, part, strlen(part)) != NULL;
        if (found != (rows[i].part != NULL))
            fail_msg("%s: " STR_FMT, rows[i].request, STR_ARG(m.body));
        play_end(&p);
    }
    plans_unref(plans);
}

static void kinds_and_names(void **state)
{
    (void)state;
    static const struct {
        const char *request, *filename, *type;
    } rows[] = {
        {"{`data`: `iVBORw0KGgoA`}", "upload.png", "image/png"},
        {"{`data`: `/9j/4A==`}", "upload.jpg", "image/jpeg"},
        {"{`data`: `UklGRgAAAABXRUJQ`}", "upload.webp", "image/webp"},
        {"{`data`: `JVBERi0xLjc=`, `name`: ``}", "upload.pdf", "application/pdf"},
        {"{`data`: `Qk0AAA==`}", "upload.bmp", "image/bmp"},
        {"{`data`: `AAAAGGZ0eXBoZWlj`}", "upload.heic", "image/heic"},
        {"{`data`: `AAAAGGZ0eXBpc29t`, `name`: `a.pdf`}", "a.pdf", "video/mp4"},
        {"{`data`: `UklGRgAAAABXQVZF`}", "upload.jpg", "image/jpeg"},
        {"{`data`: `AA==`, `name`: `a.b.PDF`}", "a.b.PDF", "application/pdf"},
        {"{`data`: `AA==`, `name`: `film.mpg`}", "film.mpg", "video/mpeg"},
        {"{`data`: `AA==`, `name`: `pdf`}", "pdf", "application/octet-stream"},
        {"{`data`: `AA==`, `name`: `.pdf`}", ".pdf", "application/pdf"},
        {"{`data`: `iVBORw0KGgo`, `name`: `../../x.png`}", "....x.png", "image/png"},
        {"{`data`: `AA==`, `name`: `\\u0000\\u001f\\`\\\\`}", "upload.jpg", "image/jpeg"},
        {"{`data`: `AA==`, `name`: `caf\\u00e9.bin`}", "caf\xc3\xa9.bin",
         "application/octet-stream"},
        {"?data=AA%3D%3D&name=q", "q", "application/octet-stream"},
    };
    struct plans *plans = good_table(table);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct play p;
        struct plan_message m;
        assert_true(build(&p, plans, rows[i].request, &m));
        struct str head = arena_printf(p.arena, "filename=\"%s\"\r\nContent-Type: %s\r\n\r\n",
                                       rows[i].filename, rows[i].type);
        if (!memmem(m.body.p, m.body.n, head.p, head.n))
            fail_msg("%s: " STR_FMT, rows[i].request, STR_ARG(m.body));
        play_end(&p);
    }
    plans_unref(plans);
}

static void spellings(void **state)
{
    (void)state;
    static const char *const same[] = {
        "{`data`: `aGVsbG8/`}",
        "{`data`: `aGVsbG8\\/`}",
        "{`data`: `aGVs\\nbG8/\\r\\n`}",
        "{`data`: `aGVs\\r  bG \\u000a8/\\t`}",
        "{`data`: `data:image/png;base64,aGVsbG8/`}",
        "{`data`: `aGVsbG8_`}",
        "{`data`: `\\u0061GVsbG8\\u002F`}",
        "{`data`: `data:x\\/y;base64,aGVsbG8\\/`}",
    };
    static const struct {
        const char *request, *fault;
    } bad[] = {
        {"{`data`: `aGVsbG8*`}", "data is no base64: wrong at byte 7"},
        {"{`data`: `aGVs\\bbG8=`}", "data is no base64: wrong at byte 4"},
        {"{`data`: `a`}", "data is no base64: wrong at byte 1"},
        {"{`data`: `aGVs bG8/`}", "data is no base64: wrong at byte 5"},
        {"{`data`: `aGVs\\tbG8/`}", "data is no base64: wrong at byte 5"},
        {"{`data`: `aGVsbG8=x`}", "data is no base64: wrong at byte 8"},
        {"{`data`: `\\u00e9`}", "data is no base64: wrong at byte 0"},
        {"{`data`: ` `}", "data is an empty file"},
        {"{`data`: 12}", "data must be a text of base64, not '12'"},
        {"{`data`: {}}", "data must be a text of base64, not an object"},
    };
    struct plans *plans = good_table(table);
    struct play p;
    struct plan_message m;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(build(&p, plans, same[i], &m));
        if (!memmem(m.body.p, m.body.n, "\r\n\r\nhello?\r\n", 12))
            fail_msg("%s: " STR_FMT, same[i], STR_ARG(m.body));
        play_end(&p);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(build(&p, plans, bad[i].request, &m));
        assert_int_equal(p.fault.kind, FAULT_PARAMETER);
        assert_string_equal(p.fault.where, "data");
        assert_string_equal(p.fault.text, bad[i].fault);
        play_end(&p);
    }
    assert_true(build(&p, plans, "{}", &m)); /* no file: no part */
    assert_null(memmem(m.body.p, m.body.n, "filename", 8));
    play_end(&p);
    plans_unref(plans);
}

static void boundaries(void **state)
{
    (void)state;
    struct plans *plans = good_table(table);
    struct play p, q;
    struct plan_message m, n;
    assert_true(build(&p, plans, "{`data`: `aGVsbG8=`}", &m));
    assert_true(build(&q, plans, "{`data`: `aGVsbG8=`}", &n));
    assert_true(str_eq(m.body, n.body));
    assert_true(str_eq(m.content_type, n.content_type));
    struct str boundary = boundary_of(&m);
    for (size_t i = 0; i < boundary.n; i++)
        assert_true((boundary.p[i] >= 'a' && boundary.p[i] <= 'z') ||
                    (boundary.p[i] >= '0' && boundary.p[i] <= '9'));
    play_end(&q);
    assert_true(build(&q, plans, "{`data`: `aGVsbG9p`}", &n));
    assert_false(str_eq(m.content_type, n.content_type));
    play_end(&p);
    play_end(&q);
    plans_unref(plans);
}

/* A file of 5 MB: the body is the only copy that is made. */
static void large_files(void **state)
{
    (void)state;
    enum { SIZE = 5 << 20 };
    struct plans *plans = good_table(table);
    for (int escaped = 0; escaped < 2; escaped++) {
        struct buf body;
        struct play p;
        struct plan_message m;
        char *bytes = malloc(SIZE);
        for (size_t i = 0; i < SIZE; i++)
            bytes[i] = (char)(i * 2654435761u >> 13);
        buf_init(&body, 1 << 25);
        buf_add_str(&body, STR("{\"data\":\""));
        base64_encode(str_of(bytes, SIZE), &body);
        if (escaped) /* the last '=' as an escape */
            buf_cut(&body, body.n - 1);
        buf_add_str(&body, escaped ? STR("\\u003d\"}") : STR("\"}"));
        assert_true(play_begin(&p, plans, "{}"));
        p.request.body = play_json(&p, buf_str(&body));
        size_t before = arena_used(p.arena);
        struct plan_run *run = plan_begin(p.plan, &p.request, p.arena, &p.fault);
        assert_true(plan_build(run, (struct plan_slot){0}, NULL, &m, &p.fault));
        assert_true(memmem(m.body.p, m.body.n, bytes, SIZE) != NULL);
        assert_true(arena_used(p.arena) - before < SIZE + (64 << 10));
        free(bytes);
        buf_clear(&body);
        play_end(&p);
    }
    plans_unref(plans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),           cmocka_unit_test(choices),
        cmocka_unit_test(kinds_and_names), cmocka_unit_test(spellings),
        cmocka_unit_test(boundaries),      cmocka_unit_test(large_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
