/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: names that older kernels lack
 *
 * Force-included into every file of the module. The core is written for the newest
 * kernel. Each entry here back-fills one upstream name and cites the commit that
 * introduced it. compat/probe.sh derives the RIVET_HAVE_* macros from the kernel's
 * headers and symbol table, never from its version number, because stable kernels
 * backport.
 */
#ifndef _RIVET_COMPAT_H
#define _RIVET_COMPAT_H

#include <linux/binfmts.h>
#include <linux/ftrace.h>
#include <linux/fs.h>
#include <linux/fsverity.h>

/*
 * Before commit 0ef86097f127 ("ftrace: Add ftrace_regs_set_instruction_pointer",
 * v6.2 for all architectures) the instruction pointer is set by hand.
 */
#ifndef RIVET_HAVE_FTRACE_REGS_SET_IP
static __always_inline void ftrace_regs_set_instruction_pointer(struct ftrace_regs *fregs,
								unsigned long ip)
{
	fregs->regs.ip = ip;
}
#endif

/*
 * Before commit 94d095ffa0e1 ("ftrace: abstract DYNAMIC_FTRACE_WITH_ARGS accesses",
 * v6.2) the arguments are read from the registers.
 */
#ifndef RIVET_HAVE_FTRACE_REGS_GET_ARGUMENT
#define ftrace_regs_get_argument(fregs, n) regs_get_kernel_argument(&(fregs)->regs, n)
#endif

/*
 * Before commit 2a6d6c54d1ae ("fsverity: export fsverity_get_digest", v6.12 at
 * the latest) modules cannot get a file's fs-verity digest. The coverage table
 * shows this, and files are hashed whole.
 */
#ifdef RIVET_HAVE_FSVERITY_GET_DIGEST
#define RIVET_FSVERITY_AVAILABLE true
#else
#define RIVET_FSVERITY_AVAILABLE false
#define fsverity_get_digest(inode, digest, alg, halg) \
	({ (void)(inode); (void)(digest); (void)(halg); *(alg) = 0; 0; })
#endif

/*
 * Before commit 9272af109fe6 ("genetlink: add struct genl_info to struct
 * genl_dumpit_info", v6.7) the attributes of a dump are in genl_dumpit_info.
 */
#ifndef RIVET_HAVE_GENL_INFO_DUMP
#define genl_info_dump(cb) genl_dumpit_info(cb)
#endif

/*
 * Before commit 74d7970febf7 ("ksmbd: fix racy issue from using ->d_parent and
 * ->d_name", v6.4) vfs_path_lookup() is exported, but declared in fs/internal.h.
 */
#ifndef RIVET_HAVE_VFS_PATH_LOOKUP
struct dentry;
struct vfsmount;
struct path;
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
		    unsigned int flags, struct path *path);
#endif

/*
 * Since v7 struct module_use is declared in kernel/module/internal.h. Its members have
 * not changed since v2.6.36. The tests run lsmod while enforcing, which walks the list.
 */
#ifndef RIVET_HAVE_MODULE_USE
struct module_use {
	struct list_head source_list;
	struct list_head target_list;
	struct module *source, *target;
};
#endif

/* Before v7 the flags of shmem_file_setup() are an unsigned long. */
#ifndef RIVET_HAVE_VMA_FLAGS_T
#define EMPTY_VMA_FLAGS 0UL
#endif

/*
 * Before commit def3ae83da02 ("fs: store real path instead of fake path in backing
 * file f_path", v6.7) f_path of a file mapped on overlayfs is the overlay's path itself.
 */
#ifndef RIVET_HAVE_FILE_USER_PATH
#define file_user_path(file) (&(file)->f_path)
#endif

/*
 * Before "security: Align inode_setattr hook definition with EVM" (v6.9) the hook does
 * not get the idmap of the mount.
 */
#ifdef RIVET_HAVE_INODE_SETATTR_IDMAP
#define RIVET_INODE_SETATTR_IDMAP struct mnt_idmap *idmap,
#else
#define RIVET_INODE_SETATTR_IDMAP
#endif

/*
 * Before commit a5874fde3c08 ("exec: Add a new AT_EXECVE_CHECK flag to execveat(2)",
 * v6.14) a file cannot be checked for execution without executing it.
 */
#ifdef RIVET_HAVE_BPRM_IS_CHECK
#define RIVET_EXECVE_CHECK_AVAILABLE true
#define bprm_is_check(bprm) ((bprm)->is_check)
#else
#define RIVET_EXECVE_CHECK_AVAILABLE false
#define bprm_is_check(bprm) ((void)(bprm), false)
#endif

/*
 * execve(2) denies writers to the files it opens. Commit 2a010c412853 ("fs: don't block
 * i_writecount during exec", v6.11) removed this. It was restored before commit
 * 0357ef03c94e ("fs: don't block write during exec on pre-content watched files", v6.14),
 * which the probe detects. Stable kernels have both commits. The probe cannot distinguish
 * a kernel older than both from one in between.
 */
#ifdef RIVET_HAVE_EXE_FILE_DENY
#define RIVET_EXECVE_DENIES_WRITERS true
#else
#define RIVET_EXECVE_DENIES_WRITERS false
#endif

/*
 * Before fs_struct had a seqlock (v6.18 at the latest) it had a lock and a sequence.
 */
#ifdef RIVET_HAVE_FS_SEQLOCK
#define rivet_compat_fs_seq(fs) (&(fs)->seq.seqcount.seqcount)
#else
#define rivet_compat_fs_seq(fs) (&(fs)->seq.seqcount)
#endif

