// SPDX-License-Identifier: GPL-2.0
/*
 * bpfveto - attach a BPF LSM program that refuses one uid
 *
 * The program is five instructions: EPERM if the acting uid is the given one.
 */
#include "bpf_program.h"

#define USAGE	"bpfveto HOOK UID"

int main(int argc, char **argv)
{
	struct bpf_insn program[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_current_uid_gid },
		{ .code = BPF_ALU | BPF_MOV | BPF_X, .dst_reg = 0, .src_reg = 0 },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = -EPERM },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char name[128];

	if (argc != 3)
		usage(USAGE);
	program[2].imm = atoi(argv[2]);
	snprintf(name, sizeof(name), "bpf_lsm_%s", argv[1]);
	attach_program(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, name, program,
		       sizeof(program) / sizeof(program[0]));
	hold();
}
