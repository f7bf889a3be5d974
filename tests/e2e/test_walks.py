"""Old apps that walk whole lists through the proxy, against the sandbox: every row once, in order,
whatever page is asked for first; and what they change on the way is what they read later."""

import base64
import random
import unittest

import harness
import scenario
from test_sandbox import png

CIPHER, SHOP, TOKEN = "demo-cipher-gb", "7495000000000000017", "demo-token"


class Walk(unittest.TestCase):
    FLAGS = ()

    @classmethod
    def setUpClass(cls):
        cls.judge = scenario.Judge()
        cls.shop = scenario.Shop(cls.judge, *cls.FLAGS)

    @classmethod
    def tearDownClass(cls):
        violations = cls.shop.violations()
        cls.shop.stop()
        assert violations["count"] == 0, violations
        assert not cls.judge.faults, cls.judge.faults[:20]

    def legacy(self, call, body=None, code=0, **query):
        status, envelope = self.shop.legacy(call, query, body, TOKEN, SHOP)
        self.assertEqual(code, envelope["code"], (status, envelope))
        return envelope["data"]

    def native_rows(self, call, rows, body=None, **query):
        """All rows of a paged list of v202309."""
        found, token = [], ""
        while True:
            more = {"page_token": token} if token else {}
            _, envelope = self.shop.native(call, {"page_size": 50, **query, **more}, body or {}, None, TOKEN, CIPHER)
            self.assertEqual(0, envelope["code"], envelope)
            found += envelope["data"].get(rows) or []
            token = envelope["data"].get("next_page_token")
            if not token:
                return found


class ReverseOrders(Walk):
    FLAGS = ("--orders", "3000", "--seed", "11")
    LIST = "POST /api/reverse/reverse_order/list"

    def expected(self, field, descending):
        returns = [(row[field], 0, row["return_id"]) for row in self.native_rows(
            "POST /return_refund/202309/returns/search", "return_orders", sort_field=field,
            sort_order="DESC" if descending else "ASC")]
        cancellations = [(row[field], 1, row["cancel_id"]) for row in self.native_rows(
            "POST /return_refund/202309/cancellations/search", "cancellations", sort_field=field,
            sort_order="DESC" if descending else "ASC")]
        self.assertGreater(len(returns), 200)
        self.assertGreater(len(cancellations), 200)
        times = [row[0] for row in returns + cancellations]
        self.assertLess(len(set(times)), len(times), "the lists have equal times")
        return [row[2] for row in sorted(returns + cancellations, key=lambda row: (-row[0] if descending else row[0], row[1]))]

    def page(self, offset, size, **body):
        data = self.legacy(self.LIST, {"offset": offset, "size": size, **body})
        return [row["reverse_order_id"] for row in data["reverse_list"]], data

    def test_random_offsets_give_the_merged_list(self):
        for sort_by, field in ((0, "create_time"), (1, "update_time")):
            for sort_type in (0, 1):
                with self.subTest(field=field, sort_type=sort_type):
                    self.walk(self.expected(field, sort_type == 1), sort_by, sort_type)

    def walk(self, merged, sort_by, sort_type):
        chance = random.Random(sort_by * 2 + sort_type)
        for _ in range(15):
            size = chance.choice((1, 7, 10, 50))
            offset = chance.randrange(min(len(merged) + 10, 450))
            with self.subTest(offset=offset, size=size):
                ids, data = self.page(offset, size, sort_by=sort_by, sort_type=sort_type)
                self.assertEqual(merged[offset:offset + size], ids)
                self.assertEqual(offset + size < len(merged), data["more"])

    def test_from_first_to_last_each_once(self):
        merged, seen, offset = self.expected("create_time", False), [], 0
        while True:
            ids, data = self.page(offset, 50, sort_by=0, sort_type=0)
            seen += ids
            offset += 50
            if not data["more"]:
                break
        self.assertEqual(merged, seen)


