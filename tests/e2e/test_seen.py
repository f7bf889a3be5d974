"""Values of v202309 that no table knows: what the app gets, and what the operator sees of it."""

import json
import subprocess
import unittest

import harness
from harness import Answer, Proxy, Upstream, good, with_shops


def order(number, status):
    return {"id": str(number), "status": status, "create_time": 1, "update_time": 1}


class Seen(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream(with_shops(self.answer))
        self.proxy = Proxy(self.upstream.url, {"workers": 2})

    def tearDown(self):
        self.proxy.stop()
        self.upstream.close()

    @staticmethod
    def answer(_request):
        return Answer(good({"orders": [order(1, "TELEPORTED"), order(2, "UNPAID"), order(3, "TELEPORTED"),
                                       order(4, "EATEN")], "total_count": 4, "next_page_token": ""}))

    def routes(self, *arguments):
        done = subprocess.run([harness.BINARY, "routes", *arguments], cwd=harness.ROOT, check=True,
                              stdout=subprocess.PIPE, text=True, timeout=30)
        return done.stdout

    def stand_in(self, *arguments):
        for row in json.loads(self.routes("--format", "json", *arguments))["rows"]:
            for table in row["tables"]:
                if table["table"] == "order/get_order_list":
                    return next(e for e in table["stand_ins"] if e["enum"] == "order_status")
        return None

    def test_counts(self):
        unseen = self.stand_in()
        self.assertEqual({}, unseen["seen"])
        reply = self.proxy.call("POST /api/orders/search", {"page_size": 10}).json
        given = [str(row["order_status"]) for row in reply["data"]["order_list"]]
        self.assertEqual([unseen["value"]] * 2, [given[0], given[3]])
        admin = f"127.0.0.1:{self.proxy.admin[1]}"
        self.assertEqual({"TELEPORTED": 2, "EATEN": 1}, self.stand_in("--admin", admin)["seen"])
        self.assertIn(f"else order_status = {unseen['value']}: seen TELEPORTED 2 times, EATEN 1 times",
                      self.routes("--admin", f"http://{admin}/"))
        self.assertEqual(1, self.proxy.text().count("value=TELEPORTED"))

    def test_nobody_there(self):
        done = subprocess.run([harness.BINARY, "routes", "--admin", f"127.0.0.1:{harness.free_port()}"],
                              cwd=harness.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
        self.assertEqual((5, b""), (done.returncode, done.stdout))


if __name__ == "__main__":
    unittest.main()
