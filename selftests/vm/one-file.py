#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""one-file.py - all of the module in one file, so that headers are read only once

usage: one-file.py MODULE-DIR

Writes kmod/all.c from the files of kmod/, and a Kbuild that builds the module from it
alone. The headers come first, each file of code follows without them. A name that two
files have for something of their own is another name in each of them (#define). So it
compiles in a tenth of the time, but does not tell that a file lacks a header.
"""

import collections
import pathlib
import re
import sys

HEADER = re.compile(r'^#include [<"]([^>"]*\.h)[>"]\n', re.M)
FUNCTION = re.compile(r"^static (?:__\w+\([^)]*\) )?(?:[\w*]+[ \n]+)*?\*?([a-z]\w*)\(", re.M)
OBJECT = re.compile(r"^(?:static |\} )[^(;={]*?\b([a-z]\w*)(?:\[[^\n=;]*\])*(?: __\w+)* ?[=;]", re.M)
DEFINED = re.compile(r"^static [A-Z_]+\(([a-z]\w*)", re.M)
TYPE = re.compile(r"^(?:static )?(?:const )?(?:struct|enum|union) (\w+) \{", re.M)
MACRO = re.compile(r"^#define (\w+)", re.M)


def names_of(text):
    """The functions, objects and types that the file defines."""
    return {name for form in (FUNCTION, OBJECT, DEFINED, TYPE) for name in form.findall(text)}


def part(path, text, shared):
    """The code of a file, with its names and macros gone behind it."""
    tag = re.sub(r"\W", "_", str(path.with_suffix("")))
    own = sorted(names_of(text) & shared)
    yield f"/* {path} */\n"
    yield from (f"#define {name} {name}__{tag}\n" for name in own)
    yield f'#line 1 "{path}"\n'
    yield HEADER.sub("\n", text)
    yield from (f"#undef {name}\n" for name in own + MACRO.findall(text))


def main():
    top = pathlib.Path(sys.argv[1])
    kmod = top / "kmod"
    target = kmod / "all.c"
    target.unlink(missing_ok=True)
    texts = {path.relative_to(kmod): path.read_text() for path in sorted(kmod.rglob("*.c"))}
    counts = collections.Counter(name for text in texts.values() for name in names_of(text))
    shared = {name for name, count in counts.items() if count > 1}
    headers = dict.fromkeys(match.group(0) for text in texts.values()
                            for match in HEADER.finditer(text))
    with target.open("w") as out:
        # The kernel's own first: no name of ours may change them.
        out.writelines(sorted(headers, key=lambda line: '"' in line))
        for path, text in texts.items():
            out.writelines(part(path, text, shared))
    with (top / "Kbuild").open("a") as kbuild:
        kbuild.write("\nrivet-y := kmod/all.o\n")


main()
