"""src/ knows no endpoint of the shop API: its words belong in mappings/, as data."""

import re

import common

PATTERN = re.compile(r"/(orders?|products?|fulfillment|reverse|promotion|finance)|\bskus?\b"
                     r"|order_(id|status)|product_id", re.I)


def check(root):
    return common.lines_matching(root, PATTERN, below="src",
                                 words="a word of one endpoint (it belongs in mappings/)")


CLEAN = {"src/net/a.c": "/* A clean file about HTTP. */\n", "mappings/a.json": '{"order_id": 1}'}
SELF_TESTS = [
    ({"src/net/a.c": 'send("/api/orders/search");\n'}, "src/net/a.c:1:"),
    ({"src/net/a.h": "/* The SKU. */\n"}, "SKU"),
    ({"src/cli/notes.txt": "about\nproduct_id\n"}, "src/cli/notes.txt:2:"),
    ({"src/cli/a.c": 'get("order_status")\n'}, "order_status"),
]
