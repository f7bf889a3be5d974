"""Calls that are of v202309 form already: legacy credentials become those of v202309, everything else of the
request and all of the answer stays as it is, and what is wholly native passes untouched."""

import gzip
import http.client
import json
import os
import time
import unittest
import urllib.parse

import harness
from harness import APP, CIPHER, SECRET, SHOP, SHOPS, TOKEN, Answer, Proxy, Upstream, good, sign, with_shops

EDIT = "POST /product/202509/products/1729382476/partial_edit"  # needs a cipher
LIST = "GET /order/202309/orders"                               # the same
FILES = "POST /product/202309/files/upload"                     # takes none
STRANGE = "PUT /made_up/203012/things/7"                        # is in no contract
ENVELOPE = b' {"code": 0, "data": {"id": 18014398509481985, "price": 1.10}, "message": "Success", "request_id": "u1" }\n'


def fine(_request):
    return Answer(ENVELOPE)


class Client:
    """One keep-alive connection that sends exactly what it is told to."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def send(self, method, target, body=b"", fields=None):
        self.connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in (fields or {}).items():
            self.connection.putheader(name, value)
        if body or method in ("POST", "PUT", "PATCH"):
            self.connection.putheader("Content-Length", str(len(body)))
        self.connection.endheaders(body or None)
        answer = self.connection.getresponse()
        return harness.Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def close(self):
        self.connection.close()


def legacy(call, body=b"", query=(), fields=None, secret=SECRET, shop=SHOP):
    """Arguments of Client.send for a request with legacy credentials: the body is not signed."""
    method, path = call.split(" ")
    pairs = [*query, ("app_key", APP), ("timestamp", str(int(time.time()) - 5)), ("access_token", TOKEN)]
    if shop:
        pairs.append(("shop_id", shop))
    pairs.append(("version", "202309"))
    pairs.append(("sign", sign(secret, path, dict(pairs))))
    return method, path + "?" + urllib.parse.urlencode(pairs), body, fields


def native(call, body=b"", query=(), content_type="application/json", secret=SECRET):
    """The same with the credentials of v202309."""
    method, path = call.split(" ")
    pairs = [*query, ("app_key", APP), ("timestamp", str(int(time.time()) - 5))]
    signed = b"" if content_type.startswith("multipart/") else body
    pairs.append(("sign", sign(secret, path, dict(pairs), signed)))
    fields = {"content-type": content_type, "x-tts-access-token": TOKEN}
    return method, path + "?" + urllib.parse.urlencode(pairs), body, fields


def form(content):
    """A multipart body with these bytes, and its content type."""
    boundary = "made-up-boundary-1"
    body = (f'--{boundary}\r\nContent-Disposition: form-data; name="data"; filename="a.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n").encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


class Native(unittest.TestCase):
    settings = {}
    shops = SHOPS

    @classmethod
    def setUpClass(cls):
        cls.script = staticmethod(fine)
        cls.upstream = Upstream(with_shops(lambda request: cls.script(request), cls.shops))
        cls.proxy = Proxy(cls.upstream.url, cls.settings)

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        cls.upstream.close()

    def setUp(self):
        type(self).script = staticmethod(fine)
        self.upstream.requests.clear()
        self.client = Client(self.proxy.port)
        self.addCleanup(self.client.close)

    def last(self):
        """The only call upstream but that for the shops."""
        self.assertEqual(1, len(self.upstream.calls()), self.upstream.calls())
        return [r for r in self.upstream.requests if r.call != harness.SHOPS_CALL][-1]

    def served(self, call, arguments, cipher, body=None):
        """Sends it; what reached upstream is good, and the answer is upstream's."""
        reply = self.client.send(*arguments)
        request = self.last()
        self.assertEqual((200, ENVELOPE), (reply.status, reply.body))
        self.assertEqual(call, request.call)
        self.assertEqual([], request.problems())
        self.assertEqual(cipher, request.query.get("shop_cipher"))
        self.assertEqual(arguments[2] if body is None else body, request.body)
        self.upstream.requests.clear()
        return request

    def refused(self, reply, status, code, *words):
        self.assertEqual({"code", "message", "request_id", "data"}, set(reply.json))
        self.assertEqual((status, code), (reply.status, reply.json["code"]), reply.json)
        for word in words:
            self.assertIn(word, reply.json["message"])


