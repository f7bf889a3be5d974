"""Every lint finds its planted faults and nothing in its clean tree."""

import pathlib
import tempfile
import unittest

import options
import run
import symbols


def plant(folder, tree):
    for name, content in tree.items():
        file = pathlib.Path(folder) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


class Lints(unittest.TestCase):
    """One test a kind of promise, a subtest for each lint and planted tree."""

    def test_planted_faults_are_found(self):
        for lint in run.LINTS + [options]:
            self.assertTrue(lint.SELF_TESTS, lint.__name__)
            for tree, words in lint.SELF_TESTS:
                with self.subTest(lint=lint.__name__, words=words), \
                        tempfile.TemporaryDirectory() as folder:
                    plant(folder, tree)
                    findings = lint.check(folder)
                    self.assertTrue(any(words in finding for finding in findings), findings)

    def test_clean_trees_are_clean(self):
        for lint in run.LINTS + [options]:
            with self.subTest(lint=lint.__name__), tempfile.TemporaryDirectory() as folder:
                plant(folder, lint.CLEAN)
                self.assertEqual(lint.check(folder), [])

    def test_doubled_symbols_are_found(self):
        first = "\nstr.c.o:\n0000000000000000 T str_of\n0000000000000010 t local\n00000000 R table\n"
        second = "0000000000000000 T other\n0000000000000010 t local\n0000000000000010 D __asan_x\n"
        self.assertEqual(symbols.doubled({"base": first, "json": second}), [])
        both = symbols.doubled({"base": first + "00000010 B same\n", "json": second + "00000020 T same\n"})
        self.assertEqual(both, ["src/base:1: same is defined in the rooms base, json"])


if __name__ == "__main__":
    unittest.main()
