#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# reading.sh - files that are only read: scripts by the interpreters that a policy
# names, and files of the paths that it names

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 76
for loader in /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.*; do
	[ ! -e "$loader" ] || break
done
loader=$(readlink -f "$loader")
place=/opt/m2m
mkdir -p $place/config $place/free /mnt/scratch/config
cp /usr/bin/dash $place/interpreter
echo interpreter >>$place/interpreter
# For this one a rule is about all files that there are
cp /usr/bin/dash $place/everywhere
echo everywhere >>$place/everywhere

# These start before any rule names them
for name in early outdated; do
	cp /usr/bin/dash $place/$name
	echo $name >>$place/$name
done

# script NAME: one that prints its name
script()
{
	for script_name; do
		echo "echo I am $script_name" >"$place/$script_name"
	done
}

script listed unlisted changed for-reading free/unlisted includes included ../elsewhere
echo ". $place/included" >>$place/includes
for name in listed unlisted changed busy; do
	echo "$name = yes" >$place/config/$name
	echo "$name = yes" >/mnt/scratch/config/$name
done

get_ready
{
	items exec,mmap $place/interpreter $place/everywhere
	# shellcheck disable=SC2046  # names of libraries
	items script $(readlink -f /etc/ld.so.cache $("$loader" --list /usr/bin/dash |
		sed -n 's/.*=> \([^ ]*\) .*/\1/p'))
	items script $place/listed $place/changed $place/includes
	items read $place/for-reading $place/config/listed $place/config/changed \
		$place/config/busy /mnt/scratch/config/busy
} | load_items items
echo 'echo evil' >>$place/changed
echo 'evil = yes' >>$place/config/changed

{
	strict_rules
	echo "op=SCRIPT exe=$place/interpreter path=$place/** riv=MATCH action=ALLOW"
	echo "op=SCRIPT exe=$place/interpreter path=$place/free/** action=ALLOW"
	echo "op=SCRIPT exe=$place/everywhere path=/** riv=MATCH action=ALLOW"
	echo "op=READ path=$place/config/** riv=MATCH action=ALLOW"
	echo "op=READ path=/mnt/scratch/config/** riv=MATCH action=ALLOW"
} | load_policy strict

# expect_reading_refused NAME OP REASON PATH COMMAND...
expect_reading_refused()
{
	reading_name=$1
	reading_words="op=$2 reason=$3"
	reading_path=$4
	shift 4
	if [ $now = enforce ]; then
		# shellcheck disable=SC2086  # two words
		judge "enforce: $reading_name" "$helpers/observe" -o 'ermission denied' mode=enforce \
			$reading_words errno=13 "path=\"$reading_path\"" -- "$@"
	else
		# shellcheck disable=SC2086
		judge "audit: $reading_name" "$helpers/observe" mode=audit $reading_words errno=0 \
			"path=\"$reading_path\"" -- "$@"
	fi
}

all_cases()
{
	run=$place/interpreter
	expect_permitted "a listed script" $run $place/listed
	expect_reading_refused "an unlisted one" SCRIPT unlisted $place/unlisted \
		$run $place/unlisted
	expect_reading_refused "a changed one" SCRIPT mismatch $place/changed $run $place/changed
	expect_reading_refused "one listed for reading only" SCRIPT wrong-use $place/for-reading \
		$run $place/for-reading
	expect_reading_refused "one that a listed one includes" SCRIPT unlisted $place/included \
		$run -c ". $place/includes"
	expect_permitted "one that a rule permits without a RIV" $run $place/free/unlisted
	expect_permitted "a script elsewhere is not asked about" $run /opt/elsewhere
	expect_permitted "nor what another interpreter reads" /usr/bin/dash $place/unlisted
	expect_permitted "the loader lists what a program needs" "$loader" --list /usr/bin/dash
	expect_permitted "and runs it" "$loader" /usr/bin/dash $place/unlisted
	refusal='failed to map segment'
	expect_refused "but not an interpreter, under its own name" wrong-use $run \
		"$loader" $run $place/unlisted
	refusal='Permission denied'
	expect_permitted "nor its arguments" $run -c 'echo evil'
	expect_permitted "nor what somebody else opened for it" \
		/usr/bin/dash -c "$run <$place/unlisted"
	expect_permitted "an interpreter that may read nothing else reads a listed script" \
		$place/everywhere $place/listed
	expect_reading_refused "an unlisted one in a namespace that the reader has made himself" \
		SCRIPT unlisted /mnt/evil unshare -Urm sh -c "mount -t tmpfs none /mnt &&
			cp $place/unlisted /mnt/evil && $place/everywhere /mnt/evil"
	expect_permitted "a memory file, by one that rules name for a folder" \
		"$helpers/anon" pass $place/unlisted $run /proc/self/fd/9
	expect_reading_refused "by one that a rule names for everything" SCRIPT \
		anonymous '/memfd:hello (deleted)' \
		"$helpers/anon" pass $place/unlisted $place/everywhere /proc/self/fd/9
	expect_permitted "a listed file is read" cat $place/config/listed
	expect_reading_refused "an unlisted one" READ unlisted $place/config/unlisted \
		cat $place/config/unlisted
	expect_reading_refused "a changed one" READ mismatch $place/config/changed \
		cat $place/config/changed
	expect_reading_refused "by the interpreter, too, as a script" SCRIPT unlisted \
		$place/config/unlisted $run -c "read line <$place/config/unlisted"
	expect_reading_refused "one that is open for writing" READ writable $place/config/busy \
		sh -c "exec 3>>$place/config/busy; cat $place/config/busy"
	expect_permitted "and when it no longer is" cat $place/config/busy
}

