#!/usr/bin/env python3
"""Runs every suite of the project and counts: the part of `./dev test` behind the packages.

    tests/run.py                          everything
    tests/run.py lint                     lints, clang-format, clang-tidy
    tests/run.py fuzz --seconds N         the fuzz targets, N seconds each; --name X: that one

Builds come first; then the jobs run side by side, as many as there are cores, and each is
shown as one section when it ends: one line when it is good, its whole output when not. The
last line is `N passed, N failed`. Whatever cannot start, ends without a count, takes too
long or skips a test counts as failed.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
SANITIZED = BUILD / "sanitized"
FUZZ_SECONDS = 5
SIDE_BY_SIDE = max(2, os.cpu_count() or 2)

ENVIRONMENT = {
    **os.environ,
    "SHOPSHIM": str(SANITIZED / "shopshim"),
    "ASAN_OPTIONS": "abort_on_error=0:detect_leaks=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
}


@dataclasses.dataclass
class Count:
    passed: int
    failed: int
    told: str = ""  # what to show of a failure, in place of the whole output


@dataclasses.dataclass
class Job:
    """One suite: a command, and how its results are read from its exit code and output."""

    name: str
    command: list
    count: callable  # (exit code, output) -> Count
    seconds: int = 600


def count_whole(code, _output):
    """The suite is one test."""
    return Count(1, 0) if code == 0 else Count(0, 1)


def count_unittest(code, output):
    """Python's unittest: `Ran 12 tests`, `FAILED (failures=1, errors=2, skipped=1)`."""
    ran = re.findall(r"^Ran (\d+) tests? in", output, re.M)
    if not ran or int(ran[-1]) == 0:
        return Count(0, 1)
    bad = sum(int(n) for n in re.findall(
        r"(?:failures|errors|skipped|expected failures|unexpected successes)=(\d+)",
        output[output.rfind("\nRan "):]))
    total = max(int(ran[-1]), bad)
    if code != 0 and bad == 0:
        bad = 1
    return Count(total - bad, bad)


def count_ctest(code, _output):
    """CTest's report: each test inside each program, a program that died as one more."""
    try:
        cases = xml.etree.ElementTree.parse(SANITIZED / "units.xml").getroot().findall("testcase")
    except (OSError, xml.etree.ElementTree.ParseError):
        return Count(0, 1)
    count = Count(0, 0)
    for case in cases:
        text = case.findtext("system-out") or ""
        good = len(re.findall(r"^\[       OK \]", text, re.M))
        bad = len({name for name in re.findall(r"^\[  FAILED  \] (.+)$", text, re.M)
                   if not re.search(r"\d+ test\(s\)", name)})
        if case.get("status") == "run":
            count.passed += max(good, 1)
        else:
            count.passed += good
            count.failed += max(bad, 1)
            count.told += f"-- {case.get('name')} ({case.get('status')})\n{text}\n"
    if not cases or (code != 0 and count.failed == 0):
        count.failed += 1
    return count


class Report:
    """Prints sections whole, one after the other, and adds up."""

    def __init__(self):
        self.total = Count(0, 0)
        self.lock = threading.Lock()

    def section(self, name, count, seconds, output):
        with self.lock:
            self.total.passed += count.passed
            self.total.failed += count.failed
            state = "ok  " if count.failed == 0 else "FAIL"
            print(f"== {state} {name}: {count.passed} passed, {count.failed} failed"
                  f" ({seconds:.1f} s)", flush=True)
            for line in re.findall(r"^.*?(coverage: .*)$", output, re.M):
                print(f"   {line}", flush=True)
            if count.failed:
                print((count.told or output).rstrip() or "(no output)", flush=True)
                print(f"== end of {name}", flush=True)

    def end(self):
        print(f"{self.total.passed} passed, {self.total.failed} failed", flush=True)
        return 1 if self.total.failed or not self.total.passed else 0


def run(job, report):
    """Runs a job to its end, its output kept; whether it was good."""
    begin = time.monotonic()
    try:
        done = subprocess.run(job.command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=job.seconds, check=False)
        output = done.stdout.decode("utf-8", "replace")
        count = job.count(done.returncode, output)
    except subprocess.TimeoutExpired as error:
        output = (error.stdout or b"").decode("utf-8", "replace")
        output += f"\nstopped after {job.seconds} s"
        count = Count(0, 1)
    except OSError as error:
        output, count = f"cannot start: {error}", Count(0, 1)
    report.section(job.name, count, time.monotonic() - begin, output)
    return count.failed == 0


