#!/usr/bin/env python3
"""Measures shopshim against nginx's plain pass-through and its json room against cJSON, side by
side in one run, and prints ratios.

    ./dev bench                 everything, about five minutes
    ./dev bench --seconds 2     shorter, noisier
    ./dev bench --only load     one part

Parts: json, tables, load, sandbox, instructions, memory. Proxies have one worker and a processor of their
own; the load generator and upstream share another. Baseline and shopshim take turns, so that a
machine whose speed drifts hurts both; each figure is the median of the rounds. Nothing passes or
fails: the last lines put what was measured beside what the project asks of itself.
How to read it: docs/benchmarks.md.
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import http.client
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import documents
from servers import CPUS, OTHER_CPU, PROXY_CPU, Servers, cpu_seconds, memory_kib, pinned

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("SHOPSHIM", ROOT / "build/release/shopshim"))
APP, SECRET = "6benchkey0001", "made-up-bench-secret"
SIZES = {"2 KB": 2_000, "200 KB": 200_000}

WRK = """
wrk.method = "POST"
wrk.path = "{path}"
wrk.headers["Content-Type"] = "application/json"
{more}
wrk.body = '{body}'
"""

beside = []  # what was measured beside its goal: (words, figure, "at least" or "at most", goal)


def heading(title, explanation):
    print(f"\n{title}\n{explanation}\n", flush=True)


# ---- requests ----


def with_sign(path, secret, query, body=""):
    """A target with its signature; good for five minutes."""
    query = {"timestamp": str(int(time.time())), **query}
    text = secret + path + "".join(k + v for k, v in sorted(query.items())) + body + secret
    query["sign"] = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return path + "?" + "&".join(f"{k}={v}" for k, v in query.items())


def signed(path, **query):
    """A legacy request target."""
    query = {"app_key": APP, "shop_id": documents.SHOP, **query}
    return with_sign(path, SECRET, query) + "&access_token=bench-token"


def detail():
    return signed("/api/orders/detail/query", version="202306"), '{"order_id_list":["576461000000000000"]}'


def post(connection, target, body):
    connection.request("POST", target, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200 or b'"code":0' not in data:
        raise SystemExit(f"bench: answer {answer.status}: {data[:300]!r}")
    return data


def connect(port):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


# ---- load ----


def microseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)$", text).groups()
    return float(number) * {"us": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000}[unit]


def wrk(directory, port, connections, seconds, request=None):
    target, body = request or detail()
    script = pathlib.Path(directory) / "load.lua"
    more = "" if request is None else 'wrk.headers["x-tts-access-token"] = "demo-token"'
    script.write_text(WRK.format(path=target, body=body, more=more))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    command = pinned(OTHER_CPU, [*command, "-s", str(script), f"http://127.0.0.1:{port}"])
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("bench: some answers were not good:\n" + out)
    return {
        "requests": int(re.search(r"(\d+) requests in", out)[1]),
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
        "p50": microseconds(re.search(r"^\s+50%\s+(\S+)", out, re.M)[1]),
        "p99": microseconds(re.search(r"^\s+99%\s+(\S+)", out, re.M)[1]),
    }


def one_round(directory, port, pid, connections, seconds):
    before = cpu_seconds(pid)
    figures = wrk(directory, port, connections, seconds)
    figures["cpu"] = (cpu_seconds(pid) - before) * 1e6 / figures["requests"]
    return figures


def load(arguments):
    heading(
        "Load",
        "Order detail over keep-alive connections: nginx passes through, shopshim checks, translates and signs.\n"
        f"Medians of {arguments.rounds} rounds of {arguments.seconds} s each; CPU is user and system time of the proxy.",
    )
    print(f"{'answer':>8} {'conns':>6}  {'':8} {'req/s':>9} {'p50 µs':>9} {'p99 µs':>9} {'CPU µs/req':>11}")
    for name, size in SIZES.items():
        with tempfile.TemporaryDirectory() as directory, Servers(BINARY, directory, documents.orders(size)) as servers:
            proxies = {"nginx": servers.pass_through(), "shopshim": servers.shopshim(APP, SECRET)}
            for connections in (1, 64):
                for port, _ in proxies.values():
                    wrk(directory, port, connections, 1)
                rounds = {who: [] for who in proxies}
                for _ in range(arguments.rounds):
                    for who, (port, process) in proxies.items():
                        rounds[who].append(one_round(directory, port, process.pid, connections, arguments.seconds))
                show_load(name, connections, rounds)


def show_load(name, connections, rounds):
    keys = ("rate", "p50", "p99", "cpu")
    place = f"{name:>8} {connections:>6}"
    for who, figures in rounds.items():
        m = {key: statistics.median(r[key] for r in figures) for key in keys}
        print(f"{place}  {who:8} {m['rate']:9.0f} {m['p50']:9.0f} {m['p99']:9.0f} {m['cpu']:11.1f}")
        place = " " * 15
    pairs = list(zip(rounds["shopshim"], rounds["nginx"]))
    ratio = {key: statistics.median(own[key] / base[key] for own, base in pairs) for key in keys}
    print(f"{place}  {'ratio':8} {ratio['rate']:9.2f} {ratio['p50']:9.2f} {ratio['p99']:9.2f} {ratio['cpu']:11.2f}\n", flush=True)
    if connections == 64:
        least, most = (0.70, 1.5) if name == "2 KB" else (0.35, 3.5)
        beside.append((f"{name}, 64 connections: requests a second, of nginx's", ratio["rate"], "at least", least))
        beside.append((f"{name}, 64 connections: CPU per request, of nginx's", ratio["cpu"], "at most", most))


# ---- the sandbox ----


def list_of_new():
    """A page of 50 orders, as the proxy asks for it."""
    query = {"app_key": "demo-app", "shop_cipher": "demo-cipher-gb", "page_size": "50",
             "sort_field": "create_time", "sort_order": "DESC"}
    return with_sign("/order/202309/orders/search", "demo-secret", query, "{}"), "{}"


def list_of_old():
    query = {"app_key": "demo-app", "shop_id": "7495000000000000017"}
    return with_sign("/api/orders/search", "demo-secret", query) + "&access_token=demo-token", '{"page_size":50}'


def sandbox(arguments):
    heading(
        "Sandbox",
        "The list of orders, 50 rows a page: from the sandbox itself, and through shopshim over the sandbox. The sandbox\n"
        "has a processor of its own when it is measured and shares one with the load generator when shopshim is.",
    )
    figures = {"sandbox": [], "shopshim": []}
    with tempfile.TemporaryDirectory() as directory, Servers(BINARY, directory, b"{}") as servers:
        alone, _ = servers.sandbox(PROXY_CPU)
        behind, _ = servers.sandbox(OTHER_CPU)
        proxy, _ = servers.shopshim("demo-app", "demo-secret", upstream=behind)
        pids = {"sandbox": servers.running[-3].pid, "shopshim": servers.running[-1].pid}
        asked = {"sandbox": (alone, list_of_new), "shopshim": (proxy, list_of_old)}
        for port, request in asked.values():
            wrk(directory, port, 16, 1, request())
        for _ in range(arguments.rounds):
            for who, (port, request) in asked.items():
                before = cpu_seconds(pids[who])
                one = wrk(directory, port, 16, arguments.seconds, request())
                one["cpu"] = (cpu_seconds(pids[who]) - before) * 1e6 / one["requests"]
                figures[who].append(one)
    print(f"{'':8} {'req/s':>9} {'CPU µs/req':>11}")
    for who, rounds in figures.items():
        m = {key: statistics.median(r[key] for r in rounds) for key in ("rate", "cpu")}
        print(f"{who:8} {m['rate']:9.0f} {m['cpu']:11.1f}", flush=True)
    pairs = list(zip(figures["sandbox"], figures["shopshim"]))
    rate = statistics.median(own["rate"] / through["rate"] for own, through in pairs)
    cpu = statistics.median(through["cpu"] / own["cpu"] for own, through in pairs)
    print(f"{'ratio':8} {rate:9.2f} {cpu:11.2f}")
    beside.append(("pages of 50 orders a second from the sandbox, of shopshim's", rate, "at least", 1.5))


# ---- instructions ----


def instructions(_arguments):
    heading(
        "Instructions",
        "In user space, for one request: callgrind's counts of two runs, their difference by the requests between.\n"
        "Repeatable; without the kernel's part, and with SHA-256 in plain code, as callgrind knows no instructions for it.",
    )
    print(f"{'answer':>8}  {'nginx':>12} {'shopshim':>12}")
    for name, size in SIZES.items():
        few, many = (100, 500) if size < 10_000 else (10, 60)
        count = {who: (callgrind(who, size, many) - callgrind(who, size, few)) / (many - few) for who in ("nginx", "shopshim")}
        print(f"{name:>8}  {count['nginx']:12,.0f} {count['shopshim']:12,.0f}", flush=True)
        if name == "2 KB":
            beside.append((f"{name}: instructions for one request", count["shopshim"], "at most", 110_000))


def callgrind(who, size, requests):
    with tempfile.TemporaryDirectory() as directory, Servers(BINARY, directory, documents.orders(size)) as servers:
        out = pathlib.Path(directory) / "callgrind.out"
        wrapper = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}"]
        port, process = servers.pass_through(wrapper) if who == "nginx" else servers.shopshim(APP, SECRET, wrapper)
        connection = connect(port)
        for _ in range(requests):
            post(connection, *detail())
        connection.close()
        process.terminate()
        with contextlib.suppress(OSError):
            connect(port).connect()  # nginx looks at the signal when something comes
        process.wait(60)
        return sum(int(n) for n in re.findall(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)[-1:])


# ---- memory ----


def idle_connections(port, count):
    """Connections that each had one request answered."""
    open_ones = []
    for _ in range(count):
        connection = connect(port)
        post(connection, *detail())
        open_ones.append(connection)
    return open_ones


def memory(_arguments):
    heading("Memory", "Of one process with one worker, resident, in KiB.")
    connections, images = 1000, 5 << 20
    with tempfile.TemporaryDirectory() as directory, Servers(BINARY, directory, documents.orders(2000)) as servers:
        port, process = servers.shopshim(APP, SECRET)
        with_one = idle_connections(port, 1)
        idle = memory_kib(process.pid)
        with_many = idle_connections(port, connections)
        above = memory_kib(process.pid) - idle
        print(f"{'idle':>28}  {idle:8}\n{f'{connections} idle connections':>28}  {above:8} above idle")
        for connection in with_one + with_many:
            connection.close()
    answer = documents.uploaded()
    with tempfile.TemporaryDirectory() as directory, Servers(BINARY, directory, answer) as servers:
        port, process = servers.shopshim(APP, SECRET)
        image = b"\x89PNG\r\n\x1a\n" + os.urandom(images)
        body = '{"img_scene":1,"img_data":"' + base64.b64encode(image).decode() + '"}'
        idle = memory_kib(process.pid)
        post(connect(port), signed("/api/products/upload_imgs"), body)
        above = memory_kib(process.pid, "VmHWM") - idle
        times = above * 1024 / len(image)
        print(f"{'one image of 5 MB uploaded':>28}  {above:8} above idle at its peak, {times:.1f} times the image", flush=True)


# ---- programs of their own ----


def run(name):
    out = subprocess.run([str(BINARY.parent / name)], check=True, stdout=subprocess.PIPE, text=True).stdout
    print(out.strip("\n"), flush=True)
    return out


def json_room(_arguments):
    heading("Documents", "The json room indexes a document, or looks up and writes each member too; cJSON parses and prints it.")
    of_200_kb = run("json_bench").rsplit("bytes,", 1)[1]
    times = float(re.search(r"translate .* ([\d.]+)$", of_200_kb, re.M)[1])
    beside.append(("200 KB: indexed, translated and written, times as fast as cJSON", times, "at least", 10))


def tables(_arguments):
    heading("Tables", "What a page of orders costs by its table, step by step; then what a start or a reload costs.")
    run("plan_bench")
    print()
    run("tables_bench")


PARTS = {"json": json_room, "tables": tables, "load": load, "sandbox": sandbox, "instructions": instructions, "memory": memory}


def show_beside():
    heading("Beside the goals", "Of this run on this machine.")
    for words, figure, bound, goal in beside:
        digits = ",.0f" if goal >= 1000 else ".2f"
        good = figure >= goal if bound == "at least" else figure <= goal
        print(f"  {words:64} {figure:>9{digits}}  {bound} {goal:,}{'' if good else '   missed'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=4, help="of each round of load (default 4)")
    parser.add_argument("--rounds", type=int, default=3, help="of each pair (default 3)")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended"))
    if len(CPUS) < 2:
        print("bench: one processor only: the load generator will disturb the proxies")
    for name, part in PARTS.items():
        if arguments.only in (None, name):
            part(arguments)
    if beside:
        show_beside()


if __name__ == "__main__":
    main()
