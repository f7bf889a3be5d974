#!/usr/bin/env python3
"""The first session of the README, run for real: every line behind `$` is typed into a shell, and
what it prints must be what stands below it.

    session.py            run it; tell what differs
    session.py --write    run it, and put what it prints into the README

What differs from run to run (times, request ids, cursors, the sandbox's port) counts as equal. The
proxy of the page listens on port 8080; here it gets a free one.
"""

import pathlib
import re
import subprocess
import sys

import harness

README = harness.ROOT / "README.md"
BEGIN, END = "<!-- session: begin (written by tests/e2e/session.py --write) -->\n", "<!-- session: end -->\n"
CHANGING = [(re.compile(r'"request_id":"[^"]*"'), '"request_id":"…"'), (re.compile(r"\b1[6-9]\d{8}\b"), "<time>"),
            (re.compile(r'"next_cursor":"[^"]+"'), '"next_cursor":"…"'),
            (re.compile(r"http://127\.0\.0\.1:\d+/sandbox/"), "http://127.0.0.1:<port>/sandbox/")]


def block(page):
    before, _, rest = page.partition(BEGIN)
    inside, found, after = rest.partition(END)
    if not found:
        raise AssertionError("README.md: the marks around the session are missing")
    return before, inside, after


def plain(text):
    for pattern, word in CHANGING:
        text = pattern.sub(word, text)
    return text


def steps(inside):
    """Each command of the page with what stands below it; text between code blocks stays."""
    for code in re.findall(r"```\n(.*?)```", inside, re.S):
        for part in re.split(r"^\$ ", code, flags=re.M)[1:]:
            lines = part.splitlines()
            count = 1
            while "\n".join(lines[:count]).count("'") % 2:
                count += 1
            yield "\n".join(lines[:count]), "\n".join(lines[count:])


def run(inside):
    """Types the commands: yields each with its expected and its real output."""
    port, demo, names = harness.free_port(), None, ""
    try:
        for command, expected in steps(inside):
            if command.endswith("&"):
                words = command[:-1].split()[1:]
                demo = harness.Process([f"127.0.0.1:{port}" if w.endswith(":8080") else w for w in words],
                                       r"Serving until interrupted")
                yield command, expected, expected
                continue
            if re.match(r"\w+=", command):
                names += command + "\n"
            done = subprocess.run(["bash", "-c", names + command.replace("localhost:8080", f"127.0.0.1:{port}")],
                                  cwd=harness.ROOT, capture_output=True, text=True, timeout=60, check=False)
            yield command, expected, (done.stdout + done.stderr).strip()
    finally:
        if demo:
            demo.stop()


def write():
    before, inside, after = block(README.read_text(encoding="utf-8"))
    for command, expected, real in list(run(inside)):
        if plain(expected.strip()) != plain(real):
            inside = inside.replace(f"$ {command}\n{expected}", f"$ {command}\n{real}\n" if real else f"$ {command}\n", 1)
    README.write_text(before + BEGIN + inside + END + after, encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        bad = [words for words in run(block(README.read_text(encoding="utf-8"))[1]) if plain(words[1].strip()) != plain(words[2])]
        for typed, shown, printed in bad:
            print(f"$ {typed}\nREADME.md shows:\n{shown}\nit prints:\n{printed}\n")
        sys.exit(1 if bad else 0)
