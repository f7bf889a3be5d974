"""An old app's calls through proxy and sandbox, by curl: coherent data, and nothing that a strict
v202309 service would refuse."""

import base64
import struct
import unittest
import zlib

import harness
from harness import Proxy, curl

SHOP = "7495000000000000017"
APP, SECRET, TOKEN = "demo-app", "demo-secret", "demo-token"
LIST, DETAIL = "POST /api/orders/search", "POST /api/orders/detail/query"


def png(width, height):
    """The smallest picture of that size."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\0" * 3 * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Sandbox(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = harness.Sandbox()
        cls.url = cls.sandbox.url
        cls.proxy = Proxy(cls.url, apps=[{"key": APP, "secret": SECRET}])

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        cls.sandbox.stop()

    def setUp(self):
        curl(self.url + "/sandbox/violations", "DELETE")

    def tearDown(self):
        violations = curl(self.url + "/sandbox/violations").json
        self.assertEqual(0, violations["count"], violations)

    def call(self, call, body=None, **query):
        query = {"app_key": APP, "access_token": TOKEN, "shop_id": SHOP, **query}
        reply = self.proxy.call(call, body, query, secret=SECRET)
        self.assertEqual((200, 0), (reply.status, reply.json["code"]), reply.json)
        return reply.json["data"]

    def walk(self, **filters):
        orders, cursor = [], ""
        while True:
            page = self.call(LIST, {"page_size": 50, "cursor": cursor, **filters})
            orders += page["order_list"]
            if not page["more"]:
                self.assertEqual("", page["next_cursor"])
                self.assertEqual(page["total"], len(orders))
                return orders
            self.assertEqual(50, len(page["order_list"]))
            cursor = page["next_cursor"]

    def test_all_orders_once_and_newest_first(self):
        ids = [order["order_id"] for order in self.walk()]
        self.assertEqual(1000, len(ids))
        self.assertEqual(1000, len(set(ids)))

    def test_every_status_is_listed_and_detailed_alike(self):
        for status in (100, 105, 111, 112, 114, 121, 122, 130, 140):
            with self.subTest(status):
                page = self.call(LIST, {"page_size": 3, "order_status": status})
                listed = {order["order_id"]: order for order in page["order_list"]}
                self.assertTrue(listed)
                for version in ("202306", None):
                    detail = self.call(DETAIL, {"order_id_list": list(listed)}, version=version)
                    self.assertEqual(set(listed), {order["order_id"] for order in detail["order_list"]})
                    for order in detail["order_list"]:
                        self.assertEqual(status, order["order_status"])
                        self.assertEqual(listed[order["order_id"]]["update_time"], order["update_time"])

    def test_older_shape_counts_units(self):
        ids = [o["order_id"] for o in self.call(LIST, {"page_size": 20})["order_list"]]
        new = {o["order_id"]: o for o in self.call(DETAIL, {"order_id_list": ids}, version="202306")["order_list"]}
        for old in self.call(DETAIL, {"order_id_list": ids})["order_list"]:
            units = sum(int(item["quantity"]) for item in old["item_list"])
            self.assertEqual(len(new[old["order_id"]]["order_line_list"]), units)

    def product(self):
        order = self.call(LIST, {"page_size": 1})["order_list"][0]["order_id"]
        return self.call(DETAIL, {"order_id_list": [order]}, version="202306")["order_list"][0]["order_line_list"][0]["product_id"]

    def test_a_price_that_is_changed_is_read_back(self):
        product = self.call("GET /api/products/details", product_id=self.product())
        changed = {"product_id": product["product_id"], "skus": [{"id": sku["id"], "original_price": "77.70"} for sku in product["skus"]]}
        self.assertEqual({"failed_sku_ids": []}, self.call("PUT /api/products/prices", changed))
        again = self.call("GET /api/products/details", product_id=product["product_id"])
        self.assertEqual({"77.70"}, {sku["price"]["original_price"] for sku in again["skus"]})

    def test_deactivation_tells_what_failed(self):
        product = self.product()
        unknown = "1729999999999999999"
        data = self.call("POST /api/products/inactivated_products", {"product_ids": [product, unknown]})
        self.assertEqual({"failed_product_ids": [unknown]}, data)
        self.assertEqual(5, self.call("GET /api/products/details", product_id=product)["product_status"])

    def test_an_image_in_lines_of_76(self):
        image = base64.encodebytes(png(40, 30)).decode()
        data = self.call("POST /api/products/upload_imgs", {"img_data": image, "img_scene": 2})
        self.assertEqual((2, 40, 30), (data["img_scene"], data["img_width"], data["img_height"]))
        self.assertTrue(data["img_id"] and data["img_url"])

    def test_shops(self):
        shops = self.call("GET /api/shop/get_authorized_shop", shop_id=None)["shop_list"]
        self.assertEqual({"GB": 2, "TH": 1}, {shop["region"]: shop["type"] for shop in shops})
        active = self.call("GET /api/seller/global/active_shops", shop_id=None)["active_shops"]
        self.assertTrue({shop["shop_id"] for shop in shops} >= {SHOP})
        self.assertTrue(active)

    def test_the_other_shop_of_the_token(self):
        mine = {o["order_id"] for o in self.call(LIST, {"page_size": 50})["order_list"]}
        other = {o["order_id"] for o in self.call(LIST, {"page_size": 50}, shop_id="7495000000000000024")["order_list"]}
        self.assertFalse(mine & other)

    def test_one_shop_needs_no_shop_id(self):
        self.assertTrue(self.call(LIST, {"page_size": 1}, shop_id=None, access_token="demo-token-single")["order_list"])

    def test_tokens_in_each_old_form(self):
        login = {"app_key": APP, "app_secret": SECRET}
        code = {"auth_code": "demo-code", "grant_type": "authorized_code"}
        refresh = {"refresh_token": "demo-refresh", "grant_type": "refresh_token"}
        for call, body, query in (
                ("POST /api/token/getAccessToken", {**login, **code}, {}),
                ("POST /api/token/getAccessToken", None, {**login, **code}),
                ("GET /api/v2/token/get", None, {**login, **code}),
                ("POST /api/token/refreshToken", {**login, **refresh}, {}),
                ("POST /api/token/refreshToken", None, {**login, **refresh}),
                ("GET /api/v2/token/refresh", None, {**login, **refresh})):
            with self.subTest(call):
                reply = self.proxy.call(call, body, query, bare=True)
                self.assertEqual((200, 0, "success"), (reply.status, reply.json["code"], reply.json["message"]), reply.json)
                fresh = reply.json["data"]["access_token"]
                self.assertTrue(self.call(LIST, {"page_size": 1}, access_token=fresh)["order_list"])

    def test_tokens_that_are_refused(self):
        login = {"app_key": APP, "app_secret": SECRET}
        reply = self.proxy.call("POST /api/token/getAccessToken", {**login, "auth_code": "none", "grant_type": "authorized_code"}, bare=True)
        self.assertEqual(36004004, reply.json["code"])
        reply = self.proxy.call("GET /api/v2/token/refresh", None, {**login, "refresh_token": "none", "grant_type": "refresh_token"}, bare=True)
        self.assertEqual((200, 36004005), (reply.status, reply.json["code"]))
        reply = self.proxy.call(LIST, {"page_size": 1}, {"app_key": APP, "access_token": "demo-token-expired", "shop_id": SHOP}, secret=SECRET)
        self.assertEqual(105002, reply.json["code"])
        curl(self.url + "/sandbox/violations", "DELETE")


if __name__ == "__main__":
    unittest.main()
