"""What the end-to-end tests share: a scripted upstream, the proxy as a process, curl as the app,
and signatures of both dialects written a second time, from their description alone.

Every proxy that a test starts is held to the house rules when it ends: exit code 0, no sanitizer
report, and none of the secrets of the test in anything it wrote.
"""

import email.parser
import email.policy
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("SHOPSHIM", str(ROOT / "build/sanitized/shopshim"))
APP, SECRET, TOKEN = "6testkey0001", "made-up-secret-0001", "made-up-token-0001"
SHOP, CIPHER = "7000000000000000001", "CIPHER_1"
SHOPS = [
    {"id": SHOP, "name": "One", "region": "GB", "seller_type": "LOCAL", "cipher": CIPHER, "code": "C1"},
    {"id": "7000000000000000002", "name": "Two", "region": "ID", "seller_type": "CROSS_BORDER",
     "cipher": "CIPHER_2", "code": "C2"},
]
SHOPS_CALL = "GET /authorization/202309/shops"


def sign(secret, path, query, body=b""):
    pairs = sorted((k, v) for k, v in query.items() if k not in ("sign", "access_token"))
    text = secret.encode() + path.encode() + b"".join(k.encode() + v.encode() for k, v in pairs) + body + secret.encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def good(data, request_id="20230722061640010001000100010001"):
    return {"code": 0, "message": "Success", "request_id": request_id, "data": data}


class Request:
    """What upstream received."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.path, _, query = target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))

    @property
    def call(self):
        return f"{self.method} {self.path}"

    @property
    def json(self):
        return json.loads(self.body) if self.body else None

    @property
    def form(self):
        """Parts of a multipart body: name -> (file name or None, bytes)."""
        head = b"Content-Type: " + self.headers["content-type"].encode() + b"\r\n\r\n"
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + self.body)
        return {part.get_param("name", header="content-disposition"): (part.get_filename(), part.get_payload(decode=True))
                for part in message.iter_parts()}

    def problems(self, secret=SECRET, token=TOKEN):
        """What a strict v202309 service would refuse about the envelope of this request."""
        found = []
        query = self.query
        content_type = self.headers.get("content-type", "")
        multipart = content_type.split(";")[0].strip() == "multipart/form-data"
        if query.get("app_key") != APP:
            found.append(f"app_key is {query.get('app_key')}")
        if abs(int(query.get("timestamp", "0")) - time.time()) > 30:
            found.append(f"timestamp is {query.get('timestamp')}")
        if self.headers.get("x-tts-access-token") != token:
            found.append("the header token is not the client's")
        if not multipart and content_type != "application/json":
            found.append(f"content type is {content_type!r}")
        expected = sign(secret, urllib.parse.unquote(self.path), query, b"" if multipart else self.body)
        if query.get("sign") != expected:
            found.append("sign is wrong")
        for name in ("access_token", "shop_id", "version"):
            if name in query:
                found.append(f"{name} went upstream")
        return found


class Answer:
    """What upstream does: a status, fields and a body, or a fault."""

    def __init__(self, body=b"", status=200, fields=None, fault=None, delay=0, raw=None):
        self.body = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        self.status, self.fields, self.fault, self.delay, self.raw = status, dict(fields or {}), fault, delay, raw


class Upstream:
    """A threaded HTTP(S) server whose answers come from `script`, a function of a Request."""

    def __init__(self, script, context=None):
        self.requests, self.script, self.lock = [], script, threading.Lock()
        self.connections, self.open = 0, set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                with outer.lock:
                    outer.connections += 1
                    outer.open.add(self.connection)

            def finish(self):
                with outer.lock:
                    outer.open.discard(self.connection)
                super().finish()

            def log_message(self, *_):
                pass

            def serve(self):
                length = int(self.headers.get("content-length", 0))
                headers = {k.lower(): v for k, v in self.headers.items()}
                request = Request(self.command, self.path, headers, self.rfile.read(length))
                with outer.lock:
                    outer.requests.append(request)
                self.give(outer.script(request))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

            def give(self, answer):
                time.sleep(answer.delay)
                if answer.fault in ("lost", "unreachable"):
                    self.close_connection = True
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    self.connection.close()
                    return
                if answer.raw is not None:
                    self.close_connection = True
                    self.wfile.write(answer.raw)
                    return
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.fields}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.port = self.server.server_address[1]
        self.url = f"{scheme}://{'localhost' if context else '127.0.0.1'}:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def calls(self, but_shops=True):
        with self.lock:
            return [r.call for r in self.requests if not (but_shops and r.call == SHOPS_CALL)]

    def close(self):
        """As if it were killed: nobody listens, and every connection ends."""
        self.server.shutdown()
        self.server.server_close()
        with self.lock:
            for connection in self.open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def with_shops(script, shops=None):
    """A script that answers the list of shops itself and hands on the rest."""
    def answer(request):
        if request.call == SHOPS_CALL:
            return Answer(good({"shops": SHOPS if shops is None else shops}))
        return script(request)
    return answer


class Reply:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    @property
    def json(self):
        return json.loads(self.body)


class Process:
    """The binary with arguments; `ready` is waited for in its output."""

    def __init__(self, arguments, ready=None, env=None, secrets=()):
        self.output, self.secrets = [], [SECRET, TOKEN, *secrets]
        self.seen = threading.Condition()
        self.process = subprocess.Popen([BINARY, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        if ready:
            self.match = self.wait_for(ready)

    def read(self):
        with self.process.stdout as stream:
            for line in stream:
                with self.seen:
                    self.output.append(line.decode("utf-8", "replace"))
                    self.seen.notify_all()

    def text(self):
        with self.seen:
            return "".join(self.output)

    def wait_for(self, pattern, seconds=30):
        end = time.monotonic() + seconds
        with self.seen:
            while True:
                found = re.search(pattern, "".join(self.output))
                if found:
                    return found
                left = end - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    raise AssertionError(f"{pattern!r} not in the output:\n{''.join(self.output)}")
                self.seen.wait(min(left, 0.2))

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        """Ends it; its exit code and the house rules are checked."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("did not end within 30 s of the signal:\n" + self.text())
        self.reader.join(10)
        text = self.text()
        if "Sanitizer" in text or "runtime error:" in text:
            raise AssertionError("sanitizer report:\n" + text)
        for secret in self.secrets:
            if secret in text:
                raise AssertionError(f"a secret ({secret[:6]}...) is in the output:\n{text}")
        if code != 0:
            raise AssertionError(f"exit code {code}:\n{text}")


