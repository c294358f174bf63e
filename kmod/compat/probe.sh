#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rivet - feature probes: print a -D flag for each upstream feature the kernel has.
# Usage: probe.sh KERNEL_SOURCE KERNEL_OBJECTS ARCH
src=$1 obj=$2 arch=$3

# The symbol is exported to modules.
exported() {
	grep -q "	$1	" "$obj/Module.symvers" 2>/dev/null
}

# A header under one of the include folders mentions the word.
declared() {
	word=$1
	shift
	for header; do
		grep -qsF "$word" "$src/$header" && return 0
	done
	return 1
}

exported fsverity_get_digest && echo -DRIVET_HAVE_FSVERITY_GET_DIGEST
declared ftrace_regs_set_instruction_pointer "arch/$arch/include/asm/ftrace.h" \
	include/linux/ftrace_regs.h && echo -DRIVET_HAVE_FTRACE_REGS_SET_IP
declared ftrace_regs_get_argument "arch/$arch/include/asm/ftrace.h" include/linux/ftrace.h \
	include/linux/ftrace_regs.h && echo -DRIVET_HAVE_FTRACE_REGS_GET_ARGUMENT
declared key_eflags include/crypto/public_key.h && echo -DRIVET_HAVE_KEY_EFLAGS
declared algo_takes_data include/crypto/public_key.h && echo -DRIVET_HAVE_SIGNATURE_MESSAGE
declared genl_info_dump include/net/genetlink.h && echo -DRIVET_HAVE_GENL_INFO_DUMP
declared GENL_MCAST_CAP_NET_ADMIN include/net/genetlink.h && echo -DRIVET_HAVE_GENL_MCAST_CAP
declared vfs_path_lookup include/linux/namei.h && echo -DRIVET_HAVE_VFS_PATH_LOOKUP
declared "struct module_use {" include/linux/module.h && echo -DRIVET_HAVE_MODULE_USE
declared "define EMPTY_VMA_FLAGS" include/linux/mm_types.h include/linux/mm.h &&
	echo -DRIVET_HAVE_VMA_FLAGS_T
declared "*file_user_path(" include/linux/fs.h && echo -DRIVET_HAVE_FILE_USER_PATH
declared "inode_setattr, struct mnt_idmap" include/linux/lsm_hook_defs.h &&
	echo -DRIVET_HAVE_INODE_SETATTR_IDMAP
declared "is_check:1" include/linux/binfmts.h && echo -DRIVET_HAVE_BPRM_IS_CHECK
declared bdev_file_open_by_dev include/linux/blkdev.h && echo -DRIVET_HAVE_BDEV_FILE
declared bd_mapping include/linux/blk_types.h && echo -DRIVET_HAVE_BD_MAPPING
declared "id(MODULE_COMPRESSED" include/linux/kernel_read_file.h &&
	echo -DRIVET_HAVE_READING_COMPRESSED
declared bpf_lsm_get_retval_range include/linux/bpf_lsm.h && echo -DRIVET_HAVE_BPF_LSM_RANGE
declared kprobe_write_ctx include/linux/bpf.h && echo -DRIVET_HAVE_KPROBE_WRITE_CTX
declared folio_batch include/linux/folio_batch.h && echo -DRIVET_HAVE_FOLIO_BATCH_H
declared "struct io_uring_cmd {" include/linux/io_uring/cmd.h && echo -DRIVET_HAVE_IO_URING_CMD_H
declared exe_file_deny_write_access include/linux/fs.h && echo -DRIVET_HAVE_EXE_FILE_DENY
declared "seqlock_t seq;" include/linux/fs_struct.h && echo -DRIVET_HAVE_FS_SEQLOCK
exported get_file_active && echo -DRIVET_HAVE_GET_FILE_ACTIVE
declared shrinker_alloc include/linux/shrinker.h && echo -DRIVET_HAVE_SHRINKER_ALLOC
declared list_lru_add_obj include/linux/list_lru.h && echo -DRIVET_HAVE_LIST_LRU_ADD_OBJ
declared "struct list_lru_one *list, spinlock_t *lock, void *cb_arg" include/linux/list_lru.h &&
	echo -DRIVET_HAVE_LIST_LRU_WALK_LOCK
declared "struct sha256_ctx {" include/crypto/sha2.h && echo -DRIVET_HAVE_SHA256_CTX
declared "struct tpm_buf {" include/linux/tpm_buf.h && echo -DRIVET_HAVE_TPM_BUF_H
declared tcx_ingress include/linux/netdevice.h && echo -DRIVET_HAVE_TCX
declared "int receive_fd(struct file *file, int __user *ufd" include/linux/file.h &&
	echo -DRIVET_HAVE_RECEIVE_FD_UFD
exit 0
