#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""judge.py - compare the places of kernels with the verdicts on them

usage: judge.py [--without-each] VERDICTS HOOK.C TESTS INDEX...

VERDICTS is a folder with a file for each class, HOOK.C names the hooks that rivet
attaches, TESTS is the folder of the tests that a verdict may name. Every place needs
exactly one verdict, and every part of a verdict a place. With --without-each, takes
away each verdict in turn and fails if that goes unnoticed. Documentation/surface.md
has the form of a verdict.
"""

import collections
import pathlib
import re
import sys

VERDICT = re.compile(r"(\S+) (\S+) (\S+) (seen|harmless|uncovered)(?: ([^:]*))?: (\S.*)")
HOOK = re.compile(r"^\tHOOK(?:_IN_ORDER)?\([^,]+, (\w+)", re.M)

Place = collections.namedtuple("Place", "kernel kind path function callee count")


def glob(text):
    """A pattern of which * is any text within a folder, ** any text, | an alternative."""
    regex = re.escape(text).replace(r"\*\*", ".*").replace(r"\*", "[^/]*").replace(r"\|", "|")
    return re.compile(f"(?:{regex})")


def parts_of(word):
    """The alternatives of a word, each with the number of times it may occur there."""
    for part in word.split("|"):
        name, _, most = part.partition("=")
        yield name, int(most or 1)


class Verdict:
    """One verdict: which places it is on, and what it says of them."""

    def __init__(self, kind, where, match):
        self.kind, self.where = kind, where
        path, function, callees, self.status, self.by, self.text = match.groups()
        self.path, self.function = glob(path), glob(function)
        self.callees = [(name, glob(name), most) for name, most in parts_of(callees)]
        self.counted = "*" not in function
        self.words = set(path.split("|")), set(function.split("|"))
        self.used = set()

    def matches(self, place):
        """Whether it is on a place; remembers which part of it was."""
        if not (self.path.fullmatch(place.path) and self.function.fullmatch(place.function)):
            return False
        for name, pattern, _ in self.callees:
            if pattern.fullmatch(place.callee):
                self.used |= {name, place.path, place.function}
                return True
        return False

    def most(self, place):
        """How many times a place may be there; None if that does not matter."""
        if not self.counted or place.kind in ("fs", "lsm", "lockdown"):
            return None
        return next(most for _, pattern, most in self.callees if pattern.fullmatch(place.callee))

    def list_unused(self):
        """The parts of it that are on nothing."""
        names = {name for name, _, _ in self.callees}
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
    """Lines with what continues them: what is indented."""
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
    """The findings: places without a verdict, with two, or more often than it knows."""
    for place, all_of_them in matches.items():
        found = [verdict for verdict in all_of_them if verdict is not without]
        what = f"{place.kind}: {place.path} {place.function} {place.callee}"
        if not found:
            yield f"{place.kernel}: no verdict on {what} ({place.count} times)"
        elif len(found) > 1:
            yield f"{place.kernel}: {found[0].where} and {found[1].where} are both on {what}"
        elif found[0].most(place) not in (None, place.count) and \
                place.count > found[0].most(place):
            yield f"{place.kernel}: {found[0].where} knows fewer than {place.count} of {what}"


def count(matches, kernel):
    """How many of a kernel's places have which verdict."""
    states = collections.Counter(found[0].status for place, found in matches.items()
                                 if place.kernel == kernel and found)
    return ", ".join(f"{states[name]} {name}" for name in ("seen", "harmless", "uncovered"))


def main(args):
    """Print the findings, or with --without-each the verdicts that nobody would miss."""
    each = args[:1] == ["--without-each"]
    folder, hooks, tests, *indexes = map(pathlib.Path, args[1:] if each else args)
    attached = set(HOOK.findall(hooks.read_text(encoding="utf-8")))
    verdicts, findings = read_verdicts(folder)
    matches = match_all([place for file in indexes for place in read_index(file, attached)],
                        verdicts)
    if each:
        findings = [f"{verdict.where}: not missed when it is gone" for verdict in verdicts
                    if not any(judge(matches, verdict))]
        print(f"# {len(verdicts)} verdicts, each taken away once")
    else:
        findings += judge(matches)
        findings += [f"{v.where}: on nothing: {name}" for v in verdicts for name in v.list_unused()]
        findings += check_claims(verdicts, attached, tests)
        for file in indexes:
            print(f"# {file.stem}: {count(matches, file.stem)}")
    print(*findings, sep="\n", end="\n" if findings else "")
    return 1 if findings or not verdicts or not matches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