/*
 * Before commit c200892b46ba (v7.2 at the latest) the kernel also reads a compressed module
 * as READING_MODULE, and does not call the hook again for the unpacked content.
 */
#ifndef RIVET_HAVE_READING_COMPRESSED
#define READING_MODULE_COMPRESSED READING_MAX_ID
#endif

/*
 * Before commit 5d99e198be27 ("bpf, lsm: Add check for BPF LSM return value", v6.12) a
 * BPF program of type LSM may return any number.
 */
#ifdef RIVET_HAVE_BPF_LSM_RANGE
#define RIVET_BPF_LSM_IS_BOUNDED true
#else
#define RIVET_BPF_LSM_IS_BOUNDED false
#endif

/*
 * Before commit 0357ef03c94e ("fs: don't block write during exec on pre-content watched
 * files", v6.14, and in stable kernels) writers are denied for every executed file.
 */
#ifndef FMODE_FSNOTIFY_HSM
#define FMODE_FSNOTIFY_HSM(mode) 0
#endif

/*
 * Before commit cd4d7263d58a ("genetlink: Use internal flags for multicast groups", v6.8,
 * and in stable kernels) multicast groups use the flags of commands.
 */
#ifndef RIVET_HAVE_GENL_MCAST_CAP
#define GENL_MCAST_CAP_NET_ADMIN GENL_UNS_ADMIN_PERM
#endif

/*
 * Before commit 7384893d970e ("bpf: Allow uprobe program to change context registers",
 * v6.18) a BPF program at a uprobe cannot change registers of the probed program.
 */
#ifdef RIVET_HAVE_KPROBE_WRITE_CTX
#define bpf_prog_writes_registers(prog) ((prog)->aux->kprobe_write_ctx)
#else
#define bpf_prog_writes_registers(prog) ((void)(prog), false)
#endif

/*
 * Before commit f3a608827d1f ("bdev: open block device as files", v6.9) the kernel opens
 * a block device without a struct file.
 */
#ifdef RIVET_HAVE_BDEV_FILE
#define bdev_open_to_look(dev)	bdev_file_open_by_dev(dev, BLK_OPEN_READ, NULL, NULL)
#define bdev_of_look(look)	file_bdev(look)
#define bdev_close_look(look)	bdev_fput(look)
#define bdev_look		file
#else
#define bdev_open_to_look(dev)	blkdev_get_by_dev(dev, FMODE_READ, NULL)
#define bdev_of_look(look)	(look)
#define bdev_close_look(look)	blkdev_put(look, FMODE_READ)
#define bdev_look		block_device
#endif

/*
 * rivet_compat_is_transparent() - check whether a process will show another file as its program
 *
 * Only newer kernels have such interpreters: flag T of binfmt_misc.
 */
static inline bool rivet_compat_is_transparent(const struct linux_binprm *bprm)
{
#ifdef BINPRM_FLAGS_TRANSPARENT_INTERP
	return bprm->interp_flags & BINPRM_FLAGS_TRANSPARENT_INTERP;
#else
	return false;
#endif
}

/*
 * Before commit 0ede61d8589c ("file: convert to SLAB_TYPESAFE_BY_RCU", v6.7) a file
 * is freed a grace period after its last reference.
 */
#ifndef RIVET_HAVE_GET_FILE_ACTIVE
static inline struct file *get_file_active(struct file **f)
{
	struct file *file;

	rcu_read_lock();
	file = READ_ONCE(*f);
	if (file && !get_file_rcu(file))
		file = NULL;
	rcu_read_unlock();
	return file;
}
#endif

/*
 * Before v6.12, or a slightly older kernel, the page cache of a block device is reached
 * through its inode.
 */
#ifdef RIVET_HAVE_BD_MAPPING
#define bdev_mapping(bdev)	((bdev)->bd_mapping)
#else
#define bdev_mapping(bdev)	((bdev)->bd_inode->i_mapping)
#endif

/* Without CONFIG_IMA the kernel does not count the read-only openers of a file. */
#ifdef CONFIG_IMA
#define RIVET_READCOUNT_AVAILABLE true
#define inode_is_being_read(inode) (atomic_read(&(inode)->i_readcount) > 0)
#else
#define RIVET_READCOUNT_AVAILABLE false
#define inode_is_being_read(inode) ((void)(inode), false)
#endif

/*
 * Before commit dd06e72e68bc ("Compiler Attributes: Add __counted_by macro", v6.6, and
 * v6.1.y later) an array cannot name the member that counts its elements.
 */
#ifndef __counted_by
#define __counted_by(member)
#endif

/*
 * Before commit a94204f4d48e ("fsnotify: opt-in for permission events at file open time",
 * v6.14, and stable kernels) a single bit disables the notifications of a file, and no
 * bit disables only the permission events.
 */
#ifdef FMODE_FSNOTIFY_MASK
#define file_get_no_events(file) \
	((file)->f_mode = ((file)->f_mode & ~FMODE_FSNOTIFY_MASK) | FMODE_NONOTIFY)
#define file_has_watchers(file) \
	(((file)->f_mode & FMODE_FSNOTIFY_MASK) == 0 || \
	 ((file)->f_mode & FMODE_FSNOTIFY_MASK) == FMODE_FSNOTIFY_MASK)
#else
#define file_get_no_events(file)	((file)->f_mode |= FMODE_NONOTIFY)
#define file_has_watchers(file)		(!((file)->f_mode & FMODE_NONOTIFY))
#endif

#endif /* _RIVET_COMPAT_H */
