// SPDX-License-Identifier: GPL-2.0
/*
 * bpflift - attach a BPF program that answers a security hook with a constant
 *
 * "modify" changes the return value of security_HOOK; "lsm" answers the hook
 * itself. A positive answer is neither an error nor a permission, and some
 * callers take it for a permission.
 */
#include "bpf_program.h"

#define USAGE	"bpflift modify|lsm HOOK ANSWER"

int main(int argc, char **argv)
{
	struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int lsm = argc == 4 && !strcmp(argv[1], "lsm");
	char name[128];

	if (argc != 4 || (!lsm && strcmp(argv[1], "modify")))
		usage(USAGE);
	program[0].imm = atoi(argv[3]);
	snprintf(name, sizeof(name), "%s_%s", lsm ? "bpf_lsm" : "security", argv[2]);
	attach_program(lsm ? BPF_PROG_TYPE_LSM : BPF_PROG_TYPE_TRACING,
		       lsm ? BPF_LSM_MAC : BPF_MODIFY_RETURN, name, program, 2);
	hold();
}
