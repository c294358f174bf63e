#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# ynl-check.py - does the YNL spec agree with the uapi header?
#
# usage: ynl-check.py [SPEC HEADER]
#
# Names, numbers and attribute types of both are compared, in both directions.
# Only the standard library is needed: the spec keeps to a plain subset of YAML,
# read here line by line. Where PyYAML is installed, its reading must agree.

import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SPEC = os.path.join(TOP, "Documentation/netlink/specs/rivet.yaml")
HEADER = os.path.join(TOP, "kmod/include/uapi/linux/rivet.h")


def read_enums(text):
    """{enum: {constant: (number, comment)}} and the same of bit defines"""
    enums = {}
    for name, body in re.findall(r"enum (\w+) \{(.*?)\n\};", text, re.S):
        number = 0
        entries = {}
        for match in re.finditer(r"(\w+)(?:\s*=\s*([^,]+))?,\s*(?:/\*\s*(.*?)\s*\*/)?", body):
            if match[2]:
                number = eval(match[2], {"__builtins__": {}})
            if not match[1].startswith("__"):
                entries[match[1]] = (number, match[3] or "")
            number += 1
        enums[name] = entries
    bits = re.findall(r"#define (RIVET_PATH_\w+)\s+\(1 << (\d+)\)", text)
    enums["rivet_path"] = {name: (1 << int(bit), "") for name, bit in bits}
    return enums


def read_strings(text):
    return dict(re.findall(r'#define (RIVET_GENL_\w+)\s+"?(\w+)"?', text))


class Line:
    def __init__(self, raw):
        body = raw.strip()
        self.indent = len(raw) - len(raw.lstrip())
        self.dash = body == "-" or body.startswith("- ")
        if self.dash:
            body = body[1:].strip()
        self.key, _, self.value = body.partition(":")
        if ":" not in body:
            self.key, self.value = "", body
        self.value = self.value.strip()


def read_lines(text):
    return [Line(raw) for raw in text.split("\n") if raw.strip() and not raw.lstrip().startswith("#")]


def section(lines, name):
    """the lines of one top level key"""
    start = next(i for i, line in enumerate(lines) if not line.indent and line.key == name)
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].indent), len(lines))
    return lines[start + 1:end]


def blocks(lines):
    """list items at the outermost indentation of these lines"""
    outer = min(line.indent for line in lines)
    found = []
    for line in lines:
        if line.indent == outer and line.dash:
            found.append([])
        if found:
            found[-1].append(line)
    return found


def scalar(block, key):
    inner = min(line.indent for line in block[1:])
    for line in block[1:]:
        if line.indent == inner and line.key == key:
            return line.value
    return None


def child(block, key):
    """the lines below a key of this block"""
    inner = min(line.indent for line in block[1:])
    for i, line in enumerate(block):
        if line.indent == inner and line.key == key:
            end = next((j for j in range(i + 1, len(block)) if block[j].indent <= inner), len(block))
            return block[i + 1:end]
    return []


def entry_names(block):
    inline = scalar(block, "entries")
    if inline:
        return [word.strip() for word in inline.strip("[]").split(",")]
    names = []
    for item in blocks(child(block, "entries")):
        names.append(scalar(item, "name") if len(item) > 1 else item[0].value)
    return names


def c_name(prefix, name):
    return (prefix + name).upper().replace("-", "_")


def read_definitions(lines):
    found = {}
    for block in blocks(section(lines, "definitions")):
        bits = scalar(block, "type") == "flags"
        for number, name in enumerate(entry_names(block)):
            constant = c_name(scalar(block, "name-prefix"), name)
            found[constant] = 1 << number if bits else number
    return found


def read_attributes(lines):
    found = {}
    for block in blocks(section(lines, "attribute-sets")):
        number = 0
        for item in blocks(child(block, "attributes")):
            number = int(scalar(item, "value") or number + 1)
            constant = c_name(scalar(block, "name-prefix"), scalar(item, "name"))
            found[constant] = (number, scalar(item, "type"))
    return found


