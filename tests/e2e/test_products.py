"""Products that an old app makes and edits, through proxy and sandbox: what it reads and sends back
changes nothing, seen from the side of v202309; nothing is sent that a strict service would refuse."""

import base64
import itertools
import json
import unittest

import harness
from test_sandbox import png
from harness import Proxy, curl

APP, SECRET = "demo-app", "demo-secret"
SHOPS = {"GB": ("demo-token", "7495000000000000017"), "ID": ("demo-token-single", "7495000000000000031"),
         "US": ("demo-token-us", "7495000000000000048")}
STATUSES = (4, 5)  # of products that are not audited anew, or listed, when they are edited
MOST = 25  # products of each shop and status: the same kinds come again among the rest
DELETED = 4  # of global products
EDIT, CREATE, DRAFT = "PUT /api/products", "POST /api/products", "POST /api/products/save_draft"


def without(document, *names):
    return {name: value for name, value in document.items() if name not in names}


def image_as_sent(attribute):
    return {"id": attribute.get("sku_img", {}).get("id", "")}


def sku_as_sent(sku):
    """A SKU of the detail, in the form that edits take."""
    return {"id": sku["id"], "seller_sku": sku.get("seller_sku", ""), "original_price": sku["price"]["original_price"],
            "stock_infos": sku["stock_infos"], "product_identifier_code": sku.get("product_identifier_code"),
            "sales_attributes": [
                {"attribute_id": of["id"], "attribute_name": of["name"], "value_id": of["value_id"],
                 "custom_value": of["value_name"], "sku_img": image_as_sent(of)}
                for of in sku.get("sales_attributes", [])]}


def common_as_sent(detail):
    """What details of products and of global products have in common with edits."""
    return {
        "product_name": detail["product_name"], "description": detail["description"],
        "images": [{"id": image["id"]} for image in detail["images"]],
        **{name: value for name, value in detail.items() if name.startswith("package_")},
        "product_certifications": [
            {"id": of["id"], "images": [{"id": image["id"]} for image in of.get("images", [])],
             "files": [{"id": file["id"], "name": file["name"], "type": file["type"]} for file in of.get("files", [])]}
            for of in detail.get("product_certifications", [])]}


def as_sent(detail):
    """The detail of a product as the request that edits it: what old apps do with it."""
    return {
        "product_id": detail["product_id"], **common_as_sent(detail), "is_cod_open": detail["is_cod_open"],
        "category_id": [of["id"] for of in detail["category_list"] if of["is_leaf"]][-1],
        "brand_id": detail.get("brand", {}).get("id", ""),
        "product_video": {"video_id": detail.get("video", {}).get("id", "")},
        "size_chart": {"img_id": detail.get("size_chart", {}).get("id", "")},
        "delivery_service_ids": [of["delivery_service_id"] for of in detail.get("delivery_services", [])
                                 if of["delivery_service_status"]],
        "skus": [sku_as_sent(sku) for sku in detail["skus"]],
        "product_attributes": [
            {"attribute_id": of["id"],
             "attribute_values": [{"value_id": value["id"], "value_name": value["name"]} for value in of["values"]]}
            for of in detail.get("product_attributes", [])]}


def as_new(detail):
    """The detail of a product as the request that makes another like it."""
    sent = without(as_sent(detail), "product_id", "delivery_service_ids")
    return {**sent, "skus": [without(sku, "id") for sku in sent["skus"]]}


def global_as_sent(detail):
    return {
        "global_product_id": detail["global_product_id"], **common_as_sent(detail),
        "category_id": detail["category_id"], "size_chart": {"id": detail.get("size_chart", {}).get("id", "")},
        "product_attributes": detail.get("product_attributes"),
        "skus": [{"id": sku["id"], "seller_sku": sku.get("seller_sku", ""), "sku_price": sku["original_price"],
                  "available_stock": sku["stock_info"]["available_stock"],
                  "product_identifier_code": sku.get("product_identifier_code"),
                  "sales_attributes": [{**of, "sku_img": image_as_sent(of)} for of in sku.get("sales_attributes", [])]}
                 for sku in detail["skus"]]}