def build_job(preset):
    return Job(f"build {preset}", ["./dev", "build", preset], count_whole, 900)


def lint_jobs(with_binary):
    python = sys.executable
    jobs = [Job("lint", [python, "tests/lint/run.py"], count_whole),
            Job("lint self tests", [python, "-m", "unittest", "discover", "-s", "tests/lint",
                                    "-p", "test_*.py"], count_unittest),
            Job("clang-format", [python, "tests/lint/format.py"], count_whole),
            Job("clang-tidy", [python, "tests/lint/tidy.py", str(SANITIZED)], count_whole, 900)]
    if with_binary:
        jobs += [Job("options", [python, "tests/lint/options.py"], count_whole),
                 Job("reference pages", [str(SANITIZED / "shopshim"), "docs", "--out",
                                         "docs/reference", "--check"], count_whole),
                 Job("symbols", [python, "tests/lint/symbols.py", str(SANITIZED)], count_whole)]
    return jobs


def unit_jobs():
    report = SANITIZED / "units.xml"
    report.unlink(missing_ok=True)
    return [Job("units and cases",
                ["ctest", "--test-dir", str(SANITIZED), "--output-on-failure", "--no-tests=error",
                 "-j", str(SIDE_BY_SIDE), "--timeout", "300", "--output-junit", str(report),
                 "--test-output-size-passed", "4000000", "--test-output-size-failed", "4000000"],
                count_ctest, 900)]


def e2e_jobs():
    files = sorted((ROOT / "tests/e2e").glob("test_*.py"))
    return [Job(f"e2e {file.stem[5:]}",
                [sys.executable, "-m", "unittest", "discover", "-v", "-s", "tests/e2e",
                 "-p", file.name], count_unittest, 900) for file in files]


def message_jobs():
    """The messages of the cases against the contracts, and how much of them is covered."""
    return [Job("messages", [sys.executable, "-m", "unittest", "discover", "-v", "-s", "tests/messages",
                             "-p", "test_*.py"], count_unittest)]


def fuzz_jobs(seconds, name=None):
    """Each fuzz program with its seeds; what it finds new stays below build/."""
    sources = sorted((ROOT / "tests/fuzz").glob("*_fuzz.c"))
    jobs = []
    for source in sources:
        target = source.stem
        if name not in (None, target, target.removesuffix("_fuzz")):
            continue
        found = BUILD / "fuzz/found" / target
        found.mkdir(parents=True, exist_ok=True)
        programs = [path for path in (BUILD / "fuzz").rglob(target) if path.is_file()]
        program = programs[0] if programs else BUILD / "fuzz" / target
        command = [str(program), str(found), f"-max_total_time={seconds}", "-timeout=10",
                   "-rss_limit_mb=1024", "-print_final_stats=1",
                   f"-artifact_prefix={BUILD / 'fuzz'}/{target}-"]
        seeds = ROOT / "tests/fuzz/corpus" / target
        if seeds.is_dir():
            command.insert(2, str(seeds))
        jobs.append(Job(f"fuzz {target}", command, count_whole, seconds + 300))
    return jobs or [Job("fuzz", ["false"], count_whole)]


def jobs_of(suite, options, report):
    """Builds what the suite needs and gives its jobs; without the build, each fails at its start."""
    if suite == "fuzz":
        run(build_job("fuzz"), report)
        return fuzz_jobs(options.seconds, options.name)
    sanitized = run(build_job("sanitized"), report)
    if suite == "lint":
        return lint_jobs(sanitized)
    run(build_job("fuzz"), report)
    jobs = [Job("up", ["./dev", "up", "--once"], count_whole, 600)]
    jobs += unit_jobs() + lint_jobs(True) + message_jobs() + e2e_jobs() + fuzz_jobs(FUZZ_SECONDS)
    return jobs


def main():
    parser = argparse.ArgumentParser(description="Run the suites of shopshim and count.")
    parser.add_argument("suite", nargs="?", default="all", choices=["all", "lint", "fuzz"])
    parser.add_argument("--name", help="one fuzz target")
    parser.add_argument("--seconds", type=int, default=FUZZ_SECONDS, help="of each fuzz target")
    options = parser.parse_args()
    for program in ("cmake", "ctest"):
        if not shutil.which(program):
            print(f"tests: {program} is not installed", file=sys.stderr)
    report = Report()
    jobs = jobs_of(options.suite, options, report)
    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for future in [pool.submit(run, job, report) for job in jobs]:
            future.result()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
