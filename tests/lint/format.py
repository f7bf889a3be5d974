#!/usr/bin/env python3
"""Holds every C file to .clang-format; `./dev fmt` mends what it finds."""

import pathlib
import shutil
import subprocess
import sys

import common


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not program:
        print("format: clang-format is not installed")
        return 1
    files = [str(file) for folder in ("src", "tests")
             for file in common.files(root, ".c", ".h", below=folder)]
    if not files:
        print("format: no C file found")
        return 1
    return subprocess.run([program, "--dry-run", "-Werror", *files], cwd=root, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
