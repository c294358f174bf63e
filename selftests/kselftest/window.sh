#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# window.sh - between the check of a file and its mapping there is no moment in which
# a writer can change it: thousands of rounds of both at once; every state that two
# tasks can reach; and the code that runs on after its mapping

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

seconds=${RIVET_RACE_SECONDS:-8}

plan 22
get_ready
modprobe -q overlay
layers=/mnt/scratch/layers
mkdir -p $layers/lower $layers/upper $layers/inner /srv/overlay
for place in /tmp /mnt/scratch $layers/upper; do
	"$helpers/race" make "$place/contended"
done
mount -t overlay -o lowerdir=$layers/lower,upperdir=$layers/upper,workdir=$layers/inner none \
	/srv/overlay || bail "no overlay"
for place in /tmp /mnt/scratch /srv/overlay; do
	"$helpers/life" make $place/life
done
for round in audit 1 2 3; do
	for how in munmap mprotect; do
		"$helpers/linger" make "/mnt/scratch/$how-$round"
	done
done
items mmap /mnt/scratch/m*-audit /mnt/scratch/m*-[123] /tmp/contended /mnt/scratch/contended /srv/overlay/contended /tmp/life \
	/mnt/scratch/life /srv/overlay/life | load_items items

# Every state of two tasks and one file, and each of their steps from there
each_state()
{
	for place in /tmp /mnt/scratch /srv/overlay; do
		expect "$now: $place: every step of two tasks ends as expected" \
			"$helpers/life" "$now" $place/life
	done
}

# runs_other FILE HOW: something else than was mapped ran. The processors may have heard in
# time, so it is tried a few times, each with the file as it was.
runs_other()
{
	tries=0
	while [ "$tries" -lt 10 ]; do
		tries=$((tries + 1))
		"$helpers/linger" make "$1"
		"$helpers/linger" "$1" "$2"
		[ $? = 3 ] && return
	done
	return 1
}

# The processors go on with a translation until they are told that it is gone
each_end()
{
	for how in munmap mprotect; do
		if [ "$now" = audit ]; then
			expect "audit: what is written to a file while it runs, runs: $how" \
				runs_other /mnt/scratch/$how-audit $how
			continue
		fi
		expect "enforce: a file does not run on when it may be written to: $how" sh -e -c \
			"for i in 1 2 3; do '$helpers/linger' /mnt/scratch/$how-\$i $how; done"
	done
}

each_state
each_end
enforce
each_state
each_end

# number NAME: as race tells it
number()
{
	sed "s/.*$1 \([0-9]*\).*/\1/" "$work/race"
}

for place in /tmp /mnt/scratch /srv/overlay; do
	case $place in
	/tmp) fs=tmpfs ;;
	/srv/overlay) fs=overlay ;;
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
