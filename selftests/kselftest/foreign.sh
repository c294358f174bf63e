#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# foreign.sh - files that change without this kernel, that cannot be read, or
# not in time: unverifiable unless the policy names the filesystem, then measured
# each time; and nobody but who asked waits for a server that does not answer
#
# needs: share
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 67
for module in loop btrfs erofs fuse 9p 9pnet_virtio ecb ecryptfs msdos nls_cp437 nls_ascii; do
	modprobe -q "$module"
done
fuse_magic=0x65735546
v9fs_magic=0x01021997
erofs_magic=0xe0f5e1e2
ecryptfs_magic=0xf15f
change=$helpers/change

# knows TYPE: the kernel has it
knows()
{
	grep -qw "$1" /proc/filesystems
}

# serve HOW: a FUSE server at /fs/fuse
serve()
{
	start_holding "$helpers/fuse" /fs/fuse "$helpers/tiny" "$1" || bail "no server: $held"
}

end_server()
{
	umount -l /fs/fuse
	stop_holding 2>/dev/null
}

# expect_unread NAME PATH: refused, or reported, without a look at it
expect_unread()
{
	mark_events
	expect_refused "$1" unverifiable "$2" "$2"
	if has_event "path=\"$2\"" measured=; then
		fail "$now: $1, and is not read" "$(events_since)"
	else
		pass "$now: $1, and is not read"
	fi
}

expect_image_unread()
{
	if [ "$image_is_file" ]; then
		expect_unread "erofs over a file: a listed program is unverifiable" /fs/erofs/program
	else
		skip "$now: erofs over a file: a listed program is unverifiable" "erofs over a file"
		skip "$now: and is not read" "erofs over a file"
	fi
}

expect_shared_unread()
{
	if [ "$has_shared" ]; then
		expect_unread "erofs that shares pages: a listed program is unverifiable" \
			/fs/shared/program
	else
		skip "$now: erofs that shares pages: a listed program is unverifiable" inode_share
		skip "$now: and is not read" inode_share
	fi
}

# share NAME: an image whose program claims to be the same as that of another
share()
{
	mkdir "$shared/$1" "/fs/$1"
	cp "$helpers/tiny" "$shared/$1/program"
	echo "$1" >>"$shared/$1/program"
	"$helpers/ishare" mark "$shared/$1/program" &&
		mkfs.erofs "$shared/$1.image" "$shared/$1" >/dev/null 2>&1 &&
		"$helpers/ishare" patch "$shared/$1.image" &&
		mount -t erofs -o ro,loop,inode_share,domain_id=rivet "$shared/$1.image" "/fs/$1"
}

# named_rules MAGIC...: the generic rules come first, so that the others are asked for
# nothing that they answer, and slow nothing down
named_rules()
{
	op_rules
	for magic; do
		echo "op=EXECUTE fsmagic=$magic riv=MATCH action=ALLOW"
		echo "op=MMAP fsmagic=$magic riv=MATCH action=ALLOW"
	done
}

# start_hung COMMAND...: in the background, until it is inside a measurement: in audit mode
# nothing else holds the module
start_hung()
{
	"$@" 2>/dev/null &
	hung=$!
	wait_for grep -q '^rivet [0-9]* [1-9]' /proc/modules
	sleep 1
}

# stalling: a server that does not answer holds who asked it, and nobody else
stalling()
{
	serve stall
	start_hung /fs/fuse/program
	expect_permitted "others run while a server does not answer" "$helpers/hello"
	expect_quick "$now: who waits for it is killed at once" \
		"$("$helpers/kill_latency" /fs/fuse/program 1000)"
	if [ $now = audit ]; then
		expect_text "$now: meanwhile rmmod is refused" "is in use" rmmod rivet
	fi
	kill -9 $hung
	wait $hung 2>/dev/null
	end_server
	# A kernel that reads ahead for nobody waits for the answer itself, as in read(2)
	serve stall-sync
	start_hung /fs/fuse/program
	expect_permitted "others run while a server blocks its reader" "$helpers/hello"
	kill -9 $hung
	end_server
	wait $hung 2>/dev/null
	pass "$now: its end frees who waited"
}