class Credentials(Native):
    settings = {"upstream": {"answer_ms": 1500, "connect_ms": 1000}}

    def test_every_method(self):
        body = b'{"title" : "x",\n "n":1.10}'
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            with self.subTest(method):
                call = f"{method} /made_up/202309/things"
                self.served(call, legacy(call), CIPHER)
                self.served(call, legacy(call, body), CIPHER)
                self.served(call, legacy(call, body, fields={"content-type": "application/json"}), CIPHER)

    def test_other_parameters_keep_their_order(self):
        query = [("z", "1"), ("ids", "5,6"), ("a", "ü /?&="), ("empty", "")]
        request = self.served(LIST, legacy(LIST, query=query), CIPHER)
        self.assertEqual(["z", "ids", "a", "empty", "app_key", "timestamp", "shop_cipher", "sign"], list(request.query))
        self.assertEqual(dict(query), {name: request.query[name] for name, _ in query})
        self.assertGreater(int(request.query["timestamp"]), time.time() - 3)

    def test_empty_body(self):
        request = self.served(EDIT, legacy(EDIT), CIPHER)
        self.assertEqual("0", request.headers["content-length"])

    def test_large_body(self):
        body = json.dumps({"text": "é" * 700_000}).encode()
        self.served(EDIT, legacy(EDIT, body), CIPHER)

    def test_multipart_passes_byte_for_byte(self):
        for size in (0, 100, 3_000_000):
            with self.subTest(size):
                body, content_type = form(os.urandom(size))
                arguments = legacy(FILES, body, fields={"Content-Type": content_type})
                request = self.served(FILES, arguments, None)
                self.assertEqual(content_type, request.headers["content-type"])

    def test_form_type_of_a_json_body(self):
        """What curl sends with -d when nobody says otherwise."""
        fields = {"content-type": "application/x-www-form-urlencoded"}
        self.served(EDIT, legacy(EDIT, b'{"a":1}', fields=fields), CIPHER)

    def test_second_shop(self):
        self.served(EDIT, legacy(EDIT, b"{}", shop=SHOPS[1]["id"]), "CIPHER_2")

    def test_clients_cipher_wins(self):
        self.served(EDIT, legacy(EDIT, b"{}", [("shop_cipher", "MINE")]), "MINE")

    def test_endpoint_without_cipher(self):
        self.served("GET /seller/202309/shops", legacy("GET /seller/202309/shops"), None)
        call = "DELETE /product/202309/global_products"
        self.served(call, legacy(call, b'{"ids":["1"]}'), None)

    def test_shops_themselves(self):
        reply = self.client.send(*legacy(harness.SHOPS_CALL))
        self.assertEqual(SHOPS, reply.json["data"]["shops"])
        self.assertEqual([harness.SHOPS_CALL], self.upstream.calls(but_shops=False))
        self.assertEqual([], self.upstream.requests[0].problems())

    def test_unknown_endpoint(self):
        self.served(STRANGE, legacy(STRANGE, b"{}"), CIPHER)
        self.served(STRANGE, legacy(STRANGE, b"{}", shop=None), None)

    def test_token_in_the_header(self):
        method, target, body, _ = legacy(EDIT, b"{}")
        path, _, query = target.partition("?")
        pairs = {k: v for k, v in urllib.parse.parse_qsl(query) if k not in ("access_token", "sign")}
        pairs["sign"] = sign(SECRET, path, pairs)
        arguments = method, path + "?" + urllib.parse.urlencode(pairs), body, {"X-Tts-Access-Token": TOKEN}
        self.served(EDIT, arguments, CIPHER)

    def test_shop_that_the_token_is_not_for(self):
        self.refused(self.client.send(*legacy(EDIT, b"{}", shop="7999999999999999999")), 400, 36009004, "shop_id")
        self.refused(self.client.send(*legacy(EDIT, b"{}", shop=None)), 400, 36009004, "shop_id")
        self.assertEqual([], self.upstream.calls())

    def test_wrong_signature_shows_both_readings(self):
        reply = self.client.send(*legacy(EDIT, b'{"n":1}', secret="another-secret"))
        path = EDIT.split(" ")[1]
        self.refused(reply, 401, 106001, f"***{path}app_key{APP}shop_id{SHOP}timestamp", 'version202309{"n":1}***',
                     "version202309***", "as v202309 has it", "as the retired API had it")
        reply = self.client.send(*native(EDIT, b'{"n":1}', secret="another-secret"))
        self.refused(reply, 401, 106001, '{"n":1}***')
        self.assertEqual([], self.upstream.calls())

    def test_missing_credentials(self):
        method, target, body, fields = legacy(EDIT, b"{}")
        for name, words in (("app_key", "app_key"), ("sign", "sign is missing")):
            path, _, query = target.partition("?")
            pairs = [(k, v) for k, v in urllib.parse.parse_qsl(query) if k != name]
            reply = self.client.send(method, path + "?" + urllib.parse.urlencode(pairs), body, fields)
            self.refused(reply, 400, 36009004, words)

    def test_other_methods(self):
        reply = self.client.send("OPTIONS", "/product/202309/products")
        self.refused(reply, 405, 36009010, "OPTIONS")

    def test_legacy_paths_are_not_native(self):
        reply = self.client.send(*legacy("GET /product/20230/products"))
        self.refused(reply, 404, 36009009, "no endpoint")


