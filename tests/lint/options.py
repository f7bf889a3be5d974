#!/usr/bin/env python3
"""Every option is in the program, in the manual and in the sample, and they say the same.

The program describes itself (`shopshim help configuration`, `COMMAND --help`); the settings'
tables in docs/configuration.md are that very text, each setting of it stands in
docker/config.sample.json and the other way round, and every flag of every command is named in
docs/configuration.md or docs/commands.md. The README's table of endpoints is what `shopshim
routes` prints. `options.py --write` puts the program's texts into the pages. The program is
$SHOPSHIM, or build/sanitized/shopshim.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

PAGE = "docs/configuration.md"
COMMANDS = "docs/commands.md"
SAMPLE = "docker/config.sample.json"
# Where the program's own words stand: page, name of the block, words that ask for it.
BLOCKS = [(PAGE, "settings", ["help", "configuration"]),
          ("README.md", "endpoints", ["routes", "--format", "markdown"])]


def marks(name):
    return f"<!-- {name}: begin (written by tests/lint/options.py --write) -->\n", f"<!-- {name}: end -->\n"


def ask(root, *words):
    """What the program prints; in a self test, what the file of that name holds."""
    root = pathlib.Path(root)
    canned = root / ("program-" + "-".join(words).replace("--", "") + ".txt")
    if canned.exists():
        return canned.read_text(encoding="utf-8")
    program = os.environ.get("SHOPSHIM", str(root / "build/sanitized/shopshim"))
    return subprocess.run([program, *words], capture_output=True, text=True, check=True,
                          timeout=30).stdout


def read(root, file):
    path = pathlib.Path(root) / file
    return path.read_text(encoding="utf-8") if path.exists() else ""


def settings_of(reference):
    """The places in the file: the first cell of each row."""
    return set(re.findall(r"^\| `([\w.]+)` \|", reference, re.M))


def commands_of(overview):
    return re.findall(r"^([a-z]+)  +\S", overview, re.M)


def places(value, above=""):
    """"client.idle_ms" for every member that is no group; lists are one place."""
    found = set()
    for key, member in value.items():
        here = f"{above}.{key}" if above else key
        found |= places(member, here) if isinstance(member, dict) else {here}
    return found


def check_block(root, file, name, words):
    page, (begin, end) = read(root, file), marks(name)
    if begin not in page or end not in page:
        return [f"{file}:1: the marks around the {name} are missing"]
    have = page[page.index(begin) + len(begin):page.index(end)].strip().splitlines()
    want = ask(root, *words).strip().splitlines()
    if have == want:
        return []
    line = page[:page.index(begin)].count("\n") + 3
    first = next((i for i, (a, b) in enumerate(zip(have, want)) if a != b), min(len(have), len(want)))
    return [f"{file}:{line + first}: the {name} differ from what the program says of itself "
            "(tests/lint/options.py --write)"]


def check_sample(root, reference):
    try:
        sample = places(json.loads(read(root, SAMPLE) or "{}"))
    except json.JSONDecodeError as error:
        return [f"{SAMPLE}:{error.lineno}: {error.msg}"]
    known = settings_of(reference)
    findings = [f"{SAMPLE}:1: {place} is no setting" for place in sorted(sample - known)]
    return findings + [f"{SAMPLE}:1: the setting {place} is missing"
                       for place in sorted(known - sample)]


def check_flags(root):
    manual = read(root, PAGE) + read(root, COMMANDS)
    findings = []
    for command in commands_of(ask(root, "help")):
        for flag in re.findall(r"^  (?:-\w, |    )(--[\w-]+)", ask(root, command, "--help"), re.M):
            if flag != "--help" and not re.search(re.escape(flag) + r"(?![\w-])", manual):
                findings.append(f"{COMMANDS}:1: {flag} of {command} is not in the manual")
        if not re.search(rf"^## .*\b{command}\b", read(root, COMMANDS), re.M):
            findings.append(f"{COMMANDS}:1: the command {command} has no section")
    return findings


def check(root):
    findings = check_sample(root, ask(root, "help", "configuration")) + check_flags(root)
    for file, name, words in BLOCKS:
        findings += check_block(root, file, name, words)
    return findings


def write(root):
    for file, name, words in BLOCKS:
        page, (begin, end) = read(root, file), marks(name)
        before, rest = page.split(begin)
        text = before + begin + "\n" + ask(root, *words) + "\n" + end + rest.split(end)[1]
        (pathlib.Path(root) / file).write_text(text, encoding="utf-8")


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    if "--write" in sys.argv:
        write(root)
    findings = check(root)
    for finding in findings:
        print(f"options: {finding}")
    return 1 if findings else 0


REFERENCE = "### General\n\n| setting | flag |\n|---|---|\n| `listen` | `--listen` |\n" \
            "| `client.idle_ms` | `--client-idle-ms` |\n"
ROUTES = "| legacy | state |\n|---|---|\n| `POST /a` | whole |\n"
SETTINGS = "# Settings\n" + "\n{}\n".join(marks("settings")).format(REFERENCE)
README = "# A program\n" + "\n{}\n".join(marks("endpoints")).format(ROUTES)
CLEAN = {"program-help-configuration.txt": REFERENCE,
         "program-help.txt": "usage: shopshim COMMAND\n\nserve  the proxy\n",
         "program-serve-help.txt": "General:\n  -l, --listen X  where\n      --once      only once\n"
                                   "  -h, --help      this\n",
         "program-routes-format-markdown.txt": ROUTES,
         PAGE: SETTINGS, "README.md": README,
         COMMANDS: "## serve\n`--once` does it once.\n",
         SAMPLE: '{"listen": "x", "client": {"idle_ms": 5}}'}
SELF_TESTS = [
    ({**CLEAN, PAGE: "# Settings\n"}, "the marks around the settings are missing"),
    ({**CLEAN, PAGE: SETTINGS.replace("idle-ms", "idel-ms")}, "docs/configuration.md:9: the settings differ"),
    ({**CLEAN, PAGE: SETTINGS.replace("| `client.idle_ms` | `--client-idle-ms` |\n", "")}, "the settings differ"),
    ({**CLEAN, "README.md": README.replace("whole", "2 losses")}, "README.md:6: the endpoints differ"),
    ({**CLEAN, SAMPLE: '{"listen": "x", "client": {"idle_ms": 5, "extra": 1}}'}, "client.extra is no setting"),
    ({**CLEAN, SAMPLE: '{"listen": "x"}'}, "the setting client.idle_ms is missing"),
    ({**CLEAN, SAMPLE: "{"}, "config.sample.json:1:"),
    ({**CLEAN, COMMANDS: "## serve\n"}, "--once of serve is not in the manual"),
    ({**CLEAN, COMMANDS: "`--once` does it once.\n"}, "the command serve has no section"),
]

if __name__ == "__main__":
    sys.exit(main())
