/*
 * A shop of the test's own: small contracts, entities and endpoints in a directory of their
 * own, with the repository's words, errors, defaults and access beside them.
 */
#ifndef SHOPSHIM_TESTS_SANDBOX_OWN_SHOP_H
#define SHOPSHIM_TESTS_SANDBOX_OWN_SHOP_H

#include "client.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

struct own_file {
    const char *path, *text;
};

struct own_shop {
    char root[64];
    struct sandbox *sandbox;
    struct client client;
};

static void own_path(char out[512], const char *root, const char *path)
{
    int n = snprintf(out, 512, "%s/%s", root, path);
    assert_true(n > 0 && n < 512);
}

static inline void own_write(const char *root, const char *path, const char *text)
{
    char file[512];
    own_path(file, root, path);
    FILE *stream = fopen(file, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

static inline void own_make(char root[64], const struct own_file *files, size_t count)
{
    static const char *const folders[] = {"contracts", "contracts/v202309", "contracts/webhooks",
                                          "sandbox",   "sandbox/entities",  "sandbox/endpoints"};
    static const char *const links[] = {"sandbox/words.json", "sandbox/errors.json",
                                        "sandbox/defaults.json", "sandbox/access.json",
                                        "sandbox/entities/shop.json"};
    char path[512];
    snprintf(root, 64, "/tmp/own_shopXXXXXX");
    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        own_path(path, root, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        char from[512];
        own_path(from, TEST_ROOT "/mappings", links[i]);
        own_path(path, root, links[i]);
        assert_int_equal(symlink(from, path), 0);
    }
    for (size_t i = 0; i < count; i++)
        own_write(root, files[i].path, files[i].text);
}

static void own_empty(const char *folder)
{
    char path[512];
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        own_path(path, folder, entry->d_name);
        if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
            own_empty(path);
        else
            unlink(path);
    }
    closedir(dir);
    assert_int_equal(rmdir(folder), 0);
}

/* Starts it anew over the same tables. */
static inline void own_start(struct own_shop *shop, struct sandbox_options options)
{
    char path[512];
    struct findings findings;
    struct fault fault;
    struct buf text;
    options.mappings = shop->root;
    options.clock = &client_clock;
    findings_init(&findings);
    buf_init(&text, 1 << 20);
    shop->sandbox = sandbox_start(&options, &findings, &fault);
    findings_print(&findings, &text);
    if (!shop->sandbox)
        fail_msg("%s: " STR_FMT, fault.text, STR_ARG(buf_str(&text)));
    buf_clear(&text);
    shop->client = (struct client){.url = sandbox_url(shop->sandbox), .curl = curl_easy_init()};
    own_path(path, shop->root, "contracts/v202309");
    shop->client.contracts = contracts_load(path, &findings);
    assert_non_null(shop->client.contracts);
    findings_clear(&findings);
}

static inline void own_stop(struct own_shop *shop)
{
    client_close(&shop->client);
    sandbox_stop(shop->sandbox);
    shop->sandbox = NULL;
}

static inline void own_remove(struct own_shop *shop)
{
    if (shop->sandbox)
        own_stop(shop);
    own_empty(shop->root);
}

/*
 * "POST /box/202309/boxes" with a body: the answer as "data" in JSON, or "code message" when
 * it was refused. To be freed.
 */
static inline char *own_call(struct own_shop *shop, const char *call, const char *body)
{
    char method[16] = "", path[256] = "", query[512];
    assert_int_equal(sscanf(call, "%15s %255s", method, path), 2);
    char *mark = strchr(path, '?');
    if (mark)
        *mark++ = '\0';
    snprintf(query, sizeof query, "shop_cipher=demo-cipher-gb%s%s", mark ? "&" : "",
             mark ? mark : "");
    struct ask ask = {.method = method, .path = path, .query = query};
    ask.body = body ? str_from(body) : STR("");
    struct got got = client_ask(&shop->client, &ask);
    struct str data = json_raw(got.data);
    char *out = NULL;
    int n = got.code ? asprintf(&out, "%lld " STR_FMT, (long long)got.code, STR_ARG(got.message))
                     : asprintf(&out, STR_FMT, STR_ARG(data));
    assert_true(n >= 0);
    got_clear(&got);
    return out;
}

/* One line of a story: what is asked and what comes back. */
struct own_step {
    const char *call, *body, *answer;
};

static inline void own_story(struct own_shop *shop, const char *name, const struct own_step *steps,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *answer = own_call(shop, steps[i].call, steps[i].body);
        if (strcmp(answer, steps[i].answer) != 0)
            fail_msg("%s, step %zu, %s:\n  expected %s\n  found    %s", name, i + 1, steps[i].call,
                     steps[i].answer, answer);
        free(answer);
    }
}

#endif
