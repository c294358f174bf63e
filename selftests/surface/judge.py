#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""judge.py - compare the places of kernels with the verdicts on them

usage: judge.py [--without-each | --with-each] VERDICTS HOOKS TESTS INDEX...

VERDICTS is a folder with a file for each class, HOOKS names the hooks that rivet
attaches, TESTS is the folder of the tests that a verdict may name. Every place needs
exactly one verdict, and every part of a verdict a place. With --without-each, takes
away each verdict in turn, with --with-each adds one place more to each that is there, and
fails if that goes unnoticed. Documentation/surface.md has the form of a verdict.
"""

import collections
import pathlib
import re
import sys

VERDICT = re.compile(r"(\S+) (\S+) (\S+) (seen|harmless|uncovered)(?: ([^:]*))?: (\S.*)")
HOOK = re.compile(r"^RIVET_HOOK\([^,]+, (\w+),\s+LSM\(", re.M)

Place = collections.namedtuple("Place", "kernel kind path function callee count")


def glob(text):
    """A pattern of which * is any text within a folder, ** any text, | an alternative."""
    regex = re.escape(text).replace(r"\*\*", ".*").replace(r"\*", "[^/]*").replace(r"\|", "|")
    return re.compile(f"(?:{regex})")


class Part:
    """One alternative of the callees: how often it occurs in each kernel, over all places."""

    def __init__(self, word):
        self.name, _, numbers = word.partition("=")
        self.pattern = glob(self.name)
        self.numbers = [int(number) for number in (numbers or "1").split("/")]
        self.totals = {}

    def wanted(self, kernel):
        """The content of the verdict; the last number is that of all further kernels."""
        return self.numbers[min(kernel, len(self.numbers) - 1)]


class Verdict:
    """One verdict: its places, and its words about them."""

    def __init__(self, kind, where, match):
        self.kind, self.where = kind, where
        path, function, callees, self.status, self.by, self.text = match.groups()
        self.first = f"{path.partition('|')[0]} {function.partition('|')[0]}"
        self.path, self.function = glob(path), glob(function)
        self.parts = [Part(word) for word in callees.split("|")]
        self.words = set(path.split("|")), set(function.split("|"))
        self.used = set()

    def part_of(self, place):
        """The part of it that is on a place, or None."""
        if not (self.path.fullmatch(place.path) and self.function.fullmatch(place.function)):
            return None
        return next((part for part in self.parts if part.pattern.fullmatch(place.callee)), None)

    def matches(self, place):
        """Whether it is on a place; remembers which part of it was, and counts."""
        part = self.part_of(place)
        if part:
            self.used |= {part.name, place.path, place.function}
            part.totals[place.kernel] = part.totals.get(place.kernel, 0) + place.count
        return part is not None

    def list_unused(self):
        """The parts of it that are on nothing."""
        names = {part.name for part in self.parts}
        for word in self.words:
            names |= {name for name in word if "*" not in name}
        return sorted(names - self.used)


def read_verdicts(folder):
    """All verdicts, and the findings on lines that are none."""
    verdicts, findings = [], []
    for file in sorted(folder.iterdir()):
        lines = file.read_text(encoding="utf-8").split("\n")
        for number, line in join_lines(lines):
            match = VERDICT.fullmatch(line)
            where = f"{file.name}:{number}"
            if match:
                verdicts.append(Verdict(file.name, where, match))
            else:
                findings.append(f"{where}: not a verdict: {line}")
    return verdicts, findings


def join_lines(lines):
    """Lines joined with their indented continuation lines."""
    number, whole = 0, ""
    for at, line in enumerate(lines + [""], 1):
        if line[:1] in (" ", "\t"):
            begins = whole.endswith("|")
            whole += line.strip() if begins else " " + line.strip()
            continue
        if whole:
            yield number, whole
        number, whole = at, "" if line.startswith("#") else line


def read_index(file, attached):
    """The places of one kernel that need a verdict, and how many there were."""
    places = []
    for line in file.read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            kind, path, function, callee, count = line.split("\t")
            if kind != "lsm" or callee not in attached:
                places.append(Place(file.stem, kind, path, function, callee, int(count)))
    return places


def check_claims(verdicts, attached, tests):
    """A verdict that says that a hook sees a place names the hook and the test."""
    for verdict in verdicts:
        if verdict.status != "seen":
            if verdict.by:
                yield f"{verdict.where}: only what is seen has a hook"
            continue
        hooks, _, test = (verdict.by or "").partition(" ")
        for hook in hooks.split("/"):
            if hook not in attached | {"module_notifier"}:
                yield f"{verdict.where}: {hook or 'no hook'} is not attached"
        for name in test.split("/"):
            if not (tests / f"{name}.sh").exists():
                yield f"{verdict.where}: there is no test {name or 'named'}"


def match_all(places, verdicts):
    """The verdicts on each place."""
    by_kind = collections.defaultdict(list)
    for verdict in verdicts:
        by_kind[verdict.kind].append(verdict)
    return {place: [v for v in by_kind[place.kind] if v.matches(place)] for place in places}


def judge(matches, without=None):
    """The findings: places without a verdict, or with two."""
    for place, all_of_them in matches.items():
        found = [verdict for verdict in all_of_them if verdict is not without]
        what = f"{place.kind}: {place.path} {place.function} {place.callee}"
        if not found:
            yield f"{place.kernel}: no verdict on {what} ({place.count} times)"
        elif len(found) > 1:
            yield f"{place.kernel}: {found[0].where} and {found[1].where} are both on {what}"


def check_numbers(verdict, part, kernels, more=0):
    """A verdict knows how many places it is on: one that comes later is not among them."""
    for at, kernel in enumerate(kernels):
        total = part.totals.get(kernel, 0)
        if total and total + more != part.wanted(at):
            fewer = "fewer" if total + more > part.wanted(at) else "more"
            yield (f"{kernel}: {verdict.where} knows {fewer} than {total + more} of "
                   f"{verdict.kind}: {verdict.first} {part.name}")


def check_all_numbers(verdicts, kernels):
    """The findings on all verdicts."""
    for verdict in verdicts:
        for part in verdict.parts:
            yield from check_numbers(verdict, part, kernels)


def list_unmissed(verdicts, matches, kernels):
    """Verdicts that nobody would miss, or that would be on one more place unseen."""
    for verdict in verdicts:
        if matches is not None and not any(judge(matches, verdict)):
            yield f"{verdict.where}: not missed when it is gone"
        for part in verdict.parts if matches is None else ():
            for kernel in part.totals:
                if not any(check_numbers(verdict, part, kernels, 1)):
                    yield f"{verdict.where}: one more {part.name} is not missed in {kernel}"


def count(matches, kernel):
    """How many of a kernel's places have which verdict."""
    states = collections.Counter(found[0].status for place, found in matches.items()
                                 if place.kernel == kernel and found)
    return ", ".join(f"{states[name]} {name}" for name in ("seen", "harmless", "uncovered"))


def main(args):
    """Print the findings, or, for new places, verdicts to fill in."""
    each = args[0] if args[:1] in (["--without-each"], ["--with-each"]) else None
    folder, hooks, tests, *indexes = map(pathlib.Path, args[1:] if each else args)
    attached = set(HOOK.findall(hooks.read_text(encoding="utf-8")))
    verdicts, findings = read_verdicts(folder)
    kernels = [file.stem for file in indexes]
    matches = match_all([place for file in indexes for place in read_index(file, attached)],
                        verdicts)
    if each:
        findings = list(list_unmissed(verdicts, matches if each == "--without-each" else None,
                                      kernels))
        done = {"--without-each": "each taken away once", "--with-each": "each with a place more"}
        print(f"# {len(verdicts)} verdicts, {done[each]}")
    else:
        findings += judge(matches)
        findings += check_all_numbers(verdicts, kernels)
        findings += [f"{v.where}: on nothing: {name}" for v in verdicts for name in v.list_unused()]
        findings += check_claims(verdicts, attached, tests)
        for kernel in kernels:
            print(f"# {kernel}: {count(matches, kernel)}")
    print(*findings, sep="\n", end="\n" if findings else "")
    return 1 if findings or not verdicts or not matches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