class Products(Walk):
    LIST = "POST /api/products/search"

    def page(self, number, size):
        data = self.legacy(self.LIST, {"page_number": number, "page_size": size})
        return [row["id"] for row in data["products"]], data["total"]

    def test_a_catalogue_in_order_and_at_random_then_changed(self):
        every, number = [], 1
        while True:
            ids, total = self.page(number, 7)
            every += ids
            if len(every) >= total or not ids:
                break
            number += 1
        self.assertEqual(total, len(every))
        self.assertEqual(total, len(set(every)))
        native = self.native_rows("POST /product/202502/products/search", "products")
        self.assertEqual([row["id"] for row in native], every)
        chance = random.Random(6)
        for number in chance.sample(range(1, total // 7 + 2), min(12, total // 7 + 1)):
            self.assertEqual(every[(number - 1) * 7:number * 7], self.page(number, 7)[0])
        live = [row["id"] for row in native if row["status"] == "ACTIVATE"]
        combined = {product for product in live if any(sku.get("combined_skus") for sku in self.skus(product))}
        self.change_some(chance.sample([product for product in live if product not in combined], 3))
        self.create_one()

    def skus(self, product):
        _, envelope = self.shop.native(f"GET /product/202309/products/{product}", {}, None, None, TOKEN, CIPHER)
        self.assertEqual(0, envelope["code"], envelope)
        return envelope["data"]["skus"]

    def change_some(self, ids):
        for n, product in enumerate(ids):
            skus = self.legacy("GET /api/products/details", product_id=product)["skus"]
            price, stock = f"{70 + n}.50", 40 + n
            self.legacy("PUT /api/products/prices", {"product_id": product, "skus": [
                {"id": sku["id"], "original_price": price} for sku in skus]})
            warehouse = skus[0]["stock_infos"][0]["warehouse_id"]
            done = self.legacy("PUT /api/products/stocks", {"product_id": product, "skus": [
                {"id": skus[0]["id"], "stock_infos": [{"warehouse_id": warehouse, "available_stock": stock}]}]})
            self.assertEqual([], done["failed_skus"])
            after = self.legacy("GET /api/products/details", product_id=product)["skus"]
            self.assertEqual({price}, {sku["price"]["original_price"] for sku in after})
            stocks = {s["warehouse_id"]: s["available_stock"] for s in after[0]["stock_infos"]}
            before = {s["warehouse_id"]: s["available_stock"] for s in skus[0]["stock_infos"]}
            self.assertEqual({**before, warehouse: stock}, stocks)

    def create_one(self):
        image = self.legacy("POST /api/products/upload_imgs",
                            {"img_data": base64.b64encode(png(600, 600)).decode(), "img_scene": 1})
        categories = self.legacy("GET /api/products/categories")["category_list"]
        leaf = next(c for c in categories if c["is_leaf"])
        warehouse = self.legacy("GET /api/logistics/get_warehouse_list")["warehouse_list"][0]["warehouse_id"]
        made = self.legacy("POST /api/products", {
            "product_name": "Kettle of blue enamel, 1.5 litres", "description": "<p>Boils water.</p>", "category_id": leaf["id"],
            "images": [{"id": image["img_id"]}], "package_weight": "1.2", "is_cod_open": False,
            "skus": [{"original_price": "19.99", "seller_sku": "KETTLE-1", "stock_infos": [
                {"warehouse_id": warehouse, "available_stock": 5}]}]})
        detail = self.legacy("GET /api/products/details", product_id=made["product_id"])
        self.assertEqual("Kettle of blue enamel, 1.5 litres", detail["product_name"])
        self.assertEqual(("19.99", "KETTLE-1"), (detail["skus"][0]["price"]["original_price"], detail["skus"][0]["seller_sku"]))
        self.assertEqual([image["img_id"]], [one["id"] for one in detail["images"]])


class Orders(Walk):
    def test_list_detail_ship_label_tracking(self):
        every, cursor = [], ""
        while True:
            page = self.legacy("POST /api/orders/search", {"page_size": 50, "cursor": cursor})
            every += [row["order_id"] for row in page["order_list"]]
            cursor = page["next_cursor"]
            if not page["more"]:
                break
        self.assertEqual(1000, len(set(every)))
        details = []
        for start in range(0, len(every), 50):
            details += self.legacy("POST /api/orders/detail/query", {"order_id_list": every[start:start + 50]},
                                   version="202306")["order_list"]
        self.assertEqual(every, [order["order_id"] for order in details])
        ready = {row["id"] for row in self.native_rows("POST /order/202309/orders/search", "orders", {"order_status": "AWAITING_SHIPMENT"})
                 if not row["is_buyer_request_cancel"] and row["need_upload_invoice"] == "NO_NEED"}
        order = next(o for o in details if o["order_id"] in ready and o["package_list"])
        package = order["package_list"][0]["package_id"]
        self.assertEqual([], self.legacy("POST /api/fulfillment/rts", {"package_id": package, "pick_up_type": 2})["fail_packages"])
        after = self.legacy("POST /api/orders/detail/query", {"order_id_list": [order["order_id"]]}, version="202306")["order_list"][0]
        self.assertEqual(112, after["order_status"])
        label = self.legacy("GET /api/fulfillment/shipping_document", package_id=package, document_type="1")
        self.assertTrue(label["doc_url"])
        info = self.legacy("GET /api/fulfillment/shipping_info", package_id=package)
        self.assertTrue(info["tracking_info_list"])


if __name__ == "__main__":
    unittest.main()
