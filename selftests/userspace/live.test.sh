#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# live.test.sh - the verbs that speak to the kernel, where there is none to speak
# to: command lines, exit statuses, the agent's start

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
rivetd=$(dirname "$RIVETCTL")/rivetd

# Where the module is loaded, messages about its absence cannot be tested.
without_module()
{
	[[ ! -d /sys/module/rivet ]] || skip_test "a kernel without rivet: here it is loaded"
}

test_wrong_command_lines()
{
	for line in 'status x' 'status --x' 'check' 'check --op read' \
		'check --op x /x' 'check --op mprotect /x' 'check --exe x /x' 'check --x /x' 'why' 'why x' 'why 0' 'why 1 2' 'why --last 1' \
		'events x' 'events --since' 'events --since x' 'events --since -1' 'mode x' \
		'mode audit enforce' 'mode --confirm-within 5m' 'mode audit --confirm-within 5m' \
		'mode enforce --confirm-within' 'mode enforce --confirm-within 0' \
		'mode enforce --confirm-within 5x' 'mode enforce --confirm-within 25h' \
		'mode enforce --confirm-within 99999999999999999999' 'mode enforce --confirm-within m' \
		'trust add' 'trust add a b' 'trust list x' 'trust seal x' 'manifest load' \
		'manifest list x' 'policy load' 'policy show x' 'unlock request x' 'unlock request -o' \
		'unlock apply' 'doctor x'; do
		# shellcheck disable=SC2086  # words of a command line
		expect 2 rivetctl $line
		in_err rivetctl
	done
	expect 2 rivetctl check ''
	in_err "an empty PATH"
	expect 2 rivetctl status x
	[[ $(<err) == *'usage: rivetctl status [--prometheus]' ]]
}

test_not_loaded()
{
	without_module
	for line in 'check /bin/sh' events 'events -f' 'why 1' 'why --last' mode 'mode enforce' \
		'mode audit' 'mode confirm' 'trust list' 'trust seal' 'manifest list' \
		'manifest show some-set' 'policy show' 'unlock request'; do
		# shellcheck disable=SC2086
		expect 6 rivetctl $line
		# shellcheck disable=SC2086
		expect 6 rivetctl $line --json
	done
	expect 6 rivetctl check /bin/sh --json
	is_json out rivet.error/1
	not_in_out '"mode"'
	expect 6 rivetctl manifest show base.riv
	in_err "there is no file base.riv"
	expect 6 rivetctl trust add "$keys/rsa/signer.pem"
	expect 6 rivetctl trust add --ca "$keys/rsa/ca.der"
}

test_status_says_that_it_is_not_loaded()
{
	without_module
	expect 6 rivetctl status
	[[ $(<out) == 'Not loaded: rivet protects nothing; modprobe rivet loads it.' ]]
	expect 6 rivetctl status --json
	is_json out rivet.status/1
	in_out '"loaded":false'
}

test_doctor_ends_with_1_and_says_what_is_missing()
{
	without_module
	expect 1 rivetctl doctor
	[[ $(head -n 1 out) == 'Not loaded: rivet protects nothing; modprobe rivet loads it.' ]]
	in_out 'fail  module'
	in_out 'modprobe rivet'
	expect 1 rivetctl doctor --json
	is_json out rivet.doctor/1
	in_out '"sentence":"Not loaded'
	in_out '"ok":false'
}

test_what_is_wrong_with_a_file_is_said_before_the_kernel_is_asked()
{
	small_manifest m.riv
	expect 4 rivetctl manifest load m.riv
	in_err 'no signature'
	sign manifest m.riv
	head -c -3 m.riv.signed >short
	expect 4 rivetctl manifest load short
	expect 3 rivetctl manifest load missing
	small_policy p.pol
	sign policy p.pol
	expect 4 rivetctl manifest load p.pol.signed
	expect 4 rivetctl policy load m.riv.signed
	expect 4 rivetctl unlock apply m.riv.signed
	expect 4 rivetctl trust add m.riv
	expect 3 rivetctl trust add missing
}

test_a_CA_is_no_signer_and_a_signer_no_CA()
{
	expect 4 rivetctl trust add "$keys/rsa/ca.pem"
	in_err 'add it with --ca'
	expect 4 rivetctl trust add --ca "$keys/rsa/signer.pem"
	in_err 'not the certificate of a CA'
}

test_nothing_else_than_securityfs_will_do()
{
	without_module
	unshare --user --map-root-user --mount true 2>/dev/null || ((EUID == 0)) ||
		skip_test "user namespaces for a mount of its own"
	cat >inside <<-'END'
		mount -t tmpfs tmpfs /sys/kernel
		mkdir -p /sys/kernel/security/rivet
		echo enforce >/sys/kernel/security/rivet/mode
		echo "set x version 1 values 1 bytes 1" >/sys/kernel/security/rivet/riv
		exec "$RIVETCTL" manifest list
	END
	if ((EUID == 0)); then
		expect 6 unshare --mount sh inside
	else
		expect 6 unshare --user --map-root-user --mount sh inside
	fi
	! grep -q 'set *x' out
}

