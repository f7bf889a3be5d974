"""Nothing is left for later in a file: no marker words."""

import re

import common

MARKERS = ["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]
PATTERN = re.compile(r"\b(" + "|".join(MARKERS) + r")\b")


def check(root):
    return common.lines_matching(root, PATTERN, words="left for later")


CLEAN = {"src/a.c": "/* To do a thing well. */\n"}
SELF_TESTS = [
    ({"src/a.c": f"/* {MARKERS[0]}: later */\n"}, "src/a.c:1:"),
    ({"docs/a.md": f"text\n\n{MARKERS[1]} this\n"}, "docs/a.md:3:"),
    ({"dev": f"# {MARKERS[2]}\n"}, "dev:1:"),
]
