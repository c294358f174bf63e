#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sealed.sh - programs in memory files: those whose seals fix the content are matched by
# their digest, all others are anonymous
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 42
sealed=$helpers/sealed
mkdir -p /opt/sealed
cp "$helpers/hello" /opt/sealed/listed
cp "$helpers/hello" /opt/sealed/unlisted
cp "$helpers/hello" /opt/sealed/mapped
echo listed >>/opt/sealed/listed
echo unlisted >>/opt/sealed/unlisted
echo mapped >>/opt/sealed/mapped
printf '#!/bin/sh\necho hello\n' >/opt/sealed/script
echo 8 >/proc/sys/vm/nr_hugepages

get_ready
{
	items exec /opt/sealed/listed
	items mmap /opt/sealed/mapped
	items exec /opt/sealed/script | sed 's|/opt/sealed/script|/usr/lib/elsewhere|'
} | load_items sealed

# refuse NAME REASON COMMAND...: an event with this reason
refuse()
{
	refuse_name=$1 refuse_reason=$2
	shift 2
	expect_refused "$refuse_name" "$refuse_reason" "" "$@"
}

all_cases()
{
	listed=/opt/sealed/listed
	expect_permitted "a sealed copy of a listed program" "$sealed" $listed wgs exec
	expect_permitted "with all seals" "$sealed" $listed wgsfS exec
	expect_permitted "the seals do forbid to change it" "$sealed" $listed wgs hole
	expect_permitted "a sealed copy of what may be mapped" "$sealed" /opt/sealed/mapped wgs map
	expect_permitted "a script whose digest is listed for another path" \
		"$sealed" /opt/sealed/script wgs exec
	refuse "a sealed copy of an unlisted one" unlisted "$sealed" /opt/sealed/unlisted wgs exec
	refuse "that is mapped" unlisted "$sealed" /opt/sealed/unlisted wgs map
	refuse "one that may be mapped, executed" wrong-use "$sealed" /opt/sealed/mapped wgs exec
	refuse "one that may be executed, mapped" wrong-use "$sealed" $listed wgs map
	refuse "without seals" anonymous "$sealed" $listed - exec
	refuse "without that against writing" anonymous "$sealed" $listed gs exec
	refuse "without that against growing" anonymous "$sealed" $listed ws exec
	refuse "without that against shrinking" anonymous "$sealed" $listed wg exec
	refuse "against future writing only" anonymous "$sealed" $listed fgs exec
	refuse "that is made executable later" anonymous "$sealed" /opt/sealed/mapped wgs protect
	refuse "in huge pages" anonymous "$sealed" /opt/sealed/mapped hwgs map
	expect_text "$now: it is not sealed while it is mapped writable" 'seal: ' \
		"$sealed" $listed wgs held
	expect_text "$now: it is not executed while it is open for writing" 'Text file busy' \
		"$sealed" $listed wgs open
}

all_cases
enforce
all_cases
expect_text "enforce: refused before it is sealed" 'ermission denied' \
	"$sealed" $listed wgs later
expect_text "enforce: and permitted then" hello "$sealed" $listed wgs later

# --- a program that a rule asks more of, by its name --------------------------------

{
	strict_rules
	echo "op=SCRIPT exe=/opt/sealed/listed path=/opt/scripts/** riv=MATCH action=ALLOW"
} | load_policy strict
refuse "a copy of an interpreter that a rule names" wrong-use "$sealed" $listed wgs exec
expect_permitted "the interpreter itself" $listed
strict_rules | load_policy strict

# --- revocation -------------------------------------------------------------------

signed_manifest "$work/revoked" bad 'kind: revoke
version: 1' <<END
$(items exec $listed | cut -d ' ' -f 1)
END
expect "its digest is revoked" load_revoke "$work/revoked.signed"
refuse "a sealed copy of a revoked program" revoked "$sealed" $listed wgs exec
finish