class Proxy(Process):
    """`shopshim serve` before an upstream URL."""

    def __init__(self, upstream, settings=None, env=None, apps=None, verbose=True):
        self.directory = tempfile.TemporaryDirectory()
        config = {
            "listen": "127.0.0.1:0", "admin": "127.0.0.1:0", "workers": 2,
            "upstream": {"api": upstream, "auth": upstream},
            "apps": apps or [{"key": APP, "secret": SECRET}],
            "mappings": str(ROOT / "mappings"),
        }
        if verbose:
            config["log"] = {"level": "debug", "access": "all"}
        for key, value in (settings or {}).items():
            config[key] = {**config.get(key, {}), **value} if isinstance(value, dict) else value
        path = pathlib.Path(self.directory.name) / "shopshim.json"
        path.write_text(json.dumps(config))
        super().__init__(["serve", "--config", str(path)], r"listening on http://127\.0\.0\.1:(\d+)", env)
        self.port = int(self.match[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.admin = re.search(r"admin http://127\.0\.0\.1:(\d+)", self.text())

    def stop(self, number=signal.SIGTERM):
        try:
            super().stop(number)
        finally:
            self.directory.cleanup()

    def target(self, path, query=None, bare=False, secret=SECRET):
        """A legacy request target, signed unless `bare`; a None in `query` leaves a name out."""
        query = dict(query or {})
        signed = not bare and "sign" not in query
        if not bare:
            query = {"app_key": APP, "timestamp": str(int(time.time())), "access_token": TOKEN, "shop_id": SHOP, **query}
        query = {k: v for k, v in query.items() if v is not None}
        if signed:
            query["sign"] = sign(secret, path, query)
        return path + ("?" + urllib.parse.urlencode(query) if query else "")

    def call(self, call, body=None, query=None, bare=False, secret=SECRET, fields=None):
        method, path = call.split(" ")
        return curl(self.url + self.target(path, query, bare, secret), method, body, fields)


class Sandbox(Process):
    """`shopshim sandbox` with these flags."""

    def __init__(self, *flags):
        super().__init__(["sandbox", "--listen", "127.0.0.1:0", "--mappings", str(ROOT / "mappings"), *flags],
                         r"sandbox listening on (http://127\.0\.0\.1:(\d+))")
        self.url, self.port = self.match[1], int(self.match[2])


def curl(url, method="GET", body=None, fields=None, extra=()):
    """One request by the real curl; HTTP status, fields and body of its last answer."""
    with tempfile.TemporaryDirectory() as directory:
        head, data = pathlib.Path(directory) / "head", pathlib.Path(directory) / "data"
        command = ["curl", "-sS", "--max-time", "60", "-X", method, "-D", str(head), "-H", "Content-Type: application/json"]
        for name, value in (fields or {}).items():
            command += ["-H", f"{name}: {value}"]
        if body is not None:
            data.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
            command += ["--data-binary", f"@{data}"]
        done = subprocess.run([*command, *extra, url], capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"curl ended with {done.returncode}: {done.stderr.decode()}")
        blocks = [b for b in head.read_bytes().decode("latin-1").split("\r\n\r\n") if b.strip()]
        lines = blocks[-1].split("\r\n")
        answer_fields = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
        return Reply(int(lines[0].split()[1]), answer_fields, done.stdout)


def raw_exchange(port, data, seconds=10, shut=False):
    """Sends bytes as they are and reads until the other side closes or falls silent."""
    with socket.create_connection(("127.0.0.1", port), seconds) as connection:
        connection.settimeout(seconds)
        connection.sendall(data)
        if shut:
            connection.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while piece := connection.recv(65536):
                got += piece
        except (ConnectionResetError, socket.timeout):
            pass
        return got


def envelopes(raw):
    """The JSON envelopes in a raw byte stream of answers with Content-Length."""
    found = []
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        length = int(re.search(rb"(?i)content-length: *(\d+)", head)[1])
        found.append((status, head, json.loads(rest[:length])))
        raw = rest[length:]
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificates(directory, host="localhost"):
    """A certificate authority and a server certificate of its own making: (ca file, SSLContext)."""
    d = pathlib.Path(directory)
    run = lambda *command: subprocess.run(command, check=True, capture_output=True)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-keyout", str(d / "ca.key"), "-out", str(d / "ca.pem"), "-subj", "/CN=made-up authority")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", str(d / "server.key"), "-out", str(d / "server.csr"), "-subj", f"/CN={host}")
    (d / "ext").write_text(f"subjectAltName=DNS:{host}")
    run("openssl", "x509", "-req", "-in", str(d / "server.csr"), "-CA", str(d / "ca.pem"), "-CAkey", str(d / "ca.key"),
        "-CAcreateserial", "-days", "2", "-extfile", str(d / "ext"), "-out", str(d / "server.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(d / "server.pem", d / "server.key")
    return d / "ca.pem", context
