"""Rooms look down only: includes, link lists and the table of levels say the same.

The levels are read from the table in docs/architecture.md (`| 1 | \\`json\\` | ...`), in the order
of its rows. A room may name in its CMakeLists.txt rooms of rows above its own; a file of src/
may include its own room and rooms its list reaches; rooms up to level 4 may not include
headers of sockets, event loops and clients.
"""

import pathlib
import re

import common

ROW = re.compile(r"^\|\s*(\d+)\s*\|\s*`(\w+)`", re.M)
ROOM = re.compile(r"\broom\(([^)]*)\)")
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
WORLD = re.compile(r"^(sys/(socket|epoll|select|un)|netinet/|arpa/|netdb|poll|event2/|curl/|"
                   r"openssl/(ssl|bio))")
HIGHEST_BLIND = 4


def table_of_levels(root):
    """room -> (level, row), from the architecture page."""
    page = pathlib.Path(root) / "docs/architecture.md"
    rows = ROW.findall(page.read_text(encoding="utf-8")) if page.exists() else []
    return {name: (int(level), row) for row, (level, name) in enumerate(rows)}


def link_lists(root):
    """room -> the rooms it names, with the file that says so."""
    lists = {}
    for file, content in common.texts(root, "CMakeLists.txt", below="src"):
        for match in ROOM.finditer(content):
            name, *needs = match.group(1).split()
            lists[name] = (file, [need for need in needs if "::" not in need])
    return lists


def reach(lists, room):
    seen, todo = set(), [room]
    while todo:
        for need in lists.get(todo.pop(), (None, []))[1]:
            if need not in seen:
                seen.add(need)
                todo.append(need)
    return seen


def check_lists(levels, lists):
    findings = []
    for room, (file, needs) in lists.items():
        if room not in levels:
            findings.append(f"{file}:1: room {room} is not in the table of docs/architecture.md")
            continue
        for need in needs:
            if need not in lists:
                findings.append(f"{file}:1: room {room} names {need}, which is no room")
            elif need in levels and levels[need] >= levels[room]:
                findings.append(f"{file}:1: room {room} (level {levels[room][0]}) names {need} "
                                f"(level {levels[need][0]}), which is not below it")
    return findings


def check_file(file, content, levels, lists):
    findings = []
    room = file.parts[1] if len(file.parts) > 2 else None
    if room not in lists:
        return findings
    allowed = reach(lists, room) | {room}
    for number, line in enumerate(content.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, name = match.group(1) == '"', match.group(2)
        if quoted and (name.count("/") != 1 or name.split("/")[0] not in allowed):
            findings.append(f"{file}:{number}: room {room} may not include {name}")
        if not quoted and levels.get(room, (9, 0))[0] <= HIGHEST_BLIND and WORLD.match(name):
            findings.append(f"{file}:{number}: room {room} is below the network and includes {name}")
    return findings


def check(root):
    levels, lists = table_of_levels(root), link_lists(root)
    findings = check_lists(levels, lists)
    for file, content in common.texts(root, ".c", ".h", below="src"):
        findings += check_file(file, content, levels, lists)
    return findings


PAGE = "| level | room |\n|---|---|\n| 0 | `base` | x |\n| 1 | `json` | x |\n| 5 | `net` | x |\n"
CLEAN = {"docs/architecture.md": PAGE,
         "src/base/CMakeLists.txt": "room(base Threads::Threads)\n",
         "src/json/CMakeLists.txt": "room(json base)\n",
         "src/net/CMakeLists.txt": "room(net json PkgConfig::EVENT)\n",
         "src/base/a.c": "#include <stdio.h>\n",
         "src/net/a.c": '#include "net/a.h"\n#include "base/str.h"\n#include <event2/event.h>\n'}
SELF_TESTS = [
    ({**CLEAN, "src/json/a.c": '#include "net/a.h"\n'}, "src/json/a.c:1: room json may not include net/a.h"),
    ({**CLEAN, "src/json/a.c": '#include "a.h"\n'}, "may not include a.h"),
    ({**CLEAN, "src/json/CMakeLists.txt": "room(json net)\n"}, "which is not below it"),
    ({**CLEAN, "src/json/CMakeLists.txt": "room(json other)\n"}, "which is no room"),
    ({**CLEAN, "src/more/CMakeLists.txt": "room(more base)\n"}, "room more is not in the table"),
    ({**CLEAN, "src/json/a.c": "#include <sys/socket.h>\n"}, "is below the network"),
]