def read_operations(lines):
    operations = section(lines, "operations")
    prefix = next(line.value for line in operations if line.key == "name-prefix")
    start = next(i for i, line in enumerate(operations) if line.key == "list")
    return {c_name(prefix, scalar(block, "name")): int(scalar(block, "value"))
            for block in blocks(operations[start + 1:])}


def header_type(constant, comment):
    """the type that the comment beside an attribute begins with"""
    if constant.endswith("_PAD"):
        return "pad"
    return re.match(r"\w+", comment)[0] if comment else None


def compare(what, header, spec, complain):
    for name in sorted(header.keys() | spec.keys()):
        if header.get(name) != spec.get(name):
            complain(f"{what} {name}: the header has {header.get(name)}, the spec {spec.get(name)}")


def check(spec_text, header_text, complain):
    enums = read_enums(header_text)
    lines = read_lines(spec_text)
    values, attributes, commands = {}, {}, {}
    for name, entries in enums.items():
        for constant, (number, comment) in entries.items():
            if constant.endswith("_UNSPEC"):
                continue
            if name == "rivet_cmd":
                commands[constant] = number
            elif name.startswith("rivet_a_"):
                attributes[constant] = (number, header_type(constant, comment))
            else:
                values[constant] = number
    compare("value", values, read_definitions(lines), complain)
    compare("attribute", attributes, read_attributes(lines), complain)
    compare("command", commands, read_operations(lines), complain)
    strings = read_strings(header_text)
    top = {line.key: line.value for line in lines if not line.indent}
    groups = [scalar(b, "name") for b in blocks(section(lines, "mcast-groups")[1:])]
    compare("constant", strings, {
        "RIVET_GENL_NAME": top["name"],
        "RIVET_GENL_VERSION": top["version"],
        "RIVET_GENL_MCGRP_EVENTS": groups[0],
    }, complain)
    return len(values) + len(attributes) + len(commands) + len(strings)


def check_with_yaml(spec_text, complain):
    """this script's line by line reading agrees with a YAML parser"""
    try:
        import yaml
    except ImportError:
        return
    spec = yaml.safe_load(spec_text)
    lines = read_lines(spec_text)
    attributes = {}
    for group in spec["attribute-sets"]:
        number = 0
        for item in group["attributes"]:
            number = item.get("value", number + 1)
            attributes[c_name(group["name-prefix"], item["name"])] = (number, item["type"])
    compare("as YAML, attribute", attributes, read_attributes(lines), complain)
    prefix = spec["operations"]["name-prefix"]
    compare("as YAML, command", {c_name(prefix, o["name"]): o["value"]
                                 for o in spec["operations"]["list"]},
            read_operations(lines), complain)
    sets = {s["name"]: {a["name"] for a in s["attributes"]} for s in spec["attribute-sets"]}
    for op in spec["operations"]["list"]:
        used = set(op.get("event", {}).get("attributes", []))
        for kind in ("do", "dump"):
            for side in op.get(kind, {}).values():
                used |= set(side["attributes"])
        if not used <= sets[op["attribute-set"]]:
            complain(f"operation {op['name']}: no such attributes: {used - sets[op['attribute-set']]}")


def main():
    if len(sys.argv) not in (1, 3):
        sys.exit("usage: ynl-check.py [SPEC HEADER]")
    spec, header = sys.argv[1:] or (SPEC, HEADER)
    complaints = []
    with open(spec, encoding="utf-8") as file:
        spec_text = file.read()
    with open(header, encoding="utf-8") as file:
        header_text = file.read()
    count = check(spec_text, header_text, complaints.append)
    check_with_yaml(spec_text, complaints.append)
    for complaint in complaints:
        print(f"{os.path.relpath(spec)}: {complaint}", file=sys.stderr)
    if not complaints:
        print(f"{os.path.relpath(spec)}: {count} names as in the header")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
