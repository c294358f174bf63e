/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - version of the module and of its tools
 */
#ifndef _RIVET_VERSION_H
#define _RIVET_VERSION_H

#define RIVET_VERSION "0.1.0"

#endif /* _RIVET_VERSION_H */
