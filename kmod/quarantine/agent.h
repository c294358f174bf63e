/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/agent: the one process that takes the files of new entries
 */
#ifndef _RIVET_QUARANTINE_AGENT_H
#define _RIVET_QUARANTINE_AGENT_H

#include <linux/types.h>

int rivet_agent_register(void);
bool rivet_agent_is_current(void);
bool rivet_agent_was_there(void);
void rivet_agent_exit(void);

#endif /* _RIVET_QUARANTINE_AGENT_H */
