#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""ladder.py - main.c undoes its steps in reverse, when loading fails and at the end

usage: ladder.py FILE

Each rivet_X_init() has its rivet_X_exit(), all in the opposite order: behind the
labels of rivet_init(), and in rivet_exit(). A step that fails goes to the label that
undoes the last before it that can fail or not, and a label is named after the first
exit behind it. No result is ignored: a rung is "err = rivet_X_init();" or void.
"""

import re
import sys


def body_of(text, name):
    """The lines between the braces of a function."""
    match = re.search(rf"\b{name}\(void\)\n{{\n(.*?)\n}}", text, re.S)
    return match.group(1).split("\n") if match else []


def read_ladder(lines):
    """Rungs as (name, label that a failure goes to), and labels with the steps that they undo."""
    rungs, labels, undone = [], [], []
    for line in lines:
        if match := re.match(r"\s+(err = )?rivet_(\w+)_init\(", line):
            rungs.append([match.group(2), None, bool(match.group(1))])
        elif (match := re.match(r"\s+goto (\w+);", line)) and rungs:
            rungs[-1][1] = match.group(1)
        elif match := re.match(r"exit_(\w+):", line):
            labels.append((f"exit_{match.group(1)}", len(undone)))
        elif match := re.match(r"\s+(?:rivet_(\w+)_exit|exit_(\w+))\(\)", line):
            undone.append(match.group(1) or match.group(2))
    return rungs, labels, undone


def check_failures(rungs, labels, undone):
    """Each failing rung goes to the label that undoes exactly the steps before it."""
    places = dict(labels)
    for number, (name, label, fails) in enumerate(rungs):
        if not fails:
            if label:
                yield f"rivet_{name}_init(): its result is not looked at, yet there is a goto"
            continue
        begun = [rung[0] for rung in rungs[:number]][::-1]
        if label not in places:
            yield f"rivet_{name}_init() failing goes to no label"
        elif undone[places[label]:][:len(begun)] != begun:
            yield f"rivet_{name}_init() failing: {label} undoes not {begun} first"
    for label, place in labels:
        if place >= len(undone) or label != f"exit_{undone[place]}":
            yield f"{label} is not named after what it undoes first"


def check(text):
    """All complaints about one file."""
    rungs, labels, undone = read_ladder(body_of(text, "rivet_init"))
    names = [rung[0] for rung in rungs]
    _, _, ended = read_ladder(body_of(text, "rivet_exit"))
    if len(rungs) < 2:
        yield "no ladder found"
        return
    yield from check_failures(rungs, labels, undone)
    if ended[:len(names)] != names[::-1]:
        yield f"rivet_exit() ends {ended}, not {names[::-1]}"
    if ended[len(names):] != undone[len(names) - 1:]:
        yield "rivet_exit() and the last label of rivet_init() differ in the rest"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        complaints = list(check(file.read()))
    for complaint in complaints:
        print(f"{sys.argv[1]}: {complaint}")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
