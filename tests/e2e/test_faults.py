"""What goes wrong: each fault gives one well-formed legacy envelope that says what is wrong."""

import json
import re
import threading
import time
import unittest

import harness
from harness import Answer, Proxy, Upstream, envelopes, free_port, good, raw_exchange, with_shops

SEARCH = "POST /api/orders/search"
EMPTY = good({"orders": [], "total_count": 0, "next_page_token": ""})


def empty(_request):
    return Answer(EMPTY)


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.script = staticmethod(empty)
        cls.upstream = Upstream(with_shops(lambda request: cls.script(request)))
        cls.proxy = Proxy(cls.upstream.url, {"upstream": {"answer_ms": 1500, "connect_ms": 1000}})

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        cls.upstream.close()

    def setUp(self):
        type(self).script = staticmethod(empty)
        self.upstream.requests.clear()

    def refused(self, reply, status, code, *words):
        envelope = reply.json
        self.assertEqual({"code", "message", "request_id", "data"}, set(envelope), envelope)
        self.assertEqual((status, code), (reply.status, envelope["code"]), envelope)
        self.assertTrue(envelope["request_id"])
        for word in words:
            self.assertIn(word, envelope["message"])
        self.assertNotIn(harness.SECRET, reply.body.decode())
        self.assertNotIn(harness.TOKEN, reply.body.decode())

    def test_good(self):
        reply = self.proxy.call(SEARCH, {"page_size": 10})
        self.assertEqual((200, 0, "Success"), (reply.status, reply.json["code"], reply.json["message"]))
        self.assertEqual({"order_list": [], "total": 0, "more": False, "next_cursor": ""}, reply.json["data"])

    def test_the_log_has_the_message_and_upstream_ids(self):
        reply = self.proxy.call(SEARCH, {"page_size": 77})
        self.proxy.wait_for(rf"id={reply.json['request_id']} \S+ status=400 code=36009004 reason=parameter calls=0"
                            r" ms=\d+ message=page_size must be from 1 to 50\n")
        type(self).script = staticmethod(lambda r: Answer({"code": 21, "message": "No.", "request_id": "up7"}, 400))
        reply = self.proxy.call(SEARCH, {"page_size": 7})
        self.proxy.wait_for(rf"id={reply.json['request_id']} .* reason=upstream calls=\d+ ms=\d+ upstream=\S*up7 message=No\.\n")

    def test_unknown_endpoint_names_the_nearest(self):
        self.refused(self.proxy.call("POST /api/orders/serch", {}), 404, 36009009, "/api/orders/search")

    def test_wrong_method(self):
        self.refused(self.proxy.call("GET /api/orders/search"), 405, 36009010, "POST")

    def test_wrong_signature_shows_the_string_to_sign(self):
        reply = self.proxy.call(SEARCH, {"page_size": 10}, secret="another-secret")
        self.refused(reply, 401, 106001, "/api/orders/searchapp_key" + harness.APP + "shop_id" + harness.SHOP)
        self.assertEqual([], self.upstream.calls())

    def test_upper_case_signature(self):
        target = self.proxy.target("/api/orders/search")
        target = re.sub(r"sign=([0-9a-f]+)", lambda m: "sign=" + m[1].upper(), target)
        self.assertEqual(200, harness.curl(self.proxy.url + target, "POST", {"page_size": 10}).status)

    def test_missing_signature(self):
        self.refused(self.proxy.call(SEARCH, {"page_size": 10}, {"sign": None}), 400, 36009004, "sign")

    def test_unknown_app(self):
        self.refused(self.proxy.call(SEARCH, {"page_size": 10}, {"app_key": "6unknown0001"}), 400, 36009004, "app_key")

    def test_old_and_future_timestamps(self):
        for shift in (-400, 60):
            reply = self.proxy.call(SEARCH, {"page_size": 10}, {"timestamp": str(int(time.time()) + shift)})
            self.refused(reply, 400, 36009004, "timestamp")

    def test_missing_token(self):
        self.refused(self.proxy.call(SEARCH, {"page_size": 10}, {"access_token": None}), 400, 36009004, "access_token")

    def test_unknown_shop(self):
        self.refused(self.proxy.call(SEARCH, {"page_size": 10}, {"shop_id": "7999999999999999999"}), 400, 36009004, "shop_id")

    def test_missing_field(self):
        self.refused(self.proxy.call("POST /api/orders/detail/query", {}, {"version": "202306"}), 400, 36009004, "order_id_list")

    def test_field_of_a_wrong_type(self):
        self.refused(self.proxy.call(SEARCH, {"page_size": 10, "order_status": {}}), 400, 36009004, "order_status")

    def test_page_size_out_of_range(self):
        self.refused(self.proxy.call(SEARCH, {"page_size": 51}), 400, 36009004, "page_size")

    def test_unknown_enum_value_names_the_known_ones(self):
        self.refused(self.proxy.call(SEARCH, {"page_size": 10, "order_status": 101}), 400, 36009004, "order_status", "111")

    def test_body_that_is_no_json(self):
        self.refused(self.proxy.call(SEARCH, b'{"page_size": 10'), 400, 36009004)

    def test_doubled_key(self):
        self.refused(self.proxy.call(SEARCH, b'{"page_size":10,"page_size":20}'), 400, 36009004, "page_size")

    def test_what_is_not_used_is_told(self):
        reply = self.proxy.call(SEARCH, {"page_size": 10, "made_up_field": 1})
        self.assertEqual(200, reply.status)
        self.assertIn("made_up_field", reply.fields["x-shopshim-unused"])

    def test_upstream_error_passes(self):
        type(self).script = staticmethod(lambda r: Answer({"code": 105002, "message": "Expired credentials.", "request_id": "up1", "data": None}, 401))
        self.refused(self.proxy.call(SEARCH, {"page_size": 10}), 401, 105002)

    def test_code_that_no_legacy_app_knows(self):
        type(self).script = staticmethod(lambda r: Answer({"code": 106013, "message": "Missing identifier. The shop_cipher ...", "request_id": "up1"}, 400))
        reply = self.proxy.call(SEARCH, {"page_size": 10})
        self.refused(reply, 400, 36009004)

    def test_rate_limit(self):
        type(self).script = staticmethod(lambda r: Answer({"code": 36009002, "message": "Too many requests.", "request_id": "up1"}, 429, {"Retry-After": "7"}))
        reply = self.proxy.call(SEARCH, {"page_size": 10})
        self.refused(reply, 429, 36009002)
        self.assertEqual("7", reply.fields["retry-after"])

    def test_upstream_garbage(self):
        for raw in (b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{]{]",
                    b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{\"code\":0",
                    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"cod"):
            type(self).script = staticmethod(lambda r, raw=raw: Answer(raw=raw))
            self.refused(self.proxy.call(SEARCH, {"page_size": 10}), 502, 36009003)

    def test_upstream_html(self):
        type(self).script = staticmethod(lambda r: Answer(b"<html>Bad Gateway</html>", 502, {"Content-Type": "text/html"}))
        self.refused(self.proxy.call(SEARCH, {"page_size": 10}), 502, 36009003)

    def test_upstream_too_slow(self):
        type(self).script = staticmethod(lambda r: Answer(EMPTY, delay=3))
        self.refused(self.proxy.call(SEARCH, {"page_size": 10}), 504, 36009007)

    def test_a_write_is_never_sent_twice(self):
        type(self).script = staticmethod(lambda r: Answer(fault="lost"))
        reply = self.proxy.call("POST /api/products/inactivated_products", {"product_ids": ["1729592969712207008"]})
        self.refused(reply, 502, 36009003)
        self.assertEqual(1, len(self.upstream.calls()))

    def test_a_search_is_sent_once_more(self):
        answers = [Answer(fault="lost"), Answer(EMPTY)]
        type(self).script = staticmethod(lambda r: answers.pop(0))
        self.assertEqual(0, self.proxy.call(SEARCH, {"page_size": 10}).json["code"])
        self.assertEqual(2, len(self.upstream.calls()))

    def test_broken_http(self):
        for name, raw in {
            "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            "two lengths": b"POST /api/orders/search HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "smuggling": b"POST /api/orders/search HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "bare LF": b"GET /api/shop/get_authorized_shop HTTP/1.1\nHost: a\n\n",
            "space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "obs-fold": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
            "no host": b"GET / HTTP/1.1\r\n\r\n",
            "chunk size": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n",
            "huge line": b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
            "huge head": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
            "many fields": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 120 + b"\r\n",
            "body too large": b"POST /api/orders/search HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n",
        }.items():
            with self.subTest(name):
                answers = envelopes(raw_exchange(self.proxy.port, raw))
                self.assertEqual(1, len(answers))
                status, head, envelope = answers[0]
                wanted = {"huge line": 414, "huge head": 431, "many fields": 431, "body too large": 413}
                self.assertEqual(wanted.get(name, 400), status)
                self.assertEqual({"code", "message", "request_id", "data"}, set(envelope))
                self.assertIn(b"connection: close", head.lower())

    def test_pipelining_and_keep_alive(self):
        one = f"GET {self.proxy.target('/api/orders/search')} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
        last = one.replace(b"Host: a", b"Host: a\r\nConnection: close")
        answers = envelopes(raw_exchange(self.proxy.port, one * 5 + last))
        self.assertEqual([405] * 6, [status for status, _, _ in answers])

    def test_expect_continue(self):
        body = b'{"page_size":10}'
        head = (f"POST {self.proxy.target('/api/orders/search')} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        import socket
        with socket.create_connection(("127.0.0.1", self.proxy.port), 10) as connection:
            connection.sendall(head)
            self.assertEqual(b"HTTP/1.1 100 Continue\r\n\r\n", connection.recv(100))
            connection.sendall(body)
            got = b""
            while piece := connection.recv(65536):
                got += piece
        self.assertEqual(200, envelopes(got)[0][0])

    def test_head_http10_and_a_body_in_pieces(self):
        target = self.proxy.target("/api/orders/search")
        raw = raw_exchange(self.proxy.port, f"POST {target} HTTP/1.0\r\nContent-Length: 16\r\n\r\n".encode() + b'{"page_size":10}')
        self.assertEqual(200, envelopes(raw)[0][0])
        chunks = b"7;x=y\r\n" + b'{"page_' + b"\r\n9\r\n" + b'size":10}' + b"\r\n0\r\nTrailer: x\r\n\r\n"
        raw = raw_exchange(self.proxy.port, f"POST {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + chunks)
        self.assertEqual(200, envelopes(raw)[0][0])

    def test_client_that_leaves(self):
        type(self).script = staticmethod(lambda r: Answer(EMPTY, delay=0.5))
        import socket
        for _ in range(10):
            with socket.create_connection(("127.0.0.1", self.proxy.port), 10) as connection:
                connection.sendall(f"POST {self.proxy.target('/api/orders/search')} HTTP/1.1\r\nHost: a\r\nContent-Length: 16\r\n\r\n".encode() + b'{"page_size":10}')
                time.sleep(0.05)
        time.sleep(0.8)
        type(self).script = staticmethod(empty)
        self.assertEqual(200, self.proxy.call(SEARCH, {"page_size": 10}).status)

    def test_one_lookup_for_many(self):
        token = harness.TOKEN + "-many"
        replies = []
        threads = [threading.Thread(target=lambda: replies.append(
            self.proxy.call(SEARCH, {"page_size": 10}, {"access_token": token}))) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([200] * 12, [r.status for r in replies])
        lookups = [r for r in self.upstream.calls(but_shops=False) if r == harness.SHOPS_CALL]
        self.assertEqual(1, len(lookups))


class UpstreamGone(unittest.TestCase):
    def test_nobody_listens(self):
        proxy = Proxy(f"http://127.0.0.1:{free_port()}")
        reply = proxy.call(SEARCH, {"page_size": 10})
        self.assertEqual((502, 36009003), (reply.status, reply.json["code"]))
        self.assertIn("127.0.0.1", reply.json["message"])
        proxy.stop()

    def test_a_quiet_log_repeats_nothing(self):
        proxy = Proxy(f"http://127.0.0.1:{free_port()}", verbose=False)
        reply = proxy.call(SEARCH, {"page_size": "from-the-app"})
        self.assertIn("from-the-app", reply.json["message"])
        proxy.wait_for(r"status=400 code=36009004 reason=parameter calls=0 ms=\d+\n")
        self.assertNotIn("from-the-app", proxy.text())
        proxy.stop()

    def test_killed_and_back(self):
        upstream = Upstream(with_shops(empty))
        proxy = Proxy(upstream.url)
        self.assertEqual(200, proxy.call(SEARCH, {"page_size": 10}).status)
        upstream.close()
        reply = proxy.call(SEARCH, {"page_size": 10})
        self.assertIn(reply.status, (502, 504))
        self.assertTrue(reply.json["message"])
        proxy.stop()

    def test_idle_connections_that_upstream_closes(self):
        """Each answer is followed by a close that HTTP did not announce: the next write must still arrive once."""
        answer = json.dumps(EMPTY).encode()
        raw = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer
        upstream = Upstream(with_shops(lambda r: Answer(raw=raw)))
        proxy = Proxy(upstream.url)
        for _ in range(20):
            self.assertEqual(200, proxy.call(SEARCH, {"page_size": 10}).status)
        self.assertEqual(20, len(upstream.calls()))
        proxy.stop()
        upstream.close()


class Switches(unittest.TestCase):
    def test_signature_and_time_checks_off(self):
        upstream = Upstream(with_shops(empty))
        proxy = Proxy(upstream.url, {"admission": {"sign": False, "time": False}})
        reply = proxy.call(SEARCH, {"page_size": 10}, {"timestamp": "1"}, secret="another")
        self.assertEqual(200, reply.status, reply.body)
        proxy.stop()
        upstream.close()


if __name__ == "__main__":
    unittest.main()
