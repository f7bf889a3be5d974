"""What the lints share: the files of the project, and the form of a finding.

A lint is a module with `check(root)`, which gives one line `file:line: what is wrong` for each
finding, and `SELF_TESTS`, small trees with a planted fault and the words that must be found;
test_lints.py holds every lint to its own list.
"""

import os
import pathlib

SKIPPED = {".git", "build", "__pycache__"}
BINARY = {".png", ".jpg", ".gif", ".gz", ".pdf", ".bin"}


def files(root, *suffixes, below=""):
    """Paths relative to root, sorted; all files when no suffix is named."""
    found = []
    for folder, folders, names in os.walk(pathlib.Path(root) / below):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in names:
            if not suffixes or name.endswith(suffixes):
                found.append((pathlib.Path(folder) / name).relative_to(root))
    return sorted(found)


def text(root, file):
    return (pathlib.Path(root) / file).read_text(encoding="utf-8", errors="replace")


def texts(root, *suffixes, below=""):
    """Each text file with its content; fuzz seeds and pictures are no text."""
    for file in files(root, *suffixes, below=below):
        if file.suffix in BINARY or file.is_relative_to("tests/fuzz/corpus"):
            continue
        yield file, text(root, file)


def lines_matching(root, pattern, *suffixes, below="", words):
    """A finding for every line that matches the compiled pattern."""
    findings = []
    for file, content in texts(root, *suffixes, below=below):
        for number, line in enumerate(content.splitlines(), 1):
            match = pattern.search(line)
            if match:
                findings.append(f"{file}:{number}: {words}: {match.group(0).strip()}")
    return findings
