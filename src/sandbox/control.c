/*
 * What lies below /sandbox/: requests about the sandbox itself, which are no calls of a shop.
 * Unsigned, and never troubled. Owns nothing.
 */
#include "sandbox/document.h"
#include "sandbox/image.h"
#include "sandbox/notifier.h"
#include "sandbox/visit.h"

#include "json/writer.h"

#define FILES "/sandbox/files/"

static void say_text(struct visit_answer *answer, int status, struct str words)
{
    struct json_writer w;
    answer->status = status;
    json_writer_init(&w, &answer->body);
    json_open_object(&w);
    json_put_key(&w, STR("error"));
    json_put_string(&w, words);
    json_close_object(&w);
}

static void say(struct visit_answer *answer, int status, const char *words)
{
    say_text(answer, status, str_from(words));
}

/* GET shows the broken rules, DELETE forgets them. */
static void serve_violations(struct core *core, const struct visit_request *request,
                             struct visit_answer *answer)
{
    if (str_eq(request->method, STR("DELETE")))
        world_forget_violations(&core->world);
    world_write_violations(&core->world, &answer->body);
}

/* GET shows the rules and what they did, PUT sets others, DELETE forgets them. */
static void serve_trouble(struct core *core, const struct visit_request *request,
                          struct visit_answer *answer)
{
    struct fault fault;
    if (str_eq(request->method, STR("DELETE")))
        trouble_forget(core->trouble);
    else if (str_eq(request->method, STR("PUT")) &&
             !trouble_put(core->trouble, request->body, &fault)) {
        say(answer, 400, fault.text);
        return;
    }
    trouble_write(core->trouble, &answer->body);
}

/* GET shows the last webhooks and what became of them, DELETE forgets them. */
static void serve_webhooks(struct core *core, const struct visit_request *request,
                           struct visit_answer *answer)
{
    if (str_eq(request->method, STR("DELETE")))
        notifier_forget(core->notifier);
    notifier_write(core->notifier, &answer->body);
}

/* Back to what the seed makes; trouble goes on. */
static void serve_reset(struct core *core, const struct visit_request *request,
                        struct visit_answer *answer)
{
    (void)request;
    world_reset(&core->world);
    notifier_forget(core->notifier);
    buf_add_str(&answer->body, STR("{}"));
}

/* The bytes of an uploaded file. */
static void serve_file(struct core *core, const struct visit_request *request,
                       struct visit_answer *answer)
{
    struct str hash = request->target;
    hash = str_cut(&hash, '?');
    hash = str_of(hash.p + strlen(FILES), hash.n - strlen(FILES));
    struct str bytes = shelf_get(&core->world.shelf, hash);
    if (!bytes.p) {
        say(answer, 404, "no such file, or one that newer ones drove out");
        return;
    }
    answer->content_type = image_media_type(bytes);
    buf_add_str(&answer->body, bytes);
}

/* A printable page, made from its address. */
static void serve_document(struct core *core, const struct visit_request *request,
                           struct visit_answer *answer)
{
    struct str path = request->target;
    struct arena *arena = arena_new(1 << 20);
    (void)core;
    path = str_cut(&path, '?');
    if (!arena || !document_write(path, arena, &answer->body, &answer->content_type))
        say(answer, 404, "no such document");
    arena_free(arena);
}

static const struct {
    const char *path;
    const char *methods;
    void (*serve)(struct core *core, const struct visit_request *request,
                  struct visit_answer *answer);
} controls[] = {
    {"/sandbox/violations", "GET DELETE", serve_violations},
    {"/sandbox/trouble", "GET PUT DELETE", serve_trouble},
    {"/sandbox/reset", "POST", serve_reset},
    {"/sandbox/webhooks", "GET DELETE", serve_webhooks},
    {FILES, "GET", serve_file},
    {DOCUMENT_PATH, "GET", serve_document},
};

static bool allowed(const char *methods, struct str method)
{
    if (str_eq(method, STR("HEAD")))
        method = STR("GET");
    for (struct str rest = str_from(methods); rest.p;)
        if (str_eq(str_cut(&rest, ' '), method))
            return true;
    return false;
}

/* A path that ends in '/' has something behind it. */
static bool is_path(struct str path, struct str wanted)
{
    bool folder = wanted.p[wanted.n - 1] == '/';
    return folder ? path.n > wanted.n && str_starts(path, wanted) : str_eq(path, wanted);
}

/* What there is, for who guesses. */
static void serve_list(struct visit_answer *answer)
{
    struct buf list;
    buf_init(&list, 4096);
    buf_add_str(&list, STR("there are "));
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        buf_printf(&list, "%s%s (%s)", i ? ", " : "", controls[i].path, controls[i].methods);
    say_text(answer, 404, buf_str(&list));
    buf_clear(&list);
}

bool control_serve(struct core *core, const struct visit_request *request,
                   struct visit_answer *answer)
{
    struct str path = request->target;
    path = str_cut(&path, '?');
    if (!str_starts(path, STR("/sandbox/")) && !str_eq(path, STR("/sandbox")))
        return false;
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (is_path(path, str_from(controls[i].path))) {
            answer->status = 200;
            if (allowed(controls[i].methods, request->method))
                controls[i].serve(core, request, answer);
            else
                say(answer, 405, controls[i].methods);
            return true;
        }
    serve_list(answer);
    return true;
}
