"""No file names a place that exists on one developer's machine only."""

import pathlib
import re

import common

HOMES = "|".join(["home", "root", "Users", "mnt"])


def check(root):
    places = [rf"(?<![\w./-])/(?:{HOMES})/[\w.-]+"]
    here = pathlib.Path(root).resolve()
    if len(here.parts) > 2:
        places.append(re.escape(str(here)) + r"\b")
    return common.lines_matching(root, re.compile("|".join(places)),
                                 words="a path of one machine")


CLEAN = {"docs/a.md": "in /usr/share, /run/secrets, https://x.test/home/page, /tmp/x\n"}
SELF_TESTS = [
    ({"docs/a.md": "see /" + "home/anna/shopshim\n"}, "docs/a.md:1:"),
    ({"src/a.c": 'open("/' + 'root/x")\n'}, "src/a.c:1:"),
]
