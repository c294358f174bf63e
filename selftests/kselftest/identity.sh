#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# identity.sh - the name of a file: a chroot, a mount or user namespace or a mount
# in one may rename it in any way, RIVs and rules go by the path that init sees;
# and a container that runs only listed files works
#
# wide

# shellcheck disable=SC2086  # the ways into a namespace are several words each
# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 66
modprobe -q overlay
place=/opt/m2m
jail=/tmp/jail
evil=/tmp/evil
user='setpriv --reuid 1000 --regid 1000 --clear-groups'
mkdir -p $place/elsewhere $jail$place $jail/old $evil /mnt/root /opt/trusted /opt/barred \
	$jail/opt/trusted

# program FILE...: each of its own content
program()
{
	for file; do
		cp "$helpers/tiny" "$file"
		echo "$file" >>"$file"
		chmod 755 "$file"
	done
}

# Each case has a file of its own: the same verdict again within seconds is folded
ways='chroot pivot bind tmpfs overlay tree setns proc'
program $place/listed $place/any $place/agent $place/link $place/bound /opt/barred/tool \
	/opt/barred/other
for way in $ways; do
	program "$place/$way" "$evil/$way"
	# Under the listed name: the listed bytes, and other ones
	cp "$place/$way" "$evil/$way-copy"
done
program $evil/container $evil/rootless
# Unlisted scripts: to run them takes one decision. Their interpreter is allowed anywhere
for script in /opt/trusted/tool $jail/opt/trusted/tool $jail/jailed $evil/trusted $evil/boss \
	$evil/boss-again $evil/clerk $evil/renamed $evil/disguised $evil/anybody; do
	printf '#!%s\n# %s\n' $place/any $script >$script
	chmod 755 $script
done
for name in boss clerk anybody; do
	cp "$helpers/anon" $place/$name
	echo $name >>$place/$name
done
cp /usr/bin/dash $place/renamed
echo renamed >>$place/renamed

# --- the tree of a container: a static and a dynamic program --------------------

tree=/srv/tree
mkdir -p $tree/bin $tree/proc $tree/old /srv/box /srv/rootless /mnt/scratch/upper /mnt/scratch/inner
cp /usr/bin/busybox $tree/bin/busybox
cp "$helpers/hello" $tree/bin/hello
cp /usr/bin/dash $tree/bin/sh
echo container | tee -a $tree/bin/busybox $tree/bin/hello >>$tree/bin/sh
ldd /usr/bin/dash | grep -o '/[^ ]*' | sort -u | while read -r library; do
	mkdir -p "$tree${library%/*}"
	cp -L "$library" "$tree$library"
	echo container >>"$tree$library"
done
mount -t overlay -o "lowerdir=$tree,upperdir=/mnt/scratch/upper,workdir=/mnt/scratch/inner" \
	none /srv/box || bail "no overlay"

