"""Scenarios: files of calls that are made one after the other, what each must answer, and what
later calls take from it.

```json
{ "about": "A package is shipped, and its order knows it.",
  "token": "demo-token", "cipher": "demo-cipher-gb", "shop": "7495000000000000017",
  "steps": [
    { "call": "POST /order/202309/orders/search", "query": { "page_size": 5 }, "body": { "order_status": "AWAITING_SHIPMENT" },
      "keep": { "order": "orders[0].id", "lines": "orders[0].line_items[*].id" } },
    { "call": "GET /order/202309/orders?ids=${order}", "expect": { "orders[0].status": "AWAITING_SHIPMENT", "orders[#]": 1 } },
    { "call": "POST /fulfillment/202309/packages/1/ship", "body": {}, "code": 21011001 } ] }
```

- `call`: of v202309, or of the retired API (`/api/...`), which goes through the proxy. A call of the
  authorization host goes through the proxy when `"via": "proxy"` says so: both APIs have it.
- `query`, `body`, `form` (`{"data": {"file": "<base64>", "name": "a.png"}}`, texts as they are).
- `"$name"` as a whole text is what was kept under that name, `${name}` inside one its text.
- `code`: of the envelope, 0 when not named; `message`: words that the message must hold.
- `keep` and `expect`: paths in `data`: `a.b`, `[0]`, `[-1]`, `[*]` (of every element), `[key=value]` (the
  first that has it), `[#]` (how many). An expected `"*"` is anything that is there and not empty;
  `{"not": x}` anything but that.
- `token`, `cipher`, `shop` of a step win over those of the file.
- `"violations": "expected"` in a file that breaks rules of v202309 on purpose; in all others the
  sandbox must have found none.

Everything that the sandbox answers, also to the proxy, is held against the contracts.
"""

import base64
import http.client
import json
import pathlib
import re
import sys
import threading
import time
import urllib.parse

import harness

sys.path.insert(0, str(harness.ROOT / "tests/messages"))
import contracts

APP, SECRET = "demo-app", "demo-secret"
PART = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")


class Missing(AssertionError):
    pass


def at(document, path):
    """What stands at a path; None where nothing does."""
    values, many = [document], False
    for name, index in PART.findall(path):
        step = []
        for value in values:
            if name:
                step += [value[name]] if isinstance(value, dict) and value.get(name) is not None else []
            elif index == "#":
                step.append(len(value))
            elif index == "*":
                step += value
            elif "=" in index:
                key, _, wanted = index.partition("=")
                step += [v for v in value if str(at(v, key)) == wanted][:1]
            else:
                step += [value[int(index)]] if -len(value) <= int(index) < len(value) else []
        values, many = step, many or index == "*"
    return values if many else values[0] if values else None


def fill(document, kept):
    if isinstance(document, dict):
        return {k: fill(v, kept) for k, v in document.items()}
    if isinstance(document, list):
        return [fill(v, kept) for v in document]
    if not isinstance(document, str):
        return document
    whole = re.fullmatch(r"\$(\w+)", document)
    if whole:
        return kept[whole[1]]
    return re.sub(r"\$\{(\w+)\}", lambda m: str(kept[m[1]]), document)


def multipart(form):
    boundary, out = "scenario-boundary-7d1f", b""
    for name, value in form.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, dict):
            out += (head + f'; filename="{value.get("name", "file.bin")}"\r\nContent-Type: application/octet-stream'
                    "\r\n\r\n").encode() + base64.b64decode(value["file"]) + b"\r\n"
        else:
            out += (head + f"\r\n\r\n{value}\r\n").encode()
    return f"multipart/form-data; boundary={boundary}", out + f"--{boundary}--\r\n".encode()


class Judge:
    """Holds what the sandbox answers against the contracts, and counts the endpoints."""

    def __init__(self):
        self.upstream, self.old = contracts.load("v202309"), contracts.load("legacy")
        self.sent = {}  # legacy call -> fields that good requests held
        self.faults, self.served, self.lock = [], set(), threading.Lock()

    def judge(self, call, status, body):
        found = contracts.find(self.upstream, call)
        try:
            envelope = contracts.parse(body)
        except ValueError:
            self.fault(f"{call}: the answer is no JSON: {body[:100]!r}")
            return
        for name in ("code", "message", "request_id", "data"):
            if name not in envelope:
                self.fault(f"{call}: the envelope has no {name}")
        if status != 200 or envelope.get("code") != 0 or not found:
            return
        with self.lock:
            self.served.update(c.id for c in found)
        # In answers `!` means that a field is not null where it occurs, not that it occurs.
        ways = [contract.answer.check(envelope["data"], required=False) for contract in found]
        for fault in min(ways, key=len):
            self.fault(f"{call}: {fault}")

    def note_legacy(self, call, query, body):
        """A request of the retired API that was answered with success."""
        for contract in contracts.find(self.old, call):
            sent = self.sent.setdefault(contract.id, set())
            for section in (contract.query, contract.body):
                sent |= section.seen(query) | section.seen(body or {})

    def fault(self, words):
        with self.lock:
            self.faults.append(words)


