"""Every JSON file is one document, and no object in it holds a key twice."""

import json

import common


class Doubled(Exception):
    """An object holds a key twice."""


def members(pairs):
    seen = {}
    for key, value in pairs:
        if key in seen:
            raise Doubled(key)
        seen[key] = value
    return seen


def check(root):
    findings = []
    for file, content in common.texts(root, ".json"):
        try:
            json.loads(content, object_pairs_hook=members)
        except json.JSONDecodeError as error:
            findings.append(f"{file}:{error.lineno}: not JSON: {error.msg}")
        except Doubled as error:
            findings.append(f"{file}:1: an object holds the key {error} twice")
    return findings


CLEAN = {"mappings/a.json": '{"a": {"b": 1}, "b": [0.10]}', "tests/fuzz/corpus/json_fuzz/a.json": "{"}
SELF_TESTS = [
    ({"mappings/a.json": '{\n"a": }'}, "mappings/a.json:2: not JSON"),
    ({"docs/a.json": '{"a": {"b": 1, "b": 2}}'}, "the key b twice"),
    ({"a.json": '{"a": 1} x'}, "a.json:1:"),
]
