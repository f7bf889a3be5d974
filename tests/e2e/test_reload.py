"""Tables loaded again under load (SIGHUP): no request is lost, a changed table takes effect at once, a bad one
changes nothing and is told with file and place, requests under way keep their tables, and old tables are freed."""

import http.client
import json
import pathlib
import re
import shutil
import signal
import tempfile
import threading
import time
import unittest
import urllib.request

import harness
from harness import Answer, Proxy, Upstream, good, with_shops

SHOPS = "GET /api/seller/global/active_shops"
SEARCH = "POST /api/orders/search"
EDIT = "POST /product/202509/products/1/partial_edit"
TABLE = "seller/get_active_shop_list.json"
REGION = "\"region | or ''\""
CLIENTS, RELOADS = 4, 28


class Load:
    """Clients that ask one after the other on kept connections, until they are told to stop."""

    def __init__(self, proxy):
        self.proxy, self.done, self.faults, self.count = proxy, threading.Event(), [], 0
        self.seen, self.lock = set(), threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def ask(self, connection, call, body):
        method, path = call.split(" ")
        connection.request(method, self.proxy.target(path), body and json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        envelope = json.loads(reply.read())
        with self.lock:
            self.count += 1
        if (reply.status, envelope["code"]) != (200, 0):
            raise AssertionError(f"{call}: {reply.status} {envelope}")
        return envelope["data"]

    def run(self, number):
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=30)
        try:
            while not self.done.is_set():
                region = self.ask(connection, SHOPS, None)["active_shops"][0]["shop_region"]
                with self.lock:
                    self.seen.add(region)
                rows = self.ask(connection, SEARCH, {"page_size": 2})["order_list"]
                if [row["order_id"] for row in rows] != ["576000000000000001", "576000000000000002"]:
                    raise AssertionError(f"rows: {rows}")
                self.ask(connection, EDIT, {"number": number})
        except Exception as fault:  # told by the main thread
            with self.lock:
                self.faults.append(f"client {number}: {fault!r}")
        finally:
            connection.close()

    def go_on(self, region):
        """Waits until every client has gone on, and one of them has seen that region."""
        until, end = self.count + 3 * CLIENTS, time.monotonic() + 30
        while (self.count < until or region not in self.seen) and not self.faults:
            if time.monotonic() > end:
                raise AssertionError(f"{region} is not among {self.seen}, or a client hangs")
            time.sleep(0.005)

    def stop(self):
        self.done.set()
        for thread in self.threads:
            thread.join(60)


