# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# steps.sh - common code of the steps of all scenarios; sourced on the gateway
#
# They speak to the workshop over the second serial port. Each step announces a result,
# shows the command and its output, and fails loudly if the result is another one.

export PATH=/usr/sbin:/usr/bin:/sbin:/bin
tty=/dev/ttyS1
stty -F $tty raw -echo
# shellcheck disable=SC2094  # one port, both ways
exec 3<$tty >$tty 2>&1
cd /tmp || exit 1
# shellcheck disable=SC2034  # for the steps
secfs=/sys/kernel/security/rivet
number=0

step()
{
	number=$((number + 1))
	printf '\n%s. %s\n' "$number" "$*"
}

say()
{
	printf '   %s\n' "$*"
}

fail()
{
	printf '@fail step %s: %s\n' "$number" "$*"
	sleep 1
	exit 1
}

# show COMMAND...: run it, show it and its output; its status is the result.
show()
{
	printf '   $ %s\n' "$*"
	"$@" >/tmp/out 2>&1
	code=$?
	sed 's/^/     /' /tmp/out
	return $code
}

must()
{
	show "$@" || fail "'$*' ended with $code"
}

must_not()
{
	! show "$@" || fail "'$*' should have been refused"
}

says()
{
	grep -q -- "$1" /tmp/out || fail "expected to read: $1"
}

as_expected()
{
	printf '   -> %s\n' "$*"
}

send_and_receive()
{
	rm -f /tmp/received
	mosquitto_sub -t plant/temperature -C 1 -W 20 >/tmp/received 2>&1 &
	sleep 1
	must mosquitto_pub -t plant/temperature -m "$1"
	wait $!
	[ "$(cat /tmp/received)" = "$1" ] || fail "the message did not arrive: $(cat /tmp/received)"
	as_expected "received: $(cat /tmp/received)"
}

# signed KIND: /tmp/request as the workshop has signed it, in /tmp/token; KIND is unlock, rejoin,
# manifest or policy
signed()
{
	printf '@sign %s %s\n' "$1" "$(base64 -w0 /tmp/request)"
	read -r token <&3
	echo "$token" | base64 -d >/tmp/token
}

counter()
{
	sed -n "s/^$1 //p" $secfs/stats
}

# count_from_here: for nothing_refused; how many decisions there were by now is in $begun
count_from_here()
{
	denials=$(counter denials) audited=$(counter audited) begun=$(counter decisions)
	last=$(sed -n '$s/^seq=\([0-9]*\) .*/\1/p' $secfs/events)
}

nothing_refused()
{
	step "Nothing was denied, and nothing reported"
	rivetctl events --since "${last:-0}" >/tmp/out
	sed 's/^/     /' /tmp/out
	[ "$(counter denials)" = "$denials" ] ||
		fail "denials: $denials before, $(counter denials) now"
	[ "$(counter audited)" = "$audited" ] ||
		fail "audited: $audited before, $(counter audited) now"
	as_expected "$(($(counter decisions) - begun)) decisions, no denial, no report"
}

# finish: every step passed
finish()
{
	printf '@done\n'
	sleep 1
}
