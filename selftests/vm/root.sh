#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# root.sh - the guest's userspace for one architecture, from Debian packages
#
# usage: root.sh amd64|arm64 [LIST]
#
# Makes build/guest/root-ARCH/, once: only the files that root.list names, the
# libraries these need, and the few files of /etc that a small system wants. With
# a LIST, build/guest/LIST-ARCH/, of LIST.list and the libraries: to be laid over it.
# Nothing of a package is run, so a foreign architecture is no different.
# The packages are Debian bookworm's, whichever kernel the guest will boot.

set -euo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/apt.sh"

# Both the staged packages and the result have Debian's merged /usr.
make_skeleton()
{
	local root=$1 name

	mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/etc
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$root/$name"
	done
}

list_packages()
{
	sed '/^#/d; /^$/d' "$vm_dir/$list.list" | awk '{ print $1 }'
}

list_wanted()
{
	sed '/^#/d; /^$/d' "$vm_dir/$list.list" | awk '{ for (i = 2; i <= NF; i++) print $i }'
}

# take PATH: copy it with the folders above it, and the target of a link in it.
take()
{
	local path=$1 target

	[[ ! -e $root/$path && ! -L $root/$path ]] || return 0
	(cd "$stage" && cp -a --parents "$path" "$root")
	[[ -L $stage/$path ]] || return 0
	target=$(readlink "$stage/$path")
	[[ $target == /* ]] && target=${target#/} || target=$(dirname "$path")/$target
	target=$(realpath -s --relative-to=/ "/$target")
	take "$(merged "$target")"
}

# The path with its first folder's link resolved, as cp --parents needs it.
merged()
{
	case $1 in
	bin/*|sbin/*|lib/*|lib64/*) echo "usr/$1" ;;
	*) echo "$1" ;;
	esac
}

find_wanted()
{
	local name=$1 place

	if [[ $name == /* ]]; then
		merged "${name#/}"
		return
	fi
	for place in usr/bin usr/sbin "usr/lib/$triplet" usr/lib; do
		[[ ! -e $stage/$place/$name && ! -L $stage/$place/$name ]] && continue
		echo "$place/$name"
		return
	done
	die "$list.list: no $name in the packages for $arch"
}

# The libraries and the loader that the ELF files in the result ask for.
list_needed()
{
	find "$root" -type f -exec sh -c '
		for file; do
			case $(head -c 4 "$file" | tail -c 3) in ELF) ;; *) continue ;; esac
			readelf -d -l "$file" 2>/dev/null
		done' - {} + |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; s/.*interpreter: \(.*\)\]/\1/p' |
		sort -u
}

# Until a round finds nothing new.
take_libraries()
{
	local before after=-1 name

	while
		before=$after
		for name in $(list_needed); do
			take "$(find_wanted "$name")"
		done
		after=$(find "$root" | wc -l)
		((after != before))
	do :; done
}

# Every busybox applet that no real program has the name of.
link_applets()
{
	local applet

	for applet in $(list_applets); do
		[[ -e $root/usr/bin/$applet || -e $root/usr/sbin/$applet ||
			-L $root/usr/bin/$applet || $applet == busybox ]] ||
			ln -s busybox "$root/usr/bin/$applet"
	done
}

# The names are read from the program instead of asked of it: it may be for
# another architecture. They stand in it as one run of NUL-ended strings.
list_applets()
{
	tr '\0' '\n' <"$root/usr/bin/busybox" |
		LC_ALL=C awk '
			$0 == "[[" && last == "[" { on = 1; print last }
			on && !/^[a-z0-9\[][a-zA-Z0-9._\[-]*$/ { exit }
			on
			{ last = $0 }'
}

write_etc()
{
	cat >"$root/etc/passwd" <<-END
		root:x:0:0:root:/root:/bin/sh
		daemon:x:1:1:daemon:/:/usr/sbin/nologin
		mosquitto:x:100:100::/var/lib/mosquitto:/usr/sbin/nologin
		user:x:1000:1000:an ordinary user:/home/user:/bin/sh
		nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
	END
	cat >"$root/etc/group" <<-END
		root:x:0:
		daemon:x:1:
		mosquitto:x:100:
		user:x:1000:
		nogroup:x:65534:
	END
	echo '127.0.0.1 localhost' >"$root/etc/hosts"
	echo '/bin/sh' >"$root/etc/shells"
	echo 'passwd: files' >"$root/etc/nsswitch.conf"
	ln -s /proc/self/mounts "$root/etc/mtab"
}

make_folders()
{
	mkdir -p "$root"/{dev,proc,sys,run,mnt/scratch,root,opt,srv,rivet-test} \
		"$root"/home/user "$root"/var/{lib/mosquitto,log/mosquitto,log/rivet} \
		"$root"/{tmp,var/tmp} "$root/var/cache"
	chmod 1777 "$root/tmp" "$root/var/tmp"
	chown 1000:1000 "$root/home/user"
	chown 100:100 "$root"/var/{lib,log}/mosquitto
	ln -s ../run "$root/var/run"
}

main()
{
	local final name

	[[ ${1:-} == amd64 || ${1:-} == arm64 ]] || die "usage: root.sh amd64|arm64 [LIST]"
	arch=$1 list=${2:-root}
	case $arch in
	amd64) triplet=x86_64-linux-gnu ;;
	arm64) triplet=aarch64-linux-gnu ;;
	esac
	final=$build_dir/guest/$list-$arch
	take_lock "$list-$arch"
	! up_to_date "$final" "$vm_dir/$list.list" "$vm_dir/root.sh" || return 0

	"$top_dir/selftests/deps.sh" vm
	note "fetching userspace for $arch: $list"
	root=$final.tmp stage=$final.stage
	rm -rf "$final" "$root" "$stage" "$stage.debs"
	apt_open "$arch" bookworm bookworm-security
	mapfile -t packages < <(list_packages)
	apt_closure "$stage.debs" "${packages[@]}"
	make_skeleton "$stage"
	unpack_all "$stage.debs" "$stage" --exclude='./usr/share/doc' \
		--exclude='./usr/share/man' --exclude='./usr/share/locale'

	make_skeleton "$root"
	for name in $(list_wanted); do
		take "$(find_wanted "$name")"
	done
	take_libraries
	if [[ $list == root ]]; then
		link_applets
		write_etc
		make_folders
	fi
	rm -rf "$stage" "$stage.debs"
	touch "$root"
	mv "$root" "$final"
}

main "$@"
