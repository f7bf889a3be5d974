/*
 * Webhooks: what a change sends, to whom, signed how, and what becomes of those that are not
 * taken. A receiver of the test's own answers with the statuses that it is told to.
 */
#include "own_boxes.h"

#include "sandbox/notifier.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <unistd.h>

enum { ROOM = 16384, HEARD_MAX = 8 };

static struct {
    int fd;
    uint16_t port;
    pthread_t thread;
    int statuses[HEARD_MAX]; /* of the answers; 0: 200 */
    pthread_mutex_t lock;
    pthread_cond_t more;
    char *heard[HEARD_MAX];
    size_t count;
} receiver = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

/* A whole request: what Content-Length says behind the empty line. */
static void read_request(int fd, char *text)
{
    size_t n = 0;
    for (ssize_t got; n < ROOM - 1 && (got = read(fd, text + n, ROOM - 1 - n)) > 0;) {
        n += (size_t)got;
        text[n] = '\0';
        char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
        if (end && length && (size_t)(text + n - end - 4) >= strtoul(length + 16, NULL, 10))
            break;
    }
    text[n] = '\0';
}

static void *receive(void *ctx)
{
    (void)ctx;
    for (int fd; (fd = accept(receiver.fd, NULL, NULL)) >= 0; close(fd)) {
        char answer[128], *text = malloc(ROOM);
        assert_non_null(text);
        read_request(fd, text);
        pthread_mutex_lock(&receiver.lock);
        size_t nth = receiver.count;
        int status = nth < HEARD_MAX && receiver.statuses[nth] ? receiver.statuses[nth] : 200;
        int n = snprintf(answer, sizeof answer,
                         "HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
        ssize_t written = write(fd, answer, (size_t)n);
        if (nth < HEARD_MAX && written == n)
            receiver.heard[receiver.count++] = text;
        else
            free(text);
        pthread_cond_signal(&receiver.more);
        pthread_mutex_unlock(&receiver.lock);
    }
    return NULL;
}

static int setup(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    receiver.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(receiver.fd, (struct sockaddr *)&address, size) != 0 || listen(receiver.fd, 8) != 0 ||
        getsockname(receiver.fd, (struct sockaddr *)&address, &size) != 0)
        return -1;
    receiver.port = ntohs(address.sin_port);
    if (pthread_create(&receiver.thread, NULL, receive, NULL) != 0)
        return -1;
    return boxes_setup(state);
}

static void forget_heard(void)
{
    pthread_mutex_lock(&receiver.lock);
    for (size_t i = 0; i < receiver.count; i++)
        free(receiver.heard[i]);
    memset(receiver.statuses, 0, sizeof receiver.statuses);
    receiver.count = 0;
    pthread_mutex_unlock(&receiver.lock);
}

static int teardown(void **state)
{
    shutdown(receiver.fd, SHUT_RDWR);
    pthread_join(receiver.thread, NULL);
    close(receiver.fd);
    forget_heard();
    return boxes_teardown(state);
}

/* Waits until so many requests came. */
static void wait_heard(size_t count)
{
    pthread_mutex_lock(&receiver.lock);
    while (receiver.count < count)
        pthread_cond_wait(&receiver.more, &receiver.lock);
    pthread_mutex_unlock(&receiver.lock);
}

static const char *address(char out[128], const char *path)
{
    snprintf(out, 128, "http://127.0.0.1:%u%s", receiver.port, path);
    return out;
}

/* The report, when nothing waits any more. */
static void report(struct buf *out)
{
    struct ask ask = {.path = "/sandbox/webhooks", .unsigned_call = true};
    for (int i = 0; i < 1000; i++) {
        buf_reset(out);
        assert_int_equal(client_send(&shop.client, &ask, out), 200);
        buf_add_char(out, '\0');
        if (strstr(out->p, "\"waiting\":0,"))
            return;
        usleep(10000);
    }
    fail_msg("still waiting: %s", out->p);
}

static void assert_report(const char *says)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    report(&text);
    if (!strstr(text.p, says))
        fail_msg("expected %s in %s", says, text.p);
    buf_clear(&text);
}

#define MAKE(name, box)                                                                            \
    {                                                                                              \
        "POST /box/202309/boxes", "{\"name\":\"" name "\"}", "{\"box_id\":\"" box "\"}"            \
    }

static void assert_signed(const char *request)
{
    const char *body = strstr(request, "\r\n\r\n") + 4;
    char text[ROOM], line[128];
    unsigned char mac[SIGNATURE_BYTES];
    int n = snprintf(text, sizeof text, "demo-app%s", body);
    assert_true(signature_mac(STR("demo-secret"), str_of(text, (size_t)n), mac));
    n = snprintf(line, sizeof line, "\r\nAuthorization: ");
    for (size_t i = 0; i < SIGNATURE_BYTES; i++)
        n += snprintf(line + n, sizeof line - (size_t)n, "%02x", mac[i]);
    assert_non_null(strstr(request, line));
    assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
}

