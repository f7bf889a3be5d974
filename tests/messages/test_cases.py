"""The messages of all cases against the contracts of both sides, and which fields they show.

Each case is run in process and over sockets, and every message in it compared; so the files hold
all that the proxy sends and answers there. What v202309 answers in a case may be wrong or poor
on purpose: it is only counted, and an answer of the proxy may lack what was withheld from it.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import contracts

CASES = contracts.ROOT / "tests/cases"
BINARY = os.environ.get("SHOPSHIM", str(contracts.ROOT / "build/sanitized/shopshim"))
# What the cases show on purpose although a contract says otherwise; the tables confess both.
DOUBTFUL = {
    "global_product/get_global_product_detail/whole_product.json: package_width": "a width of 20.5 in a field of type int",
    "global_product/publish_global_product/prices.json: publish_target[0].region": "a region that v202309 may know later",
}

COMMON = {"app_key", "access_token", "sign", "timestamp", "shop_id", "shop_cipher", "version", "category_asset_cipher"}


def tables():
    """The tables by name, as `routes` tells them, with the calls of their rows."""
    told = subprocess.run([BINARY, "routes", "--format", "json"], cwd=contracts.ROOT, check=True,
                          stdout=subprocess.PIPE).stdout
    found = {}
    for row in json.loads(told)["rows"]:
        for table in row["tables"]:
            found[table["table"]] = {**table, "legacy": row["legacy"]}
    return found


def shape_for(shapes, version):
    """Of the shapes of a legacy call, the one that this version of it has."""
    later = [c for c in shapes if c.before is None]
    for contract in sorted((c for c in shapes if c.before), key=lambda c: int(c.before)):
        if int(version or 0) < int(contract.before):
            return contract
    return later[0] if later else None


def steps():
    for file in sorted(CASES.rglob("*/*/*.json")):
        case = contracts.parse(file.read_text(encoding="utf-8"))
        for number, step in enumerate(case["steps"], 1):
            yield file.relative_to(CASES), number, step


class Seen:
    """Which fields of the contracts the messages show."""

    def __init__(self):
        self.fields = {}

    def add(self, contract, part, document):
        self.fields.setdefault((contract.id, part), set()).update(getattr(contract, part).seen(document))

    def of(self, contract, part):
        return self.fields.get((contract.id, part), set())


def plain(path):
    return path.replace("[]", "")


def below(path, confessed):
    """Whether a field, or one that it stands in, is confessed as lost."""
    parts = plain(path).split(".")
    return any(".".join(parts[:n]) in confessed for n in range(1, len(parts) + 1))


class Messages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.legacy, cls.upstream = contracts.load("legacy"), contracts.load("v202309")
        cls.tables = tables()
        cls.seen = Seen()
        cls.faults = []
        for file, number, step in steps():
            cls.read(f"{file}, step {number}", step)

    @classmethod
    def read(cls, where, step):
        legacy, reply = step["legacy"], step["reply"]
        version = legacy.get("query", {}).get("version")
        shapes = contracts.find(cls.legacy, legacy["call"])
        shape = shape_for(shapes, version if re.fullmatch(r"\d+", version or "") else None)
        for call in step.get("upstream", []):
            cls.read_upstream(where, call)
        if shape is None or reply.get("status", 200) != 200 or reply.get("code", 0) != 0:
            return
        if isinstance(legacy.get("body"), dict):
            cls.seen.add(shape, "body", legacy["body"])
        cls.seen.add(shape, "query", legacy.get("query", {}))
        cls.seen.add(shape, "answer", reply.get("data", {}))
        cls.faults += [f"{where}: the app's answer: {fault}"
                       for fault in shape.answer.check(reply.get("data", {}), values=False, required=False)]

    @classmethod
    def read_upstream(cls, where, call):
        found = contracts.find(cls.upstream, call["call"])
        if not found or call["call"].split(" ")[1].startswith("/api/"):
            return
        sent, faults = {"query": call.get("query", {}), "body": call.get("body", call.get("form", {}))}, None
        if isinstance(sent["body"], str):
            return
        for contract in found:
            query = {k: v for k, v in sent["query"].items() if k not in COMMON or k in contract.query.members}
            bad = contract.query.check(contracts.query_values(contract.query, query))
            if not contract.form:
                bad += contract.body.check(sent["body"])
            faults = bad if faults is None or len(bad) < len(faults) else faults
            cls.seen.add(contract, "answer", call.get("data", {}))
        cls.faults += [f"{where}: {call['call']}: {fault}" for fault in faults]

    def test_messages_fit_their_contracts(self):
        doubtful = [key.split(": ") for key in DOUBTFUL]
        faults = [fault for fault in self.faults
                  if not any(fault.startswith(file) and f": {field}:" in fault for file, field in doubtful)]
        self.assertEqual([], faults[:40], f"{len(faults)} do not fit")

    def confessed(self, contract, part):
        lost = set()
        for table in self.tables.values():
            if contract.call in table["legacy"]:
                lost |= {plain(field) for field in table["loses"][part]}
        return lost

    def missing(self, contract, part, sections):
        lost = self.confessed(contract, part)
        for section in sections:
            seen = self.seen.of(contract, section)
            for path, field in getattr(contract, section).fields.items():
                if path.removesuffix("[]") in COMMON or field.unseen:
                    continue
                yield path, path in seen, below(path, lost)

    def coverage(self, part, sections, words):
        areas, missing = {}, []
        refusing = {call for table in self.tables.values() if not table["calls"] for call in table["legacy"]}
        for contract in self.legacy:
            if contract.call in refusing:
                continue
            count = areas.setdefault(contract.id.split("/")[1], [0, 0, 0])
            for path, seen, lost in self.missing(contract, part, sections):
                count[0] += seen or not lost
                count[1] += seen
                count[2] += lost and not seen
                if not seen and not lost:
                    missing.append(f"{contract.id}: {path}")
        total = [sum(column) for column in zip(*areas.values())]
        for area, (wanted, seen, lost) in [*areas.items(), ("all", total)]:
            print(f"coverage: {words}, {area}: {seen} of {wanted} fields seen, {lost} confessed as lost")
        self.assertEqual([], missing[:60], f"{len(missing)} fields are in no case")

    def test_every_field_of_legacy_answers_is_seen(self):
        self.coverage("answer", ["answer"], "legacy answers")

    def test_every_field_of_legacy_requests_is_sent(self):
        self.coverage("request", ["query", "body"], "legacy requests")


if __name__ == "__main__":
    unittest.main()