# complete_words WORD...: the words that are offered for the last one
complete_words()
{
	# shellcheck source=userspace/completion/rivetctl
	source "$here/../../userspace/completion/rivetctl"
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_rivetctl
	echo "${COMPREPLY[*]}"
}

# Each verb takes the options that are offered for it, and those of its usage are offered.
test_completion_offers_the_options_that_verbs_take()
{
	local usage option verb

	without_module
	while IFS= read -r usage; do
		read -ra verb < <(sed -E 's/^rivetctl ([a-z]+( [a-z]+)?).*/\1/' <<<"$usage")
		for option in $(complete_words rivetctl "${verb[@]}" -); do
			rivetctl "${verb[@]}" "$option" >out 2>err </dev/null || :
			not_in_err "unknown option"
		done
		for option in $(grep -oE -e '(^|[ [])--?[a-z-]+' <<<"$usage" | tr -d '[ '); do
			[[ " $(complete_words rivetctl "${verb[@]}" -) $(complete_words rivetctl mode \
				enforce -) " == *" $option "* ]] ||
				give_up "${verb[*]}: $option is not offered"
		done
	done < <(rivetctl help | grep ^rivetctl)
}

test_completion_offers_no_words_that_verbs_refuse()
{
	local op line

	for op in $(complete_words rivetctl check --op ''); do
		expect 6 rivetctl check --op "$op" /bin/sh
	done
	touch a.pem b.key
	for line in 'help mode' 'help manifest show' 'unlock request' 'trust list' 'mode enforce' \
		'status' 'quarantine list' 'bogus'; do
		# shellcheck disable=SC2086
		[[ -z $(complete_words rivetctl $line '') ]] || give_up "$line: $(complete_words rivetctl $line '')"
	done
	[[ $(complete_words rivetctl trust add '') == a.pem ]]
	[[ $(complete_words rivetctl help manifest bui) == build ]]
	[[ $(complete_words rivetctl help he) == "" ]]
}

test_completion()
{
	[[ $(complete_words rivetctl tr) == trust ]]
	[[ $(complete_words rivetctl manifest l) == "load list" ]]
	[[ $(complete_words rivetctl --json mode e) == enforce ]]
	[[ $(complete_words rivetctl mode enforce --c) == --confirm-within ]]
	[[ $(complete_words rivetctl why --l) == --last ]]
	mkdir made
	touch made/a.key made/a.pem made/a.der
	[[ $(complete_words rivetctl manifest verify -c made/) == made/a.pem ]]
	[[ $(complete_words rivetctl policy sign -k made/) == made/a.key ]]
	rm -r made
	[[ $(complete_words rivetctl manifest build --re) == "--replaces --revoke --release" ]]
	[[ $(complete_words rivetctl manifest build --use e) == "exec exec,mmap exec,mmap,jit" ]]
	touch a.signed b.other
	[[ $(complete_words rivetctl manifest load '') == a.signed ]]
	# Every verb of the program, and no other
	rivetctl help | sed -n 's/^rivetctl \([a-z]*\) *\([a-z]*\) .*/\1/p; s/^rivetctl \([a-z]*\)$/\1/p' |
		sort -u >verbs
	complete_words rivetctl '' | tr ' ' '\n' | grep -v '^help$' | sort -u >completed
	same verbs completed
	for noun in trust manifest policy unlock; do
		rivetctl help "$noun" | sed -n "s/^rivetctl $noun \\([a-z]*\\).*/\\1/p" | sort -u >verbs
		complete_words rivetctl "$noun" '' | tr ' ' '\n' | sort -u >completed
		same verbs completed
	done
}

agent_conf()
{
	printf '%s\n' "log = $PWD/log/events.jsonl" "state = $PWD/lib/last" \
		"pid-file = $PWD/run/pid" "$@" >conf
}

# A user namespace gives a root of its own to those who are not.
as_root()
{
	((EUID == 0)) || {
		unshare --user --map-root-user true 2>/dev/null || skip_test "user namespaces to be root in"
		set -- unshare --user --map-root-user "$@"
	}
	"$@"
}

# run_agent TEXT: until its words hold TEXT, then end it as a service manager does. timeout(1)
# will not do: the SIGCONT it sends as well upsets the leak check of a build with sanitizers.
run_agent()
{
	local pid i status=0

	as_root "$rivetd" -f -c conf >out 2>err </dev/null &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		grep -qF -e "$1" err && break
		sleep 0.1
	done
	kill "$(<run/pid)"
	wait "$pid" || status=$?
	in_err "$1"
	((status == 0)) || give_up "the agent ended with $status: $(head -c 1000 err)"
}

test_agent_command_line_and_configuration()
{
	expect 0 "$rivetd" --version
	grep -qE "^rivetd [0-9]+\.[0-9]+\.[0-9]+" out
	expect 0 "$rivetd" --help
	expect 2 "$rivetd" --nonsense
	expect 2 "$rivetd" operand
	expect 3 "$rivetd" -f -c missing
	for line in 'lgo = /x' 'log = relative' 'syslog = perhaps' 'state =' 'no equals sign'; do
		agent_conf "$line"
		expect 3 "$rivetd" -f -c conf
		in_err 'conf:4: expected'
	done
}

