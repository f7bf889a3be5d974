"""Starts what a measurement needs, on free loopback ports and in a temporary directory: an nginx
that serves canned answers as upstream, an nginx that passes requests through (the baseline), and
shopshim. Every process has one worker; each is ended by its own pid, and by the kernel should the
measurement itself be killed."""

import json
import os
import pathlib
import re
import socket
import subprocess
import time

import documents

UPSTREAM = """
daemon off; worker_processes 1; pid {dir}/upstream.pid; error_log {dir}/upstream.log;
events {{ worker_connections 4096; multi_accept on; }}
http {{
  access_log off; server_tokens off; tcp_nodelay on; sendfile off; open_file_cache max=100;
  keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_temp_path {dir}/b1; proxy_temp_path {dir}/p1; fastcgi_temp_path {dir}/f1;
  uwsgi_temp_path {dir}/u1; scgi_temp_path {dir}/s1;
  default_type application/json; client_max_body_size 64m;
  server {{
    listen 127.0.0.1:{port} backlog=4096; root {dir}/www;
    location /authorization/202309/shops {{ try_files /shops.json =500; }}
    location / {{ error_page 405 =200 /answer.json; try_files /answer.json =500; }}
  }}
}}
"""

PASS = """
daemon off; {master} worker_processes 1; pid {dir}/pass.pid; error_log {dir}/pass.log;
events {{ worker_connections 4096; multi_accept on; }}
http {{
  access_log off; server_tokens off; tcp_nodelay on;
  keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_temp_path {dir}/b2; proxy_temp_path {dir}/p2; fastcgi_temp_path {dir}/f2;
  uwsgi_temp_path {dir}/u2; scgi_temp_path {dir}/s2;
  proxy_buffers 64 8k;
  upstream origin {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""

CPUS = sorted(os.sched_getaffinity(0))
PROXY_CPU, OTHER_CPU = CPUS[0], CPUS[-1]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"bench: {' '.join(process.args)} ended with {process.returncode} before it listened")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"bench: nothing listens on port {port}")


def pinned(cpu, command):
    """The command on one processor, and not longer than this program."""
    return ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(cpu), *command]


def cpu_seconds(pid):
    """User and system time of a process and the children it still has, in seconds."""
    total, ticks = 0, os.sysconf("SC_CLK_TCK")
    for one in [pid, *children(pid)]:
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / ticks


def children(pid):
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in text.split()]


def memory_kib(pid, what="VmRSS"):
    """Resident memory of a process; "VmHWM" for its peak."""
    return int(re.search(rf"{what}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


class Servers:
    """One upstream, and the proxies before it. Use as a context."""

    def __init__(self, binary, directory, answer):
        self.binary, self.dir, self.answer = binary, pathlib.Path(directory), answer
        self.running = []

    def __enter__(self):
        www = self.dir / "www"
        www.mkdir(exist_ok=True)
        (www / "answer.json").write_bytes(self.answer)
        (www / "shops.json").write_bytes(documents.shops())
        self.upstream = free_port()
        self.nginx("upstream", UPSTREAM, OTHER_CPU, port=self.upstream)
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, cpu, command, port):
        process = subprocess.Popen(pinned(cpu, command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.running.append(process)
        wait_for(port, process)
        return process

    def nginx(self, name, text, cpu, wrapper=(), **values):
        path = self.dir / f"{name}.conf"
        user = "user root; " if os.getuid() == 0 else ""
        path.write_text(user + text.format(dir=self.dir, **values))
        command = [*wrapper, "nginx", "-e", str(self.dir / f"{name}.start"), "-c", str(path)]
        return self.start(cpu, command, values["port"])

    def pass_through(self, wrapper=()):
        """The baseline, an nginx that forwards what it gets: (port, process)."""
        port = free_port()
        master = "master_process off;" if wrapper else ""
        process = self.nginx("pass", PASS, PROXY_CPU, wrapper, port=port, upstream=self.upstream, master=master)
        return port, process

    def sandbox(self, cpu):
        """The made-up shop: (port, process)."""
        port = free_port()
        return port, self.start(cpu, [str(self.binary), "sandbox", "--listen", f"127.0.0.1:{port}"], port)

    def shopshim(self, app, secret, wrapper=(), upstream=None):
        """shopshim with one worker: (port, process). `wrapper` goes before the command."""
        port = free_port()
        config = self.dir / f"shopshim-{port}.json"
        origin = f"http://127.0.0.1:{upstream or self.upstream}"
        config.write_text(
            json.dumps(
                {
                    "listen": f"127.0.0.1:{port}",
                    "admin": "127.0.0.1:0",
                    "upstream": {"api": origin, "auth": origin},
                    "apps": [{"key": app, "secret": secret}],
                    "workers": 1,
                }
            )
        )
        command = [*wrapper, str(self.binary), "serve", "--config", str(config)]
        return port, self.start(PROXY_CPU, command, port)
