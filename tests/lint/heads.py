"""Every source file begins with a comment that says what it is for."""

import common

SHORTEST = 12  # letters of a head comment that says something


def head(file, content):
    """The text of the comment that a file begins with, or an empty text."""
    lines = content.lstrip("\ufeff").splitlines()
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    rest = "\n".join(lines)
    for begin, end in (("/*", "*/"), ('"""', '"""')):
        if rest.startswith(begin) and end in rest[len(begin):]:
            return rest[len(begin):rest.index(end, len(begin))].replace("*", " ").strip()
    comment = []
    for line in lines:
        if file.suffix in (".c", ".h") or not line.startswith("#"):
            break
        comment.append(line.lstrip("# "))
    return "\n".join(comment).strip()


def check(root):
    found = [*common.texts(root, ".c", ".h", ".py", ".sh"), *common.texts(root, below=".ci")]
    found += [(file, content) for file, content in common.texts(root) if str(file) == "dev"]
    return [f"{file}:1: no head comment that says what the file is for"
            for file, content in found if len(head(file, content)) < SHORTEST]


GOOD = "/*\n * Things: what they are for and what they refuse.\n */\n"
CLEAN = {"src/a.c": GOOD, "tests/a.py": '#!/usr/bin/env python3\n"""Tests of the things, by table."""\n'}
SELF_TESTS = [
    ({"src/a.c": "#include <stdio.h>\n"}, "src/a.c:1:"),
    ({"src/a.h": "/* a */\n"}, "src/a.h:1:"),
    ({"tests/a.py": "import os\n"}, "tests/a.py:1:"),
    ({"dev": "#!/usr/bin/env bash\nset -e\n"}, "dev:1:"),
]
