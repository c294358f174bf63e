// SPDX-License-Identifier: GPL-2.0
/*
 * foreign_patch - a livepatch that answers for the hook mmap_file: nothing is refused
 */
#include <linux/errno.h>
#include <linux/livepatch.h>
#include <linux/module.h>

#if IS_ENABLED(CONFIG_LIVEPATCH)

static int permit_all(void)
{
	return 0;
}

static struct klp_func functions[] = {
	{ .old_name = "bpf_lsm_mmap_file", .new_func = permit_all },
	{ }
};

/* Without a name: the kernel itself */
static struct klp_object objects[] = {
	{ .funcs = functions },
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init foreign_patch_init(void)
{
	return klp_enable_patch(&patch);
}

#else

static int __init foreign_patch_init(void)
{
	return -EOPNOTSUPP;
}

#endif

static void __exit foreign_patch_exit(void)
{
}

module_init(foreign_patch_init);
module_exit(foreign_patch_exit);
MODULE_DESCRIPTION("rivet self-test: a livepatch of a hook that rivet uses");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
