#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# exec_ways.sh - the less usual ways to have a program executed: descriptors from
# elsewhere, aliases, interpreters of all kinds, children, and the kernel itself
#
# wide: 7.x

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 148
get_ready
place=/opt/m2m
misc=/proc/sys/fs/binfmt_misc
program=$helpers/answer
launch=$helpers/launch
user='setpriv --reuid 1000 --regid 1000 --clear-groups'
mkdir -p $place/good $place/other $place/changed $place/folder
for loader in /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.*; do
	[ ! -e "$loader" ] || break
done

# copy_of PROGRAM NAME...: each of its own content
copy_of()
{
	copied=$1
	shift
	for name; do
		cp "$copied" "$place/$name"
		echo "$name" >>"$place/$name"
		chmod 755 "$place/$name"
	done
}

# script FILE INTERPRETER [TEXT]
script()
{
	printf '#!%s\n# %s\n%s\n' "$2" "$1" "${3-}" >"$place/$1"
	chmod 755 "$place/$1"
}

# Each case has a file of its own: the same verdict again within seconds is folded
ways='empty-path dirfd map-files scm pidfd-getfd handle vfork clone-vm spawn thread'
for way in $ways; do
	copy_of "$program" "bad-$way"
done
copy_of "$program" listed bad-dev-fd bad-root bad-thread-fd handled
copy_of "$helpers/mapping" resident bad-resident
copy_of "$launch" setuid bad-setuid trusted
chmod 4755 $place/setuid $place/bad-setuid
copy_of "$program" bad-forged-exe-file bad-forged-map

# Chains of scripts, each the interpreter of the next. chain6 is one too many for
# the kernel; chains with a bad script at each level, and on a bad program.
script chain1 "$program"
for level in 2 3 4 5 6; do
	script chain$level $place/chain$((level - 1))
done
copy_of "$program" bad-end
for bad in 0 1 2 3 4; do
	before=$program
	[ $bad != 0 ] || before=$place/bad-end
	for level in 1 2 3 4 5; do
		name=broken$bad-$level
		[ $level != $bad ] || name=bad-level$bad
		script $name "$before"
		before=$place/$name
	done
	mv "$before" $place/broken$bad
done

# A script that finds its interpreter in the current folder
script relative ./interpreter
copy_of "$program" good/interpreter other/interpreter

# Programs whose loader is one in the current folder
for kind in good other changed; do
	cp "$loader" $place/$kind/loader
	echo $kind >>$place/$kind/loader
done
cp "$helpers/own_loader" $place/own-loader

# --- binfmt_misc ----------------------------------------------------------------

modprobe binfmt_misc
[ -e $misc/register ] || mount -t binfmt_misc none $misc || bail "no binfmt_misc"

# register NUMBER INTERPRETER FLAGS: files that begin with RVn are for this interpreter
register()
{
	printf ':rivet%s:M::RV%s::%s:%s' "$1" "$1" "$2" "$3" >$misc/register ||
		bail "binfmt_misc takes no $2 with flags '$3'"
}

# payload NUMBER NAME...
payload()
{
	number=$1
	shift
	for name; do
		printf 'RV%s %s\n' "$number" "$name" >"$place/$name"
		chmod 755 "$place/$name"
	done
}

copy_of "$program" misc-transparent misc-plain misc-open misc-fixed misc-deleted misc-written \
	misc-creds bad-misc bad-misc-open bad-misc-fixed bad-misc-creds
payload 1 plain bad-plain
payload 2 open bad-open
payload 3 fixed bad-fixed
payload 4 deleted
payload 5 written
payload 6 creds bad-creds
payload 7 of-bad
payload 8 open-of-bad
payload 9 fixed-of-bad
payload a creds-of-bad
payload b transparent
register 1 $place/misc-plain ''
register 2 $place/misc-open O
register 3 $place/misc-fixed F
register 4 $place/misc-deleted F
register 5 $place/misc-written F
register 6 $place/misc-creds C
register 7 $place/bad-misc ''
register 8 $place/bad-misc-open O
register 9 $place/bad-misc-fixed F
register a $place/bad-misc-creds C
# Linux 7.x: the process shows the file as its program
transparent=
if printf ':rivetb:M::RVb::%s:T' "$place/misc-transparent" >$misc/register 2>/dev/null; then
	transparent=1
