#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""depth.py - how many calls a reader follows from a hook to the last helper

Prints each function of the folder of hooks that nothing calls, if a chain of direct
calls from it has more than MAX_CALLS calls. Calls by function pointer are not followed;
in a circle each function counts once. What functions.py relies on, this does too.
"""

import argparse
import pathlib
import re
import sys

from functions import list_functions

MAX_CALLS = 12
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"', re.S)
CALL = re.compile(r"\b(\w+)\s*\(")


def read_functions(paths):
    """All functions by key: (file, name) of a static one, ("", name) of any other."""
    functions = {}
    for path in paths:
        for function in list_functions(path, path.read_text(encoding="utf-8").split("\n")):
            functions[str(path) if function.static else "", function.name] = function
    return functions


def list_calls(functions):
    """For each key those of the functions called: of the same file, shared, of a header."""
    in_headers = {key[1]: key for key in functions if key[0].endswith(".h")}
    calls = {}
    for key, function in functions.items():
        names = set(CALL.findall(NOT_CODE.sub(" ", function.body)))
        places = ([(str(function.path), name), ("", name), in_headers.get(name)]
                  for name in sorted(names - {function.name}))
        found = (next((place for place in three if place in functions), None) for three in places)
        calls[key] = [place for place in found if place]
    return calls


def find_longest(calls, key, known, above):
    """The longest chain of functions that begins with one and leads to none of those above."""
    if key in known:
        return known[key]
    chains = [find_longest(calls, callee, known, above | {key})
              for callee in calls[key] if callee not in above | {key}]
    known[key] = [key] + max(chains, key=len, default=[])
    return known[key]


def main():
    """Print the entries with too long a chain; that some were seen proves the look."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--entries", default="kmod/hook/", help="where their names begin")
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    functions = read_functions(options.paths)
    calls = list_calls(functions)
    called = {key for callees in calls.values() for key in callees}
    entries = [key for key, function in functions.items()
               if key not in called and str(function.path).startswith(options.entries)]
    known = {}
    findings = 0
    for key in entries:
        chain = find_longest(calls, key, known, frozenset())
        if len(chain) - 1 > MAX_CALLS:
            print(f"{functions[key].path}:{functions[key].first + 1}: {len(chain) - 1} calls, "
                  f"more than {MAX_CALLS}: " + " > ".join(name for _, name in chain))
            findings += 1
    if not entries:
        print(f"no entry found in {options.entries}")
    return 1 if findings or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