static void a_change_is_told(void **state)
{
    (void)state;
    char url[128], body[128], listen_body[256];
    own_start(&shop,
              (struct sandbox_options){.seed = 1, .orders = 15, .webhook = address(url, "/all")});
    boxes_go_on("to the sandbox's own", STORY(MAKE("one", "{3}"), MAKE("quiet", "{4}")));
    wait_heard(1);
    snprintf(listen_body, sizeof listen_body, "{\"address\":\"%s\"}", address(body, "/shop"));
    boxes_go_on(
        "to the shop's",
        (const struct own_step[]){{"PUT /box/202309/ears", listen_body, "{}"}, MAKE("two", "{5}")},
        2);
    wait_heard(2);
    assert_true(str_starts(str_from(receiver.heard[0]), STR("POST /all HTTP/1.1\r\n")));
    assert_true(str_starts(str_from(receiver.heard[1]), STR("POST /shop HTTP/1.1\r\n")));
    for (size_t i = 0; i < 2; i++) {
        char expected[256];
        assert_signed(receiver.heard[i]);
        const char *at =
            strstr(receiver.heard[i], "\r\n\r\n{\"type\":1,\"tts_notification_id\":\"7327");
        assert_non_null(at);
        snprintf(expected, sizeof expected,
                 "\"shop_id\":\"7495000000000000017\",\"timestamp\":%d,"
                 "\"data\":{\"box\":\"%s\",\"pieces\":3}}",
                 CLIENT_NOW, ids[i ? 5 : 3]);
        assert_non_null(strstr(at, expected));
    }
    assert_report("\"delivered\":2,\"failed\":0,\"dropped\":0,\"unheard\":0");
    own_stop(&shop);
    forget_heard();
}

static void what_is_not_taken_is_tried_again(void **state)
{
    (void)state;
    char url[128];
    receiver.statuses[0] = 500;
    own_start(&shop,
              (struct sandbox_options){.seed = 1, .orders = 15, .webhook = address(url, "/")});
    boxes_go_on("again", STORY(MAKE("one", "{3}"), MAKE("two", "{4}")));
    wait_heard(3);
    assert_report("\"delivered\":2,\"failed\":0");
    assert_report("\"tries\":2,\"status\":200,\"error\":null");
    assert_string_equal(strstr(receiver.heard[0], "\r\n\r\n"),
                        strstr(receiver.heard[1], "\r\n\r\n"));
    assert_non_null(strstr(receiver.heard[2], ids[4])); /* in order, behind the one before */
    own_stop(&shop);
    forget_heard();
}

static void nobody_hears(void **state)
{
    (void)state;
    own_start(&shop, (struct sandbox_options){.seed = 1, .orders = 15});
    boxes_go_on("nobody", STORY(MAKE("one", "{3}")));
    assert_report("\"delivered\":0,\"failed\":0,\"dropped\":0,\"unheard\":1");
    assert_report("\"address\":null,\"tries\":0,\"status\":0,\"error\":null,\"body\":{\"type\":1,");
    struct buf text;
    buf_init(&text, 1 << 20);
    struct ask ask = {.method = "POST", .path = "/sandbox/reset", .unsigned_call = true};
    assert_int_equal(client_send(&shop.client, &ask, &text), 200);
    assert_report("\"unheard\":0,\"last\":[]");
    buf_clear(&text);
    own_stop(&shop);
}

/* One is under way and stays so: the others wait, up to the bound. */
static void more_than_can_wait_are_dropped(void **state)
{
    (void)state;
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    char url[64], expected[128];
    int deaf = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(deaf, (struct sockaddr *)&name, size), 0);
    assert_int_equal(listen(deaf, 1), 0);
    assert_int_equal(getsockname(deaf, (struct sockaddr *)&name, &size), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", ntohs(name.sin_port));
    struct notifier *notifier = notifier_new();
    assert_non_null(notifier);
    struct notification one = {1, 1, str_from(url), STR("{}"), STR("x")};
    for (size_t i = 0; i < NOTIFIER_QUEUE + 7; i++)
        notifier_send(notifier, &one);
    struct buf text;
    buf_init(&text, 1 << 20);
    notifier_write(notifier, &text);
    buf_add_char(&text, '\0');
    snprintf(expected, sizeof expected,
             "{\"waiting\":%d,\"delivered\":0,\"failed\":0,\"dropped\":7,", NOTIFIER_QUEUE);
    assert_memory_equal(text.p, expected, strlen(expected));
    notifier_free(notifier);
    buf_clear(&text);
    close(deaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_told),
        cmocka_unit_test(what_is_not_taken_is_tried_again),
        cmocka_unit_test(nobody_hears),
        cmocka_unit_test(more_than_can_wait_are_dropped),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