def differences(before, after, path=""):
    """Where two documents differ, and what stands there."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            yield from differences(before.get(name), after.get(name), f"{path}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, pair in enumerate(zip(before, after)):
            yield from differences(*pair, f"{path}[{i}]")
    elif before != after:
        yield path, before, after


class Products(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.sandbox = harness.Sandbox()
        cls.url = cls.sandbox.url
        cls.proxy = Proxy(cls.url, apps=[{"key": APP, "secret": SECRET}])

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        cls.sandbox.stop()

    def tearDown(self):
        violations = curl(self.url + "/sandbox/violations").json
        self.assertEqual(0, violations["count"], violations)

    def call(self, call, body=None, region="GB", **query):
        token, shop = SHOPS[region]
        query = {"app_key": APP, "access_token": token, "shop_id": shop, **query}
        reply = self.proxy.call(call, body, query, secret=SECRET)
        self.assertEqual((200, 0), (reply.status, reply.json["code"]), reply.json)
        return reply.json["data"]

    def detail(self, product, region="GB"):
        return self.call("GET /api/products/details", region=region, product_id=product)

    def upstream(self, path, region="GB", **query):
        """The product as v202309 tells it, but for the time of the last change."""
        return without(self.call(f"GET /product/202309/{path}", region=region, **query), "update_time")

    def listed(self, status, region="GB"):
        page = self.call("POST /api/products/search",
                         {"page_number": 1, "page_size": 100, "search_status": status}, region)
        self.assertTrue(page["products"])
        return [product["id"] for product in page["products"]]

    def globals_listed(self):
        page = self.call("POST /api/product/global_products/search", {"page_number": 1, "page_size": 100}, shop_id=None)
        self.assertTrue(page["global_products"])
        return [product["id"] for product in page["global_products"] if product["status"] != DELETED]

    def test_an_edit_with_what_was_read_changes_nothing(self):
        for region, status in itertools.product(SHOPS, STATUSES):
            for product in self.listed(status, region)[:MOST]:
                with self.subTest(region=region, status=status, product=product):
                    path = f"products/{product}"
                    before, detail = self.upstream(path, region), self.detail(product, region)
                    edited = self.call(EDIT, as_sent(detail), region)
                    self.assertEqual([sku["id"] for sku in detail["skus"]], [sku["id"] for sku in edited["skus"]])
                    self.assertEqual([], list(differences(before, self.upstream(path, region))))

    def test_a_draft_of_what_was_read_changes_nothing(self):
        for product in self.listed(1):
            with self.subTest(product=product):
                path, draft = f"products/{product}", {"return_draft_version": "true"}
                before, sent = self.upstream(path, **draft), as_sent(self.detail(product))
                saved = self.call(DRAFT, without(sent, "delivery_service_ids"))
                self.assertEqual(product, saved["product_id"])
                after = self.upstream(path, **draft)
                lost = differences(without(before, "delivery_options"), without(after, "delivery_options"))
                self.assertEqual([], list(lost))

    def test_what_is_edited_is_read_back(self):
        product = self.listed(4)[0]
        sent = as_sent(self.detail(product))
        sent.update(product_name="Ein neuer Name — 新しい名前", package_weight="0.75")
        first = sent["skus"][0]
        first["original_price"] = "123.45"
        first["stock_infos"] = [{**first["stock_infos"][0], "available_stock": 0}]
        new = {**first, "id": "", "seller_sku": "ONE-MORE", "original_price": "7"}
        new["sales_attributes"] = [{**of, "value_id": "", "custom_value": "More"} for of in new["sales_attributes"]]
        sent["skus"] = [first, new]
        edited = self.call(EDIT, sent)
        read = self.detail(product)
        self.assertEqual((sent["product_name"], "0.75"), (read["product_name"], read["package_weight"]))
        self.assertEqual([first["id"], edited["skus"][1]["id"]], [sku["id"] for sku in read["skus"]])
        self.assertEqual(["123.45", "7"], [sku["price"]["original_price"] for sku in read["skus"]])
        self.assertEqual([first["stock_infos"]] * 2, [sku["stock_infos"] for sku in read["skus"]])
        self.assertEqual("ONE-MORE", read["skus"][1]["seller_sku"])

    def test_a_product_is_made_of_an_image_that_was_sent(self):
        data = base64.encodebytes(png(600, 600)).decode()
        image = self.call("POST /api/products/upload_imgs", {"img_data": data, "img_scene": 1})
        sent = {**as_new(self.detail(self.listed(4)[0])), "images": [{"id": image["img_id"]}]}
        for call, status in ((CREATE, 4), (DRAFT, 1)):
            with self.subTest(call):
                made = self.call(call, {**sent, "warranty_period": 3})
                read = self.detail(made["product_id"])
                self.assertEqual(status, read["product_status"])
                self.assertEqual([sku["id"] for sku in made["skus"]], [sku["id"] for sku in read["skus"]])
                self.assertEqual(sent, as_new(read))

    def test_a_draft_that_is_edited_is_offered(self):
        made = self.call(DRAFT, as_new(self.detail(self.listed(4)[0])))
        self.call(EDIT, as_sent(self.detail(made["product_id"])))
        self.assertEqual(4, self.detail(made["product_id"])["product_status"])

    def test_a_global_product_is_edited_with_what_was_read(self):
        for product in self.globals_listed():
            with self.subTest(product=product):
                path = f"global_products/{product}"
                before = self.upstream(path, shop_id=None)
                detail = self.call("GET /api/product/global_products", product_id=product, shop_id=None)
                edited = self.call("PUT /api/product/global_products", global_as_sent(detail), shop_id=None)
                self.assertEqual({of["id"] for of in detail["local_products"]},
                                 {of["local_product_id"] for of in edited["local_product_info"]})
                self.assertEqual([], list(differences(before, self.upstream(path, shop_id=None))))

    def test_prices_of_a_global_product_change_alone(self):
        for product in self.globals_listed():
            with self.subTest(product=product):
                path = f"global_products/{product}"
                before = self.upstream(path, shop_id=None)
                last = before["skus"][-1]["id"]
                body = {"global_product_id": product, "skus": [{"id": last, "original_price": "77.70"}]}
                self.call("PUT /api/product/global_products/prices", body, shop_id=None)
                before["skus"][-1]["price"]["amount"] = "77.70"
                left = [found for found in differences(before, self.upstream(path, shop_id=None))
                        if not found[0].endswith(".unit_price")]
                self.assertEqual([], left)

    def test_a_global_product_is_made(self):
        detail = self.call("GET /api/product/global_products", product_id=self.globals_listed()[0], shop_id=None)
        sent = without(global_as_sent(detail), "global_product_id")
        sent["skus"] = [{**without(sku, "id", "sku_price"), "original_price": sku["sku_price"]} for sku in sent["skus"]]
        made = self.call("POST /api/product/global_products", sent, shop_id=None)
        read = self.call("GET /api/product/global_products", product_id=str(made["global_product_id"]), shop_id=None)
        self.assertEqual([sku["global_sku_id"] for sku in made["skus"]], [sku["id"] for sku in read["skus"]])
        self.assertEqual((detail["product_name"], []), (read["product_name"], read["local_products"]))

    def test_what_the_shop_lacks_is_told_in_json(self):
        for region in SHOPS:
            told = self.call("POST /api/products/pre_check", region=region, version="202306")["shop_info"]
            for name, text in {**told.pop("gne_info"), **told.pop("logistics_info"), **told}.items():
                item = json.loads(text)
                self.assertEqual((name, name), (item["id"], item["name"]))
                self.assertIn(item["check_result"]["is_failed"], (True, False))


if __name__ == "__main__":
    unittest.main()