# --- before enforcing: make, list, report ---------------------------------------

mkdir -p /fs/below /fs/stacked /fs/other /fs/erofs /fs/erofs-source /fs/fuse /fs/9p /fs/9p-host /fs/broken
get_ready
op_rules | load_policy narrow
: >"$work/known"

# The host's folder, twice: neither mount notices changes made through the other
share=
if knows 9p; then
	share=1
	mount -t 9p -o trans=virtio,version=9p2000.L rivet0 /fs/9p || bail "no 9p"
	mount -t 9p -o trans=virtio,version=9p2000.L rivet1 /fs/9p-host || bail "no second 9p"
	for name in listed write unlisted; do
		cp "$helpers/tiny" /fs/9p/$name
		echo "9p $name" >>/fs/9p/$name
	done
	items exec,mmap /fs/9p/listed /fs/9p/write >>"$work/known"
fi

serve good
items exec,mmap /fs/fuse/program >>"$work/known"
expect_unread "fuse: a listed program is unverifiable" /fs/fuse/program
end_server

# An image without a loop device, which the kernel would watch for us
cp "$helpers/tiny" /fs/erofs-source/program
echo erofs >>/fs/erofs-source/program
mkfs.erofs /mnt/scratch/image.erofs /fs/erofs-source >/dev/null 2>&1
image_is_file=
if "$helpers/rawmount" erofs /mnt/scratch/image.erofs /fs/erofs 2>/dev/null; then
	image_is_file=1
	items exec,mmap /fs/erofs/program >>"$work/known"
fi

# Which of two images the bytes of both come from is for who comes first
shared=/mnt/scratch/shared
has_shared=
mkdir $shared
if share forged 2>/dev/null && share shared 2>/dev/null; then
	has_shared=1
	cat /fs/forged/program >/dev/null
	expect_text "audit: erofs that shares pages shows the other image's" forged \
		tail -c 7 /fs/shared/program
	(cd $shared && items exec,mmap shared/program | sed 's| shared/| /fs/shared/|') \
		>>"$work/known"
else
	skip "audit: erofs that shares pages shows the other image's" inode_share
fi

# One that passes on the files of another; writes to these are not seen through it
stacked=
cp "$helpers/tiny" /fs/below/program
echo ecryptfs >>/fs/below/program
chmod 755 /fs/below/program
if knows ecryptfs; then
	stacked=1
	"$helpers/stacked" /fs/below /fs/stacked || bail "no ecryptfs"
	items exec,mmap /fs/stacked/program >>"$work/known"
fi

# One that is like another, by a name that nobody has vouched for
truncate -s 8M /mnt/scratch/image.msdos
mkdosfs /mnt/scratch/image.msdos
other=
if knows msdos; then
	other=1
	mount -t msdos -o loop /mnt/scratch/image.msdos /fs/other || bail "no msdos"
	cp "$helpers/tiny" /fs/other/program
	items exec,mmap /fs/other/program >>"$work/known"
fi

# expect_unknown_unread: which of the two exist
expect_unknown_unread()
{
	for each in ${stacked:+stacked} ${other:+other}; do
		expect_unread "$each: a listed program is unverifiable" "/fs/$each/program"
	done
	[ $stacked ] || skip "$now: stacked: a listed program is unverifiable" ecryptfs
	[ $stacked ] || skip "$now: stacked: and is not read" ecryptfs
	[ $other ] || skip "$now: other: a listed program is unverifiable" msdos
	[ $other ] || skip "$now: other: and is not read" msdos
}

# A disk that fails: the filesystem's own checksum tells, far behind the
# executed pages
image=/mnt/scratch/failing
truncate -s 48M $image
mkfs.btrfs -q -K -M $image >/dev/null 2>&1
mount -o loop $image /fs/broken || bail "no btrfs"
{
	cat "$helpers/tiny"
	head -c 4M /dev/zero
	echo this is the end of the program
} >/fs/broken/program
chmod 755 /fs/broken/program
items exec,mmap /fs/broken/program >>"$work/known"
umount /fs/broken
offset=$(strings -t d $image | sed -n 's/^ *\([0-9]*\) this is the end of the program$/\1/p')
printf T | dd of=$image bs=1 seek="$offset" conv=notrunc status=none
mount -o loop $image /fs/broken

