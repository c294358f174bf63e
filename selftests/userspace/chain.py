#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# chain.py make COUNT [FIRST] | check FILE - the event chain, written from
# Documentation/formats.md and from nothing else. "make" prints lines as rivetd logs them;
# "check" prints the last event and its chain, or fails with the first line that is wrong.
import hashlib
import json
import struct
import sys
from datetime import datetime, timezone

ORDER = """time kind count errno op hook mode action reason path path_flags measured expected
expected_path size dev ino fsmagic pid uid loginuid comm exe exe_file set set_version policy
policy_version rule_line riv_generation policy_generation detail""".split()
QUOTED = "path expected_path comm exe exe_file detail".split()
FLAGS = {"deleted": 1, "foreign": 2, "truncated": 4}
NAMES = [b"/opt/a", b"/opt/a b=\"c\"", b"/opt/x\\x41", "/opt/\u00e4".encode(), b"/opt/\xff\xfe",
         b"/opt/\n\x1b[2J\x7f", b"/opt/q\"\\", b"/opt/pid=1 uid=0"]


def escape(name):
    out = ""
    for byte in name:
        char = chr(byte)
        if char in '"\\':
            out += "\\" + char
        elif 0x20 <= byte < 0x7f:
            out += char
        else:
            out += "\\x%02x" % byte
    return out


def unescape(text):
    out, i = b"", 0
    while i < len(text):
        if text[i] != "\\":
            out, i = out + text[i].encode(), i + 1
        elif text[i + 1] == "x":
            out, i = out + bytes([int(text[i + 2:i + 4], 16)]), i + 4
        else:
            out, i = out + text[i + 1].encode(), i + 2
    return out


def seconds(time):
    whole = datetime.strptime(time[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return "%d%s" % (whole.timestamp(), time[19:].rstrip("Z"))


def value(key, event):
    it = event[key]
    if key == "time":
        return seconds(it)
    if key == "path_flags":
        return str(sum(FLAGS[word] for word in it))
    if key == "loginuid" and it is None:
        return "4294967295"
    if key in QUOTED:
        return '"%s"' % escape(unescape(it) if event.get(key + "_escaped") else it.encode())
    return str(it)


def link(before, event):
    words = " ".join("%s=%s" % (key, value(key, event)) for key in ORDER if key in event)
    return hashlib.sha256(before + struct.pack(">Q", event["seq"]) +
                          hashlib.sha256(words.encode()).digest()).digest()


def put_name(event, key, name):
    try:
        event[key] = name.decode()
    except UnicodeDecodeError:
        event[key] = escape(name)
        event[key + "_escaped"] = True


def change(seq):
    return {"seq": seq, "time": "2026-11-29T08:00:%02d.%09dZ" % (seq % 60, seq), "kind": "mode",
            "count": 1, "permitted": True, "errno": 0, "severity": "notice", "mode": "audit",
            "pid": 1, "uid": 0, "loginuid": None, "comm": "init", "detail": "loaded"}


def verdict(seq):
    event = {"seq": seq, "time": "2026-11-29T08:00:%02d.%09dZ" % (seq % 60, seq),
             "kind": "verdict", "count": seq, "permitted": False, "errno": 13,
             "error": "EACCES", "severity": "warning", "op": "EXECUTE",
             "hook": "bprm_check_security", "mode": "enforce", "action": "DENY",
             "reason": "unlisted"}
    put_name(event, "path", NAMES[seq % len(NAMES)])
    event.update({"path_flags": ["deleted", "foreign"] if seq % 2 else [],
                  "measured": "sha256:%064x" % seq, "size": 18446744073709551615, "dev": "8:1",
                  "ino": seq, "fsmagic": "0xef53", "pid": 7, "uid": 1000, "loginuid": 0,
                  "comm": "sh", "exe_file": "/bin/sh", "policy": "gateway",
                  "policy_version": "1.0.0", "rule_line": 0, "riv_generation": 3,
                  "policy_generation": 2})
    return event


def make(count, first):
    chain = bytes(32)
    for seq in range(1, count + 1):
        event = change(seq) if seq == 1 else verdict(seq)
        event["before"] = "sha256:" + chain.hex()
        chain = link(chain, event)
        event["chain"] = "sha256:" + chain.hex()
        event["host"] = "gateway"
        if seq >= first:
            print(json.dumps({"schema": "rivet.event/1", **event}, ensure_ascii=False,
                             separators=(",", ":")).replace("\x7f", "\\u007f"))


def check(path):
    last = None
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        event = json.loads(line)
        if event["schema"] != "rivet.event/1":
            last = None
            continue
        before = bytes.fromhex(event["before"].removeprefix("sha256:"))
        if event["seq"] == 1:
            last = bytes(32)
        made = link(before, event).hex()
        if (last is not None and last != before) or event["chain"] != "sha256:" + made:
            sys.exit("line %d: %s" % (number, line))
        last = bytes.fromhex(made)
    print("%d:%s" % (event["seq"], event["chain"]))


sys.stdout.reconfigure(encoding="utf-8")
if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
else:
    check(sys.argv[2])