fi

# --- programs that the kernel runs by itself ------------------------------------

cat >"$work/handler" <<END
cat >/dev/null
echo "\$0" >>/tmp/handled
END
for name in core bad-core agent bad-agent; do
	script $name /bin/sh "$(cat "$work/handler")"
done
copy_of "$program" bad-request-key

# ran.sh HANDLER COMMAND...: whether the kernel runs HANDLER meanwhile, which then
# leaves its name in /tmp/handled; no need to wait for denied ones
cat >"$work/ran.sh" <<'END'
handler=$1
shift
rm -f /tmp/handled
"$@" >/dev/null 2>&1
tries=0
while [ ! -e /tmp/handled ] && [ $tries -lt 20 ] &&
      ! grep -q "errno=13.*$handler" /sys/kernel/security/rivet/events; do
	usleep 100000
	tries=$((tries + 1))
done
[ "$(cat /tmp/handled 2>/dev/null)" = "$handler" ]
END
cat >"$work/crash.sh" <<'END'
echo "|$1" >/proc/sys/kernel/core_pattern
sh -c 'kill -SEGV $$'
echo core >/proc/sys/kernel/core_pattern
END
cat >"$work/empty-cgroup.sh" <<'END'
echo "$1" >/tmp/cgroup/release_agent
rmdir /tmp/cgroup/child 2>/dev/null
mkdir /tmp/cgroup/child
echo 1 >/tmp/cgroup/child/notify_on_release
sh -c 'echo $$ >/tmp/cgroup/child/cgroup.procs'
END
mkdir -p /tmp/cgroup
mount -t cgroup -o none,name=rivet none /tmp/cgroup && has_cgroup1=yes

# --- policy, RIVs ---------------------------------------------------------------

