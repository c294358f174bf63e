#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""functions.py - style rules for each C function, beyond the kernel's own linters

None is over 60 lines; each non-static one of kmod/ has kernel-doc; none mixes
scoped cleanup with goto. Files over 500 lines are remarked on. Relies on the
kernel's form: a function's braces stand in the first column.
"""

import pathlib
import re
import sys

MAX_FUNCTION = 60
MAX_FILE = 500
NAME = re.compile(r"(\w+)\(")
SCOPED = re.compile(r"\b(?:scoped_)?guard\(|\b__free\(")
GOTO = re.compile(r"\bgoto\b")


class Function:
    """One function: its place, its declaration and its content."""

    def __init__(self, path, first, head, body, documented):
        self.path = path
        self.first = first
        self.length = len(head) + len(body)
        self.body = "\n".join(body)
        self.static = re.match(r"static\b", head[0]) is not None
        match = NAME.search(head[0]) or NAME.search(" ".join(head))
        self.name = match.group(1) if match else "?"
        self.documented = documented


def find_head(lines, brace):
    """The declaration that ends above a brace begins after a blank line or a comment."""
    first = brace
    while first > 0 and lines[first - 1].strip() and \
            not re.match(r"[#}]|.*\*/\s*$|.*;\s*$", lines[first - 1]):
        first -= 1
    return first


def has_kernel_doc(lines, first, name):
    """Whether the comment that ends above a declaration is kernel-doc of that name."""
    last = first - 1
    if last < 0 or not lines[last].rstrip().endswith("*/"):
        return False
    begin = last
    while begin > 0 and "/*" not in lines[begin]:
        begin -= 1
    return lines[begin].startswith("/**") and f"{name}()" in lines[begin + 1]


def list_functions(path, lines):
    """Every function of a file, in order."""
    for brace, line in enumerate(lines):
        if line != "{":
            continue
        first = find_head(lines, brace)
        end = next((i for i in range(brace, len(lines)) if lines[i].startswith("}")), brace)
        if first == brace or end == brace:
            continue
        function = Function(path, first, lines[first:brace], lines[brace:end + 1], False)
        function.documented = has_kernel_doc(lines, first, function.name)
        yield function


def judge(function):
    """The findings of one function."""
    if function.length > MAX_FUNCTION:
        yield f"{function.name}() has {function.length} lines, more than {MAX_FUNCTION}"
    if SCOPED.search(function.body) and GOTO.search(function.body):
        yield f"{function.name}() mixes guard() or __free() with goto"
    in_core = function.path.parts[0] == "kmod" and function.path.suffix == ".c"
    if in_core and not function.static and not function.documented:
        yield f"{function.name}() is not static and has no kernel-doc"


def main(paths):
    """Print every finding; the number of functions seen proves that some were."""
    findings = 0
    seen = 0
    for path in map(pathlib.Path, paths):
        lines = path.read_text(encoding="utf-8").split("\n")
        if len(lines) > MAX_FILE + 1:
            print(f"# {path}: {len(lines) - 1} lines: perhaps two concepts")
        for function in list_functions(path, lines):
            seen += 1
            for finding in judge(function):
                print(f"{path}:{function.first + 1}: {finding}")
                findings += 1
    if not seen:
        print("no function found in any file")
    return 1 if findings or not seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