# Sizes: a list that knows them does not make them readable
cp "$helpers/tiny" /tmp/huge
truncate -s 5G /tmp/huge
cp "$helpers/tiny" /tmp/slow
truncate -s 1G /tmp/slow
for name in huge slow; do
	printf 'sha256:%064d %s exec,mmap /tmp/%s\n' 1 "$(stat -c %s /tmp/$name)" $name
done >>"$work/known"
load_items items <"$work/known"

if [ "$share" ]; then
	expect_unread "9p: a listed program is unverifiable" /fs/9p/listed
else
	skip "$now: 9p: a listed program is unverifiable" "9p"
	skip "$now: 9p: a listed program is unverifiable, and is not read" "9p"
fi
expect_image_unread
expect_shared_unread
expect_unknown_unread
expect_audited "a file that is larger than what is read" unverifiable /tmp/huge /tmp/huge
expect_audited "a file on a failing disk" io-error /fs/broken/program /fs/broken/program

# It is read for seconds: most of it goes away meanwhile. (While it is being executed
# the kernel itself lets nobody write to it.)
cp "$helpers/tiny" /tmp/shrinks
truncate -s 1G /tmp/shrinks
mark_events
"$helpers/mapping" /tmp/shrinks private:rx &
runner=$!
sleep 1
truncate -s 64k /tmp/shrinks
wait $runner
if has_event 'path="/tmp/shrinks"' op=MMAP reason=io-error; then
	pass "$now: a file that shrinks while it is read"
else
	fail "$now: a file that shrinks while it is read" "$(events_since | grep shrinks)"
fi

named_rules $fuse_magic $v9fs_magic | load_policy named
stalling
serve eio
expect_audited "fuse: a read that fails" io-error /fs/fuse/program /fs/fuse/program
end_server
serve writer
expect_audited "fuse: a writer comes and goes while it is measured" writable /fs/fuse/program \
	"$helpers/mapping" /fs/fuse/program private:rx
expect_permitted "fuse: and none does the next time" \
	"$helpers/mapping" /fs/fuse/program private:rx
end_server

# --- enforcing ------------------------------------------------------------------

# What runs already is looked at when enforcement begins; the task that began it is killed
# while it reads a file for seconds
op_rules | load_policy narrow
start_holding "$helpers/mapping" /tmp/slow private:rx hold || bail "not mapped: $held"
sh -c "echo enforce >$rivet/mode" &
switch=$!
wait_for grep -q '^enforce' $rivet/mode || bail "rivet does not enforce"
kill -9 $switch
wait $switch 2>/dev/null
expect_text "a look at what runs already that was cut short is reported" \
	"not all of what runs already was looked at" cat $rivet/events
stop_holding
now=enforce
serve good
expect_unread "fuse: a listed program is unverifiable" /fs/fuse/program
end_server
if [ "$share" ]; then
	expect_unread "9p: a listed program is unverifiable" /fs/9p/listed
fi
expect_image_unread
expect_shared_unread
expect_unknown_unread

# Named, it is read; each time
named_rules $fuse_magic $v9fs_magic $erofs_magic $ecryptfs_magic | load_policy named replaces=narrow
serve good
expect_permitted "fuse, named by the policy: a listed program" /fs/fuse/program
expect_forgotten "fuse: and again, without memory" /fs/fuse/program
end_server
serve vary
mark_events
expect_permitted "fuse: a server with the right bytes" /fs/fuse/program
expect_denied "fuse: that has others the next time" mismatch /fs/fuse/program /fs/fuse/program
expect_denied "fuse: and yet others" mismatch /fs/fuse/program /fs/fuse/program
expect_text "fuse: each of them was measured" 2 echo "$(events_since | grep reason=mismatch |
	grep -o ' measured=[^ ]*' | sort -u | wc -l)"
