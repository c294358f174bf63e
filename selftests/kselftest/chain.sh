#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# chain.sh - the event chain: the kernel's own lines and those of rivetctl follow one from the
# other, also with names that would do harm, and one that somebody changed is found
#
# needs: userspace
#
# wide: 6.1

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 14
get_ready
place=/tmp/chain
mkdir -p $place/many
enforce

# refuse NAME: a program of this name is refused
refuse()
{
	cp "$helpers/hello" "$place/$1"
	"$place/$1" 2>/dev/null
}

# of_line KEY LINE: the word of the file events without its key
of_line()
{
	printf '%s\n' "$2" | sed "s/.* $1=\([^ ]*\).*/\1/; s/^sha256://"
}

# links: recomputes the chain of the file events by sha256sum alone, as formats.md says;
# prints the last number and link, or the first line that is wrong
links()
{
	links_last=
	while IFS= read -r line; do
		seq=${line%% *}
		seq=${seq#seq=}
		before=$(of_line before "$line")
		digest=$(printf '%s' "$line" | sed 's/^seq=[0-9]* //; s/ before=[^ ]* chain=[^ ]*$//' |
			sha256sum | cut -d ' ' -f 1)
		link=$(printf '%s%016x%s' "$before" "$seq" "$digest" | busybox xxd -r -p |
			sha256sum | cut -d ' ' -f 1)
		[ "$link" = "$(of_line chain "$line")" ] || echo "changed: $line"
		[ -z "$links_last" ] || [ "$before" = "$links_last" ] || echo "does not follow: $line"
		links_last=$link
	done <"$1"
	echo "$seq:sha256:$links_last"
}

head_now()
{
	rivetctl status --json |
		sed 's/.*"events_last":\([0-9]*\),"events_chain":"\([^"]*\)".*/\1:\2/'
}

# save: the events that the kernel holds, in both forms, and the head after them
save()
{
	cat $rivet/events >"$work/lines"
	rivetctl events --json >"$work/log"
	head=$(head_now)
}

# --- names that are hard to write in one form or the other -----------------------

refuse plain
refuse "$(printf 'a\nseq=1 before=sha256:0')"
refuse "$(printf 'b\033[2J\177')"
refuse 'c"d'
refuse 'e\x41'
refuse "$(printf 'g\303\244')"
refuse "$(printf 'h\377')"
refuse "$(printf 'h\377\\x41')"
refuse ' before=sha256:1 chain=sha256:2'
# A verdict without a file, a refused change, and one that was made
"$helpers/anon" memfd "$helpers/hello" >/dev/null 2>&1
(echo nonsense >$rivet/policy) 2>/dev/null
echo "sha256:$(printf %064d 7) 5 exec /opt/later" | load_items later
refuse last
sleep 7
save

expect_text "the first event follows from nothing" "before=sha256:$(printf %064d 0) " \
	grep '^seq=1 ' "$work/lines"
links "$work/lines" >"$work/made"
expect_text "the kernel's lines make the chain that status tells" "$head" cat "$work/made"
expect_text "each follows from the one before" 0 \
	sh -c "grep -c 'changed: \|follow: ' $work/made || true"
expect_text "so do those of rivetctl" "lost; last $head" rivetctl events verify "$work/log"
expect_text "which the reported chain proves" "proves events 1 to ${head%%:*}" \
	rivetctl events verify --head "$head" "$work/log"

# --- what root does to a log ------------------------------------------------------

sed '/"path":"[^"]*plain"/d' "$work/log" >"$work/dropped"
expect_text "the line of a refusal is removed" "is missing before" \
	rivetctl events verify "$work/dropped"
sed 's/c\\"d/c\\"e/' "$work/log" >"$work/edited"
expect_text "the name in one is changed" "was changed" \
	rivetctl events verify "$work/edited"
sed '$d' "$work/log" >"$work/short"
expect "a log without its end looks whole" rivetctl events verify "$work/short"
expect_text "but for the reported chain" "was reported" \
	rivetctl events verify --head "$head" "$work/short"

# --- more events than the kernel holds --------------------------------------------

"$helpers/names" 3000 "$place/plain" $place/many || bail "no links"
"$helpers/attempts" 3000 "$place/many/%d" >/dev/null
sleep 7
save
expect_text "a ring that was overrun" "first\":1,\"last" sed -n 1p "$work/log"
expect_text "is a gap, after which all follows" "intact, with gaps: 2048 events" \
	rivetctl events verify --head "$head" "$work/log"
expect_text "and the reported chain proves that" "to ${head%%:*}" \
	rivetctl events verify --head "$head" "$work/log"
head -n 20 "$work/lines" >"$work/some"
links "$work/some" >"$work/made"
expect_text "the kernel's lines follow too" 1 sh -c "wc -l <$work/made"
cat "$work/log" >>"$work/short"
expect_text "a log from before and one from after make one" "intact, with gaps" \
	rivetctl events verify --head "$head" "$work/short"

finish
