"""What an old app prints: the address of a label, asked for through the proxy, leads to a page."""

import unittest
import urllib.parse

import scenario

TOKEN, SHOP = "demo-token", "7495000000000000017"
SHIPPED = 112


class Labels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = scenario.Shop(scenario.Judge())

    @classmethod
    def tearDownClass(cls):
        cls.shop.stop()

    def ask(self, call, body=None, **query):
        status, envelope = self.shop.legacy(call, query, body, TOKEN, SHOP)
        self.assertEqual((200, 0), (status, envelope["code"]), envelope)
        return envelope["data"]

    def fetch(self, address):
        address = urllib.parse.urlsplit(address)
        self.assertEqual(f"127.0.0.1:{self.shop.port}", address.netloc.replace("localhost", "127.0.0.1"))
        return self.shop.raw("GET", address.path, b"", {})

    def shipped(self):
        found = self.ask("POST /api/orders/search", {"page_size": 20, "order_status": SHIPPED, "delivery_option_type": 1})
        detail = self.ask("POST /api/orders/detail/query",
                          {"order_id_list": [order["order_id"] for order in found["order_list"]]}, version="202306")
        return next(order for order in detail["order_list"]
                    if order["fulfillment_type"] == 0 and len(order["package_list"]) == 1)

    def test_a_label_has_the_number_and_the_buyer(self):
        order = self.shipped()
        package = order["package_list"][0]["package_id"]
        for call, query in (("GET /api/logistics/shipping_document", {"order_id": order["order_id"],
                                                                      "document_type": "SHIPPING_LABEL"}),
                            ("GET /api/fulfillment/shipping_document", {"package_id": str(package), "document_type": "1"})):
            with self.subTest(call):
                status, headers, page = self.fetch(self.ask(call, **query)["doc_url"])
                self.assertEqual((200, "application/pdf"), (status, headers["content-type"]))
                self.assertTrue(page.startswith(b"%PDF-1."), page[:40])
                for text in (order["tracking_number"], str(package), order["recipient_address"]["zipcode"]):
                    self.assertIn(text.encode(), page)

    def test_a_pick_list_has_the_units(self):
        order = self.shipped()
        address = self.ask("GET /api/logistics/shipping_document", order_id=order["order_id"], document_type="PICK_LIST")
        page = self.fetch(address["doc_url"])[2]
        for line in order["order_line_list"]:
            self.assertIn(line["seller_sku"].encode(), page)


if __name__ == "__main__":
    unittest.main()
