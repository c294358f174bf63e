/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/handlers: the handlers of the security hooks
 */
#ifndef _RIVET_HOOK_HANDLERS_H
#define _RIVET_HOOK_HANDLERS_H

#include <uapi/linux/rivet.h>

/**
 * struct rivet_handler - an entry in the list of handlers of a file
 * @hook: the hook
 * @function: handler with the signature of the hook; NULL ends a list
 */
struct rivet_handler {
	enum rivet_hook hook;
	void *function;
};

#define RIVET_HANDLER(index, name) { .hook = index, .function = hook_##name }
#define RIVET_HANDLERS_END { .function = NULL }

extern const struct rivet_handler rivet_hook_exec_handlers[];
extern const struct rivet_handler rivet_hook_open_handlers[];
extern const struct rivet_handler rivet_hook_ioctl_handlers[];
extern const struct rivet_handler rivet_hook_change_handlers[];
extern const struct rivet_handler rivet_hook_task_handlers[];
extern const struct rivet_handler rivet_hook_kernel_handlers[];
extern const struct rivet_handler rivet_hook_guard_handlers[];
extern const struct rivet_handler rivet_hook_personality_handlers[];

#endif /* _RIVET_HOOK_HANDLERS_H */
