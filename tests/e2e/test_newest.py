"""The step to newer calls, when upstream serves the older ones no more."""

import unittest

import harness
from harness import Answer, Proxy, Upstream, good, with_shops

CALL = "GET /api/finance/order/settlements"
OLD = "GET /finance/202309/orders/577/statement_transactions"
NEW = "GET /finance/202501/orders/577/statement_transactions"
GONE = {"code": 36009009, "message": "Invalid path.", "request_id": "r"}


class Newest(unittest.TestCase):
    def setUp(self):
        self.gone = set()
        self.upstream = Upstream(with_shops(self.answer))

    def tearDown(self):
        self.upstream.close()

    def answer(self, request):
        if request.call in self.gone:
            return Answer(GONE, 404)
        key = "statement_transactions" if request.call == OLD else "sku_transactions"
        return Answer(good({key: [], "currency": "GBP"}))

    def ask(self, proxy):
        self.upstream.requests.clear()
        code = proxy.call(CALL, query={"order_id": "577"}).json["code"]
        return code, self.upstream.calls()

    def metric(self, proxy):
        page = harness.curl(f"http://127.0.0.1:{proxy.admin[1]}/metrics").body.decode()
        return [line for line in page.splitlines() if line.startswith("shopshim_tables_gone ")]

    def test_the_step_is_taken_once(self):
        proxy = Proxy(self.upstream.url)
        self.assertEqual((0, [OLD]), self.ask(proxy))
        self.gone.add(OLD)
        self.assertEqual((0, [OLD, NEW]), self.ask(proxy))
        for _ in range(3):
            self.assertEqual((0, [NEW]), self.ask(proxy))
        self.assertEqual(["shopshim_tables_gone 1"], self.metric(proxy))
        log = proxy.text()
        self.assertEqual(1, log.count("no longer serves what endpoint=finance/get_order_settlements calls"))
        proxy.stop()

    def test_it_is_not_taken_where_nothing_is_served(self):
        self.gone |= {OLD, NEW}
        proxy = Proxy(self.upstream.url)
        self.assertEqual((36009003, [OLD, NEW]), self.ask(proxy))
        self.gone.clear()
        self.assertEqual((0, [OLD]), self.ask(proxy))
        proxy.stop()

    def test_the_setting_decides(self):
        for target, calls in (("202309", [OLD]), ("newest", [NEW])):
            proxy = Proxy(self.upstream.url, {"target": target})
            self.assertEqual((0, calls), self.ask(proxy))
            proxy.stop()


if __name__ == "__main__":
    unittest.main()