end_server
serve eio
expect_denied "fuse: a read that fails" io-error /fs/fuse/program /fs/fuse/program
end_server
stalling
if [ "$share" ]; then
	expect_permitted "9p, named by the policy: a listed program" /fs/9p/listed
	expect_forgotten "9p: and again, without memory" /fs/9p/listed
	expect_permitted "9p: one that is about to be changed" /fs/9p/write
	"$change" write /fs/9p-host/write
	expect_denied "9p: changed by the host" mismatch /fs/9p/write /fs/9p/write
	expect_denied "9p: an unlisted program" unlisted /fs/9p/unlisted /fs/9p/unlisted
else
	for result in 1 2 3 4 5 6 7; do
		skip "$now: 9p: $result" "9p"
	done
fi

if [ "$image_is_file" ]; then
	expect_permitted "erofs over a file, named by the policy" /fs/erofs/program
	expect_forgotten "erofs over a file: and again, without memory" /fs/erofs/program
else
	skip "$now: erofs over a file, named by the policy" "erofs over a file"
	skip "$now: and again, without memory" "erofs over a file"
fi

if [ $stacked ]; then
	expect_permitted "ecryptfs, named by the policy" /fs/stacked/program
	expect_forgotten "ecryptfs: and again, without memory" /fs/stacked/program
	expect "enforce: nobody sees that the file below is written to" \
		"$change" write /fs/below/program
	echo 1 >/proc/sys/vm/drop_caches
	expect_denied "ecryptfs: changed below" mismatch /fs/stacked/program /fs/stacked/program
else
	skip "$now: ecryptfs, named by the policy" ecryptfs
	skip "$now: ecryptfs: and again, without memory" ecryptfs
	skip "$now: nobody sees that the file below is written to" ecryptfs
	skip "$now: ecryptfs: changed below" ecryptfs
fi

# Every user who can make a user namespace can serve any files in it, to himself
cat >"$work/own-server" <<-END
	$helpers/fuse /fs/fuse $helpers/tiny good >/tmp/server 2>&1 &
	server=\$!
	until grep -q ready /tmp/server || ! kill -0 \$server; do
		usleep 50000
	done
	/fs/fuse/program
	code=\$?
	kill -9 \$server
	exit \$code
END
expect_denied "fuse: served in a user namespace it is unverifiable, named or not" unverifiable \
	"" unshare -Urm sh "$work/own-server"

# --- enforcing, a file that cannot be read --------------------------------------

expect_denied "a file on a failing disk" io-error /fs/broken/program /fs/broken/program
start=$(date +%s)
expect_denied "a file that is larger than what is read, listed" unverifiable /tmp/huge /tmp/huge
expect "$now: it was not read" test $(($(date +%s) - start)) -lt 8
expect_quick "$now: SIGKILL ends the measurement of a large file" \
	"$("$helpers/kill_latency" /tmp/slow 700)"
"$helpers/mapping" /tmp/slow private:rx 2>/dev/null &
runner=$!
sleep 1
judge "$now: while it is read nobody shortens it" "$helpers/observe" -o 'Text file busy' -- \
	truncate -s 64k /tmp/slow
kill -9 $runner
wait $runner 2>/dev/null

# The policy decides about an unreadable file
{
	named_rules $fuse_magic
	echo 'op=EXECUTE riv=io-error action=AUDIT'
	echo 'op=MMAP riv=io-error action=AUDIT'
} | load_policy lenient replaces=named
judge "$now: a policy may let what cannot be read run" "$helpers/observe" -s mode=enforce \
	errno=0 reason=io-error 'path="/fs/broken/program"' -- /fs/broken/program

# The kernel opens and makes a file with the lock of its folder held: a look at another name
# in the same folder would wait for itself
if [ "$share" ]; then
	{
		named_rules $v9fs_magic
		echo 'DEFAULT op=READ action=DENY'
		echo 'op=READ path=/fs/9p/absent riv=MATCH action=ALLOW'
		echo 'op=READ path=/fs/9p/**/deep riv=MATCH action=ALLOW'
	} | load_policy reads replaces=lenient
	(
		sh -c 'exec 3<>/fs/9p/made'
		ls /fs/9p
		echo over >"$work/made"
	) >/dev/null 2>&1 &
	expect "$now: 9p: a file is made where rules are about others" wait_for test -s "$work/made"
else
	skip "$now: 9p: a file is made where rules are about others" "9p"
fi

finish
