"""Every command of shopshim as a user meets it: what it prints, where, and how it ends."""

import hashlib
import hmac
import json
import os
import pathlib
import pty
import re
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree

from harness import APP, BINARY, ROOT, SECRET, Answer, Process, Proxy, Upstream, curl, good, sign, with_shops

COMMANDS = ["serve", "sandbox", "demo", "check", "explain", "sign", "routes", "docs", "healthcheck", "version", "help"]
QUIET = {name: value for name, value in os.environ.items() if not name.startswith("SHOPSHIM_")}


def run(*words, stdin="", env=None, cwd=ROOT):
    return subprocess.run([BINARY, *words], input=stdin, capture_output=True, text=True, timeout=120,
                          env={**QUIET, **(env or {})}, cwd=cwd, check=False)


class Command(unittest.TestCase):
    """A temporary directory, and checks that read like a table."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def write(self, name, content):
        path = self.directory / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def ends(self, done, code, out=(), err=()):
        told = f"\n{' '.join(done.args[1:])}\nstdout: {done.stdout}\nstderr: {done.stderr}"
        self.assertEqual(done.returncode, code, told)
        for words in out:
            self.assertIn(words, done.stdout, told)
        for words in err:
            self.assertIn(words, done.stderr, told)
        self.assertNotIn("Sanitizer", done.stderr, told)
        return done

    def config(self, **settings):
        return {"listen": "127.0.0.1:0", "admin": "127.0.0.1:0", "workers": 1, "mappings": str(ROOT / "mappings"),
                "upstream": {"api": "http://127.0.0.1:9", "auth": "http://127.0.0.1:9"},
                "apps": [{"key": APP, "secret_file": self.write("secret", SECRET + "\n")}], **settings}

    def start(self, *words, ready, env=None):
        process = Process(words, ready, env=env)
        self.addCleanup(lambda: process.process.poll() is None and process.process.kill())
        return process


class Help(Command):
    def test_every_command_describes_itself(self):
        overview = self.ends(run("help"), 0, ["usage: shopshim COMMAND"])
        for name in COMMANDS:
            with self.subTest(name):
                self.assertRegex(overview.stdout, rf"(?m)^{name} +\S")
                told = self.ends(run(name, "--help"), 0, [f"usage: shopshim {name}", "-h, --help"])
                self.assertEqual(told.stderr, "")
                self.assertEqual(run("help", name).stdout, told.stdout)
                self.assertEqual(run(name, "-h").stdout, told.stdout)

    def test_help_wins_over_faults(self):
        self.ends(run("serve", "--nonsense", "--help"), 0, ["usage: shopshim serve"])

    def test_short_ways(self):
        self.assertEqual(run("--help").stdout, run("help").stdout)
        self.assertEqual(run("--version").stdout, run("version").stdout)

    def test_faults_of_the_line(self):
        for words, said in [
            ([], "usage: shopshim COMMAND"),
            (["serv"], "did you mean `serve`?"),
            (["zzzzzzzz"], "there is no command `zzzzzzzz`"),
            (["serve", "--lisen", "x"], "did you mean --listen?"),
            (["serve", "--workers", "many"], "--workers: expected a whole number from 0 to 64, not `many`"),
            (["serve", "--workers"], "--workers needs a value"),
            (["serve", "now"], "one word too many: `now`"),
            (["check", "--format", "xml"], "expected one of text, json, junit, not `xml`"),
            (["demo", "--once=yes"], "--once takes no value"),
            (["help", "nothing"], "there is no help for `nothing`"),
            (["sandbox", "--orders", "0"], "expected a whole number from 1 to 1000000, not `0`"),
        ]:
            with self.subTest(words):
                done = self.ends(run(*words), 2, err=[said])
                self.assertEqual(done.stdout, "")

    def test_version(self):
        told = self.ends(run("version"), 0, ["libevent ", "libcurl ", "OpenSSL ", "cJSON ", "zlib "])
        self.assertRegex(told.stdout, r"^shopshim \d+\.\d+\.\d+\n")

    def test_full_disk_is_told(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([BINARY, "version"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write: No space left on device", done.stderr)


class Check(Command):
    def test_good(self):
        self.ends(run("check"), 0, ["0 errors, 0 warnings;"])
        told = self.ends(run("check", "--format", "json"), 0)
        self.assertEqual(json.loads(told.stdout), {"findings": [], "errors": 0, "warnings": 0})

    def test_configuration_and_tables_at_once(self):
        tables = self.directory / "tables"
        shutil.copytree(ROOT / "mappings", tables)
        table = tables / "order/get_order_list.json"
        table.write_text(table.read_text().replace('"reply"', '"replay"'), encoding="utf-8")
        (tables / "errors.json").write_text("{", encoding="utf-8")
        config = self.write("c.json", self.config(lisen="x", mappings=str(tables)))
        told = self.ends(run("check", "--config", config), 1,
                         ["$.lisen: there is no such setting (did you mean listen?)", "get_order_list.json",
                          "errors.json"])
        self.assertRegex(told.stdout, r"(?m)^[1-9]\d* errors, ")
        findings = json.loads(run("check", "--config", config, "--format", "json").stdout)
        self.assertEqual(findings["errors"] + findings["warnings"], len(findings["findings"]))
        self.assertIn("did you mean listen?", [finding["hint"] for finding in findings["findings"]])

    def test_against_contracts(self):
        tables = self.directory / "tables"
        shutil.copytree(ROOT / "mappings", tables, ignore=shutil.ignore_patterns("contracts"))
        table = tables / "order/get_order_list.json"
        table.write_text(table.read_text().replace('"total": "orders.total_count', '"total": "orders.totl_count'),
                         encoding="utf-8")
        contracts = str(ROOT / "mappings/contracts")
        self.ends(run("check", "--mappings", str(tables), "--contracts", contracts), 1,
                  ["get_order_list.json: $.reply.total: ", "(did you mean total_count?)", "1 error, 0 warnings;"])
        self.ends(run("check", "--mappings", str(tables)), 1, [f"{tables}/contracts/legacy: cannot be opened"])

    def test_cases(self):
        cases = self.directory / "cases"
        shutil.copytree(ROOT / "tests/cases", cases)
        self.ends(run("check", "--cases", str(cases)), 0)
        shutil.rmtree(cases / "order/get_order_list")
        self.ends(run("check", "--cases", str(cases)), 1,
                  ["order/get_order_list.json: $: the endpoint has no case "
                   f"(write one in {cases}/order/get_order_list/)", "1 error, 0 warnings;"])
        self.ends(run("check", "--cases", str(self.directory / "nowhere")), 1, ["nowhere: cannot be opened"])

    def test_junit(self):
        good = xml.etree.ElementTree.fromstring(self.ends(run("check", "--format", "junit"), 0).stdout)
        tests = good.findall("testsuite/testcase")
        self.assertEqual(good.attrib, {"tests": str(len(tests)), "failures": "0"})
        self.assertTrue([test for test in tests if test.get("name").endswith("order/get_order_list.json")])
        self.assertFalse(good.findall(".//failure"))
        config = self.write("c.json", self.config(lisen="x", **{"<&\">": 1}))
        bad = xml.etree.ElementTree.fromstring(self.ends(run("check", "--config", config, "--format", "junit"), 1).stdout)
        failed = [test for test in bad.findall("testsuite/testcase") if test.find("failure") is not None]
        self.assertEqual([test.get("name") for test in failed], [config])
        self.assertEqual(bad.get("failures"), "1")
        self.assertIn("error: $.lisen: there is no such setting (did you mean listen?)", failed[0].find("failure").text)
        self.assertIn("<&\">", failed[0].find("failure").text)

    def test_no_directory(self):
        self.ends(run("check", "--mappings", str(self.directory / "nowhere")), 1, ["nowhere"])

    def test_environment_counts(self):
        self.ends(run("check", env={"SHOPSHIM_MAPPINGS": str(self.directory)}), 1, [str(self.directory)])


class Sign(Command):
    QUERY = "shop_id=7&app_key=k&timestamp=1&access_token=door&sign=old&empty="

    def sign(self, *words, secret="hunter2secret", env=None):
        file = self.write("secret", secret + "\n")
        return run("sign", "--secret-file", file, *words, env=env)

    def test_legacy(self):
        told = self.ends(self.sign("--url", f"https://host/api/x?{self.QUERY}", "--body", "{}"), 0,
                         ["left out: access_token, sign", "***/api/xapp_keykemptyshop_id7timestamp1***",
                          "never counts"])
        query = {"shop_id": "7", "app_key": "k", "timestamp": "1", "empty": ""}
        self.assertIn(sign("hunter2secret", "/api/x", query), told.stdout)
        self.assertNotIn("hunter2secret", told.stdout)
        self.assertNotIn("door", told.stdout)

    def test_v202309(self):
        told = self.ends(self.sign("--dialect", "v202309", "--path", "/a/1", "--query", "b=%20+c", "--body", "{\"x\": 1}"),
                         0, ["***/a/1b  c{\"x\": 1}***"])
        self.assertIn(sign("hunter2secret", "/a/1", {"b": "  c"}, b'{"x": 1}'), told.stdout)

    def test_multipart_keeps_the_body_out(self):
        told = self.ends(self.sign("--dialect", "v202309", "--path", "/a", "--body", "x", "--content-type",
                                   "multipart/form-data; boundary=b"), 0, ["does not count: multipart/form-data"])
        self.assertIn(sign("hunter2secret", "/a", {}), told.stdout)

    def test_webhook(self):
        body = self.write("push.json", '{"type":1}')
        told = self.ends(self.sign("--dialect", "webhook", "--app-key", "k", "--body-file", body), 0)
        self.assertIn(hmac.new(b"hunter2secret", b'k{"type":1}', hashlib.sha256).hexdigest(), told.stdout)

    def test_ciphers_are_masked_until_asked_for(self):
        url = "/a?shop_cipher=opens-a-door"
        self.assertNotIn("opens-a-door", self.sign("--url", url).stdout)
        told = self.sign("--url", url, "--show-secret").stdout
        self.assertIn("hunter2secret/ashop_cipheropens-a-doorhunter2secret", told)

    def test_compare(self):
        right = sign("hunter2secret", "/a", {})
        self.ends(self.sign("--url", "/a", "--compare", right.upper()), 0, ["is right"])
        self.ends(self.sign("--url", "/a", "--compare", "0" * 64), 1, ["is another"])

    def test_secret_from_the_environment(self):
        file = self.write("other", "from-a-file")
        for env in ({"SHOPSHIM_APP_SECRET": "from-a-file"}, {"SHOPSHIM_APP_SECRET_FILE": file}):
            told = self.ends(run("sign", "--url", "/a", env=env), 0)
            self.assertIn(sign("from-a-file", "/a", {}), told.stdout)

    def test_faults_at_once(self):
        self.ends(run("sign", "--query", "a=%zz"), 2,
                  err=["expected the app's secret", "expected a path that begins with /", "not percent-coded"])
        self.ends(run("sign", "--dialect", "webhook", "--secret-file", "/nowhere"), 2,
                  err=["cannot read the secret's file (No such file or directory): /nowhere", "expected --app-key"])
        self.ends(self.sign("--url", "/a", "--body-file", "/nowhere"), 2, err=["cannot read the body's file"])


class Explain(Command):
    CURL = ("curl -X POST 'https://open-api.example/api/orders/search?app_key=k&access_token=door-opener&shop_id=42"
            "&timestamp=1&sign=abcdef' -H 'Content-Type: application/json' -d '{\"page_size\": 5, \"order_status\": 111}'")

    def explained(self, done, code=0):
        self.ends(done, code, [
            "is served by the table order/get_order_list",
            "curl -X GET 'https://<upstream.api>/authorization/202309/shops?",
            "shop 42 in the region GB with the cipher <shop_cipher of shop 42>",
            "curl -X POST 'https://<upstream.api>/order/202309/orders/search?",
            "shop_cipher=<shop_cipher of shop 42>&sign=***'",
            "-H 'x-tts-access-token: ***'", "-d '{\"order_status\":\"AWAITING_SHIPMENT\"}'"])
        self.assertNotIn("door-opener", done.stdout + done.stderr)
        self.assertNotIn("abcdef", done.stdout + done.stderr)

    def test_every_form_of_a_request(self):
        http = ("POST /api/orders/search?app_key=k&access_token=door-opener&shop_id=42 HTTP/1.1\r\nHost: h\r\n"
                "Content-Type: application/json\r\n\r\n{\"page_size\": 5, \"order_status\": 111}")
        for name, done in [
            ("one text", run("explain", self.CURL)),
            ("words", run("explain", "--", *shlex.split(self.CURL))),
            ("file", run("explain", self.write("line.txt", self.CURL))),
            ("http file", run("explain", self.write("request.http", http))),
            ("standard input", run("explain", "-", stdin=self.CURL.replace(" -H", " \\\n  -H"))),
        ]:
            with self.subTest(name):
                self.explained(done)

    def test_an_upstream_from_the_configuration(self):
        config = self.write("c.json", {"upstream": {"api": "https://api.example", "auth": "https://auth.example"}})
        self.ends(run("explain", "--config", config, self.CURL), 0, ["curl -X POST 'https://api.example/order/"])

    def test_what_is_missing_is_made_up(self):
        self.ends(run("explain", "--", "POST", "/api/orders/search", '{"page_size": 5}'), 0,
                  ["made up, because the request has none: app_key", "made up, because the request has none: access_token",
                   "page_size=5&app_key=APP_KEY"])

    def test_calls_that_wait(self):
        body = '{"product_id": "1", "skus": [{"id": "2", "original_price": "1.50"}]}'
        cipher = "/api/products/prices?shop_cipher=own-cipher"
        done = self.ends(run("explain", "--", "PUT", cipher, body), 0,
                         ["curl -X GET 'https://<upstream.api>/product/202309/products/1?",
                          "# then, from the answer of product:\n#   POST /product/202309/products/{product_id}/prices/update"])
        self.assertNotIn("own-cipher", done.stdout)

    def test_files_are_told_by_their_size(self):
        self.ends(run("explain", "--", "POST", "/api/products/upload_imgs", '{"img_data": "iVBORw0KGgo=", "img_scene": 1}'),
                  0, [".png (8 bytes)'", "-F 'use_case=MAIN_IMAGE'"])

    def test_secrets_of_the_authorization_host(self):
        done = self.ends(run("explain", "--", "POST", "/api/token/getAccessToken", json.dumps(
            {"app_key": "k", "app_secret": "very-secret-1", "auth_code": "code-to-tokens", "grant_type": "authorized_code"})),
            0, ["'https://<upstream.auth>/api/v2/token/get?", "app_secret=***"])
        for secret in ("very-secret-1", "code-to-tokens"):
            self.assertNotIn(secret, done.stdout + done.stderr)

    def test_refusals(self):
        for words, said in [
            (["POST", "/api/orders/search", '{"page_size": 5000}'], "page_size must be from 1 to 50"),
            (["GET", "/api/nowhere"], "There is no endpoint GET /api/nowhere."),
            (["GET", "/api/orders/search"], "POST"),
        ]:
            with self.subTest(words):
                done = self.ends(run("explain", "--", *words), 1, ["# answered without a call upstream: HTTP 4", said])
                envelope = json.loads(done.stdout[done.stdout.index("{\"code\""):])
                self.assertNotEqual(envelope["code"], 0)

    def test_no_such_file(self):
        self.ends(run("explain", "nope.http"), 2, err=["cannot read nope.http: No such file"])

    def test_strict(self):
        config = self.write("c.json", {"apps": [{"key": "k", "secret": "strict-secret"}]})
        self.ends(run("explain", "--strict", self.CURL), 1, ["HTTP 4"])
        self.ends(run("explain", "--strict", "--config", config, self.CURL), 1, ["string to sign"])
        query = {"app_key": "k", "shop_id": "42", "timestamp": str(int(time.time()))}
        query["sign"] = sign("strict-secret", "/api/orders/search", query)
        url = "/api/orders/search?access_token=t&" + "&".join(f"{k}={v}" for k, v in query.items())
        done = self.ends(run("explain", "--strict", "--config", config, "--", "POST", url, '{"page_size": 5}'), 0)
        self.assertNotIn("strict-secret", done.stdout + done.stderr)

    def test_faults(self):
        for words, said in [
            ([], "expected a request"),
            (["curl"], "the curl command holds no URL"),
            (["curl -F a=b https://h/a"], "this option of curl is not known here: -F"),
            (["curl 'https://h/a"], "a quote ' is opened and never closed"),
            (["hello"], "expected a request line"),
        ]:
            with self.subTest(words):
                self.ends(run("explain", *words), 2, err=[said])


class Serve(Command):
    def test_test_alone(self):
        config = self.write("c.json", self.config())
        for flag in ("-t", "--test"):
            self.ends(run("serve", flag, "--config", config), 0, ["configuration and tables are good: "])

    def test_the_sample_is_good(self):
        sample = json.loads((ROOT / "docker/config.sample.json").read_text())
        sample["apps"][0]["secret_file"] = self.write("secret", SECRET)
        sample["mappings"] = str(ROOT / "mappings")
        self.ends(run("serve", "-t", "--config", self.write("c.json", sample)), 0)

    def test_all_faults_at_once(self):
        config = self.write("c.json", {"lisen": 1, "workers": 99, "client": {"idel_ms": 1}, "upstream": {"api": "ftp://x"},
                                       "apps": [{"key": "a"}, {"key": "b", "secret_file": "nowhere"}]})
        done = self.ends(run("serve", "-t", "--config", config), 3, err=[
            "$.lisen: there is no such setting (did you mean listen?)", "$.workers: expected a whole number from 0 to 64",
            "$.client.idel_ms: there is no such setting (did you mean idle_ms?)", "upstream.api", "upstream.auth",
            "$.apps[0]: expected secret_file (or secret)", "$.apps[1].secret_file: cannot read the secret's file"])
        self.assertEqual(done.stdout, "")

    def test_bad_tables_stop_the_start(self):
        self.ends(run("serve", "-t", "--config", self.write("c.json", self.config(mappings=str(self.directory)))), 3,
                  err=["profiles.json"])

    def test_settings_from_everywhere(self):
        env = {"SHOPSHIM_UPSTREAM": "http://127.0.0.1:9", "SHOPSHIM_UPSTREAM_AUTH": "http://127.0.0.1:9",
               "SHOPSHIM_APP": APP, "SHOPSHIM_APP_SECRET_FILE": self.write("secret", SECRET + "\n"),
               "SHOPSHIM_LISTEN": "not an address"}
        self.ends(run("serve", "-t", "--listen", "127.0.0.1:0", env=env), 0)
        self.ends(run("serve", "-t", env=env), 3, err=["environment: SHOPSHIM_LISTEN: "])
        self.ends(run("serve", "-t", "--listen", "127.0.0.1:0", env={**env, "SHOPSHIM_APP_SECRET_FILE": ""}), 3,
                  err=["expected the secret of app " + APP])

    def test_address_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for setting in ("listen", "admin"):
                with self.subTest(setting):
                    config = self.write("c.json", self.config(**{setting: address}))
                    self.ends(run("serve", "--config", config), 4, err=["cannot listen"])

    def test_ready_line_and_both_signals(self):
        config = self.write("c.json", self.config())
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start("serve", "--config", config, ready=r"(?m)^shopshim \d+\.\d+\.\d+ listening on "
                                 r"(http://127\.0\.0\.1:\d+) \(admin (http://127\.0\.0\.1:\d+)\)$")
            url, admin = process.match[1], process.match[2]
            self.assertEqual(curl(admin + "/readyz").status, 200)
            self.assertNotEqual(curl(url + "/api/nowhere").json["code"], 0)
            self.ends(run("healthcheck", "--admin", admin.removeprefix("http://")), 0, ["ready: "])
            process.stop(number)
            self.ends(run("healthcheck", "--admin", admin.removeprefix("http://")), 5, err=["readyz: "])

    def test_reload(self):
        tables = self.directory / "tables"
        shutil.copytree(ROOT / "mappings", tables)
        upstream = Upstream(with_shops(lambda request: Answer(good({"orders": [], "total_count": 0, "next_page_token": ""}))))
        self.addCleanup(upstream.close)
        proxy = Proxy(upstream.url, {"mappings": str(tables)})
        self.addCleanup(lambda: proxy.process.poll() is None and proxy.process.kill())
        ask = lambda: proxy.call("POST /api/orders/search", {"page_size": 5}).json["code"]
        self.assertEqual(ask(), 0)
        table = tables / "order/get_order_list.json"
        whole = table.read_text()
        table.write_text("{", encoding="utf-8")
        proxy.process.send_signal(signal.SIGHUP)
        proxy.wait_for("are not good: the old ones stay")
        self.assertIn("get_order_list.json: is not JSON: expected a key", proxy.text())
        self.assertEqual(ask(), 0)
        table.unlink()
        proxy.process.send_signal(signal.SIGHUP)
        proxy.wait_for("loaded again")
        self.assertNotEqual(ask(), 0)
        table.write_text(whole, encoding="utf-8")
        proxy.process.send_signal(signal.SIGHUP)
        proxy.wait_for("(?s)loaded again.*loaded again")
        self.assertEqual(ask(), 0)
        proxy.stop()

    def test_draining_lets_requests_end(self):
        def slow(_request):
            time.sleep(1)
            return Answer(good({"orders": [], "total_count": 0, "next_page_token": ""}))
        upstream = Upstream(with_shops(slow))
        self.addCleanup(upstream.close)
        proxy = Proxy(upstream.url)
        self.addCleanup(lambda: proxy.process.poll() is None and proxy.process.kill())
        command = ["curl", "-sS", "-X", "POST", "-d", '{"page_size": 5}', proxy.url + proxy.target("/api/orders/search")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as asking:
            while not upstream.calls():
                time.sleep(0.02)
            proxy.stop()
            self.assertEqual(json.loads(asking.communicate()[0])["code"], 0)


class Sandbox(Command):
    def test_serves_until_a_signal(self):
        process = self.start("sandbox", "--listen", "127.0.0.1:0", "--seed", "7", "--orders", "5",
                             ready=r"sandbox listening on (http://127\.0\.0\.1:\d+)")
        self.assertIn("sandbox/access.json", process.wait_for(r"apps and tokens it knows: (.*)")[1])
        answer = curl(process.match[1] + "/authorization/202309/shops")
        self.assertNotEqual(answer.json["code"], 0)
        process.stop()

    def test_address_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.ends(run("sandbox", "--listen", f"127.0.0.1:{taken.getsockname()[1]}"), 4, err=["sandbox"])
        self.ends(run("sandbox", "--listen", "[::1]:0"), 3, err=["expected an IPv4 address"])

    def test_control_paths(self):
        process = self.start("sandbox", "--listen", "localhost:0", ready=r"listening on (http://127\.0\.0\.1:\d+)")
        for path in ("/sandbox", "/sandbox/", "/sandbox/violation"):
            reply = curl(process.match[1] + path)
            self.assertEqual(404, reply.status)
            self.assertIn("/sandbox/violations (GET DELETE), ", reply.json["error"])
        self.assertEqual(0, curl(process.match[1] + "/sandbox/violations").json["count"])
        process.stop()

    def test_state_that_cannot_be_saved(self):
        folder = self.directory / "gone"
        self.ends(run("sandbox", "--listen", "127.0.0.1:0", "--state", str(folder / "s.json")), 3, err=["cannot write"])
        folder.mkdir()
        process = self.start("sandbox", "--listen", "127.0.0.1:0", "--state", str(folder / "s.json"),
                             ready=r"listening on (http://127\.0\.0\.1:\d+)")
        shutil.rmtree(folder)
        curl(process.match[1] + "/sandbox/reset", "POST")
        process.wait_for("the sandbox's state is not saved: cannot write")
        process.stop()
        self.assertIn("the last changes are lost", process.text())

    def test_state_beyond_the_size_of_files(self):
        process = self.start("sandbox", "--listen", "127.0.0.1:0", "--state", str(self.directory / "s.json"),
                             ready=r"listening on (http://127\.0\.0\.1:\d+)")
        resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (16, 16))
        curl(process.match[1] + "/sandbox/reset", "POST")
        process.wait_for("the sandbox's state is not saved: cannot write .*File too large")
        process.stop()

    def test_bad_tables(self):
        self.ends(run("sandbox", "--listen", "127.0.0.1:0", "--mappings", str(self.directory)), 3, err=["sandbox"])


class Demo(Command):
    PARTS = ["What the app sent", "POST /api/orders/search", "What went upstream", "GET /authorization/202309/shops",
             "POST /order/202309/orders/search", "AWAITING_SHIPMENT", "What came back", "more", "What the app got", "order_list"]
    SECRETS = ["demo-secret", "demo-token"]

    def test_once(self):
        done = self.ends(run("demo", "--once"), 0, self.PARTS)
        self.assertNotIn("\033", done.stdout)
        self.assertEqual(done.stderr, "")
        for secret in self.SECRETS:
            self.assertNotIn(secret, done.stdout)
        self.assertRegex(done.stdout, r"sign +\*\*\*\n")
        places = [done.stdout.index(part) for part in self.PARTS if part.startswith("What")]
        self.assertEqual(places, sorted(places))

    def test_serves_and_its_line_works(self):
        process = self.start("demo", ready="Serving until interrupted")
        line = re.search(r"(?m)^curl -X .*$", process.text())[0]
        done = subprocess.run(["sh", "-c", line + " -sS"], capture_output=True, text=True, timeout=60, check=False)
        answer = json.loads(done.stdout)
        self.assertEqual((answer["code"], len(answer["data"]["order_list"])), (0, 2), done.stdout)
        process.stop(signal.SIGINT)

    def colours(self, env):
        """What it writes to a terminal."""
        ours, theirs = pty.openpty()
        with subprocess.Popen([BINARY, "demo", "--once"], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL,
                              cwd=ROOT, env={**QUIET, "TERM": "xterm", **env}) as process:
            os.close(theirs)
            text = b""
            try:
                while piece := os.read(ours, 65536):
                    text += piece
            except OSError:
                pass  # the other end of a terminal closes like this
            os.close(ours)
        self.assertEqual(process.returncode, 0, text)
        self.assertIn(b"What the app got", text)
        return b"\033[" in text

    def test_colours_for_terminals_only(self):
        env = {name: value for name, value in QUIET.items() if name == "NO_COLOR"}
        self.assertFalse(env, "these tests need NO_COLOR to be unset")
        self.assertTrue(self.colours({}))
        self.assertFalse(self.colours({"NO_COLOR": "1"}))
        self.assertFalse(self.colours({"TERM": "dumb"}))

    def test_found_from_anywhere(self):
        self.ends(run("demo", "--once", cwd=self.directory), 0, self.PARTS)

    def test_bad_tables(self):
        self.ends(run("demo", "--once", "--mappings", str(self.directory)), 3, err=["demo.json"])


class Healthcheck(Command):
    def test_nobody_there(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{unused.getsockname()[1]}"
            self.ends(run("healthcheck", "--admin", address), 5, err=[f"http://{address}/readyz: "])
            self.ends(run("healthcheck", env={"SHOPSHIM_ADMIN": address}), 5, err=[address])
            config = self.write("c.json", self.config(admin=address))
            self.ends(run("healthcheck", "--config", config), 5, err=[address])

    def test_unix_socket(self):
        path = f"unix:{self.directory}/admin"
        self.ends(run("healthcheck", "--admin", path), 5, err=[f"{path}:/readyz: "])
        process = self.start("serve", "--config", self.write("c.json", self.config(admin=path)), ready=r"listening on ")
        self.ends(run("healthcheck", "--admin", path), 0, out=[f"ready: {path}:/readyz"])
        self.ends(run("routes", "--admin", path), 0, out=["Get Order List"])
        process.stop()

    def test_not_ready(self):
        upstream = Upstream(lambda request: Answer({}, status=503))
        self.addCleanup(upstream.close)
        self.ends(run("healthcheck", "--admin", f"127.0.0.1:{upstream.port}"), 5, err=["answers 503"])

    def test_bad_configuration(self):
        self.ends(run("healthcheck", "--config", self.write("c.json", "{")), 3, err=["c.json"])


class Dev(unittest.TestCase):
    """The script of set-up: what it can say without doing anything."""

    def test_help_and_faults(self):
        for words, code, said in [(["help"], 0, "usage: ./dev COMMAND"), (["--help"], 0, "usage: ./dev COMMAND"),
                                  ([], 0, "usage: ./dev COMMAND"), (["nonsense"], 2, "no such command: nonsense"),
                                  (["fuzz", "long"], 2, "usage: ./dev COMMAND")]:
            with self.subTest(words):
                done = subprocess.run([str(ROOT / "dev"), *words], capture_output=True, text=True, timeout=120, check=False)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(said, done.stdout + done.stderr)

    def test_ci_runs_the_test_command(self):
        self.assertIn("exec ./dev test\n", (ROOT / ".ci/run").read_text())


if __name__ == "__main__":
    unittest.main()
