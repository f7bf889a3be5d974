"""What an old app sees when the service behind the proxy is in trouble: the sandbox makes it, by its rules."""

import unittest

import harness
from harness import Proxy, curl

APP, SECRET, TOKEN, SHOP = "demo-app", "demo-secret", "demo-token", "7495000000000000017"
LIST, UPSTREAM = "POST /api/orders/search", "POST /order/202309/orders/search"

# What goes wrong at the list of orders, and what the app gets: status and code.
ROWS = [
    ({"do": "status", "status": 500}, (500, 36009003)),
    ({"do": "status", "status": 503, "body": "html"}, (502, 36009003)),
    ({"do": "status", "status": 502, "body": "empty"}, (502, 36009003)),
    ({"do": "rate_limit", "retry_after": 1}, (429, 36009002)),
    ({"do": "retired"}, (502, 36009003)),
    ({"do": "expire_token"}, (401, 105002)),
    ({"do": "clock_skew", "seconds": 3600}, (400, 36009004)),
    ({"do": "reset"}, (502, 36009003)),
    ({"do": "reset", "when": "after"}, (502, 36009003)),
    ({"do": "truncate"}, (502, 36009003)),
    ({"do": "truncate", "bytes": 0}, (502, 36009003)),
    ({"do": "delay", "ms": {"uniform": [5, 20]}}, (200, 0)),
    ({"do": "slow", "bytes_per_second": 200000}, (200, 0)),
    ({"do": "unknown_enum", "field": "status"}, (200, 0)),
    ({"do": "garble", "bytes": 4000}, (502, 36009003)),
]


class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = harness.Sandbox("--orders", "50", "--trouble", "delay:1@" + UPSTREAM)
        cls.url = cls.sandbox.url
        cls.proxy = Proxy(cls.url, apps=[{"key": APP, "secret": SECRET}])

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        cls.sandbox.stop()

    def rules(self, method="GET", rules=None):
        reply = curl(self.url + "/sandbox/trouble", method, rules)
        self.assertEqual(200, reply.status, reply.body)
        return reply.json["rules"]

    def ask(self):
        query = {"app_key": APP, "access_token": TOKEN, "shop_id": SHOP}
        return self.proxy.call(LIST, {"page_size": 5}, query, secret=SECRET)

    def test_every_trouble_is_an_answer(self):
        for rule, answer in ROWS:
            with self.subTest(rule):
                self.rules("PUT", [{**rule, "endpoint": UPSTREAM}])
                reply = self.ask()
                self.assertEqual(answer, (reply.status, reply.json["code"]), reply.json)
                self.assertGreater(self.rules()[0]["done"], 0)
                self.rules("DELETE")
                self.assertEqual((200, 0), (self.ask().status, self.ask().json["code"]))

    def test_a_run_repeats(self):
        rule = {"do": "rate_limit", "endpoint": UPSTREAM, "probability": 0.5}
        runs = []
        for seed in (7, 7, 8):
            self.rules("PUT", {"seed": seed, "rules": [rule]})
            runs.append([self.ask().status for _ in range(12)])
        self.rules("DELETE")
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])
        self.assertEqual({200, 429}, set(runs[0]))

    def test_no_rule_was_broken_by_the_proxy(self):
        curl(self.url + "/sandbox/violations", "DELETE")
        self.rules("PUT", [{"do": "clock_skew", "seconds": 3600}])
        self.ask()
        self.rules("DELETE")
        self.assertEqual(0, curl(self.url + "/sandbox/violations").json["count"])


if __name__ == "__main__":
    unittest.main()
