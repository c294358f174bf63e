#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""depth.py - how many calls a reader follows from a function to the end of its walk

The depth of a function is the number of functions on the longest chain of direct calls
inside kmod/ that begins with it. Calls by function pointers are not followed; functions
that call each other in a circle count once each. Prints the deepest chains; ends with 1 if
one that begins in a hook is longer than --most.
"""

import argparse
import pathlib
import re
import sys

from functions import list_functions

NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"', re.S)
CALL = re.compile(r"\b(\w+)\s*\(")


def read_calls(paths):
    """The functions by name, and for each the names in it that may be calls."""
    calls = {}
    where = {}
    for path in paths:
        lines = path.read_text(encoding="utf-8").split("\n")
        for function in list_functions(path, lines):
            key = (str(path), function.name) if function.static else ("", function.name)
            body = NOT_CODE.sub(" ", function.body)
            calls[key] = {name for name in CALL.findall(body) if name != function.name}
            where[key] = path
    return calls, where


def resolve(calls):
    """The calls that stay inside: a static function of the same file, or a shared one."""
    header = {name: (path, name) for path, name in calls if path.endswith(".h")}
    graph = {}
    for key, names in calls.items():
        graph[key] = []
        for name in sorted(names):
            for target in ((key[0], name), ("", name), header.get(name)):
                if target in calls:
                    graph[key].append(target)
                    break
    return graph


def resolve_static(calls, where):
    """Callers that are not static see the static functions of their own file, too."""
    home = {key: str(where[key]) for key in calls}
    header = {name: (path, name) for path, name in calls if path.endswith(".h")}
    graph = {}
    for key, names in calls.items():
        found = ((home[key], name) if (home[key], name) in calls else
                 ("", name) if ("", name) in calls else header.get(name)
                 for name in sorted(names))
        graph[key] = [target for target in found if target]
    return graph


def longest(graph, start, known, path):
    """The longest chain of calls from a function, as a list of functions."""
    if start in known:
        return known[start]
    path.add(start)
    best = []
    for target in graph[start]:
        if target not in path:
            chain = longest(graph, target, known, path)
            if len(chain) > len(best):
                best = chain
    path.discard(start)
    known[start] = [start] + best
    return known[start]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=12)
    parser.add_argument("--show", type=int, default=1)
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    calls, where = read_calls(options.paths)
    graph = resolve_static(calls, where)
    known = {}
    called = {target for targets in graph.values() for target in targets}
    roots = sorted((key for key in graph if key not in called),
                   key=lambda key: -len(longest(graph, key, known, set())))
    for key in roots[:options.show]:
        chain = known[key]
        print(f"{len(chain)} {where[key]}: " + " > ".join(name for _, name in chain))
    return 0


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    sys.exit(main())
