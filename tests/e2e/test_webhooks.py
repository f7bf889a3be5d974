"""Who set an address hears of what requests change in the sandbox: signed, in order, once."""

import hashlib
import hmac
import json
import time
import unittest

import harness
import scenario

RETURNS = "/return_refund/202309"
WEBHOOKS = "/event/202309/webhooks"


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.shop = scenario.Shop(scenario.Judge())
        self.ear = harness.Upstream(lambda request: harness.Answer(b"", 200, {}))

    def tearDown(self):
        self.shop.stop()
        self.ear.close()

    def call(self, call, body=None, query=None):
        status, envelope = self.shop.native(call, query or {}, body, None, "demo-token", "demo-cipher-gb")
        self.assertEqual((200, 0), (status, envelope["code"]), envelope)
        return envelope["data"]

    def heard(self, count):
        """The first pushes; there may be no more of them."""
        for _ in range(100):
            told = json.loads(self.shop.raw("GET", "/sandbox/webhooks", b"", {})[2])
            if told["delivered"] >= count and not told["waiting"]:
                break
            time.sleep(0.1)
        for request in self.ear.requests:
            signature = hmac.new(scenario.SECRET.encode(), scenario.APP.encode() + request.body, hashlib.sha256).hexdigest()
            self.assertEqual(signature, request.headers["authorization"])
        self.assertEqual(count, len(self.ear.requests), told)
        return [(request.path, json.loads(request.body)) for request in self.ear.requests]

    def test_a_cancelled_order_is_told(self):
        for event, path in (("ORDER_STATUS_CHANGE", "/orders"), ("CANCELLATION_STATUS_CHANGE", "/cancellations")):
            self.call(f"PUT {WEBHOOKS}", {"event_type": event, "address": self.ear.url + path})
        found = self.call("POST /order/202309/orders/search", {"order_status": "AWAITING_SHIPMENT", "is_buyer_request_cancel": False},
                          {"page_size": "1"})
        order = found["orders"][0]["id"]
        made = self.call(f"POST {RETURNS}/cancellations", {"order_id": order, "cancel_reason": "seller_cancel_reason_out_of_stock"})
        (first, status), (second, cancelled) = self.heard(2)
        self.assertEqual(("/orders", "/cancellations"), (first, second))
        self.assertEqual((1, order, "CANCEL"), (status["type"], status["data"]["order_id"], status["data"]["order_status"]))
        self.assertEqual((11, made["cancel_id"], made["cancel_status"]),
                         (cancelled["type"], cancelled["data"]["cancel_id"], cancelled["data"]["cancel_status"]))
        self.assertEqual("7495000000000000017", status["shop_id"])
        self.assertNotEqual(status["tts_notification_id"], cancelled["tts_notification_id"])

    def test_an_address_that_was_taken_away_hears_nothing(self):
        self.call(f"PUT {WEBHOOKS}", {"event_type": "RETURN_STATUS_CHANGE", "address": self.ear.url + "/returns"})
        found = self.call(f"POST {RETURNS}/returns/search", {"return_types": ["REFUND"],
                                                            "return_status": ["RETURN_OR_REFUND_REQUEST_PENDING"]})
        first, second = (row["return_id"] for row in found["return_orders"][:2])
        self.call(f"POST {RETURNS}/returns/{first}/approve", {"decision": "APPROVE_REFUND"})
        (_, told), = self.heard(1)
        self.assertEqual((12, first, "RETURN_OR_REFUND_REQUEST_SUCCESS"),
                         (told["type"], told["data"]["return_id"], told["data"]["return_status"]))
        self.call(f"DELETE {WEBHOOKS}", {"event_type": "RETURN_STATUS_CHANGE"})
        self.call(f"POST {RETURNS}/returns/{second}/approve", {"decision": "APPROVE_REFUND"})
        self.assertEqual(1, len(self.heard(1)))


if __name__ == "__main__":
    unittest.main()
