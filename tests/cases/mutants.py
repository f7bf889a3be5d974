#!/usr/bin/env python3
"""Whether the cases notice what a table says: each pair of an enum in each direction, each branch of
a choice, each refusal, each `when` and `on_error` of a call is broken in turn, and some case must fail.

    mutants.py PROGRAM [NAME...]     PROGRAM is cases_test; NAME: tables such as order/get_order_list,
                                     or enums.json, shapes.json; all when none is named

Prints the mutants that no case notices, then `N mutants, M survive`. A mutant that does not compile
counts as noticed. `./dev mutants` runs it; it is no part of `./dev test`, for it takes minutes.
"""

import concurrent.futures
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MAPPINGS = ROOT / "mappings"
NEVER = "'never' | is 'so'"


def split_pair(enum, index, direction):
    """The enum with one pair made wrong in one direction."""
    mutant = copy.deepcopy(enum)
    legacy, upstream = mutant["pairs"].pop(index)
    forth, back = mutant.setdefault("to_upstream", []), mutant.setdefault("to_legacy", [])
    if legacy is not None and not any(a == legacy for a, _ in enum["pairs"][:index]):
        forth.append([legacy, "MUTANT" if direction == "to_upstream" else upstream])
    if upstream is not None and not any(b == upstream for _, b in enum["pairs"][:index]):
        back.append([upstream, 987654 if direction == "to_legacy" else legacy])
    return mutant


def whole_direction(enum, direction):
    """The enum with all pairs wrong in one direction; noticed when any table uses that direction."""
    wrong = "MUTANT" if direction == "to_upstream" else 987654
    mutant = {**enum, "pairs": [], "to_upstream": list(enum.get("to_upstream", [])), "to_legacy": list(enum.get("to_legacy", []))}
    for legacy, upstream in enum.get("pairs", []):
        for key, pair in (("to_upstream", [legacy, upstream]), ("to_legacy", [upstream, legacy])):
            if pair[0] is not None and all(pair[0] != known for known, _ in mutant[key]):
                mutant[key].append(pair)
    mutant[direction] = [[value, wrong] for value, _ in mutant[direction]]
    return mutant


def enum_mutants(enums, used):
    for name, enum in enums.items():
        if not isinstance(enum, dict):
            continue
        for direction in ("to_upstream", "to_legacy"):
            if not used(name, whole_direction(enum, direction)):
                continue
            for i, pair in enumerate(enum.get("pairs", [])):
                yield f"{name}, pair {json.dumps(pair)} {direction}", (name, split_pair(enum, i, direction))
            for i, pair in enumerate(enum.get(direction, [])):
                mutant = copy.deepcopy(enum)
                mutant[direction][i][1] = "MUTANT" if direction == "to_upstream" else 987654
                yield f"{name}, {direction} {json.dumps(pair)}", (name, mutant)


def places(node, path=()):
    """Every object below a node, with its path."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from places(value, (*path, key))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from places(value, (*path, i))


def changed(document, path, change):
    mutant = copy.deepcopy(document)
    node = mutant
    for key in path:
        node = node[key]
    change(node)
    return mutant


def shape_mutants(document):
    for path, node in places(document):
        where = "$" + "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in path)
        if isinstance(node.get("choose"), list) and len(node["choose"]) > 1:
            for i, branch in enumerate(node["choose"]):
                if "when" in branch:
                    yield f"{where}.choose[{i}] never", changed(document, path, lambda n, i=i: n["choose"][i].update(when=NEVER))
                    yield f"{where}.choose[{i}] always", changed(
                        document, path, lambda n, i=i: n.update(choose=[*n["choose"][:i], {"make": n["choose"][i]["make"]}]))
        if isinstance(node.get("refuse"), list):
            for i in range(len(node["refuse"])):
                yield f"{where}.refuse[{i}] never", changed(document, path, lambda n, i=i: n["refuse"].pop(i))
        if "send" in node and "when" in node:
            yield f"{where} always", changed(document, path, lambda n: n.pop("when"))
        if isinstance(node.get("on_error"), list):
            for i in range(len(node["on_error"])):
                yield f"{where}.on_error[{i}] never", changed(document, path, lambda n, i=i: n["on_error"].pop(i))


def mutants_of(name, noticed):
    """(what is broken, the file with it broken)"""
    document = json.loads((MAPPINGS / name).read_text(encoding="utf-8"))
    enums = document if name == "enums.json" else document.get("enums", {})

    def with_enum(enum, mutant):
        copied = copy.deepcopy(document)
        (copied if name == "enums.json" else copied["enums"])[enum] = mutant
        return copied

    for words, (enum, mutant) in enum_mutants(enums, lambda *change: noticed(with_enum(*change))):
        yield words, with_enum(enum, mutant)
    if name != "enums.json":
        yield from shape_mutants(document)


class Library:
    """A directory of tables of links to the real ones, one of them broken at a time."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="shopshim-mutants-"))
        for path in MAPPINGS.iterdir():
            if path.name in ("contracts", "sandbox"):
                continue
            if path.is_dir():
                (self.directory / path.name).mkdir()
                for file in path.glob("*.json"):
                    (self.directory / path.name / file.name).symlink_to(file)
            elif path.suffix == ".json":
                (self.directory / path.name).symlink_to(path)

    def noticed(self, program, name, document):
        file = self.directory / name
        file.unlink()
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        parts = [] if "/" not in name else [name.removesuffix(".json") + "/"]
        try:
            done = subprocess.run([program, *parts], env={**os.environ, "MAPPINGS": str(self.directory)}, cwd=ROOT,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300, check=False)
            return done.returncode != 0 or not re.search(rb"[1-9]\d* cases, 0 failed", done.stdout)
        finally:
            file.unlink()
            file.symlink_to(MAPPINGS / name)


def try_file(program, name):
    library, tried, survivors = Library(), 0, []
    try:
        for words, document in mutants_of(name, lambda document: library.noticed(program, name, document)):
            tried += 1
            if not library.noticed(program, name, document):
                survivors.append(f"{name}: {words}")
    finally:
        shutil.rmtree(library.directory)
    return tried, survivors


def main():
    program, names = str(pathlib.Path(sys.argv[1]).resolve()), [f"{n.removesuffix('.json')}.json" for n in sys.argv[2:]]
    if not names:
        names = ["enums.json", "shapes.json"] + sorted(
            path.relative_to(MAPPINGS).as_posix() for path in MAPPINGS.glob("*/*.json")
            if path.parent.name not in ("contracts", "sandbox"))
    tried = survive = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for count, survivors in pool.map(lambda name: try_file(program, name), names):
            tried, survive = tried + count, survive + len(survivors)
            for words in survivors:
                print(words, flush=True)
    print(f"{tried} mutants, {survive} survive")


if __name__ == "__main__":
    main()