all_cases
enforce
all_cases


# --- a rename moves the paths of mounts below it -------------------------------------

mkdir -p $place/away/sub
echo loose >/mnt/scratch/loose
mount --bind /mnt/scratch $place/away/sub
expect_permitted "a file of another mount that no rule names" cat /mnt/scratch/loose
mv $place/away $place/config/away
expect_reading_refused "the folder of that mount was moved to where a rule does" READ unlisted \
	/mnt/scratch/loose cat /mnt/scratch/loose
mv $place/config/away $place/away
umount $place/away/sub
expect_permitted "it was moved away, and the mount is gone" cat /mnt/scratch/loose

# --- a file being read as verified keeps its bytes ------------------------------

for busy in $place/config/busy /mnt/scratch/config/busy; do
	fs=$(stat -f -c %T "$busy")
	expect_text "$fs: what is being read is not opened for writing" 'Text file busy' \
		sh -c "exec 3<$busy; echo evil | tee -a $busy"
	judge "$fs: and that is reported" "$helpers/observe" -o busy kind=change errno=26 \
		"path=\"$busy\"" -- sh -c "exec 3<$busy; sleep 6; echo evil | tee -a $busy"
	expect "$fs: nor is it shorter" sh -c "exec 3<$busy; ! truncate -s 1 $busy"
	expect "$fs: but a new version takes its name" \
		sh -c "exec 3<$busy; cp $busy $busy.new; mv $busy.new $busy; grep -q busy <&3"
	expect_permitted "$fs: and is read" cat "$busy"
	expect "$fs: nobody reads, it is written" sh -c "echo evil >>$busy"
	expect_reading_refused "$fs: and then not read" READ mismatch "$busy" cat "$busy"
done

# --- a question is no use ---------------------------------------------------------

# ask OP PATH: rivet's verdict
ask()
{
	sh -c "echo $1 $2 >$rivet/check; cat $rivet/check"
}

script asked
items exec,mmap,read $place/asked | load_items asked
exec 3<$place/asked
for op in READ EXECUTE MMAP; do
	expect_text "asked about $op, a file matches" "reason: match" ask $op $place/asked
done
expect "and whoever has it open keeps no writer out" sh -c "echo evil >>$place/asked"
expect_text "what is asked about then is the new text" "reason: mismatch" ask READ $place/asked
exec 3<&-

# --- an interpreter stays refused a file when that is revoked -------------------

mkfifo $place/go-unlisted $place/go-listed
for name in unlisted listed; do
	$place/interpreter -c "read go <$place/go-$name; . $place/$name" >"$work/says-$name" 2>&1 &
done
items '' $place/interpreter | sed 's/ .*//' | manifest gone 'kind: revoke
version: 1' >"$work/gone"
sign_object "$work/gone" signer
expect "the interpreter is revoked while it runs" load_revoke "$work/gone.signed"
for name in unlisted listed; do
	echo go >$place/go-$name
done
wait
expect_text "it still reads no unlisted script" 'ermission denied' cat "$work/says-unlisted"
expect_text "but a listed one" 'I am listed' cat "$work/says-listed"

# --- nor does it help to have started before a rule named it ----------------------

items exec,mmap $place/early | load_items early
items exec,mmap $place/outdated | load_items short 'valid-until: 2031-01-01T00:00:00Z'
{
	strict_rules
	echo 'op=EXECUTE riv=expired action=AUDIT'
	echo 'op=MMAP riv=expired action=AUDIT'
} | load_policy strict
date -s '2031-01-01 00:00:01' >/dev/null
for name in early outdated; do
	mkfifo $place/go-$name
	$place/$name -c "read go <$place/go-$name; . $place/unlisted" >"$work/says-$name" 2>&1 &
	expect "$name starts" sh -c "until [ \$(readlink /proc/$!/exe) = $place/$name ]; do :; done"
done
items '' $place/early | sed 's/ .*//' | manifest early-gone 'kind: revoke
version: 1' >"$work/early-gone"
sign_object "$work/early-gone" signer
expect "one of them is revoked, the other's set has expired" \
	load_revoke "$work/early-gone.signed"
{
	strict_rules
	for name in early outdated; do
		echo "op=SCRIPT exe=$place/$name path=$place/** riv=MATCH action=ALLOW"
	done
} | load_policy strict
for name in early outdated; do
	echo go >$place/go-$name
done
wait
for name in early outdated; do
	expect_text "$name reads no unlisted script" 'ermission denied' cat "$work/says-$name"
done
date -s '2030-06-01 00:00:00' >/dev/null

finish
