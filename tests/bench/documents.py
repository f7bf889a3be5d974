"""The canned upstream answers that both sides of a measurement serve: made up, always the same."""

import json
import random

SHOP = "7000000000000000001"
CIPHER = "CIPHER_1"


def envelope(data):
    return json.dumps(
        {"code": 0, "message": "Success", "request_id": "20230722061640010001000100010001", "data": data},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def shops():
    return envelope(
        {"shops": [{"id": SHOP, "name": "Bench", "region": "GB", "seller_type": "LOCAL", "cipher": CIPHER, "code": "B1"}]}
    )


def line(random_, n):
    return {
        "id": str(577_000_000_000_000_000 + n),
        "sku_id": str(random_.randint(10**18, 2 * 10**18)),
        "product_id": str(random_.randint(10**18, 2 * 10**18)),
        "product_name": "Wool socks “winter”, striped",
        "sku_name": "red, 42",
        "seller_sku": f"SOCK-{n % 97}",
        "sku_image": "https://img.example/o3syd03w52/46123e87d14f40b69b839",
        "display_status": "AWAITING_SHIPMENT",
        "sku_type": "NORMAL",
        "original_price": "12.50",
        "sale_price": "11.25",
        "platform_discount": "0.25",
        "seller_discount": "1.00",
        "currency": "GBP",
        "package_status": "TO_FULFILL",
        "package_id": str(1_153_000_000_000_000_000 + n),
        "is_gift": False,
        "rts_time": 1_690_000_400,
        "shipping_provider_id": "6617675021119438849",
        "shipping_provider_name": "Parcel Express",
        "tracking_number": f"PX{n:010d}",
    }


def order(random_, n, lines):
    money = {
        name: f"{random_.randint(0, 9999)}.{random_.randint(0, 99):02d}"
        for name in (
            "total_amount sub_total shipping_fee seller_discount platform_discount tax"
            " original_total_product_price original_shipping_fee shipping_fee_seller_discount"
            " shipping_fee_platform_discount"
        ).split()
    }
    return {
        "id": str(576_461_000_000_000_000 + n),
        "status": "AWAITING_SHIPMENT",
        "create_time": 1_690_000_000 + n,
        "update_time": 1_690_000_100 + n,
        "paid_time": 1_690_000_050 + n,
        "rts_sla_time": 1_690_100_000,
        "tts_sla_time": 1_690_200_000,
        "user_id": "7021436810468230477",
        "buyer_message": "Bitte schnell! 谢谢",
        "is_cod": False,
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "SELLER",
        "delivery_option_id": "7091146663229654785",
        "delivery_option_name": "Standard Shipping",
        "warehouse_id": "7000714532876273420",
        "payment_method_name": "Card",
        "has_updated_recipient_address": False,
        "payment": {"currency": "GBP", **money},
        "recipient_address": {
            "full_address": "1 Some Street, Sometown",
            "name": "N***e",
            "phone_number": "(+44)7*****89",
            "postal_code": "AB1 2CD",
            "region_code": "GB",
            "address_detail": "1 Some Street",
            "district_info": [
                {"address_level": "L0", "address_level_name": "country", "address_name": "United Kingdom"},
                {"address_level": "L1", "address_level_name": "county", "address_name": "Someshire"},
            ],
        },
        "packages": [{"id": str(1_153_000_000_000_000_000 + n)}],
        "line_items": [line(random_, n * 100 + i) for i in range(lines)],
    }


def orders(size):
    """An order-detail answer of about `size` bytes."""
    random_ = random.Random(size)
    rows = []
    while True:
        lines = 1 if size < 4096 else 4
        rows.append(order(random_, len(rows), lines))
        answer = envelope({"orders": rows})
        if len(answer) >= size:
            return answer


def uploaded():
    """What upstream says to an uploaded image."""
    return envelope({"uri": "made-up/1", "url": "https://img.example/1", "width": 1, "height": 1, "use_case": "MAIN_IMAGE"})