test_agent_needs_its_capability()
{
	((EUID == 0)) && as=(setpriv --bounding-set -net_admin --inh-caps -net_admin --) || as=()
	agent_conf
	expect 7 "${as[@]}" "$rivetd" -f -c conf
	in_err CAP_NET_ADMIN
}

test_agent_waits_for_the_module_and_ends_by_SIGTERM()
{
	without_module
	agent_conf
	run_agent waiting
	in_err 'ending: 0 events logged, 0 lost'
	[[ $(stat -c %a log) == 700 && $(stat -c %a log/events.jsonl) == 600 ]]
}

test_agent_detaches_when_ready_and_is_alone()
{
	without_module
	agent_conf
	expect 0 as_root "$rivetd" -c conf
	expect 1 as_root "$rivetd" -c conf
	in_err 'another rivetd is running'
	pid=$(<run/pid)
	grep -q '^NoNewPrivs:.*1' "/proc/$pid/status"
	grep -qE '^CapEff:\s0000000000001000' "/proc/$pid/status"
	kill "$pid"
	for ((i = 0; i < 50; i++)); do
		[[ -d /proc/$pid ]] || break
		sleep 0.1
	done
	[[ ! -d /proc/$pid ]]
}

test_agent_tells_the_service_manager()
{
	without_module
	command -v python3 >/dev/null || skip_test "python3 for a socket to listen on"
	agent_conf
	cat >listen <<-'END'
		import socket, subprocess, sys, time, os
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		s.settimeout(10)
		env = dict(os.environ, NOTIFY_SOCKET=sys.argv[1], WATCHDOG_USEC="400000")
		agent = subprocess.Popen(sys.argv[2:], env=env, stderr=subprocess.DEVNULL)
		got, alive = "", 0
		while alive < 3:
		    text = s.recv(4096).decode()
		    got += text + "\n"
		    alive += text == "WATCHDOG=1"
		agent.terminate()
		while "STOPPING=1" not in got:
		    got += s.recv(4096).decode() + "\n"
		print(got)
		sys.exit(agent.wait())
	END
	expect 0 as_root python3 listen "$PWD/socket" "$rivetd" -f -c conf
	in_out READY=1
	in_out STATUS=waiting
}

test_agent_takes_away_what_is_left_of_a_line()
{
	without_module
	agent_conf
	mkdir log
	printf '{"schema":"rivet.event/1","seq":1}\n{"schema":"riv' >log/events.jsonl
	run_agent waiting
	[[ $(<log/events.jsonl) == '{"schema":"rivet.event/1","seq":1}' ]]
	one_line log/events.jsonl
}

test_agent_follows_no_link()
{
	without_module
	agent_conf
	mkdir log
	echo precious >elsewhere
	ln -s ../elsewhere log/events.jsonl
	run_agent 'cannot write'
	[[ $(<elsewhere) == precious ]]
}

test_metrics_without_the_module()
{
	without_module
	expect 6 rivetctl status --prometheus
	[[ $(grep -v '^#' out) == $'rivet_loaded 0\nrivet_enforcing 0' ]]
	[[ $(grep -c '^# HELP rivet_' out) == 2 && $(grep -c '^# TYPE rivet_' out) == 2 ]]
	expect 2 rivetctl --json status --prometheus
	expect 2 rivetctl status --prometheus operand
}

test_agent_keeps_a_file_of_metrics()
{
	local pid i

	without_module
	agent_conf "metrics = $PWD/rivet.prom"
	as_root "$rivetd" -f -c conf >out 2>err </dev/null &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		[[ -e rivet.prom ]] && break
		sleep 0.1
	done
	grep -qx 'rivet_loaded 0' rivet.prom
	grep -qx 'rivet_agent_connected 0' rivet.prom
	[[ $(stat -c %a rivet.prom) == 644 ]]
	# Another file by the configuration: the old one would tell what is no longer true
	sed -i 's/rivet.prom/other.prom/' conf
	kill -HUP "$(<run/pid)"
	for ((i = 0; i < 300; i++)); do
		[[ -e other.prom ]] && break
		sleep 0.1
	done
	[[ -e other.prom && ! -e rivet.prom ]]
	kill "$(<run/pid)"
	wait "$pid"
	[[ ! -e other.prom ]]
}

test_agent_tells_once_that_it_cannot_write_metrics()
{
	without_module
	agent_conf "metrics = $PWD/nowhere/rivet.prom"
	run_agent 'nowhere/rivet.prom'
	in_err 'cannot write'
	[[ $(grep -c 'nowhere/rivet.prom' err) == 1 ]]
}

test_the_specification_is_that_of_the_header()
{
	command -v python3 >/dev/null || skip_test "python3 to read the specification with"
	python3 "$here/../lint/ynl-check.py"
}

run_tests
