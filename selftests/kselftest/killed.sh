#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# killed.sh - killed before any system call: the agent amid keeping a copy and saving the
# quarantine list, and amid giving it back, and rivetctl amid a release; nothing is lost or half
# done. remedy.sh does this to rivet-remedy
#
# needs: userspace
#
# long: 1800 6.12

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 6
place=/opt/m2m
list=$rivet/quarantine
store=$work/store
saved=$work/lib/list
mkdir -p $place /etc/rivet
cat >/etc/rivet/rivetd.conf <<-END
	log = $work/log/events.jsonl
	state = $work/lib/last
	pid-file = $work/run/pid
	quarantine-list = $saved
	evidence = $store
END

# bad FILE: other bytes than any file before; they are quarantined, and removed. A copy is $work/bad
bad()
{
	rm -f "$1"
	cp "$helpers/hello" "$1"
	cat /proc/sys/kernel/random/uuid >>"$1"
	cp "$1" "$work/bad"
	"$1" 2>/dev/null
	rm "$1"
}

digest_of()
{
	sha256sum "$1" | cut -d ' ' -f 1
}

has_entry()
{
	grep -qF " sha256:$1 " "$list"
}

is_kept()
{
	cmp -s "$store/sha256-$(digest_of "$work/bad")/content" "$work/bad"
}

# The third word, whether the file is in memory, changes without an event
without_state()
{
	sed 's/ \(live\|away\|gone\) / - /'
}

is_saved()
{
	without_state <"$list" >"$work/list"
	sed '1d;$d' "$saved" 2>/dev/null | without_state | cmp -s - "$work/list"
}

# Each piece of the store is whole, and named after its bytes
check_store()
{
	for piece in "$store"/* "$store"/.[!.]*; do
		[ -e "$piece" ] || continue
		[ "$(basename "$piece")" = "sha256-$(digest_of "$piece/content")" ] &&
			grep -q '}$' "$piece/record.json" || echo "$1: $piece is not whole"
	done
}

rules()
{
	{
		# Tracing is refused otherwise
		echo "op=ANON_EXEC action=ALLOW"
		for op in EXECUTE MMAP; do
			echo "op=$op riv=MATCH action=ALLOW"
			echo "op=$op path=$place/** action=QUARANTINE"
		done
	} | quarantine_rules EXECUTE MMAP | load_policy strict
}

# kill_agent N: before its Nth system call; fails if it waits before that
kill_agent()
{
	timeout 3 "$helpers/killpoint" "$1" rivetd --foreground >/dev/null 2>&1
}

# all_points FROM STEP FUNCTION: call it with numbers until it fails; $work/torn has its complaints
all_points()
{
	point=$1
	times=0
	: >"$work/torn"
	while "$3" "$point" >>"$work/torn" && [ "$point" -lt 3000 ]; do
		times=$((times + 1))
		point=$((point + $2))
	done
	comment "killed $times times, at last before call $point"
}

# nothing_torn NAME
nothing_torn()
{
	expect_same "$1: nothing is lost or half done" "$work/torn" /dev/null
	expect "at ten points or more" [ "$times" -ge 10 ]
}

get_ready
rules
enforce

# --- keeping a copy, and saving the list --------------------------------------------------------

start_agent
stop_agent

kill_amid_copy()
{
	bad "$place/broker"
	kill_agent "$1"
	kill_ended=$?
	start_agent
	wait_for is_kept || echo "$1: no copy is kept"
	wait_for is_saved || echo "$1: the list is not saved"
	stop_agent
	check_store "$1"
	[ "$(sed -n '$s/^end \([0-9]*\) .*/\1/p' "$saved")" = "$(wc -l <"$list")" ] ||
		echo "$1: the saved list is not whole"
	return "$kill_ended"
}
all_points 5 11 kill_amid_copy
nothing_torn "the agent, which keeps a copy and saves the list"

# --- a release ------------------------------------------------------------------------------------

kill_amid_release()
{
	bad "$place/broker"
	release_one=$(digest_of "$work/bad")
	bad "$place/broker"
	release_two=$(digest_of "$work/bad")
	rm -f "$work/release" "$work/release.signed"
	printf 'sha256:%s\n' "$release_one" "$release_two" | sort >"$work/digests"
	# shellcheck disable=SC2046
	rivetctl manifest build --release -n release -v "$1" -o "$work/release" \
		$(cat "$work/digests") 2>/dev/null || echo "no release is built"
	rivetctl manifest sign -k "$keys/signer.key" -c "$keys/signer.pem" "$work/release" 2>/dev/null
	has_entry "$release_one" && has_entry "$release_two" || echo "$1: no entries before"
	"$helpers/killpoint" "$1" rivetctl quarantine release "$work/release.signed" >/dev/null 2>&1
	kill_ended=$?
	if has_entry "$release_one"; then
		has_entry "$release_two" || echo "$1: one of two is released"
		rivetctl quarantine release "$work/release.signed" >/dev/null ||
			echo "$1: cannot be released again"
	fi
	! has_entry "$release_one" && ! has_entry "$release_two" || echo "$1: not released"
	return "$kill_ended"
}
all_points 5 11 kill_amid_release
nothing_torn "rivetctl, which releases"

# --- giving the list back ---------------------------------------------------------------------------

start_agent
for _ in 1 2 3; do
	bad "$place/broker"
done
wait_for is_saved || bail "the list is not saved"
stop_agent
without_state <"$list" >"$work/before"
comment "$(wc -l <"$work/before") entries"

is_given_back()
{
	without_state <"$list" | cmp -s - "$work/before"
}

# A boot is the module loaded anew, which forgets everything
kill_amid_giving_back()
{
	back_to_audit
	rmmod rivet || bail "rivet does not go"
	rm -f "$work"/set.number
	get_ready
	rules
	enforce
	kill_agent "$1"
	kill_ended=$?
	start_agent
	wait_for is_given_back || echo "$1: the list is another one"
	wait_for is_saved || echo "$1: the list is not saved"
	stop_agent
	return "$kill_ended"
}
all_points 5 47 kill_amid_giving_back
nothing_torn "the agent, which gives the list back"

finish
