#!/usr/bin/env python3
"""Runs clang-tidy (.clang-tidy) over the C files of src/, as the build in argv[1] compiles them."""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def look(program, build, file):
    """Exit code and findings of one file, as clang-tidy prints them."""
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
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for file, (code, text) in zip(files, pool.map(lambda f: look(program, build, f), files)):
            if code:
                bad += 1
                print(text or f"{file}: clang-tidy failed")
    print(f"{len(files)} files, {bad} with findings")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
