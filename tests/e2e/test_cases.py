"""Every file of tests/cases over real sockets: curl is the app, a scripted server is upstream."""

import base64
import decimal
import json
import pathlib
import unittest

import harness
from harness import Answer, Proxy, Upstream, good, with_shops

CASES = harness.ROOT / "tests/cases"


class Digits(str):
    """A JSON number by its digits: 0.10 is not 0.1, and no text is a number."""

    def __eq__(self, other):
        return isinstance(other, Digits) and str(self) == str(other)

    __hash__ = str.__hash__


def read(text):
    return json.loads(text, parse_int=Digits, parse_float=Digits)


def dump(document):
    """JSON text with the digits as they were written."""
    if isinstance(document, Digits):
        return str(document)
    if isinstance(document, dict):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + dump(v) for k, v in document.items()) + "}"
    if isinstance(document, list):
        return "[" + ",".join(dump(v) for v in document) + "]"
    return json.dumps(document, ensure_ascii=False)


def fill(document, kept):
    if isinstance(document, str) and not isinstance(document, Digits) and document.startswith("$") and document[1:] in kept:
        return kept[document[1:]]
    if isinstance(document, dict):
        return {k: fill(v, kept) for k, v in document.items()}
    if isinstance(document, list):
        return [fill(v, kept) for v in document]
    return document


def reads(request):
    """Whether it is a GET or, by its name, a search."""
    return request.method == "GET" or request.path.endswith(("/search", "/query", "/recommend"))


class Script:
    """The upstream side of one step: each expected call once."""

    def __init__(self, expected, token):
        self.left, self.problems, self.token = list(expected), [], token
        self.again = None

    def __call__(self, request):
        for one in self.left:
            if self.fits(one, request):
                self.left.remove(one)
                if one.get("fault") in ("lost", "unreachable") and reads(request):
                    self.again = one  # what changes nothing may be asked once more
                if not request.path.startswith("/api/"):
                    self.problems += [f"{request.call}: {p}" for p in request.problems(token=self.token)]
                return self.answer(one)
        if self.again and self.fits(self.again, request):
            answer, self.again = self.answer(self.again), None
            return answer
        self.problems.append(f"unexpected: {request.call} {request.query} {request.body[:2000]!r}")
        return Answer({"code": 99, "message": "unexpected call", "request_id": "x", "data": {}}, 500)

    def fits(self, one, request):
        if one["call"] != request.call:
            return False
        sent = {k: v for k, v in request.query.items() if k not in ("app_key", "timestamp", "sign")}
        if request.path.startswith("/api/"):
            sent = {**sent, **{k: v for k, v in request.query.items() if k in one.get("query", {})}}
        if "query" in one and sent != one["query"]:
            return False
        if "form" in one:
            return self.form_fits(one["form"], request)
        if "body" in one:
            return (read(request.body.decode()) if request.body else None) == one["body"]
        return True

    @staticmethod
    def form_fits(expected, request):
        sent = request.form
        if set(sent) != set(expected):
            return False
        for name, value in expected.items():
            file_name, data = sent[name]
            if isinstance(value, dict):
                if base64.b64decode(value["file"]) != data or ("name" in value and value["name"] != file_name):
                    return False
            elif value.encode() != data:
                return False
        return True

    @staticmethod
    def answer(one):
        if "fault" in one:
            return Answer(fault=one["fault"], delay=30 if one["fault"] == "timeout" else 0)
        body = one["answer"] if "answer" in one else {"code": Digits(0), "message": "Success", "request_id": "r", "data": one["data"]}
        body = body if isinstance(body, str) and not isinstance(body, Digits) else dump(body)
        return Answer(body.encode(), int(one.get("status", 200)), one.get("fields"))


class Cases(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.script = None
        cls.tokens = 0
        cls.upstream = Upstream(lambda request: cls.script(request))
        cls.proxies = {target: Proxy(cls.upstream.url, {"target": target, "upstream": {"answer_ms": 2000},
                                                           "exchange": {"ahead": 0}})
                       for target in ("202309", "newest")}

    @classmethod
    def tearDownClass(cls):
        for proxy in cls.proxies.values():
            proxy.stop()
        cls.upstream.close()

    def run_case(self, path):
        case = read(path.read_text())
        kept = {}
        self.proxy = self.proxies[case.get("target", "202309")]
        # A token of its own, so that no case profits from what another made the proxy remember.
        type(self).tokens += 1
        token = f"{harness.TOKEN}-{self.tokens}"
        for step in case["steps"]:
            self.run_step(step, kept, case.get("shops"), token)

    def run_step(self, step, kept, shops, token):
        legacy = fill(step["legacy"], kept)
        query = {"access_token": token, **legacy.get("query", {})}
        if legacy.get("bare"):
            query = legacy.get("query", {})
        script = Script(fill(step.get("upstream", []), kept), query.get("access_token") or token)
        listed = any(one["call"] == harness.SHOPS_CALL for one in script.left)
        type(self).script = staticmethod(script if listed else with_shops(script, shops))
        body = legacy.get("body")
        if "text" in legacy:
            body = legacy["text"].encode()
        elif body is not None:
            body = dump(body).encode()
        reply = self.proxy.call(legacy["call"], body, query, bool(legacy.get("bare")), fields=legacy.get("fields"))
        self.assertEqual([], script.problems)
        self.assertEqual([], [one["call"] for one in script.left], "calls that were not made")
        self.check(step["reply"], reply, kept)
        got = read(reply.body.decode())
        for name, place in step.get("keep", {}).items():
            value = got
            for part in place.split("."):
                value = value[part]
            kept[name] = value

    def check(self, expected, reply, kept):
        got = read(reply.body.decode())
        self.assertEqual({"code", "message", "request_id", "data"}, set(got))
        self.assertEqual(int(expected.get("status", 200)), reply.status, got)
        self.assertEqual(expected.get("code", Digits(0)), got["code"], got)
        message = expected.get("message", "Success")
        if message == "*":
            self.assertTrue(got["message"])
        else:
            self.assertEqual(message, got["message"])
        if "data" in expected:
            self.assertEqual(self.comparable(expected["data"], got["data"]), got["data"])
        for name, value in expected.get("fields", {}).items():
            got = reply.fields.get(name.lower())
            self.assertTrue(got if value == "*" else got == value, f"{name}: {got}, not {value}")

    def comparable(self, expected, got):
        """`"*"` in an expected document stands for any text that is not empty."""
        if expected == "*" and isinstance(got, str) and got:
            return got
        if isinstance(expected, dict) and isinstance(got, dict):
            return {k: self.comparable(v, got.get(k)) for k, v in expected.items()}
        if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
            return [self.comparable(a, b) for a, b in zip(expected, got)]
        return expected


def add(path):
    name = "test_" + str(path.relative_to(CASES).with_suffix("")).replace("/", "__").replace("-", "_")
    setattr(Cases, name, lambda self: self.run_case(path))


for file in sorted(CASES.rglob("*.json")):
    add(file)
del file

if __name__ == "__main__":
    unittest.main()
