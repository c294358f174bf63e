# SPDX-License-Identifier: GPL-2.0-only
"""source.py - a C file as the search needs it: without comments, and divided into functions

Relies on the kernel's form: text in the first column begins a function, a table or a
declaration, and a function or table ends with a brace in the first column.
"""

import bisect
import re

WORDLESS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
CALLED = re.compile(r"\b([A-Za-z_]\w*)\s*\(\s*(\w*)")
TABLE = re.compile(r"(\w+)\s*(?:\[[^=]*\]\s*)*(?:\s__\w+\s*)*=")
DEFINE = re.compile(r"#\s*define\s+(\w+)")
# Words before a parenthesis in the head of a function that are not its name.
NOT_NAMES = re.compile(r"__(?:printf|scanf|attribute__|must_hold|acquires?|releases?|aligned|"
                       r"section|cond_acquires|no_sanitize\w*|counted_by|bpf_kfunc\w*)$|"
                       r"(?:asmlinkage|DEFINE_FREE|noinline|typeof|alignas|unsigned|void|int|if|"
                       r"context_\w+)$")
SYSCALL = re.compile(r"(?:COMPAT_|KSYSCALL_)?SYSCALL(?:_COMPAT|32)?_DEFINE\w*$|BPF_CALL_\d$")


def blank(text):
    """The text with comments, strings and characters gone, and every line where it was."""
    def empty(match):
        word = match.group(0)
        return ("" if word[0] == "/" else '""') + "\n" * word.count("\n")
    return WORDLESS.sub(empty, text)


def uncomment(text):
    """The text with comments gone, and every line where it was."""
    def empty(match):
        word = match.group(0)
        return "\n" * word.count("\n") if word[0] == "/" else word
    return WORDLESS.sub(empty, text)


def name_of(head):
    """The name that the words before a brace give; None without one."""
    table = TABLE.search(head)
    for match in CALLED.finditer(head):
        if table and table.start() < match.start():
            break
        if NOT_NAMES.match(match.group(1)):
            continue
        return match.group(2) if SYSCALL.match(match.group(1)) else match.group(1)
    return table.group(1) if table else None


class Contexts:
    """The functions, tables and macros of a file, by the offset each begins at."""

    def __init__(self, text):
        self.starts = [0]
        self.names = [None]
        self._head = ""
        self._inside = False
        self._macro = False
        offset = 0
        for line in text.split("\n"):
            self._line(line, offset)
            offset += len(line) + 1

    def _set(self, offset, name):
        self.starts.append(offset)
        self.names.append(name)

    def _line(self, line, offset):
        if self._macro or line.startswith("#"):
            self._preprocessor(line, offset)
        elif self._inside:
            if line.startswith("}"):
                self._end(offset + len(line))
        elif line.strip():
            self._declare(line, offset)
        else:
            self._head = ""

    def _preprocessor(self, line, offset):
        match = DEFINE.match(line)
        if match and not self._macro:
            self._resume = self.names[-1] if self._inside else None
            self._set(offset, match.group(1))
            self._macro = True
        if self._macro and not line.endswith("\\"):
            self._macro = False
            self._set(offset + len(line), self._resume)

    def _end(self, offset):
        self._inside = False
        self._head = ""
        self._set(offset, None)

    def _declare(self, line, offset):
        """Words at the first column: a head, until a brace or a semicolon ends it."""
        before, brace, after = line.partition("{")
        self._head += " " + before
        if not brace:
            if before.rstrip().endswith(";"):
                self._head = ""
            return
        name = name_of(self._head)
        self._set(offset + len(before), name)
        if after.count("}") > after.count("{"):
            self._end(offset + len(line))
        else:
            self._inside = True

    def at(self, offset):
        """The name of the function around an offset; None between functions."""
        return self.names[bisect.bisect_right(self.starts, offset) - 1]


def arguments(text, opening, pair="()", most=2000):
    """The text between a parenthesis, or a brace, and its fellow."""
    depth = 0
    for at in range(opening, min(len(text), opening + most)):
        depth += (text[at] == pair[0]) - (text[at] == pair[1])
        if not depth:
            return text[opening + 1:at]
    return text[opening + 1:opening + most]
