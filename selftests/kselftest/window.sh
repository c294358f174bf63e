#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# window.sh - between the check of a file and its mapping there is no moment in
# which a writer can change it: thousands of rounds of both at once

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

seconds=${RIVET_RACE_SECONDS:-8}

plan 8
get_ready
for place in /tmp /mnt/scratch; do
	"$helpers/race" make $place/contended
done
items mmap /tmp/contended /mnt/scratch/contended | load_items items
enforce

# number NAME: as race tells it
number()
{
	sed "s/.*$1 \([0-9]*\).*/\1/" "$work/race"
}

for place in /tmp /mnt/scratch; do
	case $place in
	/tmp) fs=tmpfs ;;
	*) fs=ext4 ;;
	esac
	denials=$(stat_value denials)
	"$helpers/race" $place/contended "$seconds" >"$work/race" 2>&1
	comment "$fs: $(cat "$work/race")"
	if [ "$(number wrong)" = 0 ]; then
		pass "$fs: whatever was mapped was and stayed what is listed"
	else
		fail "$fs: whatever was mapped was and stayed what is listed"
	fi
	if [ "$(number false-denials)" = 0 ]; then
		pass "$fs: without a writer every mapping succeeds"
	else
		fail "$fs: without a writer every mapping succeeds"
	fi
	# How often the writer gets in is the scheduler's business; while it is in, mappers
	# are refused, and while they are, it is kept out: those rounds count.
	if [ "$(number mapped)" -gt 500 ] && [ "$(number refused)" -gt 100 ] &&
	   [ "$(number writes)" -gt 3 ] && [ "$(number kept-out)" -gt 100 ]; then
		pass "$fs: writer and mappers met, and both had their turns"
	else
		fail "$fs: writer and mappers met, and both had their turns"
	fi
	if [ $(($(stat_value denials) - denials)) = "$(number refused)" ]; then
		pass "$fs: every refusal was counted"
	else
		fail "$fs: every refusal was counted" \
			"counted $(($(stat_value denials) - denials))"
	fi
done

finish
