"""An https upstream: verified, against an authority that the test makes."""

import tempfile
import unittest

import harness
from harness import Answer, Proxy, Upstream, certificates, good, with_shops

SEARCH = "POST /api/orders/search"


def empty(_request):
    return Answer(good({"orders": [], "total_count": 0, "next_page_token": ""}))


class Tls(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def through(self, host, ca):
        authority, context = certificates(self.directory.name, host)
        upstream = Upstream(with_shops(empty), context)
        settings = {"upstream": {"ca_file": str(authority)}} if ca else {}
        proxy = Proxy(upstream.url, settings)
        try:
            replies = [proxy.call(SEARCH, {"page_size": 10}) for _ in range(3)]
            return replies, upstream.connections
        finally:
            proxy.stop()
            upstream.close()

    def test_trusted(self):
        replies, connections = self.through("localhost", True)
        self.assertEqual([200] * 3, [r.status for r in replies])
        self.assertLessEqual(connections, 2)

    def test_unknown_authority(self):
        replies, _ = self.through("localhost", False)
        self.assertEqual(502, replies[0].status)
        self.assertIn("certificate", replies[0].json["message"].lower())

    def test_wrong_name(self):
        replies, _ = self.through("other.example", True)
        self.assertEqual(502, replies[0].status)


if __name__ == "__main__":
    unittest.main()
