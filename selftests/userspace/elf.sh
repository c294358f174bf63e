# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# elf.sh - the smallest ELF files of each kind, made by hand
#
# Sourced. elf CLASS ORDER KIND [SEGMENT...] writes one to standard output: CLASS
# is 32 or 64, ORDER little or big, KIND exec, dyn or rel, SEGMENT interp, interp=PATH,
# pie or soname. Written from the ELF specification, not with the tools' own headers.

# number BYTES VALUE: in the byte order of $order
number()
{
	local at byte text=

	for ((at = 0; at < $1; at++)); do
		printf -v byte '\\x%02x' $(($2 >> 8 * at & 255))
		[[ $order == little ]] && text+=$byte || text=$byte$text
	done
	printf '%b' "$text"
}

word()
{
	number $((class / 8)) "$1"
}

# file_header TYPE PHOFF PHNUM SHOFF SHNUM SHSTRNDX
file_header()
{
	printf '\x7fELF'
	[[ $class == 64 ]] && printf '\x02' || printf '\x01'
	[[ $order == little ]] && printf '\x01' || printf '\x02'
	printf '\x01\0\0\0\0\0\0\0\0\0'
	number 2 "$1"; number 2 62; number 4 1
	word 0; word "$2"; word "$4"
	number 4 0
	number 2 $((class == 64 ? 64 : 52))
	number 2 $((class == 64 ? 56 : 32)); number 2 "$3"
	number 2 $((class == 64 ? 64 : 40)); number 2 "$5"; number 2 "$6"
}

# segment TYPE OFFSET SIZE
segment()
{
	if [[ $class == 64 ]]; then
		number 4 "$1"; number 4 4
		word "$2"; word "$2"; word "$2"; word "$3"; word "$3"; word 1
	else
		number 4 "$1"
		word "$2"; word "$2"; word "$2"; word "$3"; word "$3"; number 4 4; word 1
	fi
}

# section NAME TYPE OFFSET SIZE
section()
{
	number 4 "$1"; number 4 "$2"
	word 0; word 0; word "$3"; word "$4"
	number 4 0; number 4 0
	word 1; word 0
}

# A dynamic entry: TAG VALUE
dynamic()
{
	word "$1"; word "$2"
}

elf_image()
{
	local type=$1 kinds=" $2 " header count=1 entries=2 at name=
	header=$((class == 64 ? 64 : 52))

	[[ $kinds == *" interp"* ]] && count=2
	[[ $kinds == *" interp="* ]] && name=${kinds#* interp=} && name=${name%% *}
	[[ $kinds == *" soname "* ]] && entries=$((entries + 1))
	[[ $kinds == *" pie "* ]] && entries=$((entries + 1))
	at=$((header + count * (class == 64 ? 56 : 32)))
	file_header "$type" "$header" "$count" 0 0 0
	[[ $kinds == *" interp "* ]] && segment 3 "$at" 0
	[[ -n $name ]] && segment 3 $((at + entries * class / 4)) $((${#name} + 1))
	segment 2 "$at" $((3 * class / 4))
	[[ $kinds == *" soname "* ]] && dynamic 14 1
	[[ $kinds == *" pie "* ]] && dynamic $((0x6ffffffb)) $((0x08000001))
	dynamic 0 0
	dynamic 0 0
	[[ -z $name ]] || printf '%s\0' "$name"
}

# A relocatable file with one section; the section's name makes it a module
elf_object()
{
	local header
	header=$((class == 64 ? 64 : 52))

	file_header 1 0 0 "$header" 2 1
	section 0 0 0 0
	section 1 3 $((header + 2 * (class == 64 ? 64 : 40))) 10
	printf '\0%s\0' "${1:-.modinfo}"
}

elf()
{
	local class=$1 order=$2 kind=$3

	shift 3
	case $kind in
	exec) elf_image 2 "$*" ;;
	dyn) elf_image 3 "$*" ;;
	rel) elf_object "$@" ;;
	esac
}
