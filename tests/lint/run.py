#!/usr/bin/env python3
"""Runs the lints that need no build over the project, or over the directory named.

Prints every finding as `lint: file:line: words`; ends with 1 when there is any.
"""

import pathlib
import sys

import endpoint_words
import heads
import json_files
import left_words
import levels
import machine_paths

LINTS = [levels, endpoint_words, json_files, heads, left_words, machine_paths]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    root = root if root.is_dir() else root.parents[2]
    bad = 0
    for lint in LINTS:
        findings = lint.check(root)
        bad += len(findings)
        for finding in findings:
            print(f"{lint.__name__}: {finding}")
    print(f"{len(LINTS)} lints, {bad} findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
