#!/usr/bin/env python3
"""Measures shopshim against nginx's plain pass-through, side by side in one run, and prints ratios.

    ./dev bench                 everything, about four minutes
    ./dev bench --seconds 2     shorter, noisier
    ./dev bench --only load     one part: json, tables, load, instructions, upload

The proxy under test has one worker and a processor of its own; the load generator and the
upstream share the other. Baseline and shopshim take turns, so that a machine whose speed drifts
hurts both; each figure is the median of the rounds. Nothing here passes or fails.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import documents
from servers import Servers, cpu_seconds, resident_kib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("SHOPSHIM", ROOT / "build/release/shopshim"))
JSON_BENCH = BINARY.parent / "json_bench"
TABLES_BENCH = BINARY.parent / "tables_bench"
APP, SECRET = "6benchkey0001", "made-up-bench-secret"

SIZES = (("2 KB", 2_000), ("200 KB", 200_000))
WRK = """
wrk.method = "POST"
wrk.path = "{path}"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{body}'
"""


def signed(path, **query):
    """A legacy request target with its signature; good for five minutes."""
    query = {"app_key": APP, "timestamp": str(int(time.time())), "shop_id": documents.SHOP, **query}
    text = SECRET + path + "".join(k + v for k, v in sorted(query.items())) + SECRET
    query["sign"] = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    query["access_token"] = "bench-token"
    return path + "?" + "&".join(f"{k}={v}" for k, v in query.items())


def detail():
    return signed("/api/orders/detail/query", version="202306"), '{"order_id_list":["576461000000000000"]}'


def post(connection, target, body):
    connection.request("POST", target, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200 or b'"code":0' not in data:
        raise SystemExit(f"bench: answer {answer.status}: {data[:300]!r}")
    return data


def wrk(directory, port, connections, seconds, cpu):
    target, body = detail()
    script = pathlib.Path(directory) / "load.lua"
    script.write_text(WRK.format(path=target, body=body))
    command = ["taskset", "-c", str(cpu), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    out = subprocess.run([*command, "-s", str(script), f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("bench: some answers were not good:\n" + out)
    return {
        "requests": int(re.search(r"(\d+) requests in", out)[1]),
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
        "p50": microseconds(re.search(r"^\s+50%\s+(\S+)", out, re.M)[1]),
        "p99": microseconds(re.search(r"^\s+99%\s+(\S+)", out, re.M)[1]),
    }


def microseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)$", text).groups()
    return float(number) * {"us": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000}[unit]


def one_round(directory, port, pid, connections, arguments):
    before = cpu_seconds(pid)
    figures = wrk(directory, port, connections, arguments.seconds, 1)
    figures["cpu"] = (cpu_seconds(pid) - before) * 1e6 / figures["requests"]
    return figures


def load(arguments):
    print("Load: POST order detail, one worker each, legacy signature checked, upstream request signed\n")
    print(f"{'answer':>8} {'conns':>5}  {'':12} {'req/s':>9} {'p50 µs':>9} {'p99 µs':>9} {'CPU µs/req':>11}")
    for name, size in SIZES:
        with tempfile.TemporaryDirectory() as directory, Servers(BINARY, directory, documents.orders(size)) as servers:
            pass_port, pass_pid = servers.pass_through()
            own_port, own = servers.shopshim(APP, SECRET)
            for connections in (1, 64):
                rounds = {"nginx": [], "shopshim": []}
                for _ in range(arguments.rounds):
                    rounds["nginx"].append(one_round(directory, pass_port, pass_pid, connections, arguments))
                    rounds["shopshim"].append(one_round(directory, own_port, own.pid, connections, arguments))
                show_load(name, connections, rounds)
    print()


def show_load(name, connections, rounds):
    keys = ("rate", "p50", "p99", "cpu")
    middle = {who: {key: statistics.median(r[key] for r in rs) for key in keys} for who, rs in rounds.items()}
    for who, label in (("nginx", "nginx pass"), ("shopshim", "shopshim")):
        m = middle[who]
        print(f"{name:>8} {connections:>5}  {label:12} {m['rate']:9.0f} {m['p50']:9.0f} {m['p99']:9.0f} {m['cpu']:11.1f}")
    ratios = {key: statistics.median(s[key] / n[key] for s, n in zip(rounds["shopshim"], rounds["nginx"])) for key in keys}
    print(f"{name:>8} {connections:>5}  {'ratio':12} {ratios['rate']:9.2f} {ratios['p50']:9.2f} {ratios['p99']:9.2f} {ratios['cpu']:11.2f}", flush=True)


def instructions(_arguments):
    print("Instructions in user space for one translated request (callgrind, difference of two runs)\n")
    for name, size in SIZES:
        counts = {}
        for requests in (200, 700):
            counts[requests] = callgrind(size, requests)
        print(f"{name:>8}  {(counts[700] - counts[200]) / 500:12,.0f}", flush=True)
    print()


def callgrind(size, requests):
    with tempfile.TemporaryDirectory() as directory, Servers(BINARY, directory, documents.orders(size)) as servers:
        out = f"{directory}/callgrind.out"
        port, process = servers.shopshim(APP, SECRET, ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}"])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(requests):
            post(connection, *detail())
        connection.close()
        process.terminate()
        process.wait(60)
        return sum(int(n) for n in re.findall(r"^(?:summary|totals): (\d+)", pathlib.Path(out).read_text(), re.M)[-1:])


def upload(_arguments):
    print("Memory of one 5 MB image upload, above idle (resident peak)\n")
    answer = documents.envelope({"uri": "made-up/1", "url": "https://img.example/1", "width": 1, "height": 1, "use_case": "MAIN_IMAGE"})
    with tempfile.TemporaryDirectory() as directory, Servers(BINARY, directory, answer) as servers:
        port, process = servers.shopshim(APP, SECRET)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        image = b"\x89PNG\r\n\x1a\n" + os.urandom(5 << 20)
        body = '{"img_scene":1,"img_data":"' + base64.b64encode(image).decode() + '"}'
        idle = resident_kib(process.pid)
        post(connection, signed("/api/products/upload_imgs"), body)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1])
        size = len(image) / 1024
        print(f"{'idle':>8}  {idle:8} KiB\n{'peak':>8}  {peak:8} KiB\n{'above':>8}  {peak - idle:8} KiB = {(peak - idle) / size:.2f} times the image\n")


def json_room(_arguments):
    print("Documents: indexed, looked up and written by the json room; parsed and printed by cJSON\n")
    sys.stdout.flush()
    subprocess.run([str(JSON_BENCH)], check=True)
    print()


def tables(_arguments):
    print("Tables: read and compiled, as at the start and at every reload\n")
    sys.stdout.flush()
    subprocess.run([str(TABLES_BENCH)], check=True)
    print()


PARTS = {"json": json_room, "tables": tables, "load": load, "instructions": instructions, "upload": upload}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5, help="of each round of load (default 5)")
    parser.add_argument("--rounds", type=int, default=3, help="of each pair (default 3)")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    arguments = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        print("bench: one processor only: the load generator will disturb the proxies\n")
    for name, part in PARTS.items():
        if arguments.only in (None, name):
            part(arguments)


if __name__ == "__main__":
    main()
