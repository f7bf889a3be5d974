"""Requests that must not be made twice: a repeat gets the first answer, on whatever connection it comes."""

import json
import socket
import threading
import time
import unittest

from harness import Answer, Proxy, Upstream, good, with_shops

CREATE = "POST /api/promotion/activity/create"


def body(serial, title="Summer"):
    return {"request_serial_no": serial, "promotion_type": 1, "title": title, "product_type": 1,
            "begin_time": 1690000000, "end_time": 1690086400}


class Once(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made, cls.delay, cls.status = 0, 0, 200
        cls.upstream = Upstream(with_shops(cls.create))
        cls.proxy = Proxy(cls.upstream.url, {"workers": 3})

    @classmethod
    def create(cls, _request):
        if cls.status != 200:
            return Answer({"code": 16601001, "message": "not now", "request_id": "r"}, cls.status)
        cls.made += 1
        return Answer(good({"activity_id": str(700 + cls.made), "status": "NOT_START", "create_time": 5}),
                      delay=cls.delay)

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        cls.upstream.close()

    def setUp(self):
        type(self).made, type(self).delay, type(self).status = 0, 0, 200

    def test_a_repeat_gets_the_first_answer(self):
        first = self.proxy.call(CREATE, body("a-1"))
        again = self.proxy.call(CREATE, body("a-1"))
        self.assertEqual((1, 0, 0), (self.made, first.json["code"], again.json["code"]))
        self.assertEqual(first.json["data"], again.json["data"])
        self.assertNotEqual(first.json["request_id"], again.json["request_id"])
        self.assertEqual(first.json["request_id"], again.fields["x-shopshim-repeated"])

    def test_another_request_with_that_number_is_refused(self):
        self.proxy.call(CREATE, body("b-1"))
        other = self.proxy.call(CREATE, body("b-1", "Winter"))
        self.assertEqual((1, 400, 36009004), (self.made, other.status, other.json["code"]))
        self.assertIn("request_serial_no was used for another request", other.json["message"])

    def test_who_lost_patience_gets_the_answer_of_the_first_try(self):
        type(self).delay = 1.5
        with socket.create_connection(("127.0.0.1", self.proxy.port)) as app:
            text = json.dumps(body("p-1")).encode()
            target = self.proxy.target(CREATE.split()[1])
            app.sendall(f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
            time.sleep(0.5)  # the creation is under way
        again = self.proxy.call(CREATE, body("p-1"))
        self.assertEqual((1, 0), (self.made, again.json["code"]))
        self.assertIn("x-shopshim-repeated", again.fields)
        reasons = [line for line in self.proxy.text().splitlines() if "reason=abandoned" in line]
        self.assertEqual(1, len(reasons))

    def test_a_failure_is_not_remembered(self):
        type(self).status = 400
        self.assertEqual(16601001, self.proxy.call(CREATE, body("c-1")).json["code"])
        type(self).status = 200
        self.assertEqual(0, self.proxy.call(CREATE, body("c-1")).json["code"])
        self.assertEqual(1, self.made)

    def test_many_at_once_make_one(self):
        type(self).delay = 0.3
        replies = []
        threads = [threading.Thread(target=lambda: replies.append(self.proxy.call(CREATE, body("d-1")).json))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
            time.sleep(0.01)
        for thread in threads:
            thread.join()
        self.assertEqual(1, self.made)
        self.assertEqual([replies[0]["data"]] * 8, [reply["data"] for reply in replies])


if __name__ == "__main__":
    unittest.main()