class Shop:
    """A sandbox of its own, and a proxy before it whose calls are judged too."""

    def __init__(self, judge, *flags):
        self.judge = judge
        self.sandbox = harness.Sandbox(*flags)
        self.port = self.sandbox.port
        self.local = threading.local()
        self.relay = self.proxy = None

    def with_proxy(self):
        if not self.proxy:
            self.relay = harness.Upstream(self.hand_on)
            self.proxy = harness.Proxy(self.relay.url, apps=[{"key": APP, "secret": SECRET}])
        return self.proxy

    def hand_on(self, request):
        headers = {k: v for k, v in request.headers.items() if k not in ("host", "content-length", "connection")}
        status, fields, body = self.raw(request.method, request.target, request.body, headers)
        if not request.path.startswith("/api/"):
            self.judge.judge(request.call, status, body)
        return harness.Answer(body, status, {k: v for k, v in fields.items() if k in ("content-type", "retry-after")})

    def raw(self, method, target, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def violations(self):
        return json.loads(self.raw("GET", "/sandbox/violations", b"", {})[2])

    def native(self, call, query, body, form, token, cipher):
        """A signed call of v202309: (HTTP status, envelope)."""
        method, target = call.split(" ", 1)
        path, _, rest = target.partition("?")
        query = {**dict(urllib.parse.parse_qsl(rest, keep_blank_values=True)), **query}
        found = contracts.find(self.judge.upstream, f"{method} {path}")
        if found and "shop_cipher" in found[0].query.members and cipher:
            query.setdefault("shop_cipher", cipher)
        headers, data = {"Content-Type": "application/json"}, b""
        if form is not None:
            headers["Content-Type"], data = multipart(form)
        elif body is not None:
            data = json.dumps(body, ensure_ascii=False).encode()
        query = {k: v if isinstance(v, str) else ",".join(v) if isinstance(v, list) else json.dumps(v)
                 for k, v in query.items()}
        if found and found[0].auth_host:
            query = {"app_key": APP, "app_secret": SECRET, **query}
        else:
            query = {"app_key": APP, "timestamp": str(int(time.time())), **query}
            headers["x-tts-access-token"] = token
            query["sign"] = harness.sign(SECRET, path, query, b"" if form is not None else data)
        status, _, answer = self.raw(method, path + "?" + urllib.parse.urlencode(query), data, headers)
        self.judge.judge(f"{method} {path}", status, answer)
        return status, json.loads(answer)

    def legacy(self, call, query, body, token, shop):
        query = {k: v if isinstance(v, str) else json.dumps(v) for k, v in query.items()}
        if "/token/" in call:
            reply = self.with_proxy().call(call, body, query, bare=True)
            return reply.status, reply.json
        reply = self.with_proxy().call(call, body, {"app_key": APP, "access_token": token, "shop_id": shop, **query},
                                       secret=SECRET)
        return reply.status, reply.json

    def stop(self):
        if self.proxy:
            self.proxy.stop()
            self.relay.close()
        self.sandbox.stop()


def run(file, judge):
    """Makes all calls of a file in a new shop."""
    scenario = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))
    shop, kept = Shop(judge, *scenario.get("flags", [])), dict(scenario.get("names", {}))
    try:
        for number, step in enumerate(scenario["steps"], 1):
            try:
                run_step(shop, {**{k: scenario[k] for k in ("token", "cipher", "shop") if k in scenario}, **step}, kept)
            except Exception as error:
                raise AssertionError(f"{pathlib.Path(file).name}, step {number}, {step['call']}: {error}") from error
        found = shop.violations()
        if found["count"] and scenario.get("violations") != "expected":
            raise AssertionError(f"{pathlib.Path(file).name}: the sandbox found violations: {found['last']}")
    finally:
        shop.stop()


def run_step(shop, step, kept):
    call, token = fill(step["call"], kept), step.get("token", "demo-token")
    query, body = fill(step.get("query", {}), kept), fill(step.get("body"), kept)
    if "/api/" in call.split("?")[0] and ("/token/" not in call or step.get("via") == "proxy"):
        status, envelope = shop.legacy(call, query, body, token, step.get("shop", "7495000000000000017"))
        if envelope.get("code") == 0:
            shop.judge.note_legacy(call, query, body)
    else:
        status, envelope = shop.native(call, query, body, fill(step.get("form"), kept), token,
                                       step.get("cipher", "demo-cipher-gb"))
    wanted = step.get("code", 0)
    if envelope.get("code") != wanted or step.get("message", "") not in envelope.get("message", ""):
        raise AssertionError(f"expected code {wanted} {step.get('message', '')}, got HTTP {status} {json.dumps(envelope)[:600]}")
    data = envelope.get("data")
    for path, value in step.get("expect", {}).items():
        found = at(data, fill(path, kept))
        value = fill(value, kept)
        good = found not in (None, "", [], {}) if value == "*" else found == value
        if isinstance(value, dict) and set(value) == {"not"}:
            good = found != value["not"]
        if not good:
            raise AssertionError(f"{path}: expected {value!r}, got {found!r} in {json.dumps(data)[:600]}")
    for name, path in step.get("keep", {}).items():
        kept[name] = at(data, fill(path, kept))
        if kept[name] in (None, []):
            raise AssertionError(f"nothing to keep at {path} in {json.dumps(data)[:600]}")
