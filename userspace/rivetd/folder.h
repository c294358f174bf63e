/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the folder of a file, made if missing
 */
#ifndef RIVETD_FOLDER_H
#define RIVETD_FOLDER_H

int folder_make(const char *path);
int folder_make_shared(const char *path);

#endif /* RIVETD_FOLDER_H */