{
	items exec,mmap $place/listed $place/handled $place/resident $place/setuid $place/trusted \
		$place/chain[1-6] $place/broken* $place/relative $place/good/* $place/own-loader \
		$place/misc-* $place/plain $place/transparent $place/open $place/fixed \
		$place/deleted $place/written $place/creds $place/*of-bad $place/core $place/agent
	items exec,mmap $place/changed/loader
} | load_items items
"$helpers/change" write $place/changed/loader
rm $place/misc-deleted

# The trusted program may execute any file; one that only pretends to be it may not
{
	echo 'DEFAULT action=DENY'
	echo "op=EXECUTE exe=$place/trusted action=ALLOW"
	echo "op=ANON_EXEC exe=$helpers/launch action=ALLOW"
	echo "op=MMAP path=$place/bad-forged-* action=ALLOW"
	strict_rules | grep -v DEFAULT
} | load_policy strict

# Running already when they are to be executed again by /proc/PID/exe
"$place/resident" $place/listed private:r hold >/dev/null &
resident=$!
"$place/bad-resident" $place/listed private:r hold >/dev/null &
bad_resident=$!

# --- the cases ------------------------------------------------------------------

descriptors()
{
	for way in $ways; do
		expect_permitted "a listed program by $way" "$launch" "$way" $place/listed
		expect_refused "an unlisted program by $way" unlisted "$place/bad-$way" \
			"$launch" "$way" "$place/bad-$way"
	done
}

aliases()
{
	expect_permitted "a listed program by /dev/fd" sh -c "exec /dev/fd/9 9<$place/listed"
	expect_refused "an unlisted program by /dev/fd" unlisted $place/bad-dev-fd \
		sh -c "exec /dev/fd/9 9<$place/bad-dev-fd"
	expect_permitted "a listed script by /dev/fd" sh -c "exec /dev/fd/9 9<$place/chain1"
	expect_permitted "a listed program by /proc/PID/root" /proc/1/root$place/listed
	expect_refused "an unlisted program by /proc/PID/root" unlisted $place/bad-root \
		/proc/1/root$place/bad-root
	expect_permitted "a listed program by /proc/PID/exe" "/proc/$resident/exe" $place/listed \
		private:r
	expect_refused "an unlisted program by /proc/PID/exe" unlisted $place/bad-resident \
		"/proc/$bad_resident/exe" $place/listed private:r
}

scripts()
{
	for level in 1 2 3 5; do
		expect_permitted "a chain of $level scripts" $place/chain$level
	done
	judge "$now: the kernel ends a chain of six" "$helpers/observe" -q \
		-o 'Too many levels' -- $place/chain6
	expect_refused "a chain of five scripts on an unlisted program" unlisted $place/bad-end \
		$place/broken0
	for level in 1 2 3 4; do
		expect_refused "a chain of five scripts, number $level unlisted" unlisted \
			$place/bad-level$level $place/broken$level
	done
	expect_permitted "a script whose interpreter in the current folder is listed" \
		sh -c "cd $place/good && ../relative"
	expect_refused "another interpreter in another folder" unlisted \
		$place/other/interpreter sh -c "cd $place/other && ../relative"
}

loaders()
{
	expect_permitted "a listed loader for a listed program" \
		sh -c "cd $place/good && ../own-loader"
	expect_refused "an unlisted loader for a listed program" unlisted $place/other/loader \
		sh -c "cd $place/other && ../own-loader"
	expect_refused "a changed loader for a listed program" mismatch $place/changed/loader \
		sh -c "cd $place/changed && ../own-loader"
}

formats()
{
	expect_permitted "binfmt_misc" $place/plain
	expect_refused "binfmt_misc, an unlisted file" unlisted $place/bad-plain $place/bad-plain
	expect_refused "binfmt_misc, an unlisted interpreter" unlisted $place/bad-misc $place/of-bad
	expect_permitted "binfmt_misc with O" $place/open
	expect_refused "binfmt_misc with O, an unlisted file" unlisted $place/bad-open \
		$place/bad-open
	expect_refused "binfmt_misc with O, an unlisted interpreter" unlisted \
		$place/bad-misc-open $place/open-of-bad
	expect_permitted "binfmt_misc with F" $place/fixed
	expect_refused "binfmt_misc with F, an unlisted file" unlisted $place/bad-fixed \
		$place/bad-fixed
	expect_refused "binfmt_misc with F, an unlisted interpreter" unlisted \
		$place/bad-misc-fixed $place/fixed-of-bad
	# It is the earlier file, under its listed name, and its bytes are
	# listed
	expect_permitted "binfmt_misc with F, its interpreter deleted" $place/deleted
	expect_permitted "binfmt_misc with C" $place/creds
	expect_refused "binfmt_misc with C, an unlisted file" unlisted $place/bad-creds \
		$place/bad-creds
	expect_refused "binfmt_misc with C, an unlisted interpreter" unlisted \
		$place/bad-misc-creds $place/creds-of-bad
	if [ "$transparent" ]; then
		expect_refused "binfmt_misc with T: the interpreter" wrong-use \
			$place/misc-transparent $place/transparent
	else
		skip "$now: binfmt_misc with T: the interpreter" "transparent interpreters"
	fi
}

# The kernel keeps the interpreter open, and itself keeps writers away from it if it can
written_interpreter()
{
	expect_permitted "binfmt_misc with F, before its interpreter is written to" $place/written
	if "$helpers/change" write $place/misc-written 2>/dev/null; then
		expect_refused "binfmt_misc with F, its interpreter written to" mismatch \
			$place/misc-written $place/written
	else
		expect_permitted "binfmt_misc with F, its interpreter cannot be written to" \
			$place/written
	fi
}

privileges()
{
	# shellcheck disable=SC2086
	{
		expect_permitted "a listed setuid program has its owner's rights" \
			$user $place/setuid euid
		expect_refused "an unlisted setuid program" unlisted $place/bad-setuid \
			$user $place/bad-setuid euid
	}
}

# expect_handler NAME FILE COMMAND...: the kernel runs it, as the mode has it
expect_handler()
{
	handler_name=$1
	handler=$2
	shift 2
	if [ $now = audit ]; then
		judge "audit: $handler_name" "$helpers/observe" -s mode=audit errno=0 \
			reason=unlisted "path=\"$handler\"" op=EXECUTE -- \
			sh "$work/ran.sh" "$handler" "$@"
	else
		judge "enforce: $handler_name" "$helpers/observe" -o '' mode=enforce errno=13 \
			reason=unlisted "path=\"$handler\"" op=EXECUTE -- \
			sh "$work/ran.sh" "$handler" "$@"
	fi
}

handlers()
{
	expect_permitted "a listed program that core_pattern names" \
		sh "$work/ran.sh" $place/core sh "$work/crash.sh" $place/core
	expect_handler "an unlisted program that core_pattern names" $place/bad-core \
		sh "$work/crash.sh" $place/bad-core
	expect_permitted "the program that the kernel asks for keys" \
		sh -c "keyctl request2 user rivet:$now callout @s 2>/dev/null; :"
	mount --bind $place/bad-request-key /usr/sbin/request-key
	judge "$now: another program bound over it" "$helpers/observe" mode=$now reason=mismatch \
		'path="/usr/sbin/request-key"' -- \
		sh -c "keyctl request2 user rivet:bound:$now callout @s 2>/dev/null; :"
	umount /usr/sbin/request-key
	if [ "$has_cgroup1" ]; then
		expect_permitted "a listed agent of an empty cgroup" \
			sh "$work/ran.sh" $place/agent sh "$work/empty-cgroup.sh" $place/agent
		expect_handler "an unlisted agent of an empty cgroup" $place/bad-agent \
			sh "$work/empty-cgroup.sh" $place/bad-agent
	else
		skip "$now: a listed agent of an empty cgroup" "cgroup version 1"
		skip "$now: an unlisted agent of an empty cgroup" "cgroup version 1"
	fi
}

# Who names another program's file as its own is still who it is. If /proc/PID/exe
# cannot be forged the helper says so, and executes nothing.
identity()
{
	expect_permitted "the trusted program executes an unlisted one" \
		$place/trusted spawn $place/bad-forged-map
	for way in exe-file map; do
		# An event has exe_file if and only if the program is not known, so no exe= fits it
		judge "$now: who forges /proc/PID/exe by $way is not taken for it" \
			"$helpers/observe" mode=$now reason=unlisted \
			"path=\"$place/bad-forged-$way\"" "exe_file=\"$place/trusted\"" -- \
			env FORGE=$way FORGE_AS=$place/trusted FORGE_RUN=$place/bad-forged-$way \
			"$helpers/load_library" "$helpers/libforge.so"
	done
}

# AT_EXECVE_CHECK: an interpreter asks whether it may interpret a file
checks()
{
	if [ "$has_check" ]; then
		expect_permitted "asking whether a listed program may be executed" \
			"$launch" check $place/listed
		expect_refused "asking for an unlisted program" unlisted $place/bad-check \
			"$launch" check $place/bad-check
		expect_permitted "asking for a listed script" "$launch" check $place/chain1
		expect_refused "asking for an unlisted script" unlisted $place/bad-check-script \
			"$launch" check $place/bad-check-script
	else
		for what in "a listed program" "an unlisted program" "a listed script" \
			    "an unlisted script"; do
			skip "$now: asking whether $what may be executed" AT_EXECVE_CHECK
		done
	fi
}

all_cases()
{
	descriptors
	aliases
	scripts
	loaders
	formats
	privileges
	handlers
	identity
	checks
}

copy_of "$program" bad-check
script bad-check-script "$program"
case $("$launch" check /bin/true 2>&1) in
*'Invalid argument'*) has_check= ;;
*) has_check=yes ;;
esac

all_cases
enforce
all_cases
written_interpreter

# --- by a handle, with nothing of the file in memory ------------------------------

cp "$program" /mnt/scratch/handled
sync
items exec,mmap /mnt/scratch/handled | load_items handled
expect_permitted "by a handle" "$launch" handle /mnt/scratch/handled
expect_denied "by a handle that leads to no name" moved "" \
	"$launch" handle-alone /mnt/scratch/handled
expect_permitted "and by its name" /mnt/scratch/handled

# --- a file's name in the hotplug helper ----------------------------------------

if [ -e /sys/kernel/uevent_helper ]; then
	echo $place/bad-core >/sys/kernel/uevent_helper
	judge "enforce: an unlisted program for hotplug events" "$helpers/observe" \
		reason=unlisted -- sh -c 'echo add >/sys/class/mem/null/uevent; sleep 1'
	echo >/sys/kernel/uevent_helper
else
	skip "enforce: an unlisted program for hotplug events" CONFIG_UEVENT_HELPER
fi

kill -9 $resident $bad_resident
finish
