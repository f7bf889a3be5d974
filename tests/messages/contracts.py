"""The contracts of both APIs for tests: reads mappings/contracts/, holds documents against them,
and says which fields a document shows.

A section (`query`, `body`, `answer`) is a tree of fields. `check()` gives a line for each thing
that does not fit, each with its path; `seen()` the paths of the fields that a document holds.
"""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CONTRACTS = ROOT / "mappings/contracts"
TOKEN = re.compile(r"\{.*\}$|\S+")


class Field:
    """One line of a contract: `"lines[].price": "string|int! 1..99 {A, B}"`."""

    def __init__(self, path, text):
        self.path = path
        self.list = path.endswith("[]")
        self.name = path.removesuffix("[]").rpartition(".")[2]
        self.members = {}
        first, *tokens = TOKEN.findall(text)
        self.required = first.endswith("!")
        self.types = set(first.rstrip("!").split("|"))
        self.unit = self.low = self.high = self.values = self.longest = self.most = self.unlimited = None
        self.unseen = self.recursive = False
        self.seen_types = None
        for token in tokens:
            self._token(token)

    def _token(self, token):
        if token in ("s", "ms"):
            self.unit = token
        elif token in ("unseen", "recursive"):
            setattr(self, token, True)
        elif token.startswith("{"):
            self.values = {value.strip() for value in token[1:-1].split(",")}
        elif token.startswith("len<="):
            self.longest = int(token[5:])
        elif token.startswith("items<="):
            self.most = int(token[7:])
        elif token.startswith("unlimited="):
            self.unlimited = token[10:]
        elif token.startswith("seen="):
            self.seen_types = set(token[5:].split("|"))
        elif ".." in token and not token.startswith("="):
            low, _, high = token.partition("..")
            self.low, self.high = (int(end) if end else None for end in (low, high))

    def takes(self, kind):
        """Whether messages may hold a value of this JSON type here."""
        allowed = self.types | (self.seen_types or set())
        if "float" in allowed or "number" in allowed:
            allowed |= {"int", "float"}
        return kind in allowed or "any" in allowed


def kind_of(value):
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, (float, Number)):
        return "float"
    return {str: "string", dict: "object", list: "list"}[type(value)]


class Number(str):
    """A number with a point or an exponent, its digits kept."""


def parse(text):
    return json.loads(text, parse_float=Number)


class Section:
    def __init__(self, lines):
        self.fields = {}
        self.members = {}
        for path, text in lines.items():
            field = Field(path, text)
            parent = path.removesuffix("[]").rpartition(".")[0]
            (self.fields[parent].members if parent else self.members)[field.name] = field
            self.fields[path] = field

    def check(self, document, values=True, required=True):
        """What does not fit. `values` must be among those listed and in range; `required` be there."""
        faults = []
        Check(values, required, faults).members(document, self.members, "")
        return faults

    def seen(self, document):
        paths = set()
        _see(document, self.members, paths)
        return paths


def _see(document, members, paths):
    for name, value in document.items() if isinstance(document, dict) else ():
        field = members.get(name)
        if field is None or value is None:
            continue
        if field.list and isinstance(value, list):
            if value:
                paths.add(field.path)
            for element in value:
                _see(element, members if field.recursive else field.members, paths)
        else:
            paths.add(field.path)
            _see(value, field.members, paths)


class Check:
    def __init__(self, values, required, faults):
        self.with_values, self.with_required, self.faults = values, required, faults

    def fault(self, at, words):
        self.faults.append(f"{at or 'the document'}: {words}")

    def members(self, document, members, at):
        if not isinstance(document, dict):
            self.fault(at.rstrip("."), f"expected an object, found {document!r:.40}")
            return
        for name, value in document.items():
            if name not in members:
                self.fault(at + name, "the contract has no such field")
            elif value is not None:
                self.field(members[name], value, members, at + name)
        for name, field in members.items() if self.with_required else ():
            if field.required and not field.unseen and document.get(name) is None:
                self.fault(at + name, "required, but absent")

    def field(self, field, value, siblings, at):
        if not field.list:
            self.value(field, value, siblings, at)
            return
        if not isinstance(value, list):
            self.fault(at, f"expected a list, found {value!r:.40}")
            return
        if field.most is not None and len(value) > field.most:
            self.fault(at, f"{len(value)} elements, at most {field.most} may be")
        for i, element in enumerate(value):
            self.value(field, element, siblings, f"{at}[{i}]")

    def value(self, field, value, siblings, at):
        kind = kind_of(value)
        if not field.takes(kind):
            self.fault(at, f"expected {' or '.join(sorted(field.types))}, found {value!r:.40}")
        elif kind == "object" and (field.members or field.recursive):
            self.members(value, siblings if field.recursive else field.members, at + ".")
        elif self.with_values:
            self.bounds(field, value, kind, at)

    def bounds(self, field, value, kind, at):
        text = str(value).lower() if kind == "bool" else str(value)
        if field.values and text not in field.values:
            self.fault(at, f"{text!r:.40} is none of {', '.join(sorted(field.values))[:100]}")
        if kind == "string" and field.longest is not None and len(value) > field.longest:
            self.fault(at, f"{len(value)} characters, at most {field.longest} may be")
        if kind == "int" and text != field.unlimited:
            if field.low is not None and value < field.low or field.high is not None and value > field.high:
                self.fault(at, f"{value} is not from {field.low} to {field.high}")


class Contract:
    def __init__(self, file):
        raw = json.loads(file.read_text(encoding="utf-8"))
        self.id = file.relative_to(CONTRACTS).with_suffix("").as_posix()
        self.name, self.call = raw["name"], raw["call"]
        self.method, self.path = self.call.split(" ", 1)
        self.pattern = re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(self.path)) + "$")
        self.form = raw["content"] == "form"
        self.auth_host = raw.get("host") == "auth"
        self.before, self.version = raw.get("before"), raw.get("version")
        self.users = raw.get("users", [0])
        self.errors = raw.get("errors", [])
        self.params, self.query, self.body, self.answer = (
            Section(raw[part]) for part in ("path", "query", "body", "answer"))


def load(side):
    """All contracts of one side, `legacy` or `v202309`."""
    return [Contract(file) for file in sorted((CONTRACTS / side).rglob("*.json"))]


def find(contracts, call):
    """The contracts of a concrete call such as `GET /x/123`; fixed paths win over parameters."""
    method, path = call.split(" ", 1)
    fits = [c for c in contracts if c.method == method and c.pattern.match(path)]
    best = min((c.path.count("{") for c in fits), default=0)
    return [c for c in fits if c.path.count("{") == best]


def query_values(section, query):
    """A query as a document of the section's types, for `check()`: texts become what they say."""
    document = {}
    for name, text in query.items():
        field = section.members.get(name)
        document[name] = text
        if field is None:
            continue
        values = [_typed(field, part) for part in text.split(",")] if field.list else None
        document[name] = values if field.list else _typed(field, text)
    return document


def _typed(field, text):
    if "int" in field.types and re.fullmatch(r"-?\d+", text):
        return int(text)
    if "bool" in field.types and text in ("true", "false", "1", "0"):
        return text in ("true", "1")
    return text
