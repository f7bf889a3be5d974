"""Every JSON file is one document, and no object in it holds a key twice; so is every example in a page, or the
members of an object."""

import json
import re

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


def examples(root):
    """Of each page, what stands behind ```json, as one document on the lines where it stands."""
    for file, content in common.texts(root, ".md"):
        for found in re.finditer(r"```json\n(.*?)```", content, re.DOTALL):
            text = found[1].strip()
            before = content[: found.start(1)].count("\n")
            yield file, "\n" * before + ("{" + text + "}" if text.startswith('"') else text)


def check(root):
    findings = []
    for file, content in [*common.texts(root, ".json"), *examples(root)]:
        try:
            json.loads(content, object_pairs_hook=members)
        except json.JSONDecodeError as error:
            findings.append(f"{file}:{error.lineno}: not JSON: {error.msg}")
        except Doubled as error:
            findings.append(f"{file}:1: an object holds the key {error} twice")
    return findings


CLEAN = {
    "mappings/a.json": '{"a": {"b": 1}, "b": [0.10]}',
    "docs/a.md": 'x\n```json\n"a": 1, "b": []\n```\n```json\n{"a": 1}\n```\n',
    "tests/fuzz/corpus/json_fuzz/a.json": "{",
}
SELF_TESTS = [
    ({"mappings/a.json": '{\n"a": }'}, "mappings/a.json:2: not JSON"),
    ({"docs/a.json": '{"a": {"b": 1, "b": 2}}'}, "the key b twice"),
    ({"a.json": '{"a": 1} x'}, "a.json:1:"),
    ({"a.md": 'x\n```json\n"a": {\n"b": ...}\n```\n'}, "a.md:4: not JSON"),
    ({"a.md": '```json\n{"a": 1, "a": 2}\n```\n'}, "the key a twice"),
]