get_ready
op_rules | load_policy narrow
{
	items exec,mmap $place/listed $place/agent $place/link $place/bound $place/boss \
		$place/clerk $place/renamed /opt/barred/*
	for way in $ways; do
		items exec,mmap "$place/$way"
	done
	items exec,mmap $place/any $place/anybody | any_path
	# shellcheck disable=SC2046  # no blanks in these names
	items exec,mmap $(find /srv/box/bin /srv/box/lib* -type f)
} >"$work/known"
load_items items <"$work/known"
cp $evil/chroot $jail$place/listed
cp $evil/chroot-copy $jail$place/chroot
cp $place/any $jail$place/any
cp $evil/pivot $jail$place/unlisted-pivot
cp $evil/pivot-copy $jail$place/pivot
ln $place/link $place/elsewhere/link
chmod 755 $evil $jail

# A script of its own for each namespace: its last word is the program in question
cat >"$work/pivot" <<-END
	mount --rbind / /mnt/root
	exec chroot /mnt/root /bin/sh -c 'mount --bind $jail $jail && cd $jail &&
		pivot_root . old && cd / && exec "\$0"' "\$1"
END
cat >"$work/bind" <<-END
	mkdir -p $evil/bin && cp "\$1" $evil/bin/true && mount --bind $evil/bin /usr/bin &&
		exec /usr/bin/true
END
cat >"$work/tmpfs" <<-END
	mount -t tmpfs none $place && cp "\$1" $place/tmpfs && exec $place/tmpfs
END
cat >"$work/overlay" <<-END
	mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/inner &&
		{ [ ! "\$1" ] || cp "\$1" /mnt/upper/overlay; } &&
		mount -t overlay -o lowerdir=$place,upperdir=/mnt/upper,workdir=/mnt/inner \
			none $place && exec $place/overlay
END
cat >"$work/over" <<-END
	mount --bind "\$1" "\$2" && shift 2 && exec "\$@"
END

# $in_bound FROM TO COMMAND...: in a mount namespace where FROM is mounted over TO
in_bound="unshare -m sh $work/over"

all_cases()
{
	expect_permitted "a listed program" $place/listed
	expect_refused "chroot: other bytes under its name" unlisted "" chroot $jail $place/listed
	expect_refused "chroot: a copy under its name" moved "" chroot $jail $place/chroot
	expect_permitted "chroot: listed for any path" chroot $jail $place/any
	expect_refused "pivot_root: an unlisted program" unlisted "" \
		unshare -m sh "$work/pivot" $place/unlisted-pivot
	expect_refused "pivot_root: a copy under its name" moved "" \
		unshare -m sh "$work/pivot" $place/pivot
	expect_permitted "pivot_root: listed for any path" unshare -m sh "$work/pivot" $place/any
	expect_refused "an evil folder over /usr/bin" unlisted "" \
		unshare -m sh "$work/bind" $evil/bind
	expect_refused "with a copy of a listed program in it" moved "" \
		unshare -m sh "$work/bind" $evil/bind-copy
	expect_permitted "a listed folder, mounted in its own place" $in_bound $place $place $place/bound
	expect_permitted "and elsewhere" $in_bound $place /mnt /mnt/bound
	expect_refused "user namespace: an unlisted program on a tmpfs of its own" unlisted "" \
		$user unshare -Urmn sh "$work/tmpfs" $evil/tmpfs
	expect_refused "user namespace: a copy under its name" moved "" \
		$user unshare -Urmn sh "$work/tmpfs" $evil/tmpfs-copy
	expect_refused "user namespace: an unlisted program in an overlay of its own" unlisted "" \
		$user unshare -Urmn sh "$work/overlay" $evil/overlay
	expect_refused "user namespace: a listed one through it" moved "" \
		$user unshare -Urmn sh "$work/overlay" ""
	expect_permitted "user namespace: a listed program as it is" \
		$user unshare -Urmn $place/listed
	expect_refused "a hard link elsewhere" moved $place/elsewhere/link $place/elsewhere/link
	if unshare -m "$helpers/treemount" $evil /mnt/root true 2>/dev/null; then
		expect_refused "open_tree and move_mount: an unlisted program" unlisted "" \
			unshare -m "$helpers/treemount" $evil/tree $place/tree $place/tree
		expect_refused "open_tree and move_mount: a copy" moved "" \
			unshare -m "$helpers/treemount" $evil/tree-copy $place/tree $place/tree
	else
		skip "$now: open_tree and move_mount: an unlisted program" "open_tree"
		skip "$now: open_tree and move_mount: a copy" "open_tree"
	fi
	unshare -m sh -c "mount --bind $evil/setns $place/setns
		mount --bind $evil/proc $place/proc; echo ready; exec sleep 1000" >"$work/ready" &
	inside=$!
	until grep -q ready "$work/ready"; do
		usleep 20000
	done
	expect_refused "setns: other bytes under its name" unlisted "" \
		nsenter -t $inside -m $place/setns
	expect_permitted "setns: back to init's namespace" \
		$in_bound $evil/setns $place/setns nsenter -t 1 -m $place/setns
	expect_refused "/proc/PID/root: other bytes under its name" unlisted "" \
		/proc/$inside/root$place/proc
	kill -9 $inside
	wait $inside 2>/dev/null
	: >"$work/ready"
}

all_cases
enforce
all_cases
cp $place/agent "$work/agent"
ln -f $place/listed $place/agent
expect_denied "a listed program under another's listed name" moved $place/agent $place/agent
cp "$work/agent" $place/agent.new
mv $place/agent.new $place/agent
expect_permitted "that one, there again" $place/agent

# --- path= ----------------------------------------------------------------------

{
	echo 'op=EXECUTE path=/opt/trusted/** riv=unlisted action=ALLOW'
	echo 'op=EXECUTE path=/opt/barred/** action=DENY'
	op_rules
} >"$work/rules"
load_policy paths replaces=narrow <"$work/rules"
expect_permitted "path=: a program at the path of a rule" /opt/trusted/tool
expect_denied "path=: one that only a mount of its own puts there" unlisted "" \
	$in_bound $evil /opt/trusted /opt/trusted/trusted
expect_denied "path=: one that only a chroot puts there" unlisted "" \
	chroot $jail /opt/trusted/tool
expect_denied "path=: a listed program at a barred path" match /opt/barred/tool /opt/barred/tool
expect_denied "path=: a mount of its own does not lead around the bar" match "" \
	$in_bound /opt/barred /mnt /mnt/other

# --- exe= -----------------------------------------------------------------------

{
	cat "$work/rules"
	echo 'op=EXECUTE exe=/opt/m2m/boss riv=unlisted action=ALLOW'
} | load_policy programs replaces=paths
expect_permitted "exe=: the program of a rule runs an unlisted one" \
	$place/boss proc-fd $evil/boss
expect_denied "exe=: another program does not" unlisted $evil/clerk \
	$place/clerk proc-fd $evil/clerk
expect_denied "exe=: nor mounted over it in a namespace of its own" unlisted "" \
	$in_bound $place/clerk $place/boss $place/boss proc-fd $evil/disguised
expect_denied "exe=: nor one listed for any path, mounted there" unlisted "" \
	$in_bound $place/anybody $place/boss $place/boss proc-fd $evil/anybody
cp $place/anybody $jail$place/boss
expect_denied "exe=: nor that, in a chroot" unlisted "" \
	chroot $jail $place/boss path-fd /jailed
cat >"$work/rename" <<-END
	mv $place/boss $place/away && mv $place/renamed $place/boss
	[ "\$(readlink /proc/\$\$/exe)" = $place/boss ] || exit 9
	exec $evil/renamed
END
expect_denied "exe=: nor one that has taken its name meanwhile, in /proc/PID/exe too" unlisted \
	$evil/renamed $place/renamed "$work/rename"
mv $place/boss $place/renamed
mv $place/away $place/boss
expect_permitted "exe=: the program of the rule still does" $place/boss proc-fd $evil/boss-again

# --- containers -----------------------------------------------------------------

op_rules | load_policy boxes replaces=programs
cat >"$work/enter" <<-END
	mount --rbind / /mnt/root
	exec chroot /mnt/root /bin/sh -c 'mount --rbind "\$1" "\$1" && cd "\$1" &&
		pivot_root . old && cd / && exec /bin/sh -c "\$2"' sh "\$1" "\$2"
END
cat >"$work/enter-own" <<-END
	mount -t tmpfs none /mnt/scratch && mkdir /mnt/scratch/upper /mnt/scratch/inner &&
		mount -t overlay -o \
		lowerdir=$tree,upperdir=/mnt/scratch/upper,workdir=/mnt/scratch/inner \
		none /srv/rootless || exit
	. $work/enter
END
# shellcheck disable=SC2016
work_inside='set -e
	/bin/busybox mount -t proc proc /proc
	for i in 1 2 3 4 5 6 7 8 9 10; do
		/bin/hello
		/bin/busybox sh -c "echo \$\$ | busybox cat"
		/bin/sh -c "echo again"
	done
	test "$(/bin/busybox ps | /bin/busybox wc -l)" -lt 10
	/bin/hello done'

# $in_box COMMAND, $in_own_box COMMAND: as init's root has mounted it; and as a user
# makes his own, of the same tree
in_box="unshare -Urmpnui --fork sh $work/enter /srv/box"
in_own_box="$user unshare -Urmpnui --fork sh $work/enter-own /srv/rootless"

# expect_works NAME BOX...: and of all it runs, nothing is denied or reported
expect_works()
{
	works_name=$1
	shift
	expect_text "$works_name works" "hello done" "$@" "$work_inside"
	expect_permitted "$works_name has nothing denied" "$@" "$work_inside"
}

chmod 755 "$work"/enter*
expect_works "a container of files listed under init's names" $in_box
cp $evil/container $tree/evil
cp $evil/rootless $tree/own-evil
expect_denied "what is added to its upper layer does not run" unlisted "" \
	$in_box '/bin/busybox cp /evil /bin/evil && exec /bin/evil'
expect_denied "nor a listed file under another name" moved "" \
	$in_box '/bin/busybox cp /bin/hello /bin/bye && exec /bin/bye'
expect_denied "a container of a user's own has no listed names" moved "" \
	$in_own_box /bin/hello
{
	cat "$work/known"
	# shellcheck disable=SC2046
	items exec,mmap $(find $tree/bin $tree/lib* -type f) | any_path
} | load_items items
expect_works "a user's container of files listed for any path" $in_own_box
expect_denied "what he adds to it does not run" unlisted "" \
	$in_own_box '/bin/busybox cp /own-evil /added && exec /added'

finish
