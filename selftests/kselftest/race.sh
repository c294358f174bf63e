#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# race.sh - a program that is executed over and over while it is changed over and over:
# no execution of changed bytes, and no refusal while nobody changes it
#
# window.sh does the same for mappings.
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

rounds=${RIVET_RACE_ROUNDS:-2000}

plan 18
get_ready
modprobe -q overlay
layers=/mnt/scratch/layers
mkdir -p $layers/lower $layers/upper $layers/inner /srv/overlay
mount -t overlay -o lowerdir=$layers/lower,upperdir=$layers/upper,workdir=$layers/inner none \
	/srv/overlay || bail "no overlay"
for place in /tmp /mnt/scratch /srv/overlay; do
	for name in contended updated next; do
		cp "$helpers/answer" $place/$name
	done
	echo next >>$place/next
	# Both contents are listed for the name that they take turns to have
	items exec,mmap $place/contended $place/updated $place/next
	items exec,mmap $place/next | sed 's|/next$|/updated|'
done | load_items items
enforce

# number NAME: as race_exec tells it
number()
{
	sed "s/.*\b$1 \([0-9]*\).*/\1/" "$work/race"
}

# expect_number NAME TEST...: as test(1) has it
expect_number()
{
	number_name=$1
	shift
	if test "$@"; then
		pass "$number_name"
	else
		fail "$number_name" "$*
$(tail -n 2 $rivet/events)"
	fi
}

for place in /tmp /mnt/scratch /srv/overlay; do
	case $place in
	/tmp) fs=tmpfs ;;
	/srv/overlay) fs=overlay ;;
	*) fs=ext4 ;;
	esac
	expect_permitted "$fs: nobody changes it yet" $place/contended
	"$helpers/race_exec" $place/contended "$rounds" >"$work/race" 2>&1
	comment "$fs: $(cat "$work/race")"
	expect_number "$fs: whatever was executed is what is listed" "$(number wrong)" = 0
	expect_number "$fs: while nobody changes it, it is executed" "$(number false-denials)" = 0
	# How many rounds fall on the writer's turn is the scheduler's business
	expect_number "$fs: both had their turns" "$(number ran)" -gt 100 \
		-a "$(number refused)" -gt 50 -a "$(number undisturbed)" -gt 50 \
		-a "$(number writes)" -gt 50 -a "$(number exchanges)" -gt 50
	"$helpers/race_exec" $place/updated $((rounds / 3)) $place/next >"$work/race" 2>&1
	comment "$fs: $(cat "$work/race")"
	expect_number "$fs: updated over and over, whatever was executed is listed" \
		"$(number wrong)" = 0
	expect_number "$fs: updated over and over, it is always executed" \
		$(($(number refused) + $(number killed))) = 0
done

finish
