/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the folder where dpkg runs the scripts of packages
 */
#ifndef RIVET_DPKG_H
#define RIVET_DPKG_H

const char *dpkg_unpacked_path(const char *path);

#endif /* RIVET_DPKG_H */
