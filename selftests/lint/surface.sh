#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# surface.sh - does each way of the kernels' source have a verdict? (Documentation/surface.md)
#
# A test of itself comes with it: a verdict that is taken away is missed, and so is one on
# a caller that is new, in a new file or once more where others are; one on nothing is found.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3 apt-get dpkg-deb xz

surface=$top_dir/selftests/surface
work=$lint_out/surface
status=0

judge()
{
	python3 -B "$surface/judge.py" "$@"
}

# against INDEX...: the findings about these kernels
against()
{
	judge "$surface/verdicts" kmod/text/hooks.def selftests/kselftest "$@"
}

# A file with one new caller for each class that is looked for in code
plant()
{
	mkdir -p "$work/tree/drivers/planted"
	cat >"$work/tree/drivers/planted/planted.c" <<-'END'
		/* kernel_write( in a comment is no caller */
		static struct file_system_type planted_fs_type = {
			.name = "planted",
			.fs_flags = FS_REQUIRES_DEV,
		};

		static int planted(struct vm_area_struct *vma, struct bio *bio,
				   struct file *file)
		{
			if (vma->vm_flags & VM_EXEC)
				return 0;
			vm_flags_set(vma, VM_EXEC);
			submit_bio(bio);
			file = filp_open("\"VM_EXEC\"", O_RDWR, 0);
			filp_open("read", O_RDONLY, 0);
			return kernel_write(file, "kernel_write(", 1, NULL) +
			       pin_user_pages(0, 1, 0, NULL);
		}
	END
	python3 -B "$surface/index.py" "$work/tree"
}

check_planted()
{
	local index=$1 kind path function callee

	plant >"$work/places"
	cat "$index" "$work/places" >"$work/planted.tsv"
	against "$work/planted.tsv" >"$work/findings" || true
	while IFS=$'\t' read -r kind path function callee _; do
		grep -qF "no verdict on $kind: $path $function $callee (" "$work/findings" ||
			echo "$kind: $path $function $callee"
	done <"$work/places" | found 'planted, and nobody misses a verdict' && status=1
	cut -f 1 "$work/places" | sort | xargs >"$work/kinds"
	[[ $(<"$work/kinds") == "bio exec fs gup open write" ]] || {
		echo "planted one caller of each class, found: $(<"$work/kinds")"
		status=1
	}
}

# One more call where there is one already
check_counted()
{
	local index=$1

	awk -F '\t' -v OFS='\t' '$2 == "fs/aio.c" && $4 == "do_mmap" { $5++ } { print }' \
		"$index" >"$work/counted.tsv"
	{ against "$work/counted.tsv" || true; } | grep -q 'knows fewer than 2 of exec: fs/aio.c' || {
		echo "one more call in aio_setup_ring() is missed by nobody"
		status=1
	}
}

# A verdict on something that is gone
check_stale()
{
	rm -rf "$work/verdicts"
	cp -r "$surface/verdicts" "$work/verdicts"
	echo 'fs/planted.c planted kernel_write harmless: gone' >>"$work/verdicts/write"
	{ judge "$work/verdicts" kmod/text/hooks.def selftests/kselftest "$@" || true; } |
		grep 'on nothing: fs/planted.c' >/dev/null || {
		echo "a verdict on what is gone is found by nobody"
		status=1
	}
}

mkdir -p "$work"
indexes=("$("$surface/index.sh" 6.12)" "$("$surface/index.sh" newest)")
sed -sn '1s/^# \([^ ]* [^ ]*\).*/# the source of \1/p' "${indexes[@]}"
against "${indexes[@]}" || status=1
for each in --without-each --with-each; do
	judge $each "$surface/verdicts" kmod/text/hooks.def selftests/kselftest "${indexes[@]}" ||
		status=1
done
python3 -B "$surface/planted.py" "$surface/verdicts" kmod/text/hooks.def "${indexes[@]}" || status=1
check_planted "${indexes[0]}"
check_counted "${indexes[0]}"
check_stale "${indexes[@]}"
exit "$status"
