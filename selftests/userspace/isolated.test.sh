#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# isolated.test.sh - saved isolation: when the machine is isolated again, and when the file goes
#
# isolated_unit.c, built here with sanitizers: no kernel module is needed.

set -euo pipefail
# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"
lib=$top/userspace/lib

sources=("$lib"/kernel/{isolated,secfs,kernel_error,follow,nl,answer,status}.c
	"$lib"/base/{attrs,durable,err,file,json,protected,text}.c "$lib"/event/*.c
	"$lib"/manifest/manifest.c "$top"/kmod/text/{bytes,digest,fields,names,parse,path}.c
	"$top"/kmod/{object/manifest,quarantine/line}.c)

build_unit "$work/unit" "$top/selftests/userspace/isolated_unit.c" "${sources[@]}" -lmnl
"$work/unit"
