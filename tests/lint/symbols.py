#!/usr/bin/env python3
"""No two rooms give a function or an object the same name: a static link would take either.

Reads the libraries of the build in argv[1] (build/sanitized) with nm.
"""

import collections
import pathlib
import re
import subprocess
import sys

DEFINED = re.compile(r"^[0-9a-f]+ [TDBRC] (\w+)$", re.M)


def doubled(listings):
    """`listings`: room -> what nm prints of its library. One finding for each shared name."""
    rooms = collections.defaultdict(list)
    for room, listing in sorted(listings.items()):
        for name in sorted(set(DEFINED.findall(listing))):
            if not name.startswith("__"):
                rooms[name].append(room)
    return [f"src/{found[0]}:1: {name} is defined in the rooms {', '.join(found)}"
            for name, found in sorted(rooms.items()) if len(found) > 1]


def main():
    libraries = sorted((pathlib.Path(sys.argv[1]) / "src").glob("*/lib*.a"))
    listings = {}
    for library in libraries:
        done = subprocess.run(["nm", "-g", "--defined-only", str(library)], capture_output=True,
                              text=True, check=True)
        listings[library.parent.name] = done.stdout
    findings = doubled(listings)
    for finding in findings:
        print(f"symbols: {finding}")
    print(f"{len(listings)} rooms, {len(findings)} findings")
    return 1 if findings or len(listings) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
