#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# locks.sh - each lock of kmod/ is in the table of Documentation/internals.md, and the
# other way round, and the comment at its definition says what it protects
#
# A lock is known by its name, a member of a struct by "struct.member". Tried first on
# locks.bad, in which each fault is marked, and which ends with a table.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

status=0

# list_locks FILE...: "name kind place comment" a line; the comment is there or missing
list_locks()
{
	awk '
	function tell(name, kind, commented)
	{
		print name, kind, FILENAME ":" FNR, commented ? "there" : "missing"
	}
	FNR == 1 { owner = ""; comment = "" }
	/^struct [a-z_]+ \{/ { owner = $2 }
	/^}/ { owner = "" }
	match($0, /(DEFINE|DECLARE)_(RAW_)?(SPINLOCK|MUTEX|RWLOCK|RWSEM|SEQLOCK|SEMAPHORE)\([a-z_]+/) {
		split(substr($0, RSTART, RLENGTH), part, "(")
		kind = tolower(part[1])
		sub(/^(define|declare)_(raw_)?/, "", kind)
		tell(part[2], kind, tolower(comment $0) ~ /protects/)
	}
	owner && match($0, /(spinlock_t|rwlock_t|seqlock_t|local_lock_t|struct (mutex|rw_semaphore|semaphore)) [a-z_]+(\[[^]]*\])?;/) {
		text = substr($0, RSTART, RLENGTH)
		sub(/^struct /, "", text)
		sub(/(\[[^]]*\])?;/, "", text)
		split(text, part, " ")
		kind = part[1]
		sub(/_t$/, "", kind)
		tell(owner "." part[2], kind, /\/\*.*(protects|see above)/)
	}
	/^\/\*|^ \*/ { comment = comment $0; next }
	{ comment = "" }
	' "$@"
}

# list_rows FILE: "name kind" of each row of a table that names a lock
list_rows()
{
	# shellcheck disable=SC2016  # the backquotes are the table's
	sed -n 's/^| `\([a-z_.]*\)` (\([a-z_]*\)) |.*/\1 \2/p' "$1"
}

# check TABLE FILE...: complaints, one a line
check()
{
	local table=$1 name kind place comment
	shift

	while read -r name kind place comment; do
		list_rows "$table" | grep -qxF "$name $kind" ||
			echo "$place: $name ($kind) has no row in the table of locks of $table"
		[[ $comment == there ]] || echo "$place: no comment says what $name protects"
	done < <(list_locks "$@")
	while read -r name kind; do
		list_locks "$@" | grep -q "^$name $kind " ||
			echo "$table: there is no lock $name ($kind)"
	done < <(list_rows "$table")
}

bad=$lint_dir/locks.bad
wanted=$(grep -o 'found' "$bad" | wc -l)
hit=$(check "$bad" "$bad" | wc -l)
if ((hit != wanted)); then
	echo "locks.sh: finds $hit of the $wanted faults in locks.bad"
	check "$bad" "$bad"
	status=1
fi

mapfile -t sources < <(list_named '^kmod/.*\.[ch]$')
findings=$(check Documentation/internals.md "${sources[@]}")
if [[ $findings ]]; then
	echo "$findings"
	status=1
fi
exit "$status"