class Answers(Native):
    settings = {"upstream": {"answer_ms": 700, "connect_ms": 1000}}

    def test_answer_passes_unchanged(self):
        for status, body, kind in ((200, ENVELOPE, "application/json; charset=utf-8"), (200, b"%PDF-1.4 \0\xff", "application/pdf"),
                                   (401, b'{"code":105002,"message":"Expired credentials."}', "application/json"),
                                   (503, b"<h1>no</h1>", "text/html"), (200, b"", "text/plain")):
            with self.subTest(status=status, kind=kind):
                type(self).script = staticmethod(lambda r: Answer(body, status, {"Content-Type": kind}))
                reply = self.client.send(*legacy(STRANGE, b"{}"))
                self.assertEqual((status, body, kind), (reply.status, reply.body, reply.fields["content-type"]))
                self.assertEqual({"date", "content-type", "content-length"}, set(reply.fields))

    def test_retry_after(self):
        body = b'{"code":36009002,"message":"Too many requests."}'
        type(self).script = staticmethod(lambda r: Answer(body, 429, {"Retry-After": "7"}))
        reply = self.client.send(*legacy(LIST))
        self.assertEqual((429, body, "7"), (reply.status, reply.body, reply.fields["retry-after"]))
        self.proxy.wait_for(r"endpoint=native/orders/get-order-detail@202309 status=429 code=36009002 reason=upstream")

    def test_packed_answer_arrives_unpacked(self):
        type(self).script = staticmethod(lambda r: Answer(gzip.compress(ENVELOPE), 200, {"Content-Encoding": "gzip"}))
        reply = self.client.send(*legacy(LIST))
        self.assertEqual(ENVELOPE, reply.body)
        self.assertNotIn("content-encoding", reply.fields)

    def test_answer_without_content(self):
        raw = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
        type(self).script = staticmethod(lambda r: Answer(raw=raw))
        for _ in range(2):  # the connection goes on
            reply = self.client.send(*legacy(STRANGE, b"{}"))
            self.assertEqual((204, b""), (reply.status, reply.body))
            self.assertNotIn("content-length", reply.fields)

    def test_lost_write_is_not_sent_again(self):
        type(self).script = staticmethod(lambda r: Answer(fault="lost"))
        self.refused(self.client.send(*legacy(EDIT, b"{}")), 502, 36009003, "may have happened")
        self.assertEqual([EDIT], self.upstream.calls())

    def test_lost_read_is_sent_again(self):
        answers = [Answer(fault="lost"), Answer(ENVELOPE)]
        type(self).script = staticmethod(lambda r: answers.pop(0))
        reply = self.client.send(*legacy(LIST))
        self.assertEqual((200, ENVELOPE), (reply.status, reply.body))
        self.assertEqual([LIST, LIST], self.upstream.calls())

    def test_late_answer(self):
        type(self).script = staticmethod(lambda r: Answer(ENVELOPE, delay=1.5))
        self.refused(self.client.send(*legacy(EDIT, b"{}")), 504, 36009007, "upstream.answer_ms")

    def test_stale_cipher_is_forgotten(self):
        stale = b'{"code":106013,"message":"shop_cipher is invalid"}'
        self.client.send(*legacy(EDIT, b"{}"))
        time.sleep(1.1)  # what is younger than shops.retry_ms is kept
        type(self).script = staticmethod(lambda r: Answer(stale, 400))
        self.assertEqual(stale, self.client.send(*legacy(EDIT, b"{}")).body)
        type(self).script = staticmethod(fine)
        self.upstream.requests.clear()
        self.client.send(*legacy(EDIT, b"{}"))
        self.assertEqual([harness.SHOPS_CALL, EDIT], self.upstream.calls(but_shops=False))


