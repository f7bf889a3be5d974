"""What is told of the tables: the listing of the guide's rows and the reference pages."""

import json
import re
import shutil

from harness import ROOT
from test_cli import Command, run

MAPPINGS = ROOT / "mappings"


class Routes(Command):
    STATES = ["whole", "with losses", "refused", "not yet", "no counterpart", "native", "pushed"]

    def listing(self):
        return json.loads(self.ends(run("routes", "--format", "json"), 0).stdout)

    def test_every_row_of_the_guide_and_every_table(self):
        listing = self.listing()
        rows = listing["rows"]
        self.assertEqual(sum(row["guide"] for row in rows), 92)
        tables = [table["table"] for row in rows for table in row["tables"]]
        shared = {"contracts", "sandbox"}
        self.assertEqual(sorted(tables), sorted(
            file.relative_to(MAPPINGS).with_suffix("").as_posix() for file in MAPPINGS.glob("*/*.json")
            if file.parent.name not in shared))
        for row in rows:
            with self.subTest(row=row["name"]):
                self.assertIn(row["state"], self.STATES)
                if row["state"] in ("whole", "with losses"):
                    self.assertTrue(row["tables"])
                    self.assertEqual(row["state"] == "whole", row["losses"] == 0)
                for table in row["tables"]:
                    self.assertEqual(sum(map(len, table["loses"].values())), table["losses"])
        for key, guide in (("guide", True), ("beyond", False)):
            self.assertEqual(listing[key], {state: sum(row["state"] == state and row["guide"] is guide for row in rows)
                                            for state in self.STATES})

    def test_text_and_json_agree(self):
        told = self.ends(run("routes"), 0).stdout
        lines = told.splitlines()
        listing = self.listing()
        self.assertLessEqual(max(map(len, lines)), 120)
        for row in listing["rows"]:
            state = row["state"]
            if state == "with losses":
                state = f"{row['losses']} loss" + ("es" if row["losses"] > 1 else "")
            with self.subTest(row=row["name"]):
                self.assertRegex(told, rf"(?m)^  {state}  .*  {re.escape(row['name'])}"
                                       + ("$" if row["guide"] else r" \(not in the guide\)$"))
                for call in row["legacy"] + [f"-> {call}" for table in row["tables"] for call in table["calls"]]:
                    self.assertIn(call, told)
        counts = listing["guide"]
        self.assertEqual(lines[-2], "the guide: 92 rows: " + ", ".join(
            f"{counts[state]} {state}" for state in self.STATES if counts[state]))

    def test_markdown_is_a_line_for_each_area(self):
        lines = self.ends(run("routes", "--format", "markdown"), 0).stdout.splitlines()
        rows = self.listing()["rows"]
        areas = list(dict.fromkeys(row["area"] for row in rows))
        self.assertEqual([re.match(r"\| \[?([^\]|]+?)(?:\]| \|)", line).group(1) for line in lines[2:]],
                         areas + ["all"])
        self.assertEqual(lines[-1].split("|")[2:-1],
                         [f" {sum(row['state'] == state for row in rows)} " for state in self.STATES])

    def test_without_guide_the_tables_alone(self):
        tables = self.directory / "mappings"
        shutil.copytree(MAPPINGS, tables)
        (tables / "guide.json").unlink()
        rows = json.loads(self.ends(run("routes", "--mappings", str(tables), "--format", "json"), 0).stdout)["rows"]
        self.assertEqual({row["area"] for row in rows}, {"Other tables"})
        self.assertEqual(sum(len(row["tables"]) for row in rows),
                         sum(len(row["tables"]) for row in self.listing()["rows"]))

    def test_bad_guide(self):
        tables = self.directory / "mappings"
        shutil.copytree(MAPPINGS, tables)
        (tables / "guide.json").write_text('{"areas": [], "area": 1}', encoding="utf-8")
        self.ends(run("routes", "--mappings", str(tables)), 3, err=["guide.json: $.area: unknown key"])

    def test_bad_tables(self):
        self.ends(run("routes", "--mappings", str(self.directory)), 3, err=["profiles.json"])


class Docs(Command):
    def write_pages(self, *words):
        self.ends(run("docs", "--out", str(self.directory / "pages"), *words), 0, ["pages in"])
        return self.directory / "pages"

    def test_pages_tell_every_field_of_every_served_endpoint(self):
        pages = self.write_pages()
        text = {page.stem: page.read_text(encoding="utf-8") for page in pages.glob("*.md")}
        self.assertIn("# Reference", text["README"])
        contracts = {}
        for file in (MAPPINGS / "contracts/legacy").rglob("*.json"):
            contract = json.loads(file.read_text(encoding="utf-8"))
            contracts.setdefault(contract["call"], []).append(contract)
        rows = json.loads(run("routes", "--format", "json").stdout)["rows"]
        for row in rows:
            calls = [contract for call in row["legacy"] for contract in contracts.get(call, [])]
            page = next(page for page in text.values() if f"| {row['name']} |" in page or f"| [{row['name']}]" in page
                        or f": {row['name']} |" in page)
            if row["state"] not in ("whole", "with losses"):
                continue
            section = page[page.index(f"\n## {row['name']}\n"):].split("\n## ")[1]
            for contract in calls:
                for part in ("path", "query", "body", "answer"):
                    for field in contract[part]:
                        self.assertIn(f"\n| `{field}` |", section, contract["name"])

    def test_stale_pages_are_named(self):
        pages = self.write_pages()
        self.ends(run("docs", "--out", str(pages), "--check"), 0)
        (pages / "order.md").write_text("old", encoding="utf-8")
        (pages / "seller.md").unlink()
        (pages / "gone.md").write_text("old", encoding="utf-8")
        (pages / "notes.txt").write_text("mine", encoding="utf-8")
        told = self.ends(run("docs", "--out", str(pages), "--check"), 1,
                         ["order.md: stale", "seller.md: not there", "gone.md: no area has this page", "./dev docs"])
        self.assertNotIn("notes.txt", told.stdout)
        self.assertEqual((pages / "order.md").read_text(encoding="utf-8"), "old")

    def test_fields_of_which_a_table_says_nothing_are_missing(self):
        tables = self.directory / "mappings"
        shutil.copytree(MAPPINGS, tables)
        table = tables / "order/get_order_list.json"
        content = json.loads(table.read_text(encoding="utf-8"))
        del content["reply"]["total"]
        table.write_text(json.dumps(content), encoding="utf-8")
        before = (self.write_pages() / "README.md").read_text(encoding="utf-8")
        pages = self.write_pages("--mappings", str(tables))
        self.assertRegex((pages / "order.md").read_text(encoding="utf-8"), r"(?m)^\| `total` \| int \| \*\*missing\*\* \|$")
        self.assertNotEqual((pages / "README.md").read_text(encoding="utf-8"), before)

    def test_where_to(self):
        self.ends(run("docs"), 2, err=["--out"])
        self.ends(run("docs", "--out", str(self.directory / "no/where")), 1, err=["no/where"])
