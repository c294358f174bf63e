/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - the words of the enumerations, the same everywhere
 *
 * Manifests, policies, events, logs and tools all use these tables.
 */
#ifndef _RIVET_TEXT_NAMES_H
#define _RIVET_TEXT_NAMES_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

#define RIVET_NAME_MAX 64	/* bytes of a set, policy or revocation name */

const char *rivet_name_op(enum rivet_op op);
const char *rivet_name_reason(enum rivet_reason reason);
const char *rivet_name_action(enum rivet_action action);
const char *rivet_name_mode(enum rivet_mode mode);
const char *rivet_name_hook(enum rivet_hook hook);
const char *rivet_name_event(enum rivet_event_kind kind);

int rivet_name_op_parse(const char *text, size_t len);
int rivet_name_reason_parse(const char *text, size_t len);
int rivet_name_action_parse(const char *text, size_t len);

size_t rivet_name_uses_format(u32 uses, char *buf, size_t size);
int rivet_name_uses_parse(const char *text, size_t len, u32 *uses);

bool rivet_name_is_valid(const char *text, size_t len);
bool rivet_name_is_liftable(const char *function);
size_t rivet_name_escape(const char *text, size_t len, char *buf, size_t size);
size_t rivet_name_mark_cut(char *buf, size_t size, size_t len);

bool rivet_action_refuses(enum rivet_action action);
bool rivet_reason_quarantines(enum rivet_reason reason);

#endif /* _RIVET_TEXT_NAMES_H */
