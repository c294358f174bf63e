#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# million.sh - a million decisions about listed files while enforcing, and a
# package that is upgraded again and again meanwhile: not one is denied or reported
#
# long: 3000

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

decisions=${RIVET_SOAK_DECISIONS:-1000000}

plan 6
get_ready
op_rules | load_policy narrow
package=/opt/m2m
mkdir -p $package /tmp/old /tmp/new
for version in old new; do
	cp "$helpers/tiny" /tmp/$version/program
	cp "$helpers/libhello.so" /tmp/$version/libhello.so
	for file in program libhello.so; do
		echo $version >>/tmp/$version/$file
	done
done
cp /tmp/old/* $package
cp "$helpers/libhello.so" $package/libstays.so
echo stays >>$package/libstays.so
{
	for version in old new; do
		items exec,mmap /tmp/$version/* | sed "s| /tmp/$version/| $package/|"
	done
	items mmap $package/libstays.so
} | load_items package
enforce

# In the manner of package managers: beside it, then renamed over it
upgrades=0
upgrade()
{
	for file in program libhello.so; do
		cp "/tmp/$1/$file" $package/$file.dpkg-new
	done
	sync
	for file in program libhello.so; do
		mv $package/$file.dpkg-new $package/$file
	done
	upgrades=$((upgrades + 1))
}

denials=$(stat_value denials) audited=$(stat_value audited)
mark_events
"$helpers/soak" "$decisions" 2 $package/program /usr/bin/true "$helpers/hello" -- \
	$package/libhello.so $package/libstays.so >"$work/soak" 2>&1 &
soak=$!
while kill -0 $soak 2>/dev/null; do
	upgrade new
	sleep 1
	upgrade old
	sleep 1
done
if wait $soak; then
	pass "every program ran and every mapping was permitted"
else
	fail "every program ran and every mapping was permitted" "$(events_since | tail -n 5)"
fi
comment "$(cat "$work/soak"), $upgrades upgrades"
made=$(sed -n 's/^decisions \([0-9]*\) .*/\1/p' "$work/soak")
expect "there were $decisions decisions" test "${made:-0}" -ge "$decisions"
expect_text "none was a denial" "$denials" stat_value denials
expect_text "nor reported" "$audited" stat_value audited
expect_no_text "no event tells of one" "kind=verdict mode=enforce" events_since
if [ $upgrades -gt 10 ]; then
	pass "the package was upgraded meanwhile"
else
	fail "the package was upgraded meanwhile" "$upgrades times"
fi

finish
