# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# apt.sh - a private apt: fetch Debian packages without touching the machine's
#
# Sourced, never run. The mirror is the one this machine uses already; the
# suites and architectures are ours. Signatures are always checked, against
# Debian's own archive keys and no other: third-party sources of the machine
# are not asked and not trusted.

# shellcheck source=selftests/vm/common.sh
. "${BASH_SOURCE[0]%/*}/common.sh"

debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# "origin|label|uri" of every package list this machine has fetched.
list_targets()
{
	# shellcheck disable=SC2016  # apt expands these, not the shell
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' \
		'Created-By: Packages' | sort -u
}

# find_mirror LABEL: where this machine gets Debian (label Debian) or its security
# updates (Debian-Security) from.
find_mirror()
{
	list_targets | awk -F '|' -v label="$1" \
		'$1 == "Debian" && $2 == label { sub("/$", "", $3); uri = $3 } END { print uri }'
}

# A machine whose package lists were never fetched does not know its mirror.
main_mirror()
{
	local uri

	uri=$(find_mirror Debian)
	if [[ -z $uri ]]; then
		apt-get update -qq >&2 || die "apt-get update failed; see above"
		uri=$(find_mirror Debian)
	fi
	[[ $uri ]] || die "apt on this machine names no Debian mirror"
	echo "$uri"
}

# A machine may have been set up without; the archives are siblings.
security_mirror()
{
	local uri

	uri=$(find_mirror Debian-Security)
	[[ $uri ]] || uri=$(main_mirror)-security
	echo "$uri"
}

# source_line SUITE: a one-line apt source.
source_line()
{
	local mirror

	case $1 in
	*-security) mirror=$(security_mirror) ;;
	*) mirror=$(main_mirror) ;;
	esac
	echo "deb [signed-by=$debian_keyring] $mirror $1 main"
}

# apt_open ARCH SUITE...: make (once) and select the private apt for the calls
# below. The caller's lock must cover it.
apt_open()
{
	local arch=$1 suite
	shift

	apt_dir=$build_dir/apt/$arch-$*
	apt_dir=${apt_dir// /+}
	[[ -e $apt_dir/stamp ]] && return

	(
		# One update at a time: the lists of a suite are shared.
		take_lock "apt-$(basename "$apt_dir")"
		[[ -e $apt_dir/stamp ]] && exit 0
		mkdir -p "$apt_dir"/{lists,cache/archives}/partial
		for suite in "$@"; do
			source_line "$suite"
		done >"$apt_dir/sources.list"
		write_apt_conf "$arch" >"$apt_dir/apt.conf"
		: >"$apt_dir/status"
		quiet_apt update
		touch "$apt_dir/stamp"
	)
}

# Dir::State::status is an empty file: nothing counts as installed, so that
# the fetched packages never depend on those of this machine.
write_apt_conf()
{
	cat <<-END
		#clear APT::Architectures;
		#clear APT::Update::Post-Invoke-Success;
		#clear APT::Update::Post-Invoke;
		#clear DPkg::Post-Invoke;
		#clear DPkg::Pre-Install-Pkgs;
		APT::Architecture "$1";
		APT::Architectures { "$1"; };
		APT::Default-Release "";
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		Acquire::Retries "3";
		Dir::Etc::sourcelist "$apt_dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::State "$apt_dir";
		Dir::State::lists "$apt_dir/lists";
		Dir::State::status "$apt_dir/status";
		Dir::State::extended_states "$apt_dir/extended_states";
		Dir::Cache "$apt_dir/cache";
	END
}

private_apt()
{
	APT_CONFIG=$apt_dir/apt.conf "$@"
}

quiet_apt()
{
	private_apt apt-get -q "$@" >"$apt_dir/log" 2>&1 && return
	cat "$apt_dir/log" >&2
	die "apt-get $1 failed for $(basename "$apt_dir")"
}

# apt_depends PACKAGE: the names of all it depends on.
apt_depends()
{
	private_apt apt-cache depends --no-recommends --no-suggests \
		--no-conflicts --no-breaks --no-replaces --no-enhances "$1" |
		sed -n 's/^ *|\?\(Pre\)\?Depends: \([^<].*\)/\2/p'
}

# apt_needs PACKAGE PREFIX: the first dependency whose name begins like PREFIX;
# of a meta package this is the real one, with an ABI number in its name.
apt_needs()
{
	local name

	name=$(apt_depends "$1" | grep -- "^$2" | sed -n 1p)
	[[ $name ]] || die "$1: nothing like $2 in $(basename "$apt_dir")"
	echo "$name"
}

# apt_download DIR PACKAGE...: exactly these packages.
apt_download()
{
	local dir=$1
	shift

	mkdir -p "$dir"
	(cd "$dir" && quiet_apt download "$@")
}

# apt_closure DIR PACKAGE...: these packages and all they depend on.
apt_closure()
{
	local dir=$1
	shift

	mkdir -p "$dir/partial"
	quiet_apt install --download-only -y \
		-o Dir::Cache::archives="$dir" "$@"
}

# unpack_all DIR ROOT [TAR OPTION...]: the files of every package in DIR. No
# maintainer script runs, so the architecture does not matter.
unpack_all()
{
	local dir=$1 root=$2 package
	shift 2

	mkdir -p "$root"
	for package in "$dir"/*.deb; do
		dpkg-deb --fsys-tarfile "$package" |
			tar -C "$root" -x --keep-directory-symlink "$@"
	done
}
