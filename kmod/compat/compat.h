/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - what older kernels lack
 *
 * Force-included into every file of the module. The core is written for the
 * newest kernel; each entry here back-fills one upstream name and says which
 * commit brought it. The RIVET_HAVE_* probes are made by compat/probe.sh from
 * the kernel's headers and symbol table, never from its version number, since
 * stable kernels backport.
 */
#ifndef _RIVET_COMPAT_H
#define _RIVET_COMPAT_H

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
 * Before commit 2a6d6c54d1ae ("fsverity: export fsverity_get_digest", v6.12 at
 * the latest) modules cannot ask for a file's fs-verity digest. The coverage
 * table says so; files are then hashed whole.
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
 * genl_dumpit_info", v6.7) the attributes of a dump lie in genl_dumpit_info.
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
 * Since v7 struct module_use is declared in kernel/module/internal.h. Its members
 * are the same since v2.6.36; the tests look at lsmod while enforcing, which walks it.
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
 * file f_path", v6.7) a file that overlayfs has mapped has the overlay's path itself.
 */
#ifndef RIVET_HAVE_FILE_USER_PATH
#define file_user_path(file) (&(file)->f_path)
#endif

#endif /* _RIVET_COMPAT_H */
