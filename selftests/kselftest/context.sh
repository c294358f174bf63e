#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# context.sh - rules with path=, uid=, set= and fsmagic= are answered from memory, and no
# answer outlives a rename, a mount, another user, another set or another policy
#
# wide: 7.x

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 37
get_ready
# Each CPU remembers on its own
taskset -p 1 $$ >/dev/null || bail "no taskset"
place=/opt/context
mkdir -p $place/yes $place/moving
for name in any again; do
	cp "$helpers/hello" $place/yes/$name
	echo $name >>$place/yes/$name
done
cp $place/yes/any /mnt/scratch/any
any=$place/yes/any
items exec,mmap $any | any_path | load_items first

# rules CONDITION: both ops of a program refuse a match for it, and the strict rules follow
rules()
{
	{
		for op in EXECUTE MMAP; do
			echo "op=$op riv=MATCH $1 action=DENY"
		done
		strict_rules
	} | load_policy strict
}

# expect_known NAME PROGRAM: it is permitted, and from then on from memory
expect_known()
{
	expect_permitted "$1" "$2"
	expect_remembered "$1, from memory" "$2"
}

# expect_stopped NAME COMMAND...: EACCES, and one denial more, whose event may be folded
expect_stopped()
{
	stopped_name=$1
	stopped_before=$(stat_value denials)
	shift
	stopped_output=$("$@" 2>&1)
	if echo "$stopped_output" | grep -q "$refusal" &&
		[ "$(stat_value denials)" = $((stopped_before + 1)) ]; then
		pass "$now: $stopped_name"
	else
		fail "$now: $stopped_name" "$stopped_output"
	fi
}

# --- path= ------------------------------------------------------------------------

rules "path=$place/no/**"
expect_known "another path" $any
mv $place/yes $place/no
expect_audited "renamed, it works in audit mode only" match $place/no/any $place/no/any
mv $place/no $place/yes
enforce
expect_known "another path" $any
mv $place/yes $place/no
expect_denied "its folder was renamed" match $place/no/any $place/no/any
mv $place/no $place/yes
expect_known "and back" $any
mkdir $place/no
mv $any $place/no/any
expect_stopped "the file itself was renamed" $place/no/any
mv $place/no/any $any
expect_known "and back, too" $any
ln $any $place/no/link
expect_denied "another link of it" match $place/no/link $place/no/link
rm $place/no/link
expect_permitted "the first link" $any
mount --bind $place/yes $place/no
expect_known "the same entry, mounted elsewhere as well" $any
expect_stopped "through that mount" $place/no/any
umount $place/no
mount --bind $place/yes $place/moving
expect_known "through a third mount" $place/moving/any
mount --move $place/moving $place/no
expect_stopped "which was moved" $place/no/any
umount $place/no
expect_permitted "the way without a mount" $any

# --- the policy -------------------------------------------------------------------

rules "path=$any"
expect_denied "another policy" match $any $any
rules "path=$place/no/**"
expect_known "and the one before" $any

# --- uid= -------------------------------------------------------------------------

user='setpriv --regid 1000 --clear-groups --reuid'
rules uid=1000
expect_known "another user" $any
# shellcheck disable=SC2086
expect_denied "the user, on the same CPU" match $any $user 1000 $any
expect_permitted "the other one is not" $any
# shellcheck disable=SC2086
expect_permitted "a third one is not the user" $user 1001 $any
# shellcheck disable=SC2086
expect_stopped "and the user is refused again" $user 1000 $any

# --- fsmagic= ---------------------------------------------------------------------

rules fsmagic=0xef53
expect_known "another filesystem" $any
expect_denied "the one that the rule names" match /mnt/scratch/any /mnt/scratch/any

# --- set= -------------------------------------------------------------------------

rules set=second
expect_known "another set" $any
items exec,mmap $any | any_path | load_items second
items exec,mmap $place/yes/again | any_path | load_items first
expect_denied "the set was withdrawn, and the other one vouches" match $any $any
items exec,mmap $any | any_path | load_items first
items exec,mmap $place/yes/again | any_path | load_items second
expect_known "and the first one again" $any

finish