class Reload(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.tables = pathlib.Path(directory.name) / "mappings"
        shutil.copytree(harness.ROOT / "mappings", self.tables)
        self.whole = (self.tables / TABLE).read_text()
        self.assertIn(REGION, self.whole)
        self.held, self.hold, self.release = threading.Event(), False, threading.Event()
        self.upstream = Upstream(with_shops(self.answer))
        self.addCleanup(self.upstream.close)
        self.addCleanup(self.release.set)
        self.proxy = Proxy(self.upstream.url, {"mappings": str(self.tables)})
        self.addCleanup(self.end)

    def end(self):
        if self.proxy.process.poll() is None:
            self.proxy.process.kill()
            self.proxy.process.wait()

    def answer(self, request):
        if request.path == "/seller/202309/shops":
            if self.hold:
                self.hold = False
                self.held.set()
                self.release.wait(30)
            return Answer(good({"shops": [{"id": "1", "region": "GB"}]}))
        if request.path.endswith("/partial_edit"):
            return Answer(good({}))
        time.sleep(0.002)
        orders = [{"id": f"57600000000000000{n}", "status": "DELIVERED", "update_time": 1700000000} for n in (1, 2)]
        return Answer(good({"orders": orders, "total_count": 2, "next_page_token": ""}))

    def mark(self, word):
        """The table whose answers bear that word."""
        (self.tables / TABLE).write_text(self.whole.replace(REGION, f"\"region | prefix '{word}-' | or ''\""))

    def reload(self, *words):
        """Sends the signal and waits until the log says what became of it; its words since the last time."""
        before = len(self.proxy.text())
        self.proxy.send(signal.SIGHUP)
        end = time.monotonic() + 30
        while not re.search(r"tables of \S+ (are not good: the old ones stay|loaded again: \d+)\n", self.proxy.text()[before:]):
            self.assertLess(time.monotonic(), end, self.proxy.text()[before:])
            time.sleep(0.002)
        text = self.proxy.text()[before:]
        for word in words:
            self.assertIn(word, text)
        return text

    def region(self):
        envelope = self.proxy.call(SHOPS).json
        self.assertEqual(0, envelope["code"], envelope)
        return envelope["data"]["active_shops"][0]["shop_region"]

    def sets(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.proxy.admin[1]}/metrics", timeout=10) as page:
            return int(re.search(r"^shopshim_table_sets (\d+)$", page.read().decode(), re.M)[1])

    def wait_for_sets(self, count):
        end = time.monotonic() + 20
        while self.sets() != count:
            self.assertLess(time.monotonic(), end, f"{self.sets()} sets of tables in memory, not {count}")
            time.sleep(0.02)

    def break_table(self, number):
        """Bad in one of several ways; the words that the log must hold."""
        path = self.tables / TABLE
        ways = [
            ("{", [TABLE]),
            (self.whole.replace("| or ''", "| shout"), [TABLE, "$.reply.active_shops", "shout"]),
            (self.whole.replace('"seller"', '"seler"'), [TABLE, "$.uses", "no profile 'seler' (did you mean seller?)"]),
            (self.whole.replace(SHOPS, SEARCH), ["$.legacy", "is served by"]),
        ]
        text, words = ways[number % len(ways)]
        self.assertNotEqual(self.whole, text)
        path.write_text(text)
        return words

    def test_under_load(self):
        load = Load(self.proxy)
        self.addCleanup(load.stop)
        region = "GB"
        for number in range(RELOADS):
            if number % 2:
                text = self.reload(*self.break_table(number // 2), "the old ones stay")
                self.assertNotIn("loaded again", text)
            else:
                self.mark(f"v{number}")
                self.reload("loaded again")
                region = f"v{number}-GB"
            self.assertEqual(region, self.region())
            load.go_on(region)
        load.stop()
        self.assertEqual([], load.faults)
        self.assertEqual(set(), load.seen - {f"v{n}-GB" for n in range(0, RELOADS, 2)} - {"GB"})
        self.wait_for_sets(1)
        self.proxy.stop()
        told = re.findall(r"request id=\S+ endpoint=(\S+) status=(\d+) code=(\d+) reason=(\S+)", self.proxy.text())
        self.assertEqual(load.count + RELOADS, len(told))
        self.assertEqual({("200", "0", "ok")}, {t[1:] for t in told})

    def test_requests_under_way_keep_their_tables(self):
        self.mark("old")
        self.reload("loaded again")
        self.wait_for_sets(1)
        self.hold, got = True, []
        asking = threading.Thread(target=lambda: got.append(self.region()))
        asking.start()
        self.assertTrue(self.held.wait(20))
        for number in range(3):
            self.mark(f"new{number}")
            self.reload("loaded again")
            self.assertEqual(f"new{number}-GB", self.region())
            self.wait_for_sets(2)  # those that the request began with, and those that count now
        self.release.set()
        asking.join(30)
        self.assertEqual(["old-GB"], got)
        self.wait_for_sets(1)
        self.proxy.stop()

    def test_a_bad_contract_and_a_missing_file(self):
        contract = next((self.tables / "contracts/v202309/products").glob("*.json"))
        contract.write_text(contract.read_text().replace('"call"', '"cal"'))
        self.reload("the old ones stay", contract.name)
        self.assertEqual("GB", self.region())
        shutil.copytree(harness.ROOT / "mappings/contracts", self.tables / "contracts", dirs_exist_ok=True)
        (self.tables / "errors.json").unlink()
        self.reload("the old ones stay", "errors.json", "expected this file")
        self.assertEqual("GB", self.region())
        shutil.copy(harness.ROOT / "mappings/errors.json", self.tables)
        self.reload("loaded again")
        self.assertEqual("GB", self.region())
        self.wait_for_sets(1)
        self.proxy.stop()

    def test_signals_in_a_row(self):
        for _ in range(20):
            self.proxy.send(signal.SIGHUP)
        self.mark("last")
        self.proxy.send(signal.SIGHUP)
        end = time.monotonic() + 20
        while self.region() != "last-GB":
            self.assertLess(time.monotonic(), end)
        self.wait_for_sets(1)
        self.proxy.stop()


if __name__ == "__main__":
    unittest.main()
