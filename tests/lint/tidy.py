#!/usr/bin/env python3
"""Runs clang-tidy (.clang-tidy) over the C files of src/, as the build in argv[1] compiles them.

A file that was clean is not looked at again until it, a header of src/ or the checks change:
what was clean is remembered below the build directory.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import common

ROOT = pathlib.Path(__file__).resolve().parents[2]


def digest(*paths):
    value = hashlib.sha256()
    for path in paths:
        value.update(path.read_bytes())
    return value.hexdigest()


def look(program, build, file):
    """The findings of one file, as clang-tidy prints them."""
    done = subprocess.run([program, "-p", str(build), "--quiet", str(file)], cwd=ROOT,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    program = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    if not program or not (build / "compile_commands.json").exists():
        print("tidy: clang-tidy or the build's compile_commands.json is missing")
        return 1
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    files = sorted({pathlib.Path(entry["file"]) for entry in commands
                    if pathlib.Path(entry["file"]).is_relative_to(ROOT / "src")})
    shared = digest(ROOT / ".clang-tidy",
                    *(ROOT / header for header in common.files(ROOT, ".h", below="src")))
    memory = build / "tidy.json"
    clean = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    due = [file for file in files if clean.get(str(file)) != shared + digest(file)]
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for file, (code, text) in zip(due, pool.map(lambda f: look(program, build, f), due)):
            if code:
                bad += 1
                print(text or f"{file}: clang-tidy failed")
            else:
                clean[str(file)] = shared + digest(file)
    memory.write_text(json.dumps(clean), encoding="utf-8")
    print(f"{len(files)} files, {len(due)} looked at, {bad} with findings")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
