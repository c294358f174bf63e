/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/handlers: the handlers of the hooks, one pointer each
 *
 * The file that has the function hook_<word>() defines its pointer by RIVET_HANDLER(). A
 * hook without a handler does not link.
 */
#ifndef _RIVET_HOOK_HANDLERS_H
#define _RIVET_HOOK_HANDLERS_H

#define RIVET_HOOK(id, word, from, when, asked, built) \
	extern void * const rivet_handler_##word;
#include "text/hooks.def"
#undef RIVET_HOOK

#define RIVET_HANDLER(word) void * const rivet_handler_##word = hook_##word

#endif /* _RIVET_HOOK_HANDLERS_H */
