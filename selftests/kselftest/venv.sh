#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# venv.sh - a Python program in a virtual environment, listed and permitted as
# first-hour.md says, and files beside it that nobody has listed
#
# needs: userspace
# needs: programs jit
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

app=/opt/app
packages=$app/venv/lib/python3.11/site-packages
python=$app/venv/bin/python3
plan 9

# As python3 -m venv makes it; that program is not in this guest
mkdir -p $app/venv/bin $packages/greeting
ln -s /usr/bin/python3.11 $python
cat >$app/venv/pyvenv.cfg <<-END
	home = /usr/bin
	include-system-site-packages = false
	version = 3.11.2
END
echo 'text = open(__path__[0] + "/text", encoding="utf-8").read().strip()' \
	>$packages/greeting/__init__.py
echo 'good day' >$packages/greeting/text
echo 'import greeting, sys; print(greeting.text, sys.prefix)' >$app/main.py
"$python" -m compileall -q $app || bail "python compiles nothing"

get_ready
rivetctl manifest build -n app -v 1 --use "$app/**=read,script" -o "$work/app.riv" $app \
	>/dev/null 2>&1 || bail "no manifest"
sign_object "$work/app.riv" signer
expect "the environment is listed" load_riv "$work/app.riv.signed"
{
	strict_rules
	echo "op=SCRIPT exe=/usr/bin/python3.11 path=/opt/** riv=MATCH action=ALLOW"
} | load_policy strict
enforce

mark_events
expect_text "the program runs, with its packages and their data" "good day $app/venv" \
	"$python" $app/main.py
expect_text "it is started by its own name, too" "good day $app/venv" \
	env -i "$python" -I $app/main.py
expect_no_text "and nothing is refused" 'op=SCRIPT' events_since
echo junk >$packages/greeting/__pycache__/__init__.cpython-311.pyc
expect_text "without a compiled file, it reads the source" "good day $app/venv" \
	"$python" $app/main.py
echo 'print("it", "ran")' >$app/evil.py
expect_no_text "a file that is not listed does not run" 'it ran' "$python" $app/evil.py
expect "that is an event" has_event op=SCRIPT "path=\"$app/evil.py\""
echo 'worse' >$packages/greeting/text
expect_no_text "a package does not get changed data" worse "$python" $app/main.py
expect "that is an event" has_event op=SCRIPT "path=\"$packages/greeting/text\""

finish