class OneShop(Native):
    shops = SHOPS[:1]

    def test_no_shop_id(self):
        self.served(EDIT, legacy(EDIT, b"{}", shop=None), CIPHER)


class Pass(Native):
    def test_passes_untouched(self):
        body, content_type = form(b"\0\1\2")
        for call, arguments in ((EDIT, native(EDIT, b'{"a" :1}', [("shop_cipher", "MINE"), ("z", "ü +/")])),
                                (LIST, native(LIST, b"", [("shop_cipher", "MINE"), ("ids", "1,2"), ("version", "202309")])),
                                (FILES, native(FILES, body, content_type=content_type)),
                                (EDIT, native(EDIT)), (STRANGE, native(STRANGE, b"{}"))):
            with self.subTest(call):
                reply = self.client.send(*arguments)
                self.assertEqual((200, ENVELOPE), (reply.status, reply.body))
                request = self.last()
                self.assertEqual(arguments[:3], (request.method, request.target, request.body))
                sent = {k: v for k, v in request.headers.items() if k not in ("host", "content-length", "accept-encoding")}
                self.assertEqual(arguments[3], sent)
                self.upstream.requests.clear()

    def test_shop_id_is_translated_all_the_same(self):
        request = self.served(EDIT, native(EDIT, b"{}", [("shop_id", SHOP)]), CIPHER)
        self.assertNotIn("shop_id", request.query)

    def test_old_timestamp(self):
        method, path = EDIT.split(" ")
        pairs = {"app_key": APP, "timestamp": str(int(time.time()) - 1000)}
        pairs["sign"] = sign(SECRET, path, pairs, b"{}")
        fields = {"content-type": "application/json", "x-tts-access-token": TOKEN}
        self.refused(self.client.send(method, path + "?" + urllib.parse.urlencode(pairs), b"{}", fields), 400, 36009004, "timestamp")


class Translate(Native):
    settings = {"native": "translate"}

    def test_signs_anew(self):
        arguments = native(EDIT, b'{"a" :1}', [("shop_cipher", "MINE"), ("version", "202309")])
        request = self.served(EDIT, arguments, "MINE")
        self.assertNotEqual(arguments[1], request.target)


class Off(Native):
    settings = {"native": "off"}

    def test_refuses(self):
        for arguments in (legacy(EDIT, b"{}"), native(EDIT, b"{}")):
            self.refused(self.client.send(*arguments), 404, 36009009, EDIT, "setting native")
        self.assertEqual([], self.upstream.calls(but_shops=False))

    def test_legacy_calls_work(self):
        type(self).script = staticmethod(lambda r: Answer(good({"orders": [], "total_count": 0, "next_page_token": ""})))
        self.assertEqual(200, self.proxy.call("POST /api/orders/search", {"page_size": 10}).status)


if __name__ == "__main__":
    unittest.main()
