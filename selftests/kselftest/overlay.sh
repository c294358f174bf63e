#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# overlay.sh - descriptors from before a file was copied up: the file mapped, executed
# or read through them is judged, and not the one that has its name by now

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 58
get_ready
modprobe -a -q overlay loop
map=$helpers/mapping
top=/mnt/scratch/layers
mkdir -p $top/lower/config $top/upper $top/inner $top/merged $top/upper2 $top/inner2 $top/merged2
cp "$helpers/tiny" $top/good
echo good >>$top/good
cp "$helpers/tiny" $top/evil
echo evil >>$top/evil	# of the same size
chmod 755 $top/good $top/evil
for now in audit enforce; do
	for name in map protect twice spaced; do
		cp $top/evil $top/lower/$name-$now
	done
	for name in honest reverse up cut; do
		cp $top/good $top/lower/$name-$now
	done
	for name in late busy; do
		echo good >$top/lower/config/$name-$now
	done
done
now=audit
cp "$helpers/entries" $top/lower/loader
# A filesystem that can be frozen
truncate -s 8M $top/image
mke2fs -q -F -t ext4 $top/image || bail "no filesystem in the image"
mkdir $top/frozen
mount -o loop $top/image $top/frozen || bail "the image does not mount"
mount -t overlay -o lowerdir=$top/lower,upperdir=$top/upper,workdir=$top/inner none $top/merged ||
	bail "no overlay"
mount -t overlay -o lowerdir=$top/merged,upperdir=$top/upper2,workdir=$top/inner2 none \
	$top/merged2 || bail "no overlay on an overlay"
{
	items exec,mmap $top/good | any_path
	items mmap $top/merged/loader
	items read $top/merged/config/*
} | load_items items
{
	strict_rules
	echo "op=READ path=$top/merged/config/** riv=MATCH action=ALLOW"
} | load_policy strict

# copy_up NAME BYTES [LAYER]: the command that does so, without a write open of the name
copy_up()
{
	echo "chmod 755 $top/merged${3-}/$1 && cat $2 >$top/upper${3-}/$1"
}

all_cases()
{
	expect_refused "mapped: a descriptor of unlisted bytes, the name now listed" unlisted \
		$top/merged/map-$now "$map" $top/merged/map-$now \
		"run:$(copy_up map-$now $top/good)" private:rx
	expect_permitted "mapped: a new descriptor has the listed bytes" \
		"$map" $top/merged/map-$now private:rx
	expect_refused "mapped before, made executable now" unmeasured $top/merged/protect-$now \
		"$map" $top/merged/protect-$now private:r \
		"run:$(copy_up protect-$now $top/good); $map $top/merged/protect-$now private:rx" \
		protect:rx
	expect_refused "an overlay on an overlay" unlisted $top/merged2/twice-$now \
		"$map" $top/merged2/twice-$now "run:$(copy_up twice-$now $top/good 2)" private:rx
	expect_permitted "an overlay on an overlay: a new descriptor" \
		"$map" $top/merged2/twice-$now private:rx
	expect_refused "an overlay of a user namespace" unlisted "" setpriv --reuid 1000 \
		--clear-groups unshare -Urm sh -c "mount -t tmpfs none /srv && cd /srv &&
		mkdir u w m l && cp $top/evil l/spaced-$now &&
		mount -t overlay -o userxattr,lowerdir=l,upperdir=u,workdir=w none m &&
		exec $map m/spaced-$now 'run:chmod 755 m/spaced-$now &&
		cat $top/good >u/spaced-$now' private:rx"
	honest
	changing
	reading
	loading
}

honest()
{
	file=$top/merged/honest-$now
	expect_permitted "a listed program runs" "$file"
	expect_permitted "and runs by a descriptor" "$map" "$file" execute
	expect_permitted "mapped by a descriptor from before a copy-up, the same bytes" \
		"$map" "$file" "run:chmod 700 $file" private:rx private:r protect:rx
	expect_permitted "copied up it runs" "$file"
	expect_permitted "a descriptor of listed bytes is mapped, whatever the name is now" \
		"$map" $top/merged/reverse-$now "run:$(copy_up reverse-$now $top/evil)" private:rx
	expect_refused "but what it is now is not executed" unlisted $top/merged/reverse-$now \
		"$map" $top/merged/reverse-$now execute
}

# expect_change NAME COMMAND...: while it is mapped, as the mode has it
expect_change()
{
	change_name="$now: $1"
	shift
	if [ "$now" = enforce ]; then
		judge "$change_name is refused" "$helpers/observe" -o 'Text file busy' -- "$@"
	else
		judge "$change_name works" "$helpers/observe" -s -- "$@"
	fi
}

refill()
{
	[ "$now" = enforce ] || cat $top/good >"$cut"
}

changing()
{
	up=$top/merged/up-$now cut=$top/upper/up-$now
	chmod 700 "$up"
	start_holding "$map" "$up" private:rx hold
	for how in write truncate read-truncate open-truncate; do
		expect_change "mapped by the overlay, its layer: $how" "$helpers/change" $how "$cut"
		refill
		expect_change "mapped by the overlay, the overlay: $how" "$helpers/change" $how "$up"
		refill
	done
	stop_holding
	expect_permitted "it is still the same" "$up"
	expect "$now: unmapped, it is truncated" "$helpers/change" truncate "$up"
	expect_refused "and then not executed" unlisted "$up" "$up"
}

# A file opened for reading is judged again when it is opened anew, for the copy
reading()
{
	late=$top/merged/config/late-$now
	expect_permitted "a listed file is read by the overlay" "$map" "$late" read
	if [ "$now" = enforce ]; then
		judge "enforce: by a descriptor from before, the copy is not read" "$helpers/observe" \
			-o 'Permission denied' op=READ reason=mismatch -- "$map" "$late" read \
			"run:$(copy_up config/late-$now $top/evil)" read
		judge "enforce: read by the overlay, its layer is not written to" \
			"$helpers/observe" -o busy -- "$map" $top/merged/config/busy-$now read \
			"run:echo evil | tee -a $top/lower/config/busy-$now"
	else
		judge "audit: by a descriptor from before, the copy is read, and reported" \
			"$helpers/observe" -s op=READ reason=mismatch -- "$map" "$late" read \
			"run:$(copy_up config/late-$now $top/evil)" read
		judge "audit: read by the overlay, its layer is written to" \
			"$helpers/observe" -s -- "$map" $top/merged/config/busy-$now read \
			"run:echo evil | tee -a $top/lower/config/busy-$now"
	fi
}

# The loader that a program names, as the overlay shows it. What execve(2) has read of its
# header is not what is mapped, if it is changed in between in its layer
loading()
{
	with_loader="cd $top/merged && exec"
	changed="$with_loader $helpers/interp changed $helpers/own_loader $top/lower/loader"
	opened="$with_loader $helpers/interp opened $helpers/own_loader $top/lower/loader"
	expect_permitted "a program with a loader of its own" \
		sh -c "$with_loader $helpers/own_loader"
	if [ "$now" = enforce ]; then
		judge "enforce: its loader is open for writing below" "$helpers/observe" \
			-o 'Text file busy' -- sh -c "$changed $top/frozen"
		judge "enforce: between opening and mapping it is not opened for writing" \
			"$helpers/observe" -o 'Text file busy' -- sh -c "$opened"
	else
		sh -c "$changed $top/frozen"
		expect "audit: its loader is open for writing below: it begins elsewhere" test $? = 42
		expect_permitted "between opening and mapping it is opened for writing" \
			sh -c "$opened"
	fi
}

all_cases
enforce
all_cases
finish
