#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# images.sh - Debian's RAUC and SWUpdate install an image that would boot, and refuse one that
# would not: it has a program that its sets do not list
#
# usage: images.sh
#
# As root, on Debian. Files stand for the slots. Ends with `N passed, N failed, 0 skipped`.

set -uo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/../vm/apt.sh"

out=$build_dir/images
hooks=$top_dir/packaging/hooks
rivetctl=$build_dir/userspace/bin/rivetctl
passed=0 failed=0

# make_image NAME: of the folder root
make_image()
{
	truncate -s 16M "$out/$1.ext4"
	mke2fs -q -t ext4 -d "$out/root" "$out/$1.ext4"
}

# A system with four programs, listed and signed; in the bad image one has other bytes
make_images()
{
	local etc=$out/root/etc/rivet signed=(-k "$out/keys/signer.key" -c "$out/keys/signer.pem")

	mkdir -p "$out"/root/usr/{bin,sbin} "$etc/riv.d" "$etc/trust.d"
	ln -s usr/sbin usr/bin "$out/root/"
	cp /bin/true "$out/root/usr/sbin/init"
	cp /bin/dash "$out/root/usr/bin/sh"
	cp /bin/true "$out/root/usr/bin/rivetctl"
	cp /bin/true "$out/root/usr/sbin/modprobe"
	"$rivetctl" keygen "$out/keys" &&
		"$rivetctl" policy sign "${signed[@]}" -o "$etc/policy.signed" "$top_dir/policy/gateway.pol" &&
		"$rivetctl" manifest build -n base -v 1 -r "$out/root" -o "$out/base" /usr &&
		"$rivetctl" manifest sign "${signed[@]}" -o "$etc/riv.d/base.signed" "$out/base" || return
	cp "$out/keys/signer.pem" "$etc/trust.d/"
	make_image good
	echo other >>"$out/root/usr/bin/sh"
	make_image bad
	openssl req -new -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=updates \
		-keyout "$out/update.key" -out "$out/update.pem" 2>/dev/null
}

# rauc_bundle NAME: of that image, with the hook
rauc_bundle()
{
	rm -rf "$out/bundle"
	mkdir "$out/bundle"
	cp "$out/$1.ext4" "$hooks/rauc-hook" "$out/bundle/"
	printf '%s\n' '[update]' compatible=rivet-test version=1 '[bundle]' format=plain \
		'[hooks]' filename=rauc-hook '[image.rootfs]' "filename=$1.ext4" hooks=post-install \
		>"$out/bundle/manifest.raucm"
	rauc --cert="$out/update.pem" --key="$out/update.key" bundle "$out/bundle" "$out/$1.raucb"
}

# A bus and the service of RAUC of this test's own, with two slots; slot A is said to run
start_rauc()
{
	printf '%s\n' '[system]' compatible=rivet-test bootloader=noop "mountprefix=$out/mnt" \
		"statusfile=$out/status" '[keyring]' "path=$out/update.pem" \
		'[slot.rootfs.0]' "device=$out/slot.a" type=ext4 bootname=A \
		'[slot.rootfs.1]' "device=$out/slot.b" type=ext4 bootname=B >"$out/system.conf"
	cat >"$out/bus.conf" <<-END_BUS
		<busconfig><type>system</type><listen>unix:path=$out/bus</listen><auth>EXTERNAL</auth>
		<policy context="default"><allow user="*"/><allow own="*"/>
		<allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
	END_BUS
	truncate -s 16M "$out/slot.a" "$out/slot.b"
	rm -f "$out/bus"
	export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$out/bus DBUS_STARTER_BUS_TYPE=system
	dbus-daemon --config-file="$out/bus.conf" --nofork >"$out/bus.log" 2>&1 &
	wait_until test -S "$out/bus"
	rauc --conf="$out/system.conf" --override-boot-slot=A --mount="$out/mnt" service \
		>"$out/rauc.log" 2>&1 &
	wait_until rauc status
}

wait_until()
{
	local tries

	for ((tries = 0; tries < 100; tries++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

# swu NAME: of that image, with the hook
swu()
{
	local folder=$out/swu

	rm -rf "$folder"
	mkdir "$folder"
	cp "$out/$1.ext4" "$hooks/swupdate-hook" "$folder/"
	cat >"$folder/sw-description" <<-END_DESCRIPTION
		software = { version = "1"; hardware-compatibility: [ "1.0" ];
		images: ({ filename = "$1.ext4"; device = "$out/slot.s"; type = "raw";
			sha256 = "$(sha256sum <"$folder/$1.ext4" | cut -d ' ' -f 1)"; });
		scripts: ({ filename = "swupdate-hook"; type = "shellscript"; data = "$out/slot.s";
			sha256 = "$(sha256sum <"$folder/swupdate-hook" | cut -d ' ' -f 1)"; }); };
	END_DESCRIPTION
	openssl cms -sign -in "$folder/sw-description" -out "$folder/sw-description.sig" \
		-signer "$out/update.pem" -inkey "$out/update.key" -outform DER -nosmimecap -binary
	(cd "$folder" && printf '%s\n' sw-description sw-description.sig "$1.ext4" swupdate-hook |
		cpio --quiet -o -H crc) >"$out/$1.swu"
}

swupdate_image()
{
	truncate -s 16M "$out/slot.s"
	swu "$1" && swupdate -H board:1.0 -k "$out/update.pem" -i "$out/$1.swu"
}

# result NAME COMMAND...
result()
{
	local name=$1
	shift

	if "$@" >"$out/said" 2>&1 </dev/null; then
		passed=$((passed + 1))
		echo "ok - $name"
	else
		failed=$((failed + 1))
		tail -n 20 "$out/said" | sed 's/^/# /'
		echo "not ok - $name"
	fi
}

# refuses COMMAND...: it fails; its output is then in the file refused
refuses()
{
	! "$@" >"$out/refused" 2>&1
}

names_the_file()
{
	grep -q "rivet: .*/usr/bin/sh is in no set of .*/etc/rivet/riv.d" "$1"
}

in_the_slot()
{
	cmp -n 16777216 "$out/good.ext4" "$1"
}

run_all()
{
	export PATH=$build_dir/userspace/bin:$PATH RIVET_CHECK_ROOT=$hooks/check-root
	trap 'kill $(jobs -p) 2>/dev/null' EXIT
	result 'RAUC: bundles' eval 'rauc_bundle good && rauc_bundle bad'
	result 'RAUC: its service runs' start_rauc
	result 'RAUC installs the image that would boot' rauc install "$out/good.raucb"
	result 'RAUC refuses the other one' refuses rauc install "$out/bad.raucb"
	result 'RAUC: the file is named' names_the_file "$out/rauc.log"
	result 'SWUpdate installs the image that would boot' swupdate_image good
	result 'SWUpdate: it is in the slot' in_the_slot "$out/slot.s"
	result 'SWUpdate refuses the other one' refuses swupdate_image bad
	result 'SWUpdate: the file is named' names_the_file "$out/refused"
	echo "$passed passed, $failed failed, 0 skipped"
	((failed == 0))
}

((EUID == 0)) || die "not root"
# All that is mounted for the hooks goes with this namespace.
[[ ${RIVET_IMAGES-} ]] || RIVET_IMAGES=1 exec unshare --mount bash "$0" "$@"
"$top_dir/selftests/deps.sh" packages || exit 1
make -s -C "$top_dir/userspace" OUT="$build_dir/userspace" all >/dev/null || die "userspace is not built"
rm -rf "$out"
mkdir -p "$out"
make_images >"$out/images.log" 2>&1 || die "no images; see build/images/images.log"
run_all
