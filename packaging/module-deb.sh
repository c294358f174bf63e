#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# module-deb.sh - a package with the built module for one kernel: make module-deb
#
# usage: module-deb.sh MODULE RELEASE KDIR VERSION OUT
#
# Into OUT: rivet-module-RELEASE_VERSION_ARCH.deb and beside it a manifest of its files, to be
# signed in the workshop. From the environment: MODULE_KEY and MODULE_CERT (PEM) sign the module
# for kernels that ask for it; RIVETCTL is the tool that makes the manifest; SET_VERSION is the
# manifest's version, by default the time of debian/changelog; CROSS_COMPILE as for the module.
# The same module gives the same bytes.

set -euo pipefail

module=${1:?} release=${2:?} kdir=${3:?} version=${4:?} out=${5:?}
debian=$(cd "$(dirname "$0")/../debian" && pwd)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(dpkg-parsechangelog -l "$debian/changelog" -S Timestamp)}

die()
{
	echo "module-deb.sh: $*" >&2
	exit 1
}

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

sign_module()
{
	[[ ${MODULE_KEY-} || ${MODULE_CERT-} ]] || {
		echo "the module is not signed: MODULE_KEY= and MODULE_CERT= are not given"
		return
	}
	[[ ${MODULE_KEY-} && ${MODULE_CERT-} ]] || die "MODULE_KEY= and MODULE_CERT= go together"
	[[ -x $kdir/scripts/sign-file ]] || die "no $kdir/scripts/sign-file: name the headers, KDIR=FOLDER"
	"$kdir/scripts/sign-file" sha256 "$MODULE_KEY" "$MODULE_CERT" "$1"
}

# Debian names no processor as the kernel does, and a module has to say for which it is.
architecture()
{
	case $(readelf -h "$module" | sed -n 's/^ *Machine: *//p') in
	*X86-64*) echo amd64 ;;
	AArch64) echo arm64 ;;
	ARM) echo armhf ;;
	RISC-V) echo riscv64 ;;
	*) die "$module is for a processor that this script does not know" ;;
	esac
}

[[ $(modinfo -F vermagic "$module") == "$release "* ]] ||
	die "$module is not for $release but for $(modinfo -F vermagic "$module" | cut -d' ' -f1)"
arch=$(architecture)
# Underscores are not for names of packages.
name=rivet-module-$(tr '[:upper:]_' '[:lower:]-' <<<"$release")

install -D -m 0644 "$module" "$stage/lib/modules/$release/updates/rivet.ko"
"${CROSS_COMPILE-}strip" --strip-debug "$stage/lib/modules/$release/updates/rivet.ko"
sign_module "$stage/lib/modules/$release/updates/rivet.ko"
install -d "$stage/DEBIAN" "$stage/usr/share/doc/$name"
install -m 0644 "$debian/copyright" "$stage/usr/share/doc/$name/"
gzip -9nc "$debian/changelog" >"$stage/usr/share/doc/$name/changelog.gz"
cat >"$stage/DEBIAN/control" <<END_CONTROL
Package: $name
Source: rivet
Version: $version
Architecture: $arch
Maintainer: rivet maintainers <rivet@example.org>
Section: kernel
Priority: optional
Depends: kmod
Recommends: linux-image-$release, rivet (>= $version)
Provides: rivet-module
Description: code integrity for gateways: the module for $release
 rivet is a Linux security module that keeps a gateway running only the
 software that signed lists name.
 .
 This is the module, built in a workshop for the kernel $release.
END_CONTROL
for script in postinst postrm; do
	cat >"$stage/DEBIAN/$script" <<-END_SCRIPT
		#!/bin/sh
		set -e
		[ ! -e /lib/modules/$release/modules.order ] || depmod $release
		# An initramfs that was made before this package lacks the module.
		if [ "\$1" = configure ] && [ -e /boot/initrd.img-$release ] &&
		    command -v update-initramfs >/dev/null &&
		    { [ -e /usr/share/initramfs-tools/hooks/rivet ] ||
		      [ -e /etc/initramfs-tools/hooks/rivet ]; }; then
		    update-initramfs -u -k $release
		fi
		# Which kernel is the default depends on this module.
		if [ -e /boot/grub/grub.cfg ] && command -v update-grub >/dev/null; then
		    update-grub
		fi
	END_SCRIPT
	chmod 0755 "$stage/DEBIAN/$script"
done
(cd "$stage" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z |
	xargs -0 md5sum >DEBIAN/md5sums)
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
chmod 0755 "$stage"
mkdir -p "$out"
dpkg-deb --root-owner-group -Zxz --build "$stage" "$out/${name}_${version}_$arch.deb" >/dev/null
# Names of sets have no plus sign. The manifest is made of the package, with its scripts.
"$RIVETCTL" manifest build -n "$(tr '+~' '--' <<<"$name")" -v "${SET_VERSION:-$SOURCE_DATE_EPOCH}" \
	-o "$out/${name}_${version}_$arch.riv" "$out/${name}_${version}_$arch.deb" 2>/dev/null ||
	die "cannot list the package: rivetctl manifest build $out/${name}_${version}_$arch.deb says why"
echo "$out/${name}_${version}_$arch.deb"
echo "$out/${name}_${version}_$arch.riv: sign it with rivetctl manifest sign"
