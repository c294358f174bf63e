// SPDX-License-Identifier: GPL-2.0
/*
 * failing - one chosen request of rivet for memory fails, on a kernel without fault injection
 *
 * Loaded before rivet. Once N is written to its parameter nth, the Nth call by rivet of a
 * function that allocates, or that reads a page into memory, returns as if there was none.
 */
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/ptrace.h>
#include <linux/string.h>

#define NAME_ROOM	32

static int nth;
module_param(nth, int, 0644);
MODULE_PARM_DESC(nth, "which call fails; counts down to 0");

static const struct module *rivet;

static void *return_null(void)
{
	return NULL;
}

static void *return_error(void)
{
	return ERR_PTR(-ENOMEM);
}

static bool notrace is_the_one(unsigned long caller)
{
	const struct module *mod = READ_ONCE(rivet);
	int left = READ_ONCE(nth);

	if (left <= 0 || !mod || !within_module(caller, mod))
		return false;
	while (!try_cmpxchg(&nth, &left, left - 1))
		if (left <= 0)
			return false;
	return left == 1;
}

static void notrace on_allocation(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (is_the_one(parent_ip))
		instruction_pointer_set(ftrace_get_regs(fregs), (unsigned long)return_null);
}

static void notrace on_reading(unsigned long ip, unsigned long parent_ip,
			       struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (is_the_one(parent_ip))
		instruction_pointer_set(ftrace_get_regs(fregs), (unsigned long)return_error);
}

#define FLAGS	(FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_RECURSION)

static struct ftrace_ops allocations = { .func = on_allocation, .flags = FLAGS };
static struct ftrace_ops readings = { .func = on_reading, .flags = FLAGS };

/* Their names differ from kernel to kernel. ftrace writes to patterns while it parses them. */
static char allocating[][NAME_ROOM] = {
	"__kmalloc*", "kmalloc_trace*", "kmem_cache_alloc*", "kvmalloc_node*",
	"__kvmalloc_node*", "kmalloc_large*", "kmemdup*",
};

static char reading[][NAME_ROOM] = { "read_cache_folio", "shmem_read_mapping_page_gfp" };

static int attach(struct ftrace_ops *ops, char (*names)[NAME_ROOM], size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		ftrace_set_filter(ops, (unsigned char *)names[i], strlen(names[i]), 0);
	return register_ftrace_function(ops);
}

static int on_module(struct notifier_block *block, unsigned long state, void *data)
{
	struct module *mod = data;

	if (strcmp(mod->name, "rivet"))
		return NOTIFY_DONE;
	WRITE_ONCE(rivet, state == MODULE_STATE_GOING ? NULL : mod);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = on_module };

static int __init failing_init(void)
{
	int err = register_module_notifier(&notifier);

	if (err)
		return err;
	err = attach(&allocations, allocating, ARRAY_SIZE(allocating));
	if (err)
		goto unregister;
	err = attach(&readings, reading, ARRAY_SIZE(reading));
	if (!err)
		return 0;
	unregister_ftrace_function(&allocations);
unregister:
	unregister_module_notifier(&notifier);
	return err;
}

static void __exit failing_exit(void)
{
	unregister_ftrace_function(&readings);
	unregister_ftrace_function(&allocations);
	unregister_module_notifier(&notifier);
}

module_init(failing_init);
module_exit(failing_exit);
MODULE_DESCRIPTION("rivet self-test: memory runs out for rivet");
MODULE_LICENSE("GPL");
