# SPDX-License-Identifier: GPL-2.0-only
"""built.py - which files of a kernel's source its makefiles build for a configuration

Errs on the side of building: a file is left out only if makefiles name it or one of the
folders it is in, and always for an option that no configuration has.
"""

import posixpath
import re

CONTINUED = re.compile(r"\\\n\s*")
RULE = re.compile(r"^\s*([\w-]+)-(y|m|objs|\$\((CONFIG_\w+)\))\s*[:+]?=\s*([^#\n]*)", re.M)
OPTION = re.compile(r"^(CONFIG_\w+)=[ym]", re.M)
INCLUDED = re.compile(r'^\s*#\s*include\s+["<]([^">]+\.c)[">]', re.M)


def list_options(texts):
    """The options that any of these configurations has."""
    return {name for text in texts for name in OPTION.findall(text)}


class Built:
    """The rules of the makefiles for each folder and object they name."""

    def __init__(self, makefiles, options):
        self.named = {}
        self.parts = {}
        for path, text in makefiles.items():
            self._read(posixpath.dirname(path), CONTINUED.sub(" ", text), options)

    def _read(self, folder, text, options):
        for match in RULE.finditer(text):
            left, kind, option, right = match.groups()
            wanted = option is None or option in options
            whole = None if left in ("obj", "lib", "core", "drivers") else \
                posixpath.join(folder, left + ".o")
            for word in right.split():
                self._name(posixpath.normpath(posixpath.join(folder, word)), wanted, whole)

    def _name(self, path, wanted, whole):
        """An object that is part of another is built if that is."""
        if whole and path.endswith(".o"):
            self.parts.setdefault(path, set()).add((wanted, whole))
        elif not whole:
            self.named[path] = self.named.get(path, False) or wanted

    def _object(self, path, depth=0):
        if self.named.get(path):
            return True
        if path not in self.parts or depth > 4:
            return path not in self.named
        return any(wanted and self._object(whole, depth + 1)
                   for wanted, whole in self.parts[path])

    def has_folder(self, folder):
        """Whether no makefile leaves out a folder or one it is in."""
        while folder:
            if self.named.get(folder) is False:
                return False
            folder = posixpath.dirname(folder)
        return True

    def has(self, path):
        """Whether a file is built, as far as can be told; a header is if its folder is."""
        if path.startswith("include/"):
            return True
        if not self.has_folder(posixpath.dirname(path)):
            return False
        return not path.endswith(".c") or self._object(path[:-2] + ".o")


def list_included(folder, text):
    """The .c files that a file includes: they are built with it."""
    return {posixpath.normpath(posixpath.join(folder, name)) for name in INCLUDED.findall(text)}
